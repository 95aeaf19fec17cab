// Package migrations holds the database's schema, one directory per database.
package migrations

import "embed"

// Files holds the migrations of SQLite in sqlite and those of PostgreSQL in postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
