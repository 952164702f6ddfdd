package postgres_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

func TestServerCertificateShowsWhatIsPresented(t *testing.T) {
	t.Parallel()
	s := startServer(t, pgserver.Options{Version: "15"})
	for _, tc := range []struct {
		ca      string
		offer   postgres.Offer
		version string
		err     error
	}{
		{pki.CARSA2048, postgres.OfferAny, "TLSv1.3", nil},
		{pki.CARSA2048, postgres.OfferRSA, "TLSv1.2", nil},
		{pki.CARSA2048, postgres.OfferECDSA, "", postgres.ErrTLSHandshake},
		{pki.CAECC384, postgres.OfferAny, "TLSv1.3", nil},
		{pki.CAECC384, postgres.OfferECDSA, "TLSv1.2", nil},
		{pki.CAECC384, postgres.OfferRSA, "", postgres.ErrTLSHandshake},
	} {
		chain := newChain(t, tc.ca, pki.Options{})
		if err := s.SwapChain(t.Context(), chain); err != nil {
			t.Fatal(err)
		}
		got, err := postgres.ServerCertificate(t.Context(), endpointOf(s), tc.offer, postgres.SSLRequest)
		if !errors.Is(err, tc.err) || (tc.err == nil && err != nil) {
			t.Errorf("%s, offer %q: got %v, want %v", tc.ca, tc.offer, err, tc.err)
			continue
		}
		if tc.err != nil {
			continue
		}
		if got.TLSVersion != tc.version || got.Cipher == "" || len(got.Chain) != 3 {
			t.Errorf("%s, offer %q: %s, %s, %d certificates", tc.ca, tc.offer, got.TLSVersion, got.Cipher, len(got.Chain))
			continue
		}
		for i, c := range chain.Presented() {
			if !bytes.Equal(got.Chain[i], c.Raw) {
				t.Errorf("%s, offer %q: certificate %d is another one", tc.ca, tc.offer, i)
			}
		}
	}
	if _, err := postgres.ServerCertificate(t.Context(), endpointOf(s), postgres.OfferAny, postgres.Direct); !errors.Is(err, postgres.ErrTLSHandshake) {
		t.Errorf("direct TLS to PostgreSQL 15: got %v, want ErrTLSHandshake", err)
	}
}
