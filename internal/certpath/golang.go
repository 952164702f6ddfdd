package certpath

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"
)

// verifyGo asks Go's own x509 package, as crypto/tls does: a pool of roots of
// any kind, the rest of what the server sent as intermediates, and the
// purpose server authentication. The system's roots are never consulted.
//
// Source: Go 1.26 crypto/tls, Conn.verifyServerCertificate.
func verifyGo(presented, store []*certificate, at time.Time) Result {
	options := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at,
	}
	for _, anchor := range store {
		options.Roots.AddCert(anchor.forGo())
	}
	for _, c := range presented[1:] {
		options.Intermediates.AddCert(c.forGo())
	}
	chains, err := presented[0].forGo().Verify(options)
	if err != nil {
		return goFailure(err, presented, store, at)
	}
	path := chains[0]
	anchor := path[len(path)-1]
	return Result{
		Reason: Accepted, Anchor: anchor,
		Detail: fmt.Sprintf("the chain ends at \"%s\"", anchor.Subject),
	}
}

// forGo is the certificate as the x509 package reads it.
func (c *certificate) forGo() *x509.Certificate {
	if c.PublicKey == nil {
		if parsed, err := x509.ParseCertificate(c.Raw); err == nil {
			return parsed
		}
	}
	return c.Certificate
}

// goFailure translates an error of the x509 package. crypto/tls puts its own
// words before the text, and a client that calls Verify by itself does not.
func goFailure(err error, presented, store []*certificate, at time.Time) Result {
	result := Result{ClientError: err.Error()}
	culprit := presented[0]
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var critical x509.UnhandledCriticalExtension
	switch {
	case errors.As(err, &unknown):
		result.Reason, culprit = goUnknownAuthority(presented, store)
	case errors.As(err, &invalid):
		culprit = describe(invalid.Cert, slices.ContainsFunc(store, func(a *certificate) bool { return a.Equal(invalid.Cert) }))
		result.Reason = goInvalid(invalid.Reason, culprit, at)
	case errors.As(err, &critical):
		result.Reason = CriticalExtension
	default: // the limit of signatures that it checks, which is no type of its own
		result.Reason = SearchLimit
	}
	result.Detail = detail(result.Reason, culprit, at)
	return result
}

func goInvalid(reason x509.InvalidReason, culprit *certificate, at time.Time) Reason {
	switch reason {
	case x509.Expired:
		return timeReason(culprit, at)
	case x509.NotAuthorizedToSign:
		return NotACA
	case x509.TooManyIntermediates, x509.TooManyConstraints:
		return PathTooLong
	case x509.IncompatibleUsage, x509.NoValidChains:
		return WrongPurpose
	case x509.CANotAuthorizedForThisName, x509.NameConstraintsWithoutSANs,
		x509.UnconstrainedName, x509.CANotAuthorizedForExtKeyUsage:
		return NameConstraint
	default:
		return MalformedCertificate
	}
}

// goUnknownAuthority says why no path was found: a signature that Go no longer
// accepts, or no issuer.
func goUnknownAuthority(presented, store []*certificate) (Reason, *certificate) {
	for _, c := range presented {
		old := !modernDigest(c.algorithm.hash) && c.algorithm.family != familyEd25519
		if old && !c.selfIssued && hasIssuer(c, slices.Concat(presented, store)) {
			return WeakSignature, c
		}
	}
	return unknownReason(presented, store), presented[len(presented)-1]
}

func hasIssuer(c *certificate, among []*certificate) bool {
	return slices.ContainsFunc(among, func(issuer *certificate) bool {
		if !c.named(issuer) {
			return false
		}
		ok, _ := c.madeBy(issuer)
		return ok
	})
}
