package driver_test

import (
	"slices"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// TestGuess: a name that anybody else may have suggests nothing.
func TestGuess(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"PostgreSQL JDBC Driver": "pgjdbc", "psql": "psql", "pgAdmin 4 - DB:app": "pgadmin", "pgAdmin 4 - CONN:8712345": "pgadmin",
		"postgres.js": "postgres.js", "r2dbc-postgresql": "r2dbc-postgresql", "pg_dump": "libpq", "walreceiver": "libpq",
		"": "", "PSQL": "", "psql2": "", "my psql": "", "PostgreSQL JDBC Driver 2": "", "pgx": "", "billing": "", "pgAdmin 4": "", "bin/rails": "",
	} {
		got := driver.Guess(name)
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
		if got != "" && !slices.Contains(driver.Names(), got) {
			t.Errorf("%q: there is no driver %q", name, got)
		}
	}
}
