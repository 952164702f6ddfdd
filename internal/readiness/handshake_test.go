package readiness_test

import (
	"slices"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestHandshakesWithNothingInCommon: a client that verifies nothing is cut off
// all the same.
func TestHandshakesWithNothingInCommon(t *testing.T) {
	t.Parallel()
	const upTo12 = " ssl_max_protocol_version=TLSv1.2"
	onlyRSA := readiness.ServerTLS{RSAOnly: true}
	tests := map[string]struct {
		ca, settings string
		server       readiness.ServerTLS
		outcome      readiness.Outcome
		reason       readiness.Reason
	}{
		"PostgreSQL's own settings":                {pki.CAECC384, "", readiness.ServerTLS{}, readiness.ConnectsUnverified, readiness.NotVerified},
		"RSA suites and an RSA key":                {pki.CARSA2048, upTo12, onlyRSA, readiness.ConnectsUnverified, readiness.NotVerified},
		"RSA suites, an ECDSA key and TLS 1.3":     {pki.CAECC384, "", onlyRSA, readiness.ConnectsUnverified, readiness.NotVerified},
		"RSA suites, an ECDSA key, client to 1.2":  {pki.CAECC384, upTo12, onlyRSA, readiness.Fails, readiness.KeyTypeRefused},
		"RSA suites, an ECDSA key, server to 1.2":  {pki.CAECC384, "", readiness.ServerTLS{RSAOnly: true, Max: "TLSv1.2"}, readiness.Fails, readiness.KeyTypeRefused},
		"a client of TLS 1.3, a server to 1.2":     {pki.CARSA2048, " ssl_min_protocol_version=TLSv1.3", readiness.ServerTLS{Max: "TLSv1.2"}, readiness.Fails, readiness.ProtocolVersionRefused},
		"a server of TLS 1.3, a client to 1.2":     {pki.CARSA2048, upTo12, readiness.ServerTLS{Min: "TLSv1.3"}, readiness.Fails, readiness.ProtocolVersionRefused},
		"a client to TLS 1.1, a server from 1.2":   {pki.CARSA2048, " ssl_min_protocol_version=TLSv1 ssl_max_protocol_version=TLSv1.1", readiness.ServerTLS{}, readiness.Fails, readiness.ProtocolVersionRefused},
		"a client to TLS 1.1, a server that waits": {pki.CARSA2048, " ssl_min_protocol_version=TLSv1 ssl_max_protocol_version=TLSv1.1", readiness.ServerTLS{Min: "TLSv1"}, readiness.ConnectsUnverified, readiness.NotVerified},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := newSwitchover(t, tc.ca).input(libpq("c", "sslmode=require"+tc.settings))
			in.ServerTLS = tc.server
			if v := readiness.Evaluate(in).Verdicts["c"].Target; v.Outcome != tc.outcome || v.Reason != tc.reason {
				t.Errorf("%s (%s): %s", v.Outcome, v.Reason, v.Detail)
			}
		})
	}
}

// TestTheServersTLSIsNotTheProxys: RDS Proxy has settings of its own.
func TestTheServersTLSIsNotTheProxys(t *testing.T) {
	t.Parallel()
	client := libpq("c", "sslmode=require ssl_min_protocol_version=TLSv1.3")
	client.ViaProxy = true
	in := newSwitchover(t, pki.CARSA2048).input(client)
	in.ServerTLS = readiness.ServerTLS{Max: "TLSv1.2"}
	if v := readiness.Evaluate(in).Verdicts["c"].Target; v.Outcome != readiness.ConnectsUnverified || v.Reason == certpath.UnknownAuthority {
		t.Errorf("%s (%s): %s", v.Outcome, v.Reason, v.Detail)
	}
}

// TestAnEngineThatNobodyKnows is warned of where the switch brings in a key of
// elliptic curves, and a client would be cut off by Aurora.
func TestAnEngineThatNobodyKnows(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CAECC384)
	const warned = "warning key_type_not_offered"
	verifies := func(in *readiness.Input) {
		in.Clients[0] = libpq("c", "sslmode=verify-ca sslrootcert=/r.pem", s.next.Root)
	}
	for name, tc := range map[string]struct {
		set  func(*readiness.Input)
		want bool
	}{
		"a client that verifies nothing":            {func(*readiness.Input) {}, true},
		"a client that verifies":                    {verifies, true},
		"a client that fails":                       {func(in *readiness.Input) { in.Clients[0] = libpq("c", "sslmode=verify-full") }, false},
		"a client behind RDS Proxy":                 {func(in *readiness.Input) { in.Clients[0].ViaProxy = true }, false},
		"no client":                                 {func(in *readiness.Input) { in.Clients = nil }, false},
		"the server has such a key now":             {func(in *readiness.Input) { in.Current = in.Target }, false},
		"a key that Aurora takes":                   {func(in *readiness.Input) { in.Target = in.Current }, false},
		"the engine is known":                       {func(in *readiness.Input) { in.Engine = "postgres" }, false},
		"the suites were looked at":                 {func(in *readiness.Input) { in.ServerTLS.SuitesKnown = true }, false},
		"the suites are known to be for RSA keys":   {func(in *readiness.Input) { in.ServerTLS.RSAOnly = true }, false},
		"the server takes TLS 1.3 alone":            {func(in *readiness.Input) { in.ServerTLS.Min = "TLSv1.3" }, false},
		"the server takes TLS 1.2, as PostgreSQL's": {func(in *readiness.Input) { in.ServerTLS.Min = "TLSv1.2" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := s.input(libpq("c", "sslmode=require"))
			tc.set(&in)
			if got := codes(readiness.Evaluate(in), ""); slices.Contains(got, warned) != tc.want {
				t.Errorf("findings %q, want the warning: %t", got, tc.want)
			}
		})
	}
}
