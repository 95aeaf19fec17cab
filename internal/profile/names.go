package profile

import (
	"fmt"
	"slices"
	"strings"
)

// nameMax is PostgreSQL's 63, and room for what names of indexes have around it.
const nameMax = 45

// reserved are names that forms, rows and columns already use for something else, or that would hide what a form in a page has
// under this name itself.
var reserved = []string{
	"action", "across", "after", "append", "attribute", "attributes", "avatar_public", "before", "children", "closest", "cmax", "cmin", "code",
	"confirm", "contains", "created_at", "csrfmiddlewaretoken", "ctid", "dataset", "date_joined", "deleted", "edit", "elements", "email",
	"email_key", "field", "first_name", "focus", "form", "from", "groups", "id", "invitation", "is_active", "is_staff", "is_superuser",
	"last_login", "last_name", "length", "list", "login", "main", "matches", "method", "n", "new", "new_password", "next", "oid", "old_password",
	"password", "people", "permissions", "person", "pkey", "profile", "q", "recovery_code", "register", "remember", "remove", "reset", "resolve", "row", "rowid", "saved", "search",
	"sort", "status", "submit", "summary", "tableoid", "target", "token", "updated_at", "user", "user_id", "username", "username_key", "version", "xmax", "xmin", "zoom",
}

// checkName says what is wrong with a name that stands at key.
func checkName(key, name string) *mistake {
	if name == "" {
		return &mistake{key, `this attribute has no name; write name = "portfolio_site", say`}
	}
	if len(name) > nameMax {
		return &mistake{key, fmt.Sprintf("the name '%s…' is too long; %d characters are the most", name[:20], nameMax)}
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || name[0] < 'a' || name[0] > 'z' {
		return &mistake{key, "'" + name + "' is no name; it has small letters a to z, digits and _, and begins with a letter"}
	}
	if strings.Contains(name, "__") {
		return &mistake{key, "'" + name + "' has __ in it, which lists use for something else; write one _"}
	}
	if strings.HasSuffix(name, "_") {
		return &mistake{key, "'" + name + "' ends with _, after which lists write something of their own; leave it out"}
	}
	if slices.Contains(reserved, name) || slices.ContainsFunc([]string{"waiting_", "remove_", "sqlite_"}, func(p string) bool { return strings.HasPrefix(name, p) }) {
		return &mistake{key, "'" + name + "' is taken by Nameplate itself; choose another name, such as 'my_" + name + "'"}
	}
	return nil
}

// article is a kind with its article.
func article(kind string) string {
	if strings.ContainsAny(kind[:1], "aeiou") && kind != "url" {
		return "an " + kind
	}
	return "a " + kind
}
