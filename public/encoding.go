package public

import (
	"strconv"
	"strings"
)

// encodings are the compressed variants, the best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// accepts says whether an Accept-Encoding header allows an encoding (RFC 9110, 12.5.3): by its name, or by * where it is not
// named. A weight of 0 refuses it.
func accepts(header, name string) bool {
	any := false
	for part := range strings.SplitSeq(header, ",") {
		coding, parameters, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case name, "x-" + name:
			return weight(parameters) > 0
		case "*":
			any = weight(parameters) > 0
		}
	}
	return any
}

// weight reads the q of a coding: 1 when there is none, 0 when it can't be read.
func weight(parameters string) float64 {
	key, value, found := strings.Cut(strings.TrimSpace(parameters), "=")
	if !found || !strings.EqualFold(strings.TrimSpace(key), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return 0
	}
	return q
}
