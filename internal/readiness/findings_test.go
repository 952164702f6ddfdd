package readiness_test

import (
	"crypto/x509"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestProblemsOfTheStore: they are findings if the client reads that store.
func TestProblemsOfTheStore(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	twice := pki.PEM(s.next.Root, s.next.Root)
	reads := policy.Policy{
		Hosts: []policy.Host{{Name: endpoint}}, Attempts: []policy.Attempt{{TLS: true, VerifyPath: true}},
		Anchors: policy.Anchors{Source: policy.Declared, Reader: truststore.OpenSSLFile},
		Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: "3.0"},
	}
	with := func(set func(*policy.Policy)) policy.Policy { p := reads; set(&p); return p }
	system := with(func(p *policy.Policy) { p.Anchors.Source = policy.SystemStore })
	told := []readiness.Finding{{
		Severity: readiness.Warning, Code: truststore.CodeDuplicateEntry, Client: "c", Detail: "1 certificate is in the store more than once.",
	}}
	for name, tc := range map[string]struct {
		policy policy.Policy
		set    func(*readiness.Client)
		want   []readiness.Finding
	}{
		"a store that is read":             {policy: reads, want: told},
		"the newest of several ways":       {policy: policy.Policy{Alternatives: []policy.Alternative{{Policy: system}, {Policy: reads}}}, want: told},
		"an older one of several ways":     {policy: policy.Policy{Alternatives: []policy.Alternative{{Policy: reads}, {Policy: system}}}},
		"nobody declared it":               {policy: with(func(p *policy.Policy) { p.Anchors.Content = twice }), set: func(c *readiness.Client) { c.Settings.StoreDeclared = false }},
		"nobody could get it":              {policy: with(func(p *policy.Policy) { p.Anchors.Content = twice }), set: func(c *readiness.Client) { c.Store.Unavailable = "no such file" }},
		"settings that nobody decides":     {policy: with(func(p *policy.Policy) { p.Undecided = "nobody says which" })},
		"settings that the client refuses": {policy: with(func(p *policy.Policy) { p.Rejection = &policy.Rejection{} })},
		"the system's own store":           {policy: system},
		"a client that verifies nothing":   {policy: with(func(p *policy.Policy) { p.Attempts = []policy.Attempt{{TLS: true}} })},
		"verifies nothing, but refuses it": {policy: with(func(p *policy.Policy) {
			p.Attempts, p.Anchors.Unreadable.Then = []policy.Attempt{{TLS: true}}, policy.RejectAll
		}), want: told},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := readiness.Client{Name: "c", Store: readiness.Store{Content: twice}}.With(tc.policy)
			c.Settings.StoreDeclared = true
			if tc.set != nil {
				tc.set(&c)
			}
			var got []readiness.Finding
			for _, f := range readiness.Evaluate(s.input(c)).Findings {
				if f.Code == truststore.CodeDuplicateEntry {
					got = append(got, f)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// anchoredAt judges a client with one certificate in its store.
func anchoredAt(in readiness.Input, validator certpath.Validator, anchor *x509.Certificate) readiness.Report {
	in.Clients = []readiness.Client{readiness.Client{Name: "c", Store: readiness.Store{Content: pki.PEM(anchor)}}.With(policy.Policy{
		Hosts: []policy.Host{{Name: endpoint}}, Attempts: []policy.Attempt{{TLS: true, VerifyPath: true}},
		Anchors: policy.Anchors{Source: policy.Declared, Reader: truststore.GoCertPool}, Profile: certpath.Profile{Validator: validator, Version: "21"},
	})}
	return readiness.Evaluate(in)
}

// TestWhatIsSaidOfAPinnedCertificate: when the client breaks, as far as that is
// known.
func TestWhatIsSaidOfAPinnedCertificate(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	rootAlone := s.input()
	rootAlone.Target.Presented = certpath.Presented{RootSHA256: pki.SHA256(s.next.Subordinate)}
	const advice = ", even without a switch of the CA. Put only the root into the trust store."
	for name, tc := range map[string]struct {
		in     readiness.Input
		anchor *x509.Certificate
		want   readiness.Finding
	}{
		"a subordinate CA": {s.input(), s.next.Subordinate, readiness.Finding{
			Code:   readiness.FindingPinnedCA,
			Detail: "The client trusts a subordinate CA (" + s.next.Subordinate.Subject.String() + ") instead of the root, so it may break at the next renewal of the server certificate, due around 2026-08-29" + advice,
		}},
		"a subordinate CA, and no certificate is known": {rootAlone, s.next.Subordinate, readiness.Finding{
			Code:   readiness.FindingPinnedCA,
			Detail: "The client trusts a subordinate CA (" + s.next.Subordinate.Subject.String() + ") instead of the root, so it may break at the next renewal of the server certificate" + advice,
		}},
		"the server certificate": {s.input(), s.next.Server, readiness.Finding{
			Code:   readiness.FindingPinnedServer,
			Detail: "The client trusts a server certificate (" + s.next.Server.Subject.String() + ") instead of the root, so it will break at the next renewal of the server certificate, due around 2026-08-29" + advice,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.want.Severity, tc.want.Client = readiness.Warning, "c"
			if diff := cmp.Diff([]readiness.Finding{tc.want}, anchoredAt(tc.in, certpath.Go, tc.anchor).Findings); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnAnchorThatHasEnded: Java takes it all the same, and it is a finding if
// somebody asked for it.
func TestAnAnchorThatHasEnded(t *testing.T) {
	t.Parallel()
	chain, err := pki.NewRegion("us-east-1", at.AddDate(0, -3, 0)).Chain(pki.CARSA2048, pki.Options{
		DNSNames: []string{endpoint}, Root: pki.Validity{NotBefore: at.AddDate(-9, 0, 0), NotAfter: at.AddDate(0, 0, -1)},
	})
	if err != nil {
		t.Fatal(err)
	}
	in := newSwitchover(t, pki.CARSA2048).input()
	in.Target.Presented.Certificates = chain.Presented()
	if report := anchoredAt(in, certpath.Java, chain.Root); report.Verdicts["c"].Target.Outcome != readiness.Connects || len(report.Findings) != 0 {
		t.Errorf("nothing was asked for: %+v, %+v", report.Verdicts["c"].Target, report.Findings)
	}
	in.MinimumValidity = 1
	want := []readiness.Finding{{
		Severity: readiness.Warning, Code: readiness.FindingAnchorExpires, Client: "c",
		Detail: "The trust anchor " + chain.Root.Subject.String() + " expires on 2026-05-31, sooner than minimum_validity allows.",
	}}
	if diff := cmp.Diff(want, anchoredAt(in, certpath.Java, chain.Root).Findings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
