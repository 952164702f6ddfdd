package certpath

import "crypto/x509"

// Trust is what OpenSSL's trust settings, which can follow the certificate in
// a "TRUSTED CERTIFICATE" block, say of an anchor for TLS servers. Other
// validators do not look at it.
type Trust uint8

// The kinds of trust settings.
const (
	TrustUnset    Trust = iota // none: the anchor counts where it is self-signed
	TrustServers               // it counts, self-signed or not
	TrustRejected              // no path may end at it
)

// Anchor is a certificate that a client took from its trust store.
type Anchor struct {
	// Certificate is never nil.
	Certificate *x509.Certificate
	// Trust is for OpenSSL only.
	Trust Trust
}

// Anchors returns certificates as anchors without trust settings.
func Anchors(certificates ...*x509.Certificate) []Anchor {
	anchors := make([]Anchor, 0, len(certificates))
	for _, c := range certificates {
		anchors = append(anchors, Anchor{Certificate: c})
	}
	return anchors
}

func (v *Verifier) anchors(anchors []Anchor) []*certificate {
	described := make([]*certificate, 0, len(anchors))
	for _, a := range anchors {
		if a.Certificate != nil {
			c := v.describe(a.Certificate)
			c.trusted = true
			c.trust = a.Trust
			described = append(described, c)
		}
	}
	return described
}
