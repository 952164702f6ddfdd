package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestWhatIsSentToTheServerIsJudged(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ connection, rejected, doubt string }{
		"taken by all":            {"sslmode=require statement_timeout=5s DateStyle=ISO", "", ""},
		"an extension's":          {"sslmode=require my_app.tenant=7", "", ""},
		"known to none":           {"sslmode=require nosuchthing=1", "unrecognized configuration parameter", ""},
		"libpq's own":             {"sslmode=require gssencmode=disable", "unrecognized configuration parameter", ""},
		"fixed":                   {"sslmode=require ssl_min_protocol_version=TLSv1.3", "cannot be changed", ""},
		"some versions only":      {"sslmode=require transaction_timeout=1", "", "whether the server takes transaction_timeout depends on its version and on the role"},
		"another scheme":          {"postgis://u@10.0.0.1:5432/db?sslmode=require", "unrecognized configuration parameter", ""},
		"options, taken":          {"sslmode=require options='-c statement_timeout=5 --lock-timeout=1'", "", ""},
		"options, known to none":  {"sslmode=require options='-cnosuchthing=5'", "unrecognized configuration parameter", ""},
		"options, apart":          {"sslmode=require options='-c nosuchthing=5'", "unrecognized configuration parameter", ""},
		"options, long":           {"sslmode=require options='--nosuchthing=5'", "unrecognized configuration parameter", ""},
		"options, at the end":     {"sslmode=require options='x=1 -c'", "", ""},
		"options, taken in parts": {"sslmode=require options='-c work_mem=1 -cwork_mem=2 --work-mem=3'", "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := driver.Resolve(policy.Settings{Driver: "pgx", Connection: tc.connection, Host: "db.example"})
			rejected := ""
			if got.Rejection != nil {
				rejected = got.Rejection.Client
			}
			if rejected != tc.rejected || got.Doubt != tc.doubt {
				t.Errorf("rejected %q, doubt %q; want %q, %q", rejected, got.Doubt, tc.rejected, tc.doubt)
			}
		})
	}
}

func TestPatchReleasesAreToldApart(t *testing.T) {
	t.Parallel()

	named := map[string]string{
		"": "10.0.0.1", "8.24.0": "10.0.0.1", "8.23": "10.0.0.1", "8.23.1": "10.0.0.1", "8.23.1-beta": "10.0.0.1",
		"8.23.0": "localhost", "8.23.0a": "localhost", "8.9.5": "localhost",
	}
	for version, want := range named {
		got := driver.Resolve(policy.Settings{
			Driver: "node-postgres", Version: version, Connection: "postgres://app@10.0.0.1/orders?sslmode=verify-full",
		})
		if len(got.Hosts) != 1 || got.Hosts[0].Name != want {
			t.Errorf("%q: hosts = %v, want %s: %s", version, got.Hosts, want, got.Undecided)
		}
	}
}

func TestGoDriversTakeTheSystemsStoreFromTheirEnvironment(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"pgx", "lib-pq"} {
		settings := policy.Settings{Driver: name, Connection: "host=db.example sslmode=verify-full", StoreDeclared: true, Environment: map[string]string{"SSL_CERT_FILE": "/rds.pem"}}
		if got := driver.Resolve(settings); got.Anchors.Source != policy.Declared || got.Anchors.WhenUnreadable != policy.TakeNone {
			t.Errorf("%s: anchors = %+v, want the declared store as the system's", name, got.Anchors)
		}
		settings.StorePlace, settings.Environment = policy.PlaceSystem, nil
		settings.Connection += " sslrootcert=/other.pem"
		if got := driver.Resolve(settings); got.Anchors.Source != policy.Missing {
			t.Errorf("%s: anchors = %+v, want a missing file", name, got.Anchors)
		}
	}
}

func TestNodeTakesCertificatesFromItsSettings(t *testing.T) {
	t.Parallel()

	const pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"
	for _, name := range []string{"node-postgres", "postgres.js"} {
		got := driver.Resolve(policy.Settings{Driver: name, Connection: "postgres://app@db.example/orders", Properties: map[string]string{"ssl.ca": pem}})
		if got.Anchors.Source != policy.Declared || string(got.Anchors.Content) != pem || got.Anchors.Path != "" {
			t.Errorf("%s: anchors = %+v, want the content itself", name, got.Anchors)
		}
		got = driver.Resolve(policy.Settings{Driver: name, Connection: "postgres://app@db.example/orders?ssl=0", Properties: map[string]string{"ssl.ca": "/rds.pem"}})
		if got.Anchors.Source != policy.Missing || got.Anchors.WhenUnreadable != policy.RejectAll {
			t.Errorf("%s: anchors = %+v, want a missing file", name, got.Anchors)
		}
	}
}
