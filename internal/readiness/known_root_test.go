package readiness_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// listedCA is a CA of the provider's own list.
func listedCA(t *testing.T) rdsca.CA {
	t.Helper()
	all := rdsca.All()
	i := slices.IndexFunc(all, func(ca rdsca.CA) bool { return ca.SHA1 != "" && ca.Subject != "" })
	if i < 0 {
		t.Fatal("no CA has a thumbprint")
	}
	return all[i]
}

// TestTheRootAfterTheSwitch: its fingerprint identifies it, however it is known.
func TestTheRootAfterTheSwitch(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	ca := listedCA(t)
	path := s.next.Presented()
	for name, tc := range map[string]struct {
		evidence readiness.Evidence
		want     string
	}{
		"by a path":                  {readiness.Evidence{Presented: certpath.Presented{Certificates: path}}, pki.SHA256(s.next.Root)},
		"by a path without its root": {readiness.Evidence{Presented: certpath.Presented{Certificates: path[:2]}, RootSHA1: ca.SHA1}, ""},
		"by its SHA-256":             {readiness.Evidence{Presented: certpath.Presented{RootSHA256: "ab"}, RootSHA1: ca.SHA1}, "ab"},
		"by its thumbprint":          {readiness.Evidence{RootSHA1: ca.SHA1}, ca.SHA256},
		"by one that nobody knows":   {readiness.Evidence{RootSHA1: "ab"}, ""},
		"not known":                  {readiness.Evidence{}, ""},
	} {
		in := s.input()
		in.Target = tc.evidence
		if got := readiness.Evaluate(in).TargetRootSHA256; got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestTheThumbprintComesLast: where more is known of the path than the
// thumbprint of RDS, nobody goes by that.
func TestTheThumbprintComesLast(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	ca := listedCA(t)
	of := func(chain *pki.Chain) string {
		return `"` + chain.Root.Subject.String() + `", which the trust store does not hold.`
	}
	for name, tc := range map[string]struct {
		presented  certpath.Presented
		thumbprint string
		want       string // the verdict's text
	}{
		"a path":                     {certpath.Presented{Certificates: s.next.Presented()}, pki.Thumbprint(s.old.Root), "The chain ends in the root " + of(s.next)},
		"a SHA-256":                  {certpath.Presented{RootSHA256: pki.SHA256(s.next.Root)}, pki.Thumbprint(s.old.Root), "The trust store does not hold the root with the SHA-256 " + pki.SHA256(s.next.Root) + "."},
		"the thumbprint of a CA":     {certpath.Presented{}, ca.SHA1, `The trust store does not hold the root "` + ca.Subject + `".`},
		"a thumbprint nobody listed": {certpath.Presented{}, "ab", "The trust store does not hold the root with the thumbprint ab."},
	} {
		in := s.input(libpq("c", "sslmode=verify-ca sslrootcert=/r.pem", s.old.Root))
		in.Target.Presented, in.Target.RootSHA1 = tc.presented, tc.thumbprint
		if v := readiness.Evaluate(in).Verdicts["c"].Target; v.Reason != certpath.UnknownAuthority || v.Detail != tc.want {
			t.Errorf("%s: %s (%s), want %s", name, v.Reason, v.Detail, tc.want)
		}
	}
}

// TestEveryRootOfAmazonTrustServicesServesTheProxy: its path ends in whichever
// of them the client holds.
func TestEveryRootOfAmazonTrustServicesServesTheProxy(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/amazon_root_ca_3.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	s := newSwitchover(t, pki.CARSA2048)
	client := func(name string, store ...*x509.Certificate) readiness.Client {
		c := libpq(name, "sslmode=verify-ca sslrootcert=/r.pem", store...)
		c.ViaProxy = true
		return c
	}
	report := readiness.Evaluate(s.input(client("one", s.old.Root, root), client("none", s.old.Root)))
	if v := report.Verdicts["one"]; v.Target.Outcome != readiness.Connects || v.Target.AnchorSHA256 != pki.SHA256(root) || v.Target.AnchorSubject != root.Subject.String() {
		t.Errorf("%+v", v.Target)
	}
	if got := codes(report, "one"); len(got) != 0 {
		t.Errorf("a client that connects through the proxy: %q", got)
	}
	if v := report.Verdicts["none"].Target; v.Outcome != readiness.Fails || v.Detail != `The trust store does not hold the root "Amazon Root CA 1".` {
		t.Errorf("%+v", v)
	}
}

// TestAProxyOfNoPartition: RDS has no such name, so nothing is known of who
// answers there.
func TestAProxyOfNoPartition(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	v := readiness.Evaluate(s.input(libpq("c", "sslmode=verify-ca sslrootcert=/r.pem host=orders.proxy-c9akciq32rgd.cn-north-1.rds.amazonaws.com", s.old.Root))).Verdicts["c"]
	if v.Ready || v.Target.Outcome != readiness.Fails {
		t.Errorf("ready %t, %+v", v.Ready, v.Target)
	}
}

// TestNoHostToCheck, where only the root is known: there is nothing that the
// certificate could hold.
func TestNoHostToCheck(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	in := s.input(readiness.Client{Name: "c", Store: readiness.Store{Content: pki.PEM(s.next.Root)}}.With(policy.Policy{
		Hosts: []policy.Host{{}}, Attempts: []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}},
		Anchors: policy.Anchors{Source: policy.Declared, Reader: truststore.OpenSSLFile}, Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: "3.0"},
	}))
	in.Host, in.Target.Presented = "", certpath.Presented{RootSHA256: pki.SHA256(s.next.Root)}
	v := readiness.Evaluate(in).Verdicts["c"]
	want := readiness.Verdict{
		Outcome: readiness.Fails, Reason: certpath.HostNameMismatch, Validator: "openssl",
		Detail: "The client checks the host name, but its settings name no host.",
	}
	if diff := cmp.Diff(want, v.Target, cmpopts.IgnoreUnexported(readiness.Verdict{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(v.Remedy, `Set "host", or add to "connection" the host name`) {
		t.Errorf("remedy %q", v.Remedy)
	}
}

// TestANameThatTheRemedyMayOffer is one that the server certificate is known to
// hold.
func TestANameThatTheRemedyMayOffer(t *testing.T) {
	t.Parallel()
	const another = "other.c9akciq32rgd.us-east-1.rds.amazonaws.com"
	s := newSwitchover(t, pki.CARSA2048)
	path, rootAlone := certpath.Presented{Certificates: s.next.Presented()}, certpath.Presented{RootSHA256: pki.SHA256(s.next.Root)}
	const own = "Connect with the endpoint's own name, which is the one in the server certificate."
	such := func(name string) string {
		return "Connect with a name that is in the server certificate, such as " + name + "."
	}
	for name, tc := range map[string]struct {
		presented certpath.Presented
		host      string
		want      string
		viaProxy  bool
	}{
		"the endpoint":                       {path, endpoint, such(endpoint), false},
		"the endpoint, behind RDS Proxy":     {path, endpoint, own, true},
		"one that is not in it":              {path, another, own, false},
		"none":                               {path, "", own, false},
		"an endpoint, and the root is known": {rootAlone, another, such(another), false},
		"an alias, and the root alone is":    {rootAlone, "orders.example", own, false},
	} {
		v := readiness.Verdict{Outcome: readiness.Fails, Reason: certpath.HostNameMismatch}
		p := policy.Policy{Hosts: []policy.Host{{Name: "alias.example"}}}
		if got := readiness.Remedy(readiness.Client{ViaProxy: tc.viaProxy}, p, v, readiness.Evidence{Presented: tc.presented}, readiness.Evidence{}, tc.host); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
