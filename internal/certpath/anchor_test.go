package certpath_test

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

func TestTrustSettingsDecideForOpenSSL(t *testing.T) {
	t.Parallel()

	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	chain, err := pki.NewRegion("us-east-1", at).Chain(pki.CARSA2048, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	presented := certpath.Presented{Certificates: chain.Presented()}
	rootAlone := certpath.Presented{RootSHA256: pki.SHA256(chain.Root), RootSubject: chain.Root.Subject.CommonName}
	openssl := certpath.Profile{Validator: certpath.OpenSSL}
	partial := certpath.Profile{Validator: certpath.OpenSSL, PartialChain: true}
	anchor := func(c *x509.Certificate, trust certpath.Trust) certpath.Anchor {
		return certpath.Anchor{Certificate: c, Trust: trust}
	}
	usual := anchor(chain.Root, certpath.TrustUnset)
	tests := map[string]struct {
		profile   certpath.Profile
		presented certpath.Presented
		anchors   []certpath.Anchor
		want      certpath.Reason
		text      string
	}{
		"a trusted root":                      {openssl, presented, []certpath.Anchor{anchor(chain.Root, certpath.TrustServers)}, certpath.Accepted, ""},
		"a rejected root":                     {openssl, presented, []certpath.Anchor{anchor(chain.Root, certpath.TrustRejected)}, certpath.AnchorRejected, "certificate rejected"},
		"a trusted subordinate":               {openssl, presented, []certpath.Anchor{anchor(chain.Subordinate, certpath.TrustServers)}, certpath.Accepted, ""},
		"a subordinate":                       {openssl, presented, []certpath.Anchor{anchor(chain.Subordinate, certpath.TrustUnset)}, certpath.AnchorNotSelfSigned, "unable to get issuer certificate"},
		"a rejected subordinate and its root": {openssl, presented, []certpath.Anchor{anchor(chain.Subordinate, certpath.TrustRejected), usual}, certpath.AnchorRejected, "certificate rejected"},
		"a rejected one in a partial chain":   {partial, presented, []certpath.Anchor{anchor(chain.Subordinate, certpath.TrustRejected)}, certpath.AnchorRejected, "certificate rejected"},
		"the rejected server certificate":     {partial, presented, []certpath.Anchor{anchor(chain.Server, certpath.TrustRejected)}, certpath.AnchorRejected, "certificate rejected"},
		"Go does not look at it":              {certpath.Profile{Validator: certpath.Go}, presented, []certpath.Anchor{anchor(chain.Root, certpath.TrustRejected)}, certpath.Accepted, ""},
		"a rejected root to come":             {openssl, rootAlone, []certpath.Anchor{anchor(chain.Root, certpath.TrustRejected)}, certpath.AnchorRejected, "certificate rejected"},
		"a trusted subordinate to come":       {openssl, rootAlone, []certpath.Anchor{anchor(chain.Subordinate, certpath.TrustServers)}, certpath.UnpredictablePath, ""},
		"a rejected subordinate to come":      {openssl, rootAlone, []certpath.Anchor{anchor(chain.Subordinate, certpath.TrustRejected), usual}, certpath.UnpredictablePath, ""},
		"for Go it is nothing to come":        {certpath.Profile{Validator: certpath.Go}, rootAlone, []certpath.Anchor{anchor(chain.Subordinate, certpath.TrustRejected), usual}, certpath.Accepted, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := certpath.Verify(tc.profile, tc.presented, tc.anchors, at)
			if got.Reason != tc.want || got.ClientError != tc.text {
				t.Errorf("verdict = %q %q (%s), want %q %q", got.Reason, got.ClientError, got.Detail, tc.want, tc.text)
			}
		})
	}
}
