package readiness_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestCertificatesInTheSettingsAreTheStore judges clients whose settings hold
// their root themselves.
func TestCertificatesInTheSettingsAreTheStore(t *testing.T) {
	t.Parallel()

	in := fleet(t, false)
	right := string(pki.PEM(in.Target.Presented.Certificates[2]))
	other, err := pki.NewRegion("eu-west-1", benchmarkAt).Root(pki.CARSA2048, pki.Options{KeyGeneration: 1})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		root string
		want readiness.Outcome
	}{
		"right":   {right, readiness.Connects},
		"another": {string(pki.PEM(other)), readiness.Fails},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := in
			in.Clients = []readiness.Client{
				{Name: "node", Settings: policy.Settings{
					Driver: "node-postgres", Version: "8.23.1", Runtime: "20", Connection: "postgres://app@db.example/orders", Properties: map[string]string{"ssl.ca": tc.root},
				}},
				{Name: "java", Settings: policy.Settings{
					Driver: "pgjdbc", Version: "42.7.13", Runtime: "21", Connection: "jdbc:postgresql://db.example/orders?sslmode=require&sslfactory=org.postgresql.ssl.SingleCertValidatingFactory&sslfactoryarg=env:ROOT",
					Environment: map[string]string{"ROOT": tc.root},
				}},
			}
			for name, verdict := range readiness.Evaluate(in).Verdicts {
				if verdict.Target.Outcome != tc.want {
					t.Errorf("%s: %+v, want %s", name, verdict.Target, tc.want)
				}
			}
		})
	}
}

// TestNoProtocolVersionIsNoHandshake judges a client whose bounds cross.
func TestNoProtocolVersionIsNoHandshake(t *testing.T) {
	t.Parallel()

	in := fleet(t, false)
	in.Clients = []readiness.Client{{Name: "app", Settings: policy.Settings{
		Driver: "lib-pq", Version: "1.12.3", Runtime: "", Connection: "host=db.example sslmode=require ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2",
	}}}
	got := readiness.Evaluate(in).Verdicts["app"].Target
	if got.Outcome != readiness.Fails || got.Reason != readiness.ProtocolVersionRefused || got.ExpectedError == "" {
		t.Errorf("verdict = %+v", got)
	}
}
