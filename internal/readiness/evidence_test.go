package readiness_test

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

const verifyFull = "sslmode=verify-full sslrootcert=/r.pem"

// TestHostNamesWhereOnlyTheRootIsKnown: RDS puts the endpoint's own names
// into a server certificate and nothing else.
func TestHostNamesWhereOnlyTheRootIsKnown(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	tests := map[string]struct {
		endpoint, host string
		given          bool // by the user, not by RDS
		outcome        readiness.Outcome
	}{
		"the endpoint":                    {endpoint: endpoint, host: endpoint, outcome: readiness.Connects},
		"the endpoint, case and dot":      {endpoint: endpoint, host: "Orders.C9AKCIQ32RGD.us-east-1.rds.amazonaws.com.", outcome: readiness.Connects},
		"another endpoint of RDS":         {endpoint: endpoint, host: "replica.c9akciq32rgd.us-east-1.rds.amazonaws.com", outcome: readiness.Connects},
		"an alias of a known endpoint":    {endpoint: endpoint, host: "orders.example", outcome: readiness.Fails},
		"an alias of nobody knows what":   {host: "orders.example", outcome: readiness.Fails},
		"an endpoint, none being known":   {host: endpoint, outcome: readiness.Connects},
		"the local end of a tunnel":       {host: "localhost", outcome: readiness.Fails},
		"an address":                      {host: "10.1.2.3", outcome: readiness.Fails},
		"an IPv6 address":                 {host: "2001:db8::1", outcome: readiness.Fails},
		"an address, given as the host":   {endpoint: "10.1.2.3", host: "10.1.2.3", outcome: readiness.Fails},
		"IPv6, given as the host":         {endpoint: "2001:db8::1", host: "2001:db8::1", outcome: readiness.Fails},
		"a name that RDS reports":         {endpoint: "orders.rds.example", host: "orders.rds.example", outcome: readiness.Connects},
		"an alias, given as the host":     {endpoint: "orders.example", host: "orders.example", given: true, outcome: readiness.Fails},
		"the endpoint, given as the host": {endpoint: endpoint, host: endpoint, given: true, outcome: readiness.Connects},
		"an address of a known endpoint":  {endpoint: endpoint, host: "10.1.2.3", outcome: readiness.Fails},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(libpq("c", verifyFull+" host="+tc.host, s.next.Root))
			in.Host = tc.endpoint
			if !tc.given {
				in.Endpoint = tc.endpoint
			}
			in.Target.Presented = certpath.Presented{RootSHA256: pki.SHA256(s.next.Root), RootSubject: s.next.Root.Subject.CommonName}
			report := readiness.Evaluate(in)
			v := report.Verdicts["c"].Target
			if v.Outcome != tc.outcome {
				t.Errorf("%s (%s): %s", v.Outcome, v.Reason, v.Detail)
			}
			if tc.outcome == readiness.Fails && (v.Reason != certpath.HostNameMismatch || v.AnchorSHA256 != "") {
				t.Errorf("reason %s with anchor %q", v.Reason, v.AnchorSHA256)
			}
		})
	}
}

// TestTheThumbprintIsEvidence: RDS reports a root by its SHA-1 alone.
func TestTheThumbprintIsEvidence(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CAECC384)
	tests := map[string]struct {
		store   []*x509.Certificate
		outcome readiness.Outcome
		reason  readiness.Reason
	}{
		"the store holds it":      {[]*x509.Certificate{s.old.Root, s.next.Root}, readiness.Connects, certpath.Accepted},
		"the store holds another": {[]*x509.Certificate{s.old.Root}, readiness.Fails, certpath.UnknownAuthority},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(libpq("c", verifyFull, tc.store...))
			in.Target = readiness.Evidence{CAIdentifier: pki.CAECC384, RootSHA1: pki.Thumbprint(s.next.Root), Source: "Thumbprint of DescribeCertificates"}
			v := readiness.Evaluate(in).Verdicts["c"].Target
			if v.Outcome != tc.outcome || v.Reason != tc.reason {
				t.Errorf("%s (%s): %s", v.Outcome, v.Reason, v.Detail)
			}
		})
	}
}

// TestClientsOfRDSProxyAreNotTouched, whether it is declared or shows in the
// client's host.
func TestClientsOfRDSProxyAreNotTouched(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	declared := libpq("c", verifyFull, s.old.Root)
	declared.ViaProxy = true
	tests := map[string]readiness.Client{
		"declared":        declared,
		"by its own host": libpq("c", verifyFull+" host=orders.proxy-c9akciq32rgd.us-east-1.rds.amazonaws.com", s.old.Root),
	}
	for name, client := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := readiness.Evaluate(s.input(client))
			v := report.Verdicts["c"]
			if !v.Ready || v.Target.Reason != certpath.UnknownAuthority || !slices.Contains(codes(report, "c"), "warning fails_behind_proxy") {
				t.Errorf("ready %t, %s, %v", v.Ready, v.Target.Reason, codes(report, "c"))
			}
			const told = "Through RDS Proxy, this client fails, both before and after the switch."
			if !slices.ContainsFunc(report.Findings, func(f readiness.Finding) bool { return strings.HasPrefix(f.Detail, told) }) {
				t.Errorf("no finding says %q: %v", told, report.Findings)
			}
		})
	}
	t.Run("one host of two is enough not to be", func(t *testing.T) {
		t.Parallel()
		client := libpq("c", verifyFull+" host=orders.proxy-c9akciq32rgd.us-east-1.rds.amazonaws.com,"+endpoint, s.old.Root)
		client.Settings.Driver, client.Settings.Version = "psycopg", "3.2.1" // It goes on with the next host.
		if v := readiness.Evaluate(s.input(client)).Verdicts["c"]; v.Ready {
			t.Errorf("ready with %s", v.Target.Reason)
		}
	})
}

// TestTheRuntimesOwnStoreIsNotTheFileThatRejectsAll: a driver that refuses its
// settings for a file that it cannot read has none to read here.
func TestTheRuntimesOwnStoreIsNotTheFileThatRejectsAll(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	client := readiness.Client{Name: "c", ViaProxy: true, Settings: policy.Settings{Driver: "pgx", Version: "5.12.0", Runtime: "", Connection: "host=" + endpoint + " sslmode=verify-ca"}}
	if v := readiness.Evaluate(s.input(client)).Verdicts["c"].Target; v.Outcome != readiness.Connects {
		t.Errorf("behind the proxy: %s (%s), want connects by the system's roots", v.Outcome, v.Reason)
	}
}

// TestTheRuntimesOwnStoreServesTheProxyOnly, also after a client without it
// was judged by the same file and validator.
func TestTheRuntimesOwnStoreServesTheProxyOnly(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	node := func(name string, environment map[string]string, properties map[string]string) readiness.Client {
		return readiness.Client{
			Name: name, ViaProxy: true,
			Settings: policy.Settings{
				Driver: "node-postgres", Version: "8.23.1", Runtime: "20", Host: endpoint, Connection: "postgres://u@" + endpoint + "/db",
				Environment: environment, Properties: properties, StoreDeclared: true,
			},
			Store: readiness.Store{Content: s.old.RootPEM()},
		}
	}
	report := readiness.Evaluate(s.input(
		node("a-file-alone", nil, map[string]string{"ssl.ca": "readFileSync('/r.pem')"}),
		node("b-file-beside", map[string]string{"NODE_EXTRA_CA_CERTS": "/r.pem"}, map[string]string{"ssl": "true"}),
	))
	if v := report.Verdicts["a-file-alone"].Target; v.Outcome != readiness.Fails {
		t.Errorf("the file alone: %s (%s)", v.Outcome, v.Reason)
	}
	if v := report.Verdicts["b-file-beside"].Target; v.Outcome != readiness.Connects {
		t.Errorf("beside the runtime's own store: %s (%s)", v.Outcome, v.Reason)
	}
}

// TestPinnedCertificatesAreFindings: they pass today and break at a renewal.
func TestPinnedCertificatesAreFindings(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	pinned := func(c *x509.Certificate) readiness.Client {
		client := libpq("c", "postgres://u@"+endpoint+"/db?sslmode=verify-full&sslrootcert=/r.pem", c)
		client.Settings.Driver = "pgx"
		return client
	}
	for code, tc := range map[string]struct {
		certificate *x509.Certificate
		breaks      string
	}{
		"pinned_subordinate":        {s.next.Subordinate, "so it may break at the next renewal"},
		"pinned_server_certificate": {s.next.Server, "so it will break at the next renewal"},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			report := readiness.Evaluate(s.input(pinned(tc.certificate)))
			if v := report.Verdicts["c"]; !v.Ready || v.Target.Outcome != readiness.Connects {
				t.Fatalf("%s (%s)", v.Target.Outcome, v.Target.Reason)
			}
			if !slices.Contains(codes(report, "c"), "warning "+code) {
				t.Errorf("findings %v", codes(report, "c"))
			}
			if !slices.ContainsFunc(report.Findings, func(f readiness.Finding) bool { return f.Code == code && strings.Contains(f.Detail, tc.breaks) }) {
				t.Errorf("no finding says %q: %v", tc.breaks, report.Findings)
			}
		})
	}
}

func TestAnchorsThatEndSoon(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	client := libpq("c", verifyFull, s.next.Root)
	left := s.next.Root.NotAfter.Sub(at)
	for name, tc := range map[string]struct {
		minimum time.Duration
		found   bool
	}{"nothing asked for": {0, false}, "asked for less": {left, false}, "asked for more": {left + time.Second, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(client)
			in.MinimumValidity = tc.minimum
			report := readiness.Evaluate(in)
			if found := slices.Contains(codes(report, "c"), "warning anchor_expires_soon"); found != tc.found {
				t.Errorf("finding: %t", found)
			}
			if !report.Ready {
				t.Error("the finding blocks")
			}
		})
	}
}

// TestKeyTypes: a client that offers RSA suites only never sees an ECDSA
// certificate.
func TestKeyTypes(t *testing.T) {
	t.Parallel()
	for ca, want := range map[string]readiness.Outcome{pki.CAECC384: readiness.Fails, pki.CARSA2048: readiness.ConnectsUnverified} {
		t.Run(ca, func(t *testing.T) {
			t.Parallel()
			s := newSwitchover(t, ca)
			client := libpq("c", "")
			client.Settings.Driver = "pgbouncer"
			client.Settings.Connection = ""
			client.Settings.Properties = map[string]string{
				"server_tls_sslmode": "require", "server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "ECDHE-RSA-AES256-GCM-SHA384",
			}
			v := readiness.Evaluate(s.input(client)).Verdicts["c"].Target
			if v.Outcome != want {
				t.Errorf("%s (%s): %s", v.Outcome, v.Reason, v.Detail)
			}
		})
	}
}
