package readiness_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestAHostOfAManual lets no client pass, unless the host is known to be the
// server's.
func TestAHostOfAManual(t *testing.T) {
	t.Parallel()
	const manual = "db.example.com"
	s := newSwitchover(t, pki.CARSA2048)
	named := func(ca string) readiness.Evidence {
		chain, err := pki.NewRegion("us-east-1", at.AddDate(0, -3, 0)).Chain(ca, pki.Options{DNSNames: []string{manual}})
		if err != nil {
			t.Fatal(err)
		}
		return readiness.Evidence{CAIdentifier: ca, Presented: certpath.Presented{Certificates: chain.Presented()}}
	}
	rootAlone := readiness.Evidence{CAIdentifier: pki.CARSA2048, Presented: certpath.Presented{RootSHA256: pki.SHA256(s.next.Root)}}
	verifies := policy.Policy{
		Hosts: []policy.Host{{Name: manual}}, Attempts: []policy.Attempt{{TLS: true, VerifyPath: true}},
		Anchors: policy.Anchors{Source: policy.Declared, Reader: truststore.OpenSSLFile}, Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: "3.0"},
	}
	at := func(hosts ...policy.Host) policy.Policy { p := verifies; p.Hosts = hosts; return p }
	plaintext := at(policy.Host{Name: "/run/db.example.com", Local: true})
	plaintext.Attempts = []policy.Attempt{{}}
	const open = `The settings contain the placeholder "` + manual + `" for a host: declare the value that replaces it in the running client.`
	type verdict struct {
		outcome   readiness.Outcome
		reason    readiness.Reason
		detail    string
		validator string
	}
	placeholder := verdict{readiness.Indeterminate, policy.ReasonPlaceholder, open, "openssl"}
	connects := verdict{readiness.Connects, certpath.Accepted, `The chain ends at "` + s.next.Root.Subject.String() + `".`, "openssl"}
	for name, tc := range map[string]struct {
		policy policy.Policy
		old    bool // the store holds the old root alone
		set    func(*readiness.Input)
		want   verdict
	}{
		"of a manual":            {policy: verifies, want: placeholder},
		"the second host":        {policy: at(policy.Host{Name: endpoint}, policy.Host{Name: manual}), want: placeholder},
		"in one of several ways": {policy: policy.Policy{Alternatives: []policy.Alternative{{Policy: at(policy.Host{Name: endpoint})}, {Policy: verifies}}}, want: placeholder},
		"no host of a manual":    {policy: at(policy.Host{Name: "db.myexample.com"}), want: connects},
		"a socket of that name":  {policy: plaintext, want: verdict{readiness.Plaintext, readiness.TLSNotAttempted, "The client connects in plaintext.", ""}},
		"which fails all the same": {policy: verifies, old: true, want: verdict{
			readiness.Fails, certpath.UnknownAuthority, `The chain ends in the root "` + s.next.Root.Subject.String() + `", which the trust store does not hold.`, "openssl",
		}},
		"given as the server's":        {policy: verifies, set: func(in *readiness.Input) { in.Host = "DB.example.com." }, want: connects},
		"in the next certificate":      {policy: verifies, set: func(in *readiness.Input) { in.Target = named(pki.CARSA2048) }, want: connects},
		"in the present certificate":   {policy: verifies, set: func(in *readiness.Input) { in.Current = named(pki.CARSA4096) }, want: connects},
		"where only the root is known": {policy: verifies, set: func(in *readiness.Input) { in.Target, in.Current = rootAlone, rootAlone }, want: placeholder},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := s.next.Root
			if tc.old {
				root = s.old.Root
			}
			in := s.input(readiness.Client{Name: "c", Store: readiness.Store{Content: pki.PEM(root)}}.With(tc.policy))
			if tc.set != nil {
				tc.set(&in)
			}
			v := readiness.Evaluate(in).Verdicts["c"].Target
			if got := (verdict{v.Outcome, v.Reason, v.Detail, v.Validator}); got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}
