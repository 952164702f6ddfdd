package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
)

// Offer is what a TLS client says it can do, which decides which of its
// certificates a server presents.
type Offer string

// The offers of [ServerCertificate].
const (
	// OfferAny is what a present-day client offers: TLS 1.2 and 1.3, all
	// key types. It is the zero value.
	OfferAny Offer = ""
	// OfferRSA and OfferECDSA are TLS 1.2 with suites of one key type only:
	// in TLS 1.3 the suite says nothing about the key.
	OfferRSA   Offer = "rsa"
	OfferECDSA Offer = "ecdsa"
)

// Negotiation is how TLS begins.
type Negotiation string

const (
	// SSLRequest asks for TLS in PostgreSQL's protocol. It is the zero value.
	SSLRequest Negotiation = ""
	// Direct begins with TLS at once, which PostgreSQL 17 and later take.
	Direct Negotiation = "direct"
)

// Presented is what a server sends in a TLS handshake.
type Presented struct {
	// Chain holds DER certificates, server certificate first, as sent.
	Chain [][]byte
	// TLSVersion as PostgreSQL writes it: "TLSv1.3".
	TLSVersion string
	// Cipher is the IANA name of the cipher suite.
	Cipher string
}

// ServerCertificate makes a TLS handshake and returns what the server
// presents, without judging it and without logging in. The endpoint's host is
// sent as the server name indication.
//
// The errors are [ErrUnreachable], [ErrTimeout], [ErrProtocol],
// [ErrTLSRefused], and [ErrTLSHandshake] where the server cannot meet the
// offer, or does not know direct TLS.
func ServerCertificate(ctx context.Context, e Endpoint, offer Offer, negotiation Negotiation) (Presented, error) {
	conn, ctx, done, err := e.open(ctx)
	if err != nil {
		return Presented{}, err
	}
	defer done()
	config := offer.tlsConfig(e.Host)
	var secured *tls.Conn
	if negotiation == Direct {
		config.NextProtos = []string{"postgresql"}
		secured, err = handshake(ctx, conn, e.address(), config)
	} else {
		secured, err = startTLS(ctx, conn, e.address(), config)
	}
	if err != nil {
		return Presented{}, err
	}
	state := secured.ConnectionState()
	if negotiation == Direct && state.NegotiatedProtocol != "postgresql" {
		return Presented{}, fail(ErrTLSHandshake, e.address(), errNotPostgreSQL)
	}
	presented := Presented{
		TLSVersion: versionName(state.Version),
		Cipher:     tls.CipherSuiteName(state.CipherSuite),
	}
	for _, c := range state.PeerCertificates {
		presented.Chain = append(presented.Chain, c.Raw)
	}
	return presented, nil
}

// errNotPostgreSQL is for a server that takes TLS for another protocol.
var errNotPostgreSQL = errors.New("the server did not choose the ALPN protocol postgresql")

// tlsConfig accepts everything: what is presented is the question.
func (o Offer) tlsConfig(serverName string) *tls.Config {
	config := &tls.Config{
		ServerName:         serverName,
		InsecureSkipVerify: true, //nolint:gosec // Nothing is sent, and the caller judges.
		MinVersion:         tls.VersionTLS10,
	}
	switch o {
	case OfferAny:
	case OfferRSA:
		config.MaxVersion = tls.VersionTLS12
		config.CipherSuites = []uint16{
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
			tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA,
		}
	case OfferECDSA:
		config.MaxVersion = tls.VersionTLS12
		config.CipherSuites = []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
		}
	}
	return config
}

// versionName writes a TLS version as PostgreSQL and OpenSSL do: TLSv1, TLSv1.1.
func versionName(version uint16) string {
	return strings.TrimSuffix(strings.Replace(tls.VersionName(version), "TLS ", "TLSv", 1), ".0")
}
