package certpath

import (
	"crypto"
	"crypto/x509"
	"slices"
	"strings"
)

// isLegacyOpenSSL reports OpenSSL 1.1 and older.
func isLegacyOpenSSL(version string) bool {
	return strings.HasPrefix(version, "1.") || version == "1"
}

// securityLevel resolves the library's default: 1 for OpenSSL 1.1, else 2.
//
// Source: the default of OpenSSL 3.2 and newer is 2; 3.0 and 3.1 have 1 by
// themselves and 2 as Debian and Ubuntu build them, which was observed on
// Debian's 3.0.19. A client with its own OpenSSL 3.0, such as Node up to 22,
// has level 1: its profile must say so.
func securityLevel(p Profile) int {
	switch {
	case p.SecurityLevel == SecurityLevelNone:
		return 0
	case p.SecurityLevel > 0:
		return min(p.SecurityLevel, 5)
	case isLegacyOpenSSL(p.Version):
		return 1
	default:
		return 2
	}
}

// levelBits are the bits of security that the levels 1 to 5 demand.
var levelBits = [...]int{0, 80, 112, 128, 192, 256}

// keyStrong is check_key_level.
func (r *opensslRun) keyStrong(c *certificate) bool {
	return r.level == 0 || keySecurityBits(c.PublicKeyAlgorithm, keyBits(c.PublicKey)) >= levelBits[r.level]
}

// keySecurityBits is the strength of a key; 0 for one that is not known.
func keySecurityBits(algorithm x509.PublicKeyAlgorithm, bits int) int {
	switch algorithm {
	case x509.UnknownPublicKeyAlgorithm:
		return 0
	case x509.RSA, x509.DSA:
		steps := []struct{ size, strength int }{{15360, 256}, {7680, 192}, {3072, 128}, {2048, 112}, {1024, 80}}
		for _, step := range steps {
			if bits >= step.size {
				return step.strength
			}
		}
		return 0
	case x509.ECDSA, x509.Ed25519:
		return bits / 2
	default:
		return 0
	}
}

// digestStrong is check_sig_level.
func (r *opensslRun) digestStrong(c *certificate) bool {
	return r.level == 0 || r.digestBits(c.SignatureAlgorithm) >= levelBits[r.level]
}

// digestBits is half the digest's size, except that OpenSSL 3 counts what the
// best attack leaves of SHA-1 and MD5.
//
// Source: OpenSSL crypto/x509/x509_set.c, x509_sig_info_init.
func (r *opensslRun) digestBits(algorithm x509.SignatureAlgorithm) int {
	const sha1Bits, md5Bits, ed25519Bits = 63, 39, 128
	hash := digest(algorithm)
	switch {
	case algorithm == x509.PureEd25519:
		return ed25519Bits
	case hash == 0:
		return -1
	case hash == crypto.SHA1 && !r.legacy:
		return sha1Bits
	case hash == crypto.MD5 && !r.legacy:
		return md5Bits
	default:
		return hash.Size() * 4
	}
}

// checkLevel is check_auth_level: keys of issuers, and all signatures but the
// anchor's.
func (r *opensslRun) checkLevel() bool {
	for depth, c := range r.chain {
		if depth > 0 && !r.keyStrong(c) && r.stop(errCAKeyTooWeak, depth) {
			return false
		}
		if depth < len(r.chain)-1 && !r.digestStrong(c) && r.stop(errDigestTooWeak, depth) {
			return false
		}
	}
	return true
}

// caKind is X509_check_ca's grade.
type caKind uint8

const (
	caNone    caKind = iota
	caProper         // basicConstraints with cA
	caV1Root         // self-signed X.509 version 1
	caByUsage        // no basicConstraints, but keyCertSign
)

func (r *opensslRun) caKindOf(c *certificate) caKind {
	switch {
	case !c.mayUse(x509.KeyUsageCertSign):
		return caNone
	case c.has(oidBasicConstraints):
		if c.isCA() {
			return caProper
		}
		return caNone
	case c.Version == 1 && r.selfSigned(c):
		return caV1Root
	case c.hasUsage:
		return caByUsage
	default:
		return caNone
	}
}

// checkExtensions checks each certificate for its place in the chain.
func (r *opensslRun) checkExtensions() bool {
	below := 0 // issuers passed that are not self-issued
	last := len(r.chain) - 1
	for depth, c := range r.chain {
		if len(c.UnhandledCriticalExtensions) > 0 && r.stop(errCriticalExtension, depth) {
			return false
		}
		kind := r.caKindOf(c)
		strict := r.profile.Strict || (depth > 0 && depth < last)
		wrong := depth > 0 && kind == caNone
		if strict && kind != caProper && (depth > 0 || kind != caNone) {
			wrong = true
		}
		if wrong && r.stop(errInvalidCA, depth) {
			return false
		}
		if r.profile.Strict && !r.legacy && last > 0 {
			if err := strictError(c, depth == last); err != errNone && r.stop(err, depth) {
				return false
			}
		}
		if !r.purposeFits(c, depth > 0) && r.stop(errPurpose, depth) {
			return false
		}
		if depth > 1 && r.tooLong(c, below) && r.stop(errPathLength, depth) {
			return false
		}
		if depth > 0 && !c.selfIssued {
			below++
		}
	}
	return true
}

// tooLong compares a pathLenConstraint with the issuers below it. OpenSSL
// 1.1.1, as it was first released, did not look at that of a self-issued CA,
// which every root is.
func (r *opensslRun) tooLong(c *certificate, below int) bool {
	if r.legacy && c.selfIssued {
		return false
	}
	return c.pathLen() >= 0 && below > c.pathLen()
}

// purposeFits is check_purpose_ssl_server: extendedKeyUsage of every
// certificate of the chain, keyUsage of the server certificate. An
// anyExtendedKeyUsage does not count.
func (r *opensslRun) purposeFits(c *certificate, asCA bool) bool {
	if hasExtKeyUsage(c) && !serverAuth(c) {
		return false
	}
	if asCA {
		return r.caKindOf(c) != caNone
	}
	return c.mayUse(x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageKeyAgreement)
}

func hasExtKeyUsage(c *certificate) bool {
	return len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0
}

func serverAuth(c *certificate) bool {
	return slices.ContainsFunc(c.ExtKeyUsage, func(usage x509.ExtKeyUsage) bool {
		return usage == x509.ExtKeyUsageServerAuth ||
			usage == x509.ExtKeyUsageMicrosoftServerGatedCrypto || usage == x509.ExtKeyUsageNetscapeServerGatedCrypto
	})
}

// strictError is what X509_V_FLAG_X509_STRICT adds, in OpenSSL's order.
//
// Source: OpenSSL 3.0.20, crypto/x509/x509_vfy.c, check_extensions.
func strictError(c *certificate, last bool) verifyError {
	const emptyName = 2 // the length of an empty sequence
	noSubject := len(c.RawSubject) <= emptyName
	rules := []struct {
		broken bool
		err    verifyError
	}{
		{c.pathLen() >= 0 && !c.isCA(), errPathLenNotCA},
		{c.pathLen() >= 0 && c.KeyUsage&x509.KeyUsageCertSign == 0, errPathLenNoKeyUsage},
		{c.isCA() && !c.critical(oidBasicConstraints), errConstraintsOptional},
		{c.isCA() && !c.hasUsage, errCANoKeyUsage},
		{!c.isCA() && c.hasUsage && c.KeyUsage&x509.KeyUsageCertSign != 0, errCertSignNotCA},
		{len(c.RawIssuer) <= emptyName, errIssuerEmpty},
		{noSubject && (c.isCA() || !c.has(oidSubjectAltName)), errSubjectEmpty},
		{noSubject && c.has(oidSubjectAltName) && !c.critical(oidSubjectAltName), errAltNameNotCritical},
		{c.critical(oidAuthorityKeyID), errAuthorityKeyIDCrit},
		{c.critical(oidSubjectKeyID), errSubjectKeyIDCrit},
		{c.Version >= 3 && !last && len(c.akid.keyID) == 0, errNoAuthorityKeyID},
		{c.Version >= 3 && c.isCA() && !c.has(oidSubjectKeyID), errNoSubjectKeyID},
		{c.Version < 3 && len(c.Extensions) > 0, errNotVersion3},
	}
	for _, rule := range rules {
		if rule.broken {
			return rule.err
		}
	}
	return errNone
}
