package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const r2dbcURL = "r2dbc:postgresql://app@db.example/billing"

func resolveR2DBC(s policy.Settings) policy.Policy {
	s.Driver, s.Runtime = "r2dbc-postgresql", "17"
	if s.Connection == "" || s.Connection[0] == '?' {
		s.Connection = r2dbcURL + s.Connection
	}
	return driver.Resolve(s)
}

func TestR2DBCPolicies(t *testing.T) {
	t.Parallel()

	type attempts = []policy.Attempt
	file := policy.Anchors{
		Source: policy.Declared, Path: "/rds.pem", Reader: truststore.JavaCertificateFactory, ReaderVersion: "17",
		MissingError: "sslRootCert must not be null and must exist",
	}
	missing := file
	missing.Source, missing.WhenUnreadable = policy.Missing, policy.RejectAll
	tests := map[string]struct {
		settings policy.Settings
		want     outline
	}{
		"no TLS unless asked for": {
			policy.Settings{}, outline{Mode: "disable", Attempts: attempts{plaintext}},
		},
		"ssl=true is verify-full, against the JVM's own store": {
			policy.Settings{Connection: "?ssl=true"},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: javaKeyStore(policy.SystemStore, "")},
		},
		"so is the scheme r2dbcs": {
			policy.Settings{Connection: "r2dbcs:postgresql://h/db"},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: javaKeyStore(policy.SystemStore, "")},
		},
		"sslMode wins, with an underscore too": {
			policy.Settings{Connection: "?ssl=true&sslMode=VERIFY_CA&sslRootCert=/rds.pem", StoreDeclared: true},
			outline{Mode: "verify-ca", Attempts: attempts{pathVerified}, Anchors: file},
		},
		"sslmode is another name of it": {
			policy.Settings{Connection: "?sslmode=require"}, outline{Mode: "require", Attempts: attempts{encrypted}},
		},
		"prefer falls back where the server refuses": {
			policy.Settings{Connection: "?sslMode=prefer"}, outline{Mode: "prefer", Attempts: attempts{encryptedFirst, plaintext}},
		},
		"allow starts in plaintext": {
			policy.Settings{Connection: "?sslMode=allow"}, outline{Mode: "allow", Attempts: attempts{plaintextFirst, encrypted}},
		},
		"a root file that is not there stops every mode": {
			policy.Settings{Connection: "?sslRootCert=/rds.pem"},
			outline{Mode: "disable", Attempts: attempts{plaintext}, Anchors: missing},
		},
		"options given in code": {
			policy.Settings{Properties: map[string]string{"sslMode": "verify-full", "sslRootCert": "/rds.pem"}, StoreDeclared: true},
			outline{Mode: "verify-full", Attempts: attempts{allVerified}, Anchors: file},
		},
		"a Unix socket has no TLS": {
			policy.Settings{Connection: "?sslMode=require&socket=/run/.s", StoreDeclared: true},
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

func TestR2DBCRefuses(t *testing.T) {
	t.Parallel()

	tests := map[string]string{
		"?sslMode=verify":       "Invalid ssl mode value",
		"?sslmode=verify":       "Invalid ssl mode value",
		"jdbc:postgresql://h/d": "Invalid URL",
		"?host=x":               "Invalid URL",
		"r2dbc:mysql://h/db":    "Unable to create a ConnectionFactory",
	}
	for connection, want := range tests {
		got := resolveR2DBC(policy.Settings{Connection: connection}).Rejection
		if got == nil || got.Reason != policy.ReasonInvalidSettings || got.Client != want || got.Detail == "" {
			t.Errorf("%s: rejection = %+v, want %q", connection, got, want)
		}
	}
	broken := policy.Settings{Connection: "?sslMode=require", Properties: map[string]string{"jdk.tls.client.protocols": "TLSv1"}}
	if got := resolveR2DBC(broken).Rejection; got == nil || got.Detail != "the JVM is told to offer no protocol version that it has and allows" {
		t.Errorf("protocols: rejection = %+v", got)
	}
	typeless := policy.Settings{Connection: "?ssl=true", Properties: map[string]string{"javax.net.ssl.trustStoreType": ""}}
	if got := resolveR2DBC(typeless).Rejection; got == nil || got.Client != "Error constructing implementation" {
		t.Errorf("store type: rejection = %+v", got)
	}
}

func TestR2DBCLeavesOpen(t *testing.T) {
	t.Parallel()

	tests := map[string]string{
		"?sslMode=tunnel":                        "a tunnel answers instead of the server, and what it presents is not known here",
		"?sslMode=require&sslnegotiation=Tunnel": "a tunnel answers instead of the server, and what it presents is not known here",
		"?sslMode=require&sslNegotiation=tunnel": "a tunnel answers instead of the server, and what it presents is not known here",
		"?sslHostnameVerifier=x":                 "what a host name verifier of its own accepts is not known here",
		"?sslContextBuilderCustomizer=x":         "what the application changes in the SSL context is not known here",
		"r2dbc:postgresql://a,b/db":              "several hosts need the protocol failover",
		"r2dbcs:postgresql://127.0.0.1/db":       "for an address the driver compares the name that a reverse lookup gives, which is not known here",
		"r2dbcs:postgresql://[::1]/db":           "for an address the driver compares the name that a reverse lookup gives, which is not known here",
		"r2dbc:postgresql://127.0.0.1/db":        "",
	}
	for connection, want := range tests {
		if got := resolveR2DBC(policy.Settings{Connection: connection}); got.Undecided != want {
			t.Errorf("%s: policy = %+v, want undecided %q", connection, got, want)
		}
	}
	provider := policy.Settings{Connection: "?ssl=true", Properties: map[string]string{"javax.net.ssl.trustStoreProvider": "BCFIPS"}}
	if got := resolveR2DBC(provider); got.Undecided != "a trust store of another security provider is not covered" {
		t.Errorf("provider: policy = %+v", got)
	}
	for _, version := range []string{"0.8.13.RELEASE", "x"} {
		if got := resolveR2DBC(policy.Settings{Version: version}); got.Undecided == "" {
			t.Errorf("%s: policy = %+v, want undecided", version, got)
		}
	}
}

func TestR2DBCDoubts(t *testing.T) {
	t.Parallel()

	binding := "channel binding needs SCRAM, and how the server authenticates is not known here"
	direct := "a handshake without an SSLRequest needs a server of version 17 or later"
	tests := map[string]string{
		"?channelBinding=require":                binding,
		"?channel_binding=require":               binding,
		"?channelBinding=prefer":                 "",
		"?sslMode=prefer&sslNegotiation=direct":  direct,
		"?sslMode=require&sslnegotiation=direct": direct,
		"?sslNegotiation=direct":                 "",
	}
	for connection, want := range tests {
		if got := resolveR2DBC(policy.Settings{Connection: connection}); got.Doubt != want {
			t.Errorf("%s: policy = %+v, want doubt %q", connection, got, want)
		}
	}
	got := resolveR2DBC(policy.Settings{Connection: "?sslMode=prefer&sslNegotiation=direct"})
	if diff := cmp.Diff([]policy.Attempt{{TLS: true, After: policy.ServerRefused}, plaintext}, got.Attempts); diff != "" {
		t.Errorf("direct attempts (-want +got):\n%s", diff)
	}
	for version, direct := range map[string]bool{"1.0.9.RELEASE": false, "1.1.2": true, "1.1.2.RELEASE": true, "": true} {
		got := resolveR2DBC(policy.Settings{Version: version, Connection: "?sslMode=prefer&sslNegotiation=direct"})
		if got.TLS.Direct != direct || got.Undecided != "" {
			t.Errorf("%q: direct = %t, want %t: %+v", version, got.TLS.Direct, direct, got)
		}
	}
}

func TestR2DBCHostsAndStores(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings policy.Settings
		want     []policy.Host
	}{
		"failover":              {policy.Settings{Connection: "r2dbc:postgresql:failover://a:1,b/db?socket=/x"}, []policy.Host{{Name: "a"}, {Name: "b"}}},
		"the driver's old name": {policy.Settings{Connection: "r2dbc:postgres://a/db"}, []policy.Host{{Name: "a"}}},
		"an option":             {policy.Settings{Connection: "r2dbc:postgresql:///db", Host: "x", Properties: map[string]string{"host": "h"}}, []policy.Host{{Name: "h"}}},
		"the server's own":      {policy.Settings{Connection: "r2dbc:postgresql:///db", Host: "db.example"}, []policy.Host{{Name: "db.example"}}},
		"a Unix socket":         {policy.Settings{Connection: "?socket=/x"}, []policy.Host{{Local: true}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveR2DBC(tc.settings)
			if diff := cmp.Diff(tc.want, got.Hosts); diff != "" {
				t.Errorf("hosts (-want +got):\n%s", diff)
			}
			if got.NameRule != certpath.NamePgjdbc || got.Profile != (certpath.Profile{Validator: certpath.Java, Version: "17", SecurityLevel: -1}) {
				t.Errorf("rule %q, profile %+v", got.NameRule, got.Profile)
			}
		})
	}
	withoutURL := driver.Resolve(policy.Settings{Driver: "r2dbc-postgresql", Host: "h", Properties: map[string]string{"sslMode": "require"}})
	if withoutURL.Mode != "require" || len(withoutURL.Hosts) != 1 || withoutURL.Hosts[0].Name != "h" {
		t.Errorf("options alone: policy = %+v", withoutURL)
	}
	for _, place := range []policy.Place{policy.PlaceHome, policy.PlaceSystem} {
		got := resolveR2DBC(policy.Settings{Connection: "?ssl=true&sslRootCert=/rds.pem", StoreDeclared: true, StorePlace: place}).Anchors
		if got.Source != policy.Missing || got.WhenUnreadable != policy.RejectAll {
			t.Errorf("a store in place %s is not where sslRootCert points: %+v", place, got)
		}
	}
}
