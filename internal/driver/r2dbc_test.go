package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const r2dbcURL = "r2dbc:postgresql://app@db.example/billing"

func resolveR2DBC(s driver.Settings) driver.Policy {
	s.Driver, s.Runtime = "r2dbc-postgresql", "17"
	if s.Connection == "" || s.Connection[0] == '?' {
		s.Connection = r2dbcURL + s.Connection
	}
	return driver.Resolve(s)
}

func TestR2DBCPolicies(t *testing.T) {
	t.Parallel()

	type attempts = []driver.Attempt
	file := driver.Anchors{
		Source: driver.Declared, Path: "/rds.pem", Reader: truststore.JavaCertificateFactory, ReaderVersion: "17",
		MissingError: "sslRootCert must not be null and must exist",
	}
	missing := file
	missing.Source, missing.WhenUnreadable = driver.Missing, driver.RejectAll
	tests := map[string]struct {
		settings driver.Settings
		want     outline
	}{
		"no TLS unless asked for": {
			driver.Settings{}, outline{Mode: "disable", Attempts: attempts{plaintext}},
		},
		"ssl=true is verify-full, against the JVM's own store": {
			driver.Settings{Connection: "?ssl=true"},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: javaKeyStore(driver.SystemStore, "")},
		},
		"so is the scheme r2dbcs": {
			driver.Settings{Connection: "r2dbcs:postgresql://h/db"},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: javaKeyStore(driver.SystemStore, "")},
		},
		"sslMode wins, with an underscore too": {
			driver.Settings{Connection: "?ssl=true&sslMode=VERIFY_CA&sslRootCert=/rds.pem", StoreDeclared: true},
			outline{Mode: "verify-ca", Attempts: attempts{pathVerified}, Anchors: file},
		},
		"sslmode is another name of it": {
			driver.Settings{Connection: "?sslmode=require"}, outline{Mode: "require", Attempts: attempts{encrypted}},
		},
		"prefer falls back where the server refuses": {
			driver.Settings{Connection: "?sslMode=prefer"}, outline{Mode: "prefer", Attempts: attempts{encryptedFirst, plaintext}},
		},
		"allow starts in plaintext": {
			driver.Settings{Connection: "?sslMode=allow"}, outline{Mode: "allow", Attempts: attempts{plaintextFirst, encrypted}},
		},
		"a root file that is not there stops every mode": {
			driver.Settings{Connection: "?sslRootCert=/rds.pem"},
			outline{Mode: "disable", Attempts: attempts{plaintext}, Anchors: missing},
		},
		"options given in code": {
			driver.Settings{Properties: map[string]string{"sslMode": "verify-full", "sslRootCert": "/rds.pem"}, StoreDeclared: true},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: file},
		},
		"a Unix socket has no TLS": {
			driver.Settings{Connection: "?sslMode=require&socket=/run/.s", StoreDeclared: true},
			outline{Mode: "require", Attempts: attempts{plaintext}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveR2DBC(tc.settings)
			if diff := cmp.Diff(tc.want, outline{got.Mode, got.Attempts, got.Anchors}); diff != "" {
				t.Errorf("policy (-want +got):\n%s%+v", diff, got)
			}
		})
	}
}

func TestR2DBCRefusesOrLeavesOpen(t *testing.T) {
	t.Parallel()

	for _, connection := range []string{"?sslMode=verify", "jdbc:postgresql://h/db", "r2dbc:mysql://h/db", "?host=x"} {
		if got := resolveR2DBC(driver.Settings{Connection: connection}); got.Rejection == nil || got.Rejection.Reason != driver.ReasonInvalidSettings {
			t.Errorf("%s: policy = %+v, want a rejection", connection, got)
		}
	}
	for _, connection := range []string{
		"?sslMode=tunnel", "?sslMode=require&sslNegotiation=tunnel", "?sslHostnameVerifier=x", "r2dbc:postgresql://a,b/db",
		"r2dbcs:postgresql://127.0.0.1/db",
	} {
		if got := resolveR2DBC(driver.Settings{Connection: connection}); got.Undecided == "" {
			t.Errorf("%s: policy = %+v, want undecided", connection, got)
		}
	}
	if got := resolveR2DBC(driver.Settings{Version: "0.8.13.RELEASE"}); got.Undecided == "" {
		t.Errorf("0.8.13: policy = %+v, want undecided", got)
	}
	for version, direct := range map[string]bool{"1.0.9.RELEASE": false, "1.1.2": true, "": true} {
		got := resolveR2DBC(driver.Settings{Version: version, Connection: "?sslMode=prefer&sslNegotiation=direct"})
		if got.TLS.Direct != direct {
			t.Errorf("%s: direct = %t, want %t", version, got.TLS.Direct, direct)
		}
	}
	hosts := []driver.Host{{Name: "a"}, {Name: "b"}}
	if diff := cmp.Diff(hosts, resolveR2DBC(driver.Settings{Connection: "r2dbc:postgresql:failover://a:1,b/db"}).Hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}
