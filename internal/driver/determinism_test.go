package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// TestTheSameSettingsGiveTheSamePolicy: a policy whose words depend on the
// order of a map gives a plan that is never empty, and one that chooses between
// two values of a setting by it gives a verdict by chance.
func TestTheSameSettingsGiveTheSamePolicy(t *testing.T) {
	t.Parallel()

	type m = map[string]string
	tests := map[string]policy.Settings{
		"several settings of pgxpool":        {Driver: "pgx", Connection: "host=db.example pool_a=1 pool_b=1 pool_c=1"},
		"several unknown arguments":          {Driver: "asyncpg", Properties: m{"one": "1", "two": "2", "three": "3"}},
		"several unknown properties":         {Driver: "npgsql", Connection: "Host=db.example", Properties: m{"One": "1", "Two": "2", "Three": "3"}},
		"one property under several names":   {Driver: "npgsql", Connection: "Host=db.example", Properties: m{"SSL Mode": "Disable", "SslMode": "VerifyFull", "sslmode": "Require"}},
		"two unknown protocol versions":      {Driver: "node-postgres", Properties: m{"host": "db.example", "ssl": "true", "ssl.minVersion": "TLS1", "ssl.maxVersion": "TLS9"}},
		"options of r2dbc under two names":   {Driver: "r2dbc-postgresql", Connection: "r2dbc:postgresql://db.example/app", Properties: m{"sslMode": "verify-full", "sslmode": "disable"}},
		"unknown query keywords of asyncpg":  {Driver: "asyncpg", Connection: "postgres://db.example/app?one=1&two=2&three=3"},
		"unknown parameters of Go's drivers": {Driver: "lib-pq", Connection: "host=db.example one=1 two=2 three=3"},
	}
	for name, settings := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := driver.Resolve(settings)
			for range 100 {
				if diff := cmp.Diff(first, driver.Resolve(settings)); diff != "" {
					t.Fatalf("two answers:\n%s", diff)
				}
			}
		})
	}
}
