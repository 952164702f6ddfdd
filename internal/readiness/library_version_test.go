package readiness_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestAnUndeclaredVersionOfOpenSSL: libpq is built against OpenSSL 1.1.1 and 3,
// of which the older one loses the block after a byte order mark.
func TestAnUndeclaredVersionOfOpenSSL(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	marked := func(pem []byte) []byte { return slices.Concat([]byte("\ufeff"), pem) }
	tests := map[string]struct {
		mode, runtime string
		content       []byte
		outcome       readiness.Outcome
		reason        readiness.Reason
		detail        string // a part of it
	}{
		"the target's root is the block that may be lost": {
			mode: "verify-full", content: marked(pki.PEM(s.next.Root, s.old.Root)), reason: policy.ReasonVersionNotDeclared,
			detail: "(runtime_version). Possible outcomes: fails (OpenSSL before 3.0), connects (OpenSSL 3.0 and later).",
		},
		"without verification it plays no part": {
			mode: "disable", content: marked(pki.PEM(s.next.Root, s.old.Root)), outcome: readiness.Plaintext, reason: readiness.TLSNotAttempted,
		},
		"prefer would downgrade": {
			mode: "prefer", content: marked(pki.PEM(s.next.Root, s.old.Root)), reason: policy.ReasonVersionNotDeclared, detail: "downgrades (OpenSSL before 3.0), connects (OpenSSL 3.0 and later)",
		},
		"another block is lost":          {mode: "verify-full", content: marked(pki.PEM(s.old.Root, s.next.Root)), outcome: readiness.Connects, reason: "accepted"},
		"nothing is right in either":     {mode: "verify-full", content: marked(pki.PEM(s.old.Root, s.old.Root)), outcome: readiness.Fails, reason: "unknown_authority"},
		"the older one reads nothing":    {mode: "verify-full", content: marked(pki.PEM(s.next.Root)), reason: policy.ReasonVersionNotDeclared, detail: "fails (OpenSSL before 3.0), connects (OpenSSL 3.0 and later)"},
		"declared to be the newer":       {mode: "verify-full", runtime: "OpenSSL 3.0.17", content: marked(pki.PEM(s.next.Root)), outcome: readiness.Connects, reason: "accepted"},
		"declared to be the older":       {mode: "verify-full", runtime: "OpenSSL 1.1.1", content: marked(pki.PEM(s.next.Root)), outcome: readiness.Fails, reason: "trust_store_unreadable"},
		"a file that both read the same": {mode: "verify-full", content: pki.PEM(s.next.Root), outcome: readiness.Connects, reason: "accepted"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := libpq("c", "sslmode="+tc.mode+" sslrootcert=/r.pem")
			client.Settings.StoreDeclared, client.Settings.Runtime, client.Store.Content = true, tc.runtime, tc.content
			report := readiness.Evaluate(s.input(client))
			got := report.Verdicts["c"].Target
			if got.Outcome != tc.outcome || got.Reason != tc.reason || !strings.Contains(got.Detail, tc.detail) {
				t.Errorf("verdict %s (%s) %q, want %s (%s) %q", got.Outcome, got.Reason, got.Detail, tc.outcome, tc.reason, tc.detail)
			}
		})
	}
}
