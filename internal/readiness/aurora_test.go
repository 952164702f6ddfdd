package readiness_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestECCOnAurora: the suites of Aurora PostgreSQL up to TLS 1.2 are for RSA keys
// in many versions, so that nobody on TLS is safe, also who verifies nothing.
//
// Source: three public reports of 2023, see handshakeRefused.
func TestECCOnAurora(t *testing.T) {
	t.Parallel()
	const (
		cluster = "orders.cluster-abc123.us-east-1.rds.amazonaws.com"
		aurora  = "aurora-postgresql"
		require = "sslmode=require"
	)
	known := readiness.ServerTLS{SuitesKnown: true}
	tests := map[string]struct {
		ca, engine, host, settings string
		server                     readiness.ServerTLS
		outcome                    readiness.Outcome
		reason                     readiness.Reason
		remedy                     string
	}{
		"by the engine":                     {pki.CAECC384, aurora, endpoint, require, readiness.ServerTLS{}, readiness.Indeterminate, readiness.KeyTypeRefused, "set server_tls.ciphers"},
		"by the endpoint":                   {pki.CAECC384, "", cluster, require, readiness.ServerTLS{}, readiness.Indeterminate, readiness.KeyTypeRefused, "Choose a CA with an RSA key"},
		"by the client's own host":          {pki.CAECC384, "", "", require + " host=" + cluster, readiness.ServerTLS{}, readiness.Indeterminate, readiness.KeyTypeRefused, "Choose a CA"},
		"by a host that is none of RDS":     {pki.CAECC384, "", endpoint, require + " host=orders.cluster-abc123.cn-north-1.rds.amazonaws.com", readiness.ServerTLS{}, readiness.ConnectsUnverified, readiness.NotVerified, ""},
		"a client that would fall back":     {pki.CAECC384, aurora, endpoint, "", readiness.ServerTLS{}, readiness.Indeterminate, readiness.KeyTypeRefused, "Choose a CA"},
		"a client without TLS":              {pki.CAECC384, aurora, endpoint, "sslmode=disable", readiness.ServerTLS{}, readiness.Plaintext, readiness.TLSNotAttempted, ""},
		"a Multi-AZ DB cluster":             {pki.CAECC384, "postgres", cluster, require, readiness.ServerTLS{}, readiness.ConnectsUnverified, readiness.NotVerified, ""},
		"an instance of nobody knows what":  {pki.CAECC384, "", endpoint, require, readiness.ServerTLS{}, readiness.ConnectsUnverified, readiness.NotVerified, ""},
		"an RSA key":                        {pki.CARSA2048, aurora, cluster, require, readiness.ServerTLS{}, readiness.ConnectsUnverified, readiness.NotVerified, ""},
		"suites that were looked at":        {pki.CAECC384, aurora, cluster, require, known, readiness.ConnectsUnverified, readiness.NotVerified, ""},
		"suites for RSA keys, and TLS 1.2":  {pki.CAECC384, aurora, cluster, require, readiness.ServerTLS{SuitesKnown: true, RSAOnly: true, Max: "TLSv1.2"}, readiness.Fails, readiness.KeyTypeRefused, "allow cipher suites for ECDSA keys where they are missing"},
		"a server that takes TLS 1.3 alone": {pki.CAECC384, aurora, cluster, require, readiness.ServerTLS{Min: "TLSv1.3"}, readiness.ConnectsUnverified, readiness.NotVerified, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSwitchover(t, tc.ca)
			in := s.input(libpq("c", tc.settings))
			in.Target.Presented = certpath.Presented{RootSHA256: pki.SHA256(s.next.Root)}
			in.Engine, in.Host, in.ServerTLS = tc.engine, tc.host, tc.server
			report := readiness.Evaluate(in)
			v := report.Verdicts["c"]
			if v.Target.Outcome != tc.outcome || v.Target.Reason != tc.reason {
				t.Errorf("%s (%s): %s", v.Target.Outcome, v.Target.Reason, v.Target.Detail)
			}
			wantRemedy(t, v.Remedy, tc.remedy)
			// If no verdict says it, a warning does.
			warned := slices.ContainsFunc(report.Findings, func(f readiness.Finding) bool {
				return f.Client == "" && f.Code == string(readiness.KeyTypeRefused) && f.Severity == readiness.Warning && strings.Contains(f.Detail, "Set db_instance_identifier")
			})
			if want := tc.engine == "" && tc.host == endpoint && tc.ca == pki.CAECC384; warned != want {
				t.Errorf("warned %t, want %t: %v", warned, want, report.Findings)
			}
		})
	}
}
