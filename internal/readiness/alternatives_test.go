package readiness_test

import (
	"crypto/x509"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestAVerdictOnWhichAllAlternativesAgree leaves open which TLS library a
// program is built with.
func TestAVerdictOnWhichAllAlternativesAgree(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	full := "postgres://" + endpoint + "/db?sslrootcert=/r.pem&sslmode="
	tests := map[string]struct {
		settings policy.Settings
		store    []*x509.Certificate
		outcome  readiness.Outcome
		reason   readiness.Reason
		detail   string // a part of it
	}{
		"the right root": {
			settings: policy.Settings{Driver: "sqlx", Version: "0.8.6", Runtime: "3.0", Connection: full + "verify-full"}, store: []*x509.Certificate{s.next.Root},
			outcome: readiness.Connects, reason: certpath.Accepted,
		},
		"the wrong root": {
			settings: policy.Settings{Driver: "sqlx", Version: "0.8.6", Runtime: "3.0", Connection: full + "verify-full"}, store: []*x509.Certificate{s.old.Root},
			outcome: readiness.Fails, reason: certpath.UnknownAuthority,
		},
		"the right root last, which native-tls does not read": {
			settings: policy.Settings{Driver: "sqlx", Version: "0.8.6", Runtime: "3.0", Connection: full + "verify-full"}, store: []*x509.Certificate{s.old.Root, s.next.Root},
			reason: readiness.DriverNotCovered, detail: "(property \"tls\": tls-native-tls, tls-rustls, tls-rustls-ring-native-roots or tls-none). Possible outcomes: fails (native-tls), connects (rustls with the roots of webpki), connects (rustls with native roots).",
		},
		"the subordinate CA, which is an anchor to rustls alone": {
			settings: policy.Settings{Driver: "tokio-postgres", Version: "0.7.13", Runtime: "3.0", Connection: "sslmode=require"}, store: []*x509.Certificate{s.next.Subordinate},
			reason: readiness.DriverNotCovered, detail: "Possible outcomes: fails (native-tls), fails (openssl), connects (rustls).",
		},
		"with or without a connector": {
			settings: policy.Settings{Driver: "tokio-postgres"}, store: []*x509.Certificate{s.next.Root},
			reason: readiness.DriverNotCovered, detail: "Possible outcomes: connects (native-tls), connects (openssl), connects (rustls), plaintext (NoTls).",
		},
		"alternatives within alternatives: an old rustls passes over the name, a new one does not": {
			settings: policy.Settings{Driver: "sqlx", Version: "0.8.6", Runtime: "3.0", Connection: strings.Replace(full, endpoint, "tunnel.example", 1) + "verify-ca", Properties: map[string]string{"tls": "tls-rustls"}},
			store:    []*x509.Certificate{s.next.Root}, reason: policy.ReasonVersionNotDeclared, detail: "(property rustls_version). Possible outcomes: connects (rustls before 0.23.24), fails (rustls 0.23.24 and later).",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.settings.Host, tc.settings.StoreDeclared = endpoint, true
			client := readiness.Client{Name: "c", Settings: tc.settings, Store: readiness.Store{Content: pki.PEM(tc.store...)}}
			got := readiness.Evaluate(s.input(client)).Verdicts["c"].Target
			if got.Outcome != tc.outcome || got.Reason != tc.reason || !strings.Contains(got.Detail, tc.detail) {
				t.Errorf("verdict %s (%s) %q, want %s (%s) %q", got.Outcome, got.Reason, got.Detail, tc.outcome, tc.reason, tc.detail)
			}
		})
	}
}

// TestAlternativesBehindAProxy are judged against the proxy's path once.
func TestAlternativesBehindAProxy(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	client := readiness.Client{Name: "c", ViaProxy: true, Settings: policy.Settings{
		Driver: "tokio-postgres", Version: "0.7.13", Runtime: "3.0", Connection: "sslmode=require", Host: "orders.proxy-c9akciq32rgd.us-east-1.rds.amazonaws.com",
	}}
	got := readiness.Evaluate(s.input(client)).Verdicts["c"].Target
	if got.Outcome != readiness.Connects {
		t.Errorf("verdict %s (%s) %q, want connects by the runtime's own roots", got.Outcome, got.Reason, got.Detail)
	}
}

// TestAFileThatIsADirectory is a store that these clients cannot read.
func TestAFileThatIsADirectory(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	two := truststore.Directory{"a.pem": pki.PEM(s.old.Root), "b.pem": pki.PEM(s.next.Root, s.next.Root)}
	url := "postgres://" + endpoint + "/db?sslrootcert=/r&sslmode="
	tests := map[string]struct {
		settings policy.Settings
		want     readiness.Outcome
		text     string
	}{
		"in every mode with TLS": {policy.Settings{Driver: "sqlx", Version: "0.8.6", Runtime: "3.0", Connection: url + "require", Properties: map[string]string{"tls": "tls-native-tls"}}, readiness.Fails, "Is a directory"},
		"where it is verified":   {policy.Settings{Driver: "sqlx", Version: "0.8.6", Runtime: "3.0", Connection: url + "verify-full", Properties: map[string]string{"tls": "tls-rustls"}}, readiness.Fails, "Is a directory"},
		"but not read otherwise": {policy.Settings{Driver: "sqlx", Version: "0.8.6", Runtime: "3.0", Connection: url + "require", Properties: map[string]string{"tls": "tls-rustls"}}, readiness.ConnectsUnverified, ""},
		"Node":                   {policy.Settings{Driver: "node-postgres", Version: "8.23.1", Runtime: "20", Connection: url + "require"}, readiness.Fails, "EISDIR"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.settings.StoreDeclared = true
			client := readiness.Client{Name: "c", Settings: tc.settings, Store: readiness.Store{Content: two.Archive()}}
			got := readiness.Evaluate(s.input(client)).Verdicts["c"].Target
			if got.Outcome != tc.want || got.ExpectedError != tc.text {
				t.Errorf("verdict %s (%s) %q, want %s %q", got.Outcome, got.Reason, got.ExpectedError, tc.want, tc.text)
			}
		})
	}
}

// TestTheClientsOwnWordForAWrongName is not that of the rule of names.
func TestTheClientsOwnWordForAWrongName(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	client := readiness.Client{
		Name: "c", Store: readiness.Store{Content: pki.PEM(s.next.Root)},
		Settings: policy.Settings{
			Driver: "prisma", Version: "6", Connection: "postgres://alias.example/db?sslmode=require&sslaccept=strict&sslcert=/r.pem", StoreDeclared: true,
		},
	}
	got := readiness.Evaluate(s.input(client)).Verdicts["c"].Target
	if got.Reason != certpath.HostNameMismatch || got.ExpectedError != "mismatch" {
		t.Errorf("verdict %s (%s) %q, want host_name_mismatch with the text of OpenSSL", got.Outcome, got.Reason, got.ExpectedError)
	}
}

// TestAlternativesHaveHosts: what host names say of a client holds for one that
// could behave in several ways as well.
func TestAlternativesHaveHosts(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	client := func(host string) readiness.Client {
		return readiness.Client{
			Name: "c", Store: readiness.Store{Content: pki.PEM(s.next.Root)},
			Settings: policy.Settings{Driver: "sqlx", Version: "0.8.6", Runtime: "3.0", Connection: "postgres://" + host + "/db?sslmode=verify-full&sslrootcert=/r.pem", StoreDeclared: true},
		}
	}
	rootAlone := func(c readiness.Client) readiness.Input {
		in := s.input(c)
		in.Host, in.Target.Presented = "", certpath.Presented{RootSHA256: pki.SHA256(s.next.Root)}
		return in
	}
	alias := readiness.Evaluate(rootAlone(client("orders.example")))
	if got := alias.Verdicts["c"].Target; got.Outcome != readiness.Fails || got.Reason != certpath.HostNameMismatch {
		t.Errorf("an alias: %s (%s), want it refused: RDS puts only the endpoint's names into a certificate", got.Outcome, got.Reason)
	}
	const proxy = "orders.proxy-c9akciq32rgd.us-east-1.rds.amazonaws.com"
	behind := client(proxy)
	behind.Store.Content = pki.PEM(s.old.Root) // sqlx trusts the system's roots beside it.
	if got := readiness.Evaluate(rootAlone(behind)).Verdicts["c"].Target; got.Outcome != readiness.Connects {
		t.Errorf("a proxy: %s (%s), want connects: RDS Proxy does not present the DB instance's path", got.Outcome, got.Reason)
	}
	r := readiness.PlanRotation(readiness.RotationInput{
		Topology: readiness.Topology{Instance: "orders", Members: []readiness.Member{{Identifier: "orders", Role: readiness.RoleSingle, Host: endpoint, CAIdentifier: pki.CARSA4096}}},
		Target:   pki.CARSA2048, Clients: []readiness.Client{client(endpoint)}, At: at,
	})
	if got := r.Clients["c"]; got.Affected != readiness.AffectedNow || got.Endpoint != readiness.EndpointInstance {
		t.Errorf("rotation: %+v, want the instance's endpoint, affected now", got)
	}
}

// TestAPlaceholderThatAFrameworkKeeps has its own reason, whose remedy is to
// declare the value.
func TestAPlaceholderThatAFrameworkKeeps(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	undecided := policy.Unfilled("host", "${DB_HOST}")
	way := readiness.FrameworkAlternative{When: "rails 7.0", Undecided: undecided}
	for name, frame := range map[string]readiness.Framework{
		"one way":   {Name: "rails", Undecided: undecided},
		"some ways": {Name: "rails", Alternatives: []readiness.FrameworkAlternative{way, way}},
	} {
		client := libpq("c", "", s.next.Root)
		client.Framework = &frame
		verdict := readiness.Evaluate(s.input(client)).Verdicts["c"]
		if verdict.Target.Outcome != readiness.Indeterminate || verdict.Target.Reason != policy.ReasonPlaceholder ||
			!strings.Contains(verdict.Target.Detail, "contains the placeholder ${DB_HOST}") || !strings.Contains(verdict.Remedy, "Declare the value") {
			t.Errorf("%s: %+v", name, verdict)
		}
	}
}
