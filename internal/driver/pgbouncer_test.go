package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func pooler(connection, version string, properties env) policy.Settings {
	return policy.Settings{Connection: connection, Version: version, Properties: properties, StoreDeclared: true}
}

func TestPgBouncer(t *testing.T) {
	t.Parallel()

	mode := func(mode string) env { return env{"server_tls_sslmode": mode, "server_tls_ca_file": "/r"} }
	home := pooler("host=h", "1.25.0", env{"server_tls_sslmode": "verify-ca"})
	system := pooler("host=h", "1.25.0", env{"server_tls_sslmode": "verify-ca"})
	system.StorePlace = policy.PlaceSystem
	elsewhere := pooler("host=h", "1.25.0", mode("verify-ca"))
	elsewhere.StorePlace = policy.PlaceHome
	environment := pooler("host=h", "1.25.0", nil)
	environment.Environment = env{"PGSSLMODE": "verify-full"}
	runPolicyCases(t, "pgbouncer", map[string]policyCase{
		"prefer is the default from 1.20 on":  {pooler("host=h", "1.20.0", nil), "prefer: T/n, P; none"},
		"disable is the default before":       {pooler("host=h", "1.18.0", nil), "disable: P; none"},
		"the newest is assumed":               {pooler("host=h", "", nil), "prefer: T/n, P; none"},
		"disable":                             {pooler("host=h", "", mode("disable")), "disable: P; none"},
		"allow asks for TLS first":            {pooler("host=h", "", mode("allow")), "allow: T/n, P; none"},
		"require verifies nothing":            {pooler("host=h", "", mode("require")), "require: T; none"},
		"verify-ca":                           {pooler("host=h", "", mode("verify-ca")), "verify-ca: T path; declared"},
		"verify-full in any case":             {pooler("host=h", "", mode("Verify-Full")), "verify-full: T path name; declared"},
		"no file is the system's bundle":      {home, "verify-ca: T path; system"},
		"a declared bundle of the system":     {system, "verify-ca: T path; declared"},
		"a store elsewhere":                   {elsewhere, "verify-ca: T path; missing"},
		"the environment plays no part":       {environment, "prefer: T/n, P; none"},
		"a socket":                            {pooler("host=/run", "", mode("verify-full")), "verify-full: P; declared"},
		"an unknown mode":                     {pooler("host=h", "", mode("on")), "rejected invalid_settings: invalid value"},
		"a mode in the connection string":     {pooler("host=h sslmode=require", "", nil), "rejected invalid_settings: unrecognized connection parameter: sslmode"},
		"a URI":                               {pooler("postgresql://h/d", "", nil), "rejected invalid_settings: in connection string"},
		"unknown protocols":                   {pooler("host=h", "", env{"server_tls_protocols": "tlsv9"}), "rejected invalid_settings: invalid server_tls_protocols"},
		"unknown protocols without TLS":       {pooler("host=h", "", env{"server_tls_protocols": "tlsv9", "server_tls_sslmode": "disable"}), "disable: P; none"},
		"no protocol is left":                 {pooler("host=h", "", env{"server_tls_protocols": "!all"}), "rejected invalid_settings: invalid server_tls_protocols"},
		"a certificate of its own":            {pooler("host=h", "", env{"server_tls_cert_file": "/c"}), "prefer: T/n, P; none; doubt on TLS"},
		"a key of its own":                    {pooler("host=h", "", env{"server_tls_key_file": "/k"}), "prefer: T/n, P; none; doubt on TLS"},
		"which no session in plaintext loads": {pooler("host=h", "", env{"server_tls_key_file": "/k", "server_tls_sslmode": "disable"}), "disable: P; none"},
		"unknown suites":                      {pooler("host=h", "", env{"server_tls_ciphers": "NOSUCH"}), "prefer: T/n, P; none; doubt"},
		"unknown suites without TLS":          {pooler("host=h", "", env{"server_tls_ciphers": "NOSUCH", "server_tls_sslmode": "disable"}), "disable: P; none"},
		"suites for ECDSA keys alone":         {pooler("host=h", "", env{"server_tls_ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384", "server_tls_protocols": "tlsv1.2"}), "prefer: T/n, P; none; doubt on TLS"},
		"a host that is none":                 {pooler("host=h;port=1", "", nil), "rejected invalid_settings: "},
		"hosts that take turns, verified":     {pooler("host=a,b", "1.25.0", mode("verify-full")), "undecided"},
		"hosts that take turns, unverified":   {pooler("host=a,b", "1.25.0", mode("verify-ca")), "verify-ca: T path; declared"},
		"no host is declared, and one needed": {pooler("dbname=d", "", mode("verify-full")), "undecided"},
	})
}

func TestPgBouncerHostsAndProtocols(t *testing.T) {
	t.Parallel()

	suites := func(protocols, ciphers string) policy.Settings {
		return pooler("host=h", "", env{"server_tls_protocols": protocols, "server_tls_ciphers": ciphers})
	}
	only12 := policy.Offer{Min: "TLSv1.2", Max: "TLSv1.2"}
	onlyRSA := policy.Offer{Min: "TLSv1.2", Max: "TLSv1.2", NoECDSA: true}
	tests := map[string]struct {
		settings policy.Settings
		host     policy.Host
		offer    policy.Offer
	}{
		"suites for RSA keys":             {suites("tlsv1.2", "ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA"), policy.Host{Name: "h"}, onlyRSA},
		"RSA by a combination":            {suites("tlsv1.2", "EECDH+aRSA+AESGCM:!aNULL"), policy.Host{Name: "h"}, onlyRSA},
		"TLS 1.3 has suites of its own":   {suites("secure", "ECDHE-RSA-AES256-GCM-SHA384"), policy.Host{Name: "h"}, policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"suites for both":                 {suites("tlsv1.2", "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384"), policy.Host{Name: "h"}, only12},
		"suites for any key":              {suites("tlsv1.2", "AES256-SHA:HIGH:!aNULL"), policy.Host{Name: "h"}, only12},
		"a set by its name":               {suites("tlsv1.2", "Secure"), policy.Host{Name: "h"}, only12},
		"secure is the default":           {pooler("host=h", "", nil), policy.Host{Name: "h"}, policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"all":                             {pooler("host=h", "", env{"server_tls_protocols": "all"}), policy.Host{Name: "h"}, policy.Offer{Min: "TLSv1", Max: "TLSv1.3"}},
		"what is taken away":              {pooler("host=h", "", env{"server_tls_protocols": "all, !tlsv1.3: !tlsv1.0"}), policy.Host{Name: "h"}, policy.Offer{Min: "TLSv1.1", Max: "TLSv1.2"}},
		"taken away from all":             {pooler("host=h", "", env{"server_tls_protocols": "!tlsv1.0"}), policy.Host{Name: "h"}, policy.Offer{Min: "TLSv1.1", Max: "TLSv1.3"}},
		"one":                             {pooler("host=h", "", env{"server_tls_protocols": "TLSv1.3"}), policy.Host{Name: "h"}, policy.Offer{Min: "TLSv1.3", Max: "TLSv1.3"}},
		"the whole list before 1.25":      {pooler("host=a,a", "1.24.1", nil), policy.Host{Name: "a,a"}, policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"one of the list from 1.25 on":    {pooler("host=a,a", "1.25.0", nil), policy.Host{Name: "a"}, policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"the declared host stands in":     {policy.Settings{Connection: "dbname=d", Host: "x"}, policy.Host{Name: "x"}, policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"a quoted host, a doubled quote":  {pooler("host='/a''b' port=1", "", nil), policy.Host{Name: "/a'b", Local: true}, policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"an abstract socket is local too": {pooler("host=@x", "", nil), policy.Host{Name: "@x", Local: true}, policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			tc.settings.Driver = "pgbouncer"
			p := driver.Resolve(tc.settings)
			if diff := cmp.Diff([]policy.Host{tc.host}, p.Hosts); diff != "" {
				t.Errorf("hosts mismatch (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.offer, p.TLS); diff != "" {
				t.Errorf("offer mismatch (-want +got):\n%s", diff)
			}
		})
	}
}
