package certpath

import "crypto/x509"

// Verifier verifies paths and remembers, for as long as it lives, what it
// derived from each certificate and each signature: the many clients of one DB
// instance are judged by the same certificates. It changes no answer. It is
// not for use by several goroutines at once; its certificates must not change.
type Verifier struct {
	known map[*x509.Certificate]*certificate
	made  map[signaturePair]madeSignature
	work  int // of the present verification
}

type signaturePair struct{ subject, issuer *x509.Certificate }

type madeSignature struct{ ok, known bool }

// NewVerifier returns a verifier that remembers nothing yet.
func NewVerifier() *Verifier {
	return &Verifier{known: map[*x509.Certificate]*certificate{}, made: map[signaturePair]madeSignature{}}
}

// describe returns a copy of a certificate's facts, for the caller to mark.
func (v *Verifier) describe(c *x509.Certificate) *certificate {
	base, there := v.known[c]
	if !there {
		base = describe(c, false)
		base.memory = v
		v.known[c] = base
	}
	described := *base
	return &described
}
