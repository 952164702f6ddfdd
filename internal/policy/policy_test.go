package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// TestPossible: where something decides that was not declared, the policies
// that may be the client's; else the one that is.
func TestPossible(t *testing.T) {
	t.Parallel()
	mode := func(name string, alternatives ...policy.Policy) policy.Policy {
		p := policy.Policy{Mode: name}
		for _, a := range alternatives {
			p.Alternatives = append(p.Alternatives, policy.Alternative{Policy: a})
		}
		return p
	}
	for name, tc := range map[string]struct {
		p    policy.Policy
		want []string
	}{
		"one":    {mode("a"), []string{"a"}},
		"other":  {mode("a", mode("b")), []string{"b"}},
		"two":    {mode("a", mode("b"), mode("c")), []string{"b", "c"}},
		"nested": {mode("a", mode("b", mode("c"), mode("d")), mode("e")), []string{"c", "d", "e"}},
	} {
		var got []string
		for _, p := range tc.p.Possible() {
			got = append(got, p.Mode)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSummarize(t *testing.T) {
	t.Parallel()

	unverified, verified := policy.Attempt{TLS: true}, policy.Attempt{TLS: true, VerifyPath: true, VerifyHost: true}
	falls := func(a policy.Attempt, after policy.Failures) policy.Attempt { a.After = after; return a }
	file := policy.Anchors{Source: policy.Declared, Path: "/r"}
	type attempts = []policy.Attempt
	tests := map[string]struct {
		p    policy.Policy
		want policy.Summary
	}{
		"plaintext alone":           {policy.Policy{Mode: "disable", Attempts: attempts{{}}, Anchors: file}, policy.Summary{Mode: "disable", Anchors: "none"}},
		"everything is verified":    {policy.Policy{Attempts: attempts{verified}, Anchors: file}, policy.Summary{Encrypts: true, VerifiesPath: true, VerifiesHost: true, Anchors: "file", Path: "/r"}},
		"nothing is verified":       {policy.Policy{Attempts: attempts{unverified}, Anchors: file}, policy.Summary{Encrypts: true, Anchors: "none"}},
		"the path alone":            {policy.Policy{Attempts: attempts{{TLS: true, VerifyPath: true}}, Anchors: policy.Anchors{Source: policy.Missing}}, policy.Summary{Encrypts: true, VerifiesPath: true, Anchors: "missing"}},
		"the name alone":            {policy.Policy{Attempts: attempts{{TLS: true, VerifyHost: true}}}, policy.Summary{Encrypts: true, VerifiesHost: true, Anchors: "none"}},
		"not every time":            {policy.Policy{Attempts: attempts{verified, unverified}, Anchors: file}, policy.Summary{Encrypts: true, Anchors: "file", Path: "/r"}},
		"on after a refusal of TLS": {policy.Policy{Attempts: attempts{falls(unverified, policy.TLSUnsupported), {}}}, policy.Summary{Encrypts: true, FallsBackToPlaintext: true, Anchors: "none"}},
		"on after a failure":        {policy.Policy{Attempts: attempts{falls(verified, policy.TLSFailed), {}}, Anchors: policy.Anchors{Source: policy.SystemStore}}, policy.Summary{Encrypts: true, VerifiesPath: true, VerifiesHost: true, FallsBackToPlaintext: true, Anchors: "system"}},
		"on after a refusal alone":  {policy.Policy{Attempts: attempts{falls(unverified, policy.ServerRefused), {}}}, policy.Summary{Encrypts: true, Anchors: "none"}},
		"TLS after plaintext":       {policy.Policy{Attempts: attempts{falls(policy.Attempt{}, policy.TLSFailed), verified}, Anchors: policy.Anchors{Source: policy.EmptyStore}}, policy.Summary{VerifiesPath: true, VerifiesHost: true, Anchors: "empty"}},
		"TLS after TLS":             {policy.Policy{Attempts: attempts{falls(verified, policy.TLSFailed), verified}, Anchors: file}, policy.Summary{Encrypts: true, VerifiesPath: true, VerifiesHost: true, Anchors: "file", Path: "/r"}},
		"the third is plaintext":    {policy.Policy{Attempts: attempts{{After: policy.ServerRefused}, falls(unverified, policy.TLSUnsupported), {}}}, policy.Summary{FallsBackToPlaintext: true, Anchors: "none"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(tc.want, policy.Summarize(tc.p)); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReasonOf(t *testing.T) {
	t.Parallel()
	p := policy.Policy{Undecided: "why", Reason: policy.ReasonVersionNotDeclared}
	for why, want := range map[string]string{
		policy.NotDeclared("the client certificate", "/c"): "file_not_declared", policy.ServiceFile: "file_not_declared",
		"why": "version_not_declared", "another doubt": "",
	} {
		if got := p.ReasonOf(why); got != want {
			t.Errorf("%q has the reason %q, want %q", why, got, want)
		}
	}
}

func TestOnlyTLSThatChecksThePathVerifies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		attempt policy.Attempt
		want    bool
	}{
		{policy.Attempt{TLS: true, VerifyPath: true}, true},
		{policy.Attempt{TLS: true}, false},
		{policy.Attempt{VerifyPath: true}, false},
	} {
		if got := (policy.Policy{Attempts: []policy.Attempt{tc.attempt}}).Verifies(); got != tc.want {
			t.Errorf("%+v verifies: %v, want %v", tc.attempt, got, tc.want)
		}
	}
}

func TestTheStoreOfAnotherRuntime(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]bool{
		"SSL_CERT_FILE": true, "NODE_EXTRA_CA_CERTS": true, "REQUESTS_CA_BUNDLE": true, "CURL_CA_BUNDLE": true, "PGSSLROOTCERT": false, "HOME": false,
	} {
		if got := (policy.Settings{Environment: map[string]string{variable: "/etc/ssl/rds.pem"}}).NamesStoreOfOthers(); got != want {
			t.Errorf("%s: %t", variable, got)
		}
	}
}
