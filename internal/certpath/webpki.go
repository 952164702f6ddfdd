package certpath

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"time"
)

// webpkiFailure is an error of rustls: reason, its Display text, certificate.
type webpkiFailure struct {
	reason  Reason
	text    string
	culprit *certificate
}

// verifyWebPKI follows rustls's webpki: an anchor is a name and a key, of any
// certificate and any age; the server certificate must not be a CA and cannot
// be its own anchor; keyUsage does not matter; RSA keys have 2048 to 8192
// bits, and signatures SHA-256 or better.
//
// Source: rustls-webpki 0.103 src/verify_cert.rs and src/alg_tests.rs, read;
// rustls 0.20 with webpki 0.22, run by tokio-postgres on the conformance cases.
func verifyWebPKI(presented, store []*certificate, at time.Time) Result {
	leaf := presented[0]
	fail := func(f *webpkiFailure) Result {
		return Result{
			Reason: f.reason, Detail: detail(f.reason, f.culprit, at),
			ClientError: "invalid peer certificate: " + f.text,
		}
	}
	if failure := webpkiCertificate(leaf, false, at); failure != nil {
		return fail(failure)
	}
	anchor, failure := webpkiSearch([]*certificate{leaf}, presented[1:], store, at)
	if failure != nil {
		return fail(failure)
	}
	return Result{Reason: Accepted, Anchor: anchor.Certificate, Detail: "the path ends at " + quoteSubject(anchor)}
}

// maxWebPKIIntermediates is webpki's limit of sub-CAs in a path.
const maxWebPKIIntermediates = 6

func webpkiSearch(path, others, store []*certificate, at time.Time) (*certificate, *webpkiFailure) {
	top := path[len(path)-1]
	failure := &webpkiFailure{unknownReason(append([]*certificate{path[0]}, others...), store), "UnknownIssuer", top}
	for _, anchor := range store {
		if !top.named(anchor) {
			continue
		}
		if failed := webpkiSigned(path, anchor); failed != nil {
			failure = failed
			continue
		}
		return anchor, nil
	}
	if len(path) > maxWebPKIIntermediates {
		return nil, failure
	}
	for _, issuer := range others {
		if !top.named(issuer) || contains(path, issuer) {
			continue
		}
		if failed := webpkiCertificate(issuer, true, at); failed != nil {
			failure = failed
			continue
		}
		if issuer.pathLen() >= 0 && len(path)-1 > issuer.pathLen() {
			failure = &webpkiFailure{PathTooLong, "PathLenConstraintViolated", issuer}
			continue
		}
		anchor, failed := webpkiSearch(append(slices.Clip(path), issuer), others, store, at)
		if failed == nil {
			return anchor, nil
		}
		failure = failed
	}
	return nil, failure
}

// webpkiCertificate checks one certificate in its place.
func webpkiCertificate(c *certificate, asCA bool, at time.Time) *webpkiFailure {
	switch {
	case c.Version != 3:
		return &webpkiFailure{MalformedCertificate, "UnsupportedCertVersion", c}
	case len(c.UnhandledCriticalExtensions) > 0:
		return &webpkiFailure{CriticalExtension, "UnhandledCriticalExtension", c}
	case at.Before(c.NotBefore):
		return &webpkiFailure{CertificateNotYet, "NotValidYet", c}
	case at.After(c.NotAfter):
		return &webpkiFailure{CertificateExpired, "Expired", c}
	case asCA && !c.isCA():
		return &webpkiFailure{NotACA, "EndEntityUsedAsCa", c}
	case !asCA && c.isCA():
		return &webpkiFailure{WrongPurpose, "CaUsedAsEndEntity", c}
	case hasExtKeyUsage(c) && !hasServerAuth(c):
		return &webpkiFailure{WrongPurpose, "InvalidPurpose", c}
	default:
		return nil
	}
}

func hasServerAuth(c *certificate) bool {
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
}

// webpkiSigned checks the signatures of a path below an anchor.
func webpkiSigned(path []*certificate, anchor *certificate) *webpkiFailure {
	for i, c := range path {
		issuer := anchor
		if i+1 < len(path) {
			issuer = path[i+1]
		}
		if !webpkiAlgorithm(c, issuer) {
			return &webpkiFailure{WeakSignature, "UnsupportedSignatureAlgorithm", c}
		}
		if ok, _ := c.signed(issuer); !ok {
			return &webpkiFailure{SignatureInvalid, "BadSignature", c}
		}
		if constrainNames(issuer, path[0]) != errNone {
			return &webpkiFailure{NameConstraint, "NameConstraintViolation", path[0]}
		}
	}
	return nil
}

func webpkiAlgorithm(c, issuer *certificate) bool {
	const smallest, largest = 2048, 8192
	switch key := issuer.PublicKey.(type) {
	case *rsa.PublicKey:
		bits := key.N.BitLen()
		return bits >= smallest && bits <= largest && isRSA(c.SignatureAlgorithm) && modernDigest(c.SignatureAlgorithm)
	case *ecdsa.PublicKey:
		return (key.Curve == elliptic.P256() || key.Curve == elliptic.P384()) &&
			(c.SignatureAlgorithm == x509.ECDSAWithSHA256 || c.SignatureAlgorithm == x509.ECDSAWithSHA384)
	case ed25519.PublicKey:
		return true
	default:
		return false
	}
}

// modernDigest reports SHA-256, SHA-384 or SHA-512.
func modernDigest(algorithm x509.SignatureAlgorithm) bool {
	hash := digest(algorithm)
	return hash != 0 && hash != crypto.MD5 && hash != crypto.SHA1
}
