package readiness_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

func TestWhatOnlySomeSettingsOfLibpqBring(t *testing.T) {
	t.Parallel()

	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	chain, err := pki.NewRegion("us-east-1", at).Chain(pki.CARSA2048, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	root := chain.RootPEM()
	marked := slices.Concat([]byte("\xef\xbb\xbf"), root)
	const verified = " sslmode=verify-full sslrootcert=/r"
	tests := map[string]struct {
		connection, runtime string
		store               []byte
		forceSSL            bool
		outcome             readiness.Outcome
		reason              readiness.Reason
		text                string
	}{
		"a store that two versions read alike":       {connection: "host=localhost" + verified, store: root, outcome: readiness.Connects, reason: certpath.Accepted},
		"a store that they read otherwise":           {connection: "host=localhost" + verified, store: marked, outcome: readiness.Indeterminate, reason: policy.ReasonVersionNotDeclared},
		"such a store does not end in plaintext":     {connection: "host=localhost sslrootcert=/r", store: marked, outcome: readiness.Indeterminate, reason: policy.ReasonVersionNotDeclared},
		"the newer version":                          {connection: "host=localhost" + verified, runtime: "3.0.17", store: marked, outcome: readiness.Connects, reason: certpath.Accepted},
		"the older version":                          {connection: "host=localhost" + verified, runtime: "1.1.1w", store: marked, outcome: readiness.Fails, reason: readiness.TrustStoreUnreadable, text: "could not read root certificate file"},
		"servers of which one matches":               {connection: "host=localhost,other port=1,2" + verified, store: root, outcome: readiness.Indeterminate, reason: readiness.DriverNotCovered},
		"servers of which none matches":              {connection: "host=one,other port=1,2" + verified, store: root, outcome: readiness.Fails, reason: certpath.HostNameMismatch},
		"nothing above TLS 1.1":                      {connection: "host=localhost ssl_min_protocol_version='' ssl_max_protocol_version=TLSv1.1 sslrootcert=/r", store: root, outcome: readiness.Downgrades, reason: readiness.ProtocolVersionRefused, text: "protocol version"},
		"nothing above TLS 1.1, plaintext refused":   {connection: "host=localhost ssl_min_protocol_version='' ssl_max_protocol_version=TLSv1.1 sslrootcert=/r", store: root, forceSSL: true, outcome: readiness.Fails, reason: readiness.ProtocolVersionRefused, text: "protocol version"},
		"channel binding ends plaintext":             {connection: "host=localhost sslmode=allow channel_binding=require sslrootcert=/r", store: root, outcome: readiness.Fails, reason: policy.ReasonChannelBindingImpossible, text: "channel binding"},
		"channel binding on TLS is a doubt":          {connection: "host=localhost sslmode=allow channel_binding=require sslrootcert=/r", store: root, forceSSL: true, outcome: readiness.Indeterminate, reason: readiness.DriverNotCovered},
		"revocation lists are a doubt on TLS":        {connection: "host=localhost sslcrl=/c" + verified, store: root, outcome: readiness.Indeterminate, reason: readiness.DriverNotCovered},
		"revocation lists are none in plaintext":     {connection: "host=localhost sslmode=allow sslcrl=/c sslrootcert=/r", store: root, outcome: readiness.Plaintext, reason: readiness.TLSNotAttempted},
		"revocation lists do not excuse a bad store": {connection: "host=localhost sslcrl=/c" + verified, store: pki.PEM(chain.Server), outcome: readiness.Fails, reason: certpath.AnchorNotSelfSigned, text: "certificate verify failed"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := readiness.Evaluate(readiness.Input{
				Target:   readiness.Evidence{Presented: certpath.Presented{Certificates: chain.Presented()}},
				ForceSSL: &tc.forceSSL, At: at,
				Clients: []readiness.Client{{
					Name: "client", Store: readiness.Store{Content: tc.store},
					Settings: policy.Settings{Driver: "libpq", Version: "16", Runtime: tc.runtime, Connection: tc.connection, StoreDeclared: true},
				}},
			}).Verdicts["client"].Target
			if got.Outcome != tc.outcome || got.Reason != tc.reason {
				t.Errorf("verdict = %s (%s) %s, want %s (%s)", got.Outcome, got.Reason, got.Detail, tc.outcome, tc.reason)
			}
			if tc.outcome == readiness.Fails && tc.reason != certpath.HostNameMismatch && got.ExpectedError != tc.text {
				t.Errorf("expected error = %q, want %q", got.ExpectedError, tc.text)
			}
		})
	}
}
