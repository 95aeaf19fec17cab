package db_test

import (
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
)

// BenchmarkUserByName measures what every public page asks for.
func BenchmarkUserByName(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			if err := d.Seed(b.Context(), 1000, "hash", nil); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.UserByName(b.Context(), "person0000500"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
