package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// TestLibpqEdges holds vectors that the recorded cases do not reach.
func TestLibpqEdges(t *testing.T) {
	t.Parallel()

	at := func(connection, version string) policy.Settings {
		return policy.Settings{Connection: connection, Version: version, StoreDeclared: true}
	}
	systemAtHome := at("host=h sslrootcert=system", "18")
	systemAtHome.StorePlace, systemAtHome.Environment = policy.PlaceHome, env{"SSL_CERT_FILE": "/r"}
	runPolicyCases(t, "libpq", map[string]policyCase{
		"the oldest version":                  {at("host=h", "12"), "prefer: T path/nfr, P; declared"},
		"the newest version":                  {at("host=h", "18"), "prefer: T path/nfr, P; declared"},
		"a version that is no number":         {at("host=h", "fifteen"), "undecided"},
		"a read-only session":                 {at("host=h target_session_attrs=read-only", "14"), "prefer: T path/nfr, P; declared; doubt"},
		"the latest protocol":                 {at("host=h min_protocol_version=latest", "18"), "prefer: T path/nfr, P; declared; doubt"},
		"the highest port":                    {at("host=h port=65535", "15"), "prefer: T path/nfr, P; declared"},
		"a port beyond it":                    {at("host=h port=65536", "15"), `rejected invalid_settings: invalid port number: "65536"`},
		"a port with blanks":                  {at("host=h port=' 5432 '", "15"), "prefer: T path/nfr, P; declared"},
		"a port in hexadecimal":               {at("host=h port=1a", "15"), `rejected invalid_settings: invalid integer value "1a" for connection option "port"`},
		"a port of more than 32 bits":         {at("host=h port=4294967295", "15"), `rejected invalid_settings: invalid integer value "4294967295" for connection option "port"`},
		"equal ports need no list":            {at("host=a,b port=1", "15"), "prefer: T path/nfr, P; declared"},
		"addresses without names":             {at("hostaddr=1.2.3.4,1.2.3.5 port=1,2", "15"), "prefer: T path/nfr, P; declared"},
		"direct negotiation, verified":        {at("host=h sslmode=verify-ca sslnegotiation=direct", "17"), "verify-ca: T path; declared; doubt on TLS"},
		"SSL_CERT_FILE and a store at home":   {systemAtHome, "verify-full: T path name; system"},
		"revocation lists beside the system":  {at("host=h sslrootcert=system sslcrl=/c", "16"), "verify-full: T path name; system; doubt on TLS"},
		"an abstract socket of 14":            {at("host=@x sslmode=verify-full", "14"), "verify-full: P; none"},
		"the declared host may be a socket":   {policy.Settings{Host: "/run", Version: "15"}, "prefer: P; none"},
		"an LDAP service":                     {policy.Settings{Connection: "service=o", Version: "15", Properties: env{"pg_service.conf": "[o]\nldap://x\n"}}, "undecided"},
		"a service that is none of the store": {policy.Settings{Connection: "service=o", Version: "15"}, "undecided"},
	})
}

func TestLibpqVersionsOfOpenSSL(t *testing.T) {
	t.Parallel()

	for runtime, want := range map[string]string{
		"": "3.0", "3.0.17": "3.0", "1.1.1w": "1.1.1", "OpenSSL 1.1.1w  11 Sep 2023": "1.1.1",
		"libpq 16.4, OpenSSL 3.2.1": "3.2", "3.1.4": "3.1", "1.0.2": "1.0.2", "libpq 16.4": "3.0", "3": "3.0",
	} {
		got := driver.Resolve(policy.Settings{Driver: "libpq", Connection: "host=h", Runtime: runtime}).Profile
		if diff := cmp.Diff(certpath.Profile{Validator: certpath.OpenSSL, Version: want, SecurityLevel: -1}, got); diff != "" {
			t.Errorf("profile of runtime %q mismatch (-want +got):\n%s", runtime, diff)
		}
	}
}

func TestLibpqOffers(t *testing.T) {
	t.Parallel()

	for connection, want := range map[string]policy.Offer{
		"host=h": {Min: "TLSv1.2"},
		"host=h ssl_max_protocol_version=TLSv1.2":      {Min: "TLSv1.2", Max: "TLSv1.2"},
		"host=h ssl_min_protocol_version=''":           {},
		"host=h sslmode=require sslnegotiation=direct": {Min: "TLSv1.2", Direct: true},
	} {
		got := driver.Resolve(policy.Settings{Driver: "libpq", Connection: connection}).TLS
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("offer of %q mismatch (-want +got):\n%s", connection, diff)
		}
	}
	if got := driver.Resolve(policy.Settings{Driver: "libpq", Connection: "host=h", Version: "12"}).TLS; got != (policy.Offer{}) {
		t.Errorf("offer of libpq 12 = %+v, want the library's default", got)
	}
}

func TestSystemStoreThatCannotBeReadGivesNoAnchors(t *testing.T) {
	t.Parallel()

	got := driver.Resolve(policy.Settings{Driver: "libpq", Connection: "host=h sslrootcert=system", Version: "16"}).Anchors
	if got.WhenUnreadable != policy.TakeNone || got.WhenNoAnchors != policy.TakeNone {
		t.Errorf("unreadable: %d, no anchors: %d; want TakeNone for both", got.WhenUnreadable, got.WhenNoAnchors)
	}
}

func TestLibpqClientEdges(t *testing.T) {
	t.Parallel()

	runPolicyCases(t, "ruby-pg", map[string]policyCase{
		"a service without its file": {client("service=orders host=h", nil), "undecided"},
	})
	runPolicyCases(t, "dbd-pg", map[string]policyCase{
		"a semicolon in quotes stays": {client("dbi:Pg:host=h;sslmode='a;b'", nil), `rejected invalid_settings: invalid sslmode value: "a;b"`},
	})
	runPolicyCases(t, "odbc", map[string]policyCase{
		"pqopt by its short name": {client("Driver=x;Server=h;D5={sslmode=require}", nil), "rejected contradictory_settings: sslmode parameter in pqopt option conflicts with other ordinary option"},
		"an empty mode":           {client("Driver=x;Server=h;SSLmode=", nil), "disable: P; declared"},
	})
	runPolicyCases(t, "psycopg2", map[string]policyCase{
		"version 9 is libpq's": {policy.Settings{Connection: "host=h", Version: "9.6"}, "undecided"},
	})
	runPolicyCases(t, "pgbouncer", map[string]policyCase{
		"no host, name not verified": {pooler("dbname=d", "", env{"server_tls_sslmode": "require"}), "require: T; none"},
	})
}

func TestRubyTakesALoneWordForTheHost(t *testing.T) {
	t.Parallel()

	got := driver.Resolve(policy.Settings{Driver: "ruby-pg", Connection: "db.example", Host: "other"}).Hosts
	if diff := cmp.Diff([]policy.Host{{Name: "db.example"}}, got); diff != "" {
		t.Errorf("hosts mismatch (-want +got):\n%s", diff)
	}
}
