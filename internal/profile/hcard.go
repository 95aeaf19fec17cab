package profile

// properties are the properties of an h-card (microformats.org/wiki/h-card) that follow from an attribute's name.
var properties = map[string]string{
	"bio": "p-note", "about": "p-note", "note": "p-note", "birthday": "dt-bday", "anniversary": "dt-anniversary", "nickname": "p-nickname",
	"job": "p-job-title", "job_title": "p-job-title", "role": "p-role", "organization": "p-org", "organisation": "p-org", "company": "p-org",
	"street": "p-street-address", "city": "p-locality", "town": "p-locality", "region": "p-region", "postal_code": "p-postal-code",
	"pronouns": "p-pronouns", "gender": "p-gender-identity", "category": "p-category",
}

// property returns the property of an h-card that an attribute is, by its name or else by its kind.
func property(a Attribute) string {
	if p := properties[a.Name]; p != "" && !a.IsUpload() && (p[:3] == "dt-") == (a.Kind.Store == Date) {
		return p
	}
	return a.Kind.property
}
