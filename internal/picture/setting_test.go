package picture

import (
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
)

func TestSettingsOfBuckets(t *testing.T) {
	for setting, want := range map[string]bucket{
		"s3://people": {name: "people", host: "s3.amazonaws.com", secure: true},
		"s3://people/a/site/?region=eu-west-1&links=signed":     {"people", "a/site/", "s3.amazonaws.com", true, "eu-west-1", true},
		"s3://people?endpoint=https://s3.example.org:9000/":     {name: "people", host: "s3.example.org:9000", secure: true},
		"s3://people?endpoint=http://minio:9000&region=x":       {name: "people", host: "minio:9000", region: "x"},
		"s3://people?endpoint=s3.example.org":                   {name: "people", host: "s3.example.org", secure: true},
		"s3://people?endpoint=localhost:9000":                   {name: "people", host: "localhost:9000"},
		"s3://people?endpoint=127.0.0.1":                        {name: "people", host: "127.0.0.1"},
		"s3://people?endpoint=%5B::1%5D:9000":                   {name: "people", host: "[::1]:9000"},
		"s3://people?endpoint=http%3A%2F%2Flocalhost%3A9000%2F": {name: "people", host: "localhost:9000"},
	} {
		if got, err := parseBucket(setting); got != want || err != nil {
			t.Errorf("%s: %+v, %v", setting, got, err)
		}
	}
	t.Setenv("AWS_REGION", "eu-north-1")
	t.Setenv("AWS_ENDPOINT_URL", "http://store:9000")
	if got, err := parseBucket("s3://people"); got != (bucket{name: "people", host: "store:9000", region: "eu-north-1"}) || err != nil {
		t.Errorf("from the environment: %+v, %v", got, err)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	for setting, words := range map[string]string{
		"":                                       "path of a directory",
		" ":                                      "path of a directory",
		"https://example.org":                    "s3://bucket/prefix",
		"s3:people":                              "s3://bucket/prefix",
		"s3://AKIA:secret@people/site":           "AWS_ACCESS_KEY_ID",
		"s3://":                                  "name of a bucket",
		"s3:///site":                             "name of a bucket",
		"s3://People":                            "name of a bucket",
		"s3://people:9000/site":                  "name of a bucket",
		"s3://people?endpoint=http://a b":        "can't be read",
		"s3://people?endpoint=ftp://a":           "endpoint=https://",
		"s3://people?endpoint=http://":           "endpoint=https://",
		"s3://people?endpoint=http://a/bucket":   "endpoint=https://",
		"s3://people?endpoint=http://k:secret@a": "endpoint=https://",
		"s3://people?enpoint=http://a":           `"enpoint"`,
		"s3://people?links=public&region=x":      "links=signed",
		"s3://people?links=signed":               "&region=",
		"s3://people/../other":                   "prefix",
		"s3://people?region=%zz":                 "can't be read",
		"s3://people\x7f":                        "can't be read",
	} {
		err := CheckSetting(setting)
		if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", setting, err)
		}
	}
	if err := CheckSetting("/var/lib/nameplate/uploads"); err != nil {
		t.Error(err)
	}
}

func TestAnswersOfServersAreExplained(t *testing.T) {
	b := bucket{name: "people", host: "s3.example.org"}
	for _, row := range []struct {
		code, region string
		status       int
		refused      bool
		words        string
	}{
		{"RequestTimeTooSkewed", "", 403, true, "clock"},
		{"ExpiredToken", "", 400, true, "AWS_ACCESS_KEY_ID"},
		{"AccessDenied", "", 403, true, "list, get, put and delete"},
		{"PermanentRedirect", "eu-west-3", 301, true, "write region=eu-west-3"},
		{"AuthorizationHeaderMalformed", "", 400, true, "another region"},
		{"SlowDown", "", 503, false, "can't answer now"},
		{"InternalError", "", 500, false, "can't answer now"},
		{"QuotaExceeded", "", 403, true, "QuotaExceeded"},
	} {
		err := b.told(t.Context(), minio.ErrorResponse{Code: row.code, Message: "What it says.", Region: row.region, StatusCode: row.status})
		unavailable(t, err, row.refused, "s3.example.org", row.words)
	}
}
