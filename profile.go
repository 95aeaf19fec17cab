// Package nameplate holds the profile that is built into the binary.
package nameplate

import _ "embed"

// ProfileTOML is profile.toml, the attributes of a person for who declares no others.
//
//go:embed profile.toml
var ProfileTOML []byte
