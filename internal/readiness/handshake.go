package readiness

import (
	"cmp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// ServerTLS is what the server takes of a TLS handshake. The zero value is
// PostgreSQL's own: TLS 1.2 and later, with suites for every type of key.
type ServerTLS struct {
	// Min and Max are its ssl_min_protocol_version and
	// ssl_max_protocol_version, such as "TLSv1.2"; empty is PostgreSQL's
	// default: TLS 1.2, and no upper bound.
	Min, Max string
	// RSAOnly: its suites for TLS 1.2 and earlier (ssl_ciphers) are for RSA
	// keys only. TLS 1.3 knows no such suites.
	RSAOnly bool
	// SuitesKnown: the suites were looked at. Aurora has its own defaults, and
	// in many versions those up to TLS 1.2 are for RSA keys.
	SuitesKnown bool
	// OwnSuites: the server is of Aurora, or may be.
	OwnSuites bool
}

// What a server or a client takes that says nothing of versions.
//
// Source: PostgreSQL 13 and later, and the parameter groups of RDS.
const (
	lowestTLS  = "TLSv1.2"
	highestTLS = "TLSv1.3"
)

// handshakeRefused says whether the handshake fails before any certificate is
// looked at: client and server have no protocol version in common, or no suite
// for the type of the server's key. Versions compare as texts.
//
// A verdict without an outcome is indeterminate.
//
// Source: RFC 5246, 7.4.1.3 and RFC 8446, 4.2.1. Observed with OpenSSL 1.1.1
// and 3.0, Java 17, Go and Node against ssl_max_protocol_version = TLSv1.2 and
// ssl_ciphers for RSA. Of Aurora, three public
// reports of 2023 (dbeaver/Postico 852, npgsql 5314, efcore.pg 2859).
func handshakeRefused(offer policy.Offer, server ServerTLS, evidence Evidence) (Verdict, bool) {
	if offer.Max != "" && offer.Min > offer.Max {
		return Verdict{
			Outcome: Fails, Reason: ProtocolVersionRefused, ExpectedError: offer.RangeError,
			Detail: "The client's lowest TLS protocol version is above its highest, so the client offers no version at all.",
		}, true
	}
	lowest, highest := cmp.Or(server.Min, lowestTLS), cmp.Or(server.Max, highestTLS)
	common := min(highest, cmp.Or(offer.Max, highestTLS))
	switch {
	case common < lowest:
		return Verdict{
			Outcome: Fails, Reason: ProtocolVersionRefused, ExpectedError: "protocol version",
			Detail: "The client offers no TLS version above " + offer.Max + ", but the server accepts only " + lowest + " and later.",
		}, true
	case common < offer.Min:
		return Verdict{
			Outcome: Fails, Reason: ProtocolVersionRefused, ExpectedError: "protocol version",
			Detail: "The client offers " + offer.Min + " and later, but the server accepts no TLS version above " + highest + ".",
		}, true
	case !evidence.ecdsa():
		return Verdict{}, false
	case server.OwnSuites && !server.SuitesKnown && lowest <= lowestTLS:
		return Verdict{
			Reason: KeyTypeRefused,
			Detail: "The server certificate has an ECDSA key. Many versions of Aurora PostgreSQL accept only cipher suites for RSA keys, and with such a version, every client that uses TLS is cut off, even one that verifies nothing.",
		}, true
	case common > lowestTLS:
		return Verdict{}, false
	case offer.NoECDSA:
		return Verdict{
			Outcome: Fails, Reason: KeyTypeRefused, ExpectedError: cmp.Or(offer.SuiteError, "handshake failure"),
			Detail: "The server certificate has an ECDSA key, but for TLS versions up to " + common + ", the client offers only cipher suites for RSA keys.",
		}, true
	case server.RSAOnly:
		return Verdict{
			Outcome: Fails, Reason: KeyTypeRefused, ExpectedError: cmp.Or(offer.SuiteError, "handshake failure"),
			Detail: "The server certificate has an ECDSA key, but for TLS versions up to " + common + ", the server accepts only cipher suites for RSA keys.",
		}, true
	}
	return Verdict{}, false
}

// engineNotKnown warns of a switch to a key of elliptic curves where nothing says
// whether the server is of Aurora, whose own suites may not take it. One that has such
// a key already takes it.
func (e *evaluation) engineNotKnown(r Report) []Finding {
	server := e.in.ServerTLS
	if !e.in.Target.ecdsa() || e.in.Current.ecdsa() || e.in.Engine != "" || server.SuitesKnown || server.RSAOnly || cmp.Or(server.Min, lowestTLS) > lowestTLS {
		return nil
	}
	for _, c := range e.in.Clients {
		if outcome := r.Verdicts[c.Name].Target.Outcome; !c.ViaProxy && (outcome == Connects || outcome == ConnectsUnverified) {
			return []Finding{{
				Severity: Warning, Code: string(KeyTypeRefused),
				Detail: "The target CA has an ECDSA key. RDS for PostgreSQL accepts such a key, but many versions of Aurora PostgreSQL do not, and every client that uses TLS is then cut off. It is not known which of the two the DB instance runs. Set db_instance_identifier so that the provider asks RDS, or set server_tls.ciphers to the output of SHOW ssl_ciphers.",
			}}
		}
	}
	return nil
}
