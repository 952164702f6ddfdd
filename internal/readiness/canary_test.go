package readiness_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestOnlyARootIsEvidence: a path that does not end in a self-signed root says
// nothing of another server's.
func TestOnlyARootIsEvidence(t *testing.T) {
	t.Parallel()
	chain := newSwitchover(t, pki.CARSA2048).next
	root := chain.Root
	sum1, sum256 := sha1.Sum(root.Raw), sha256.Sum256(root.Raw)
	whole := certpath.Presented{Certificates: chain.Presented()}
	if len(whole.Certificates) != 3 {
		t.Fatalf("a path of %d certificates", len(whole.Certificates))
	}
	for name, tc := range map[string]struct {
		presented certpath.Presented
		ends      bool
	}{
		"with its root":    {whole, true},
		"without its root": {certpath.Presented{Certificates: whole.Certificates[:2]}, false},
		"of nothing":       {certpath.Presented{RootSHA256: "ab"}, false},
	} {
		want, want1, want256 := readiness.Evidence{CAIdentifier: "ca"}, "", ""
		if tc.ends {
			want1, want256 = hex.EncodeToString(sum1[:]), hex.EncodeToString(sum256[:])
			want.Source = "path of a canary"
			want.Presented = certpath.Presented{RootSHA256: want256, RootSubject: root.Subject.CommonName, RootNotAfter: root.NotAfter}
		}
		got, ends := readiness.CanaryEvidence("ca", tc.presented)
		if diff := cmp.Diff(want, got); ends != tc.ends || diff != "" {
			t.Errorf("%s: %t (-want +got):\n%s", name, ends, diff)
		}
		if got1, got256 := readiness.RootFingerprints(tc.presented); got1 != want1 || got256 != want256 {
			t.Errorf("%s: fingerprints %q, %q", name, got1, got256)
		}
	}
}
