package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// validation is how a client validates a path and compares a name, with the
// texts of its own.
type validation struct {
	Profile              certpath.Profile
	NameRule             certpath.NameRule
	PathError, NameError string
}

func TestValidation(t *testing.T) {
	t.Parallel()

	const url = "postgres://h/d"
	openSSL := func(version string, level int) certpath.Profile {
		return certpath.Profile{Validator: certpath.OpenSSL, Version: version, SecurityLevel: level}
	}
	of := func(validator certpath.Validator) certpath.Profile {
		return certpath.Profile{Validator: validator, SecurityLevel: -1}
	}
	tests := map[string]struct {
		settings driver.Settings
		want     validation
	}{
		"pgx":           {driver.Settings{Driver: "pgx", Connection: url}, validation{of(certpath.Go), certpath.NameGo, "", ""}},
		"lib-pq":        {driver.Settings{Driver: "lib-pq", Connection: url}, validation{of(certpath.Go), certpath.NameGo, "", ""}},
		"node-postgres": {driver.Settings{Driver: "node-postgres", Connection: url}, validation{openSSL("", 1), certpath.NameNode, "", ""}},
		"postgres.js":   {driver.Settings{Driver: "postgres.js", Connection: url}, validation{openSSL("", 1), certpath.NameNode, "", ""}},
		"asyncpg":       {driver.Settings{Driver: "asyncpg", Connection: url}, validation{openSSL("", -1), certpath.NameOpenSSL, "", ""}},
		"asyncpg with a context of Python 3.13": {
			driver.Settings{Driver: "asyncpg", Connection: url, Runtime: "3.13", Properties: env{"ssl": "context"}},
			validation{certpath.Profile{Validator: certpath.OpenSSL, PartialChain: true, Strict: true, SecurityLevel: -1}, certpath.NameOpenSSL, "", ""},
		},
		"pg8000 1.13": {driver.Settings{Driver: "pg8000", Version: "1.13.2", Connection: "host=h ssl=True"}, validation{openSSL("", -1), certpath.NameOpenSSL, "", ""}},
		"pgbouncer":   {driver.Settings{Driver: "pgbouncer", Connection: "host=h"}, validation{openSSL("3.0", -1), certpath.NameLibtls, "certificate verify failed", ""}},
		"npgsql":      {driver.Settings{Driver: "npgsql", Connection: "Host=h"}, validation{of(certpath.SChannel), certpath.NameDotNet, "", ""}},
		"native-tls": {
			driver.Settings{Driver: "tokio-postgres", Connection: url, Properties: env{"connector": "native-tls"}, Runtime: "3.0"},
			validation{openSSL("3.0", -1), certpath.NameOpenSSL, "", "mismatch"},
		},
		"rustls": {
			driver.Settings{Driver: "tokio-postgres", Connection: url, Properties: env{"connector": "rustls"}},
			validation{of(certpath.WebPKI), certpath.NameWebPKI, "invalid peer certificate", "invalid peer certificate"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := driver.Resolve(tc.settings)
			if diff := cmp.Diff(tc.want, validation{got.Profile, got.NameRule, got.PathError, got.NameError}); diff != "" {
				t.Errorf("validation (-want +got):\n%s%s", diff, got.Undecided)
			}
		})
	}
}
