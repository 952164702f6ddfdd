package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
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
		settings policy.Settings
		want     validation
	}{
		"pgx":           {policy.Settings{Driver: "pgx", Connection: url}, validation{of(certpath.Go), certpath.NameGo, "", ""}},
		"lib-pq":        {policy.Settings{Driver: "lib-pq", Connection: url}, validation{of(certpath.Go), certpath.NameGo, "", ""}},
		"node-postgres": {policy.Settings{Driver: "node-postgres", Connection: url}, validation{openSSL("", 1), certpath.NameNode, "", ""}},
		"postgres.js":   {policy.Settings{Driver: "postgres.js", Connection: url}, validation{openSSL("", 1), certpath.NameNode, "", ""}},
		"asyncpg":       {policy.Settings{Driver: "asyncpg", Connection: url}, validation{openSSL("", -1), certpath.NameOpenSSL, "", ""}},
		"asyncpg with a context of Python 3.13": {
			policy.Settings{Driver: "asyncpg", Connection: url, Runtime: "3.13", Properties: env{"ssl": "context"}},
			validation{certpath.Profile{Validator: certpath.OpenSSL, PartialChain: true, Strict: true, SecurityLevel: -1}, certpath.NameOpenSSL, "", ""},
		},
		"pg8000 1.13": {policy.Settings{Driver: "pg8000", Version: "1.13.2", Connection: "host=h ssl=True"}, validation{openSSL("", -1), certpath.NameOpenSSL, "", ""}},
		"pgbouncer":   {policy.Settings{Driver: "pgbouncer", Connection: "host=h"}, validation{openSSL("3.0", -1), certpath.NameLibtls, "certificate verify failed", ""}},
		"npgsql":      {policy.Settings{Driver: "npgsql", Connection: "Host=h"}, validation{of(certpath.SChannel), certpath.NameDotNet, "", ""}},
		"native-tls": {
			policy.Settings{Driver: "tokio-postgres", Connection: url, Properties: env{"connector": "native-tls"}, Runtime: "3.0"},
			validation{openSSL("3.0", -1), certpath.NameOpenSSL, "", "mismatch"},
		},
		"rustls": {
			policy.Settings{Driver: "tokio-postgres", Connection: url, Properties: env{"connector": "rustls"}},
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
