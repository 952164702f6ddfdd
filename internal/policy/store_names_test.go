package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestNamedStores(t *testing.T) {
	t.Parallel()
	named := func(setting, file string) policy.NamedStore {
		return policy.NamedStore{Setting: setting, File: file}
	}
	key := func(setting, file string) policy.NamedStore {
		return policy.NamedStore{Setting: setting, File: file, KeyStore: true}
	}
	for name, tc := range map[string]struct {
		settings policy.Settings
		want     []policy.NamedStore
	}{
		"none": {policy.Settings{Connection: "host=h sslmode=require", Properties: map[string]string{"ssl.ca": "/r"}, Environment: map[string]string{"PGSSLROOTCERT": ""}}, nil},
		"a conninfo string": {
			policy.Settings{Connection: "host=h sslrootcert='/my certs/r' sslmode=require"}, []policy.NamedStore{named("sslrootcert", "/my certs/r")},
		},
		"a URL":            {policy.Settings{Connection: "postgres://h/d?sslrootcert=%2Fa%20b&x=y"}, []policy.NamedStore{named("sslrootcert", "/a b")}},
		"a URL of sqlx":    {policy.Settings{Connection: "postgres://h/d?ssl-ca=/a"}, []policy.NamedStore{named("ssl-ca", "/a")}},
		"ADO.NET":          {policy.Settings{Connection: "Host=h;Root Certificate=/a;SSL Mode=VerifyCA"}, []policy.NamedStore{named("Root Certificate", "/a")}},
		"what is no file":  {policy.Settings{Connection: "sslrootcert=system", Environment: map[string]string{"PGSSLROOTCERT": "~/r"}}, nil},
		"the system's own": {policy.Settings{Environment: map[string]string{"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt", "NODE_EXTRA_CA_CERTS": "/var/runtime/ca-cert.pem"}}, nil},
		"properties": {
			policy.Settings{Properties: map[string]string{
				"sslrootcert": "/a", "sslRootCert": "/b", "ssl.ca": "fs.readFileSync('/c')", "server_tls_ca_file": "/d", "javax.net.ssl.trustStore": "/e",
			}},
			[]policy.NamedStore{key("javax.net.ssl.trustStore", "/e"), named("server_tls_ca_file", "/d"), named("ssl.ca", "/c"), named("sslRootCert", "/b"), named("sslrootcert", "/a")},
		},
		"variables": {
			policy.Settings{Environment: map[string]string{
				"JAVA_TOOL_OPTIONS": `-Xmx1g -Djavax.net.ssl.trustStore="/my certs/r.jks" -Djavax.net.ssl.trustStoreType=JKS`, "NODE_EXTRA_CA_CERTS": "/n", "PGSSLROOTCERT": "/p", "DB_CA": "/x",
			}},
			[]policy.NamedStore{key("JAVA_TOOL_OPTIONS", "/my certs/r.jks"), named("NODE_EXTRA_CA_CERTS", "/n"), named("PGSSLROOTCERT", "/p")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.settings.NamedStores()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if policy.SameFileName("", "/r") || !policy.SameFileName("a/r.pem", `C:\certs\r.pem`) || policy.SameFileName("r.pem", "/r.crt") {
		t.Error("names of files are compared by their last part")
	}
}
