package certpath_test

import (
	"crypto/x509"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// TestGoReadsCertificatesItself: a store's reader gives certificates that may hold
// no more than their encoding.
func TestGoReadsCertificatesItself(t *testing.T) {
	t.Parallel()

	corpus := load(t)
	bare := func(names ...string) (all []*x509.Certificate) {
		for _, der := range corpus.Chain(names) {
			all = append(all, &x509.Certificate{Raw: der})
		}
		return all
	}
	at, profile := corpus.Paths[0].At, certpath.Profile{Validator: certpath.Go}
	got := certpath.Verify(profile, certpath.Presented{Certificates: bare("leaf", "sub", "root")}, certpath.Anchors(bare("root")...), at)
	if got.Reason != certpath.Accepted {
		t.Errorf("%q: %s", got.Reason, got.Detail)
	}
	// What it cannot read is left out of the store.
	broken := &x509.Certificate{Raw: []byte{0x30, 0}}
	got = certpath.Verify(profile, certpath.Presented{Certificates: bare("leaf", "sub", "root")}, certpath.Anchors(broken, bare("root")[0]), at)
	if got.Reason != certpath.Accepted {
		t.Errorf("beside a broken one: %q: %s", got.Reason, got.Detail)
	}
}
