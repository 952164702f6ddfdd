package certpath

import (
	"bytes"
	"crypto"
	"math"
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
	return r.level == 0 || r.keyBits(c.key) >= levelBits[r.level]
}

// keyBits is the strength of a key; 0 for one that is not known.
func (r *opensslRun) keyBits(k publicKey) int {
	size := k.bits()
	switch k.family {
	case familyRSA, familyPSS, familyDSA:
		if !r.legacy {
			return moduloBits(size)
		}
		steps := []struct{ size, strength int }{{15360, 256}, {7680, 192}, {3072, 128}, {2048, 112}, {1024, 80}}
		for _, step := range steps {
			if size >= step.size {
				return step.strength
			}
		}
		return 0
	case familyECDSA, familyEd25519, familyEd448, familyX25519:
		return size / 2
	default:
		return 0
	}
}

// moduloBits is the strength of an RSA key as NIST SP 800-56B computes it, so
// that one of 2047 bits counts as one of 2048.
//
// Source: OpenSSL 3.0, crypto/rsa/rsa_lib.c, ossl_ifc_ffc_compute_security_bits.
func moduloBits(size int) int {
	switch size {
	case 2048:
		return 112
	case 3072:
		return 128
	case 4096:
		return 152
	case 6144:
		return 176
	case 7680:
		return 192
	case 8192:
		return 200
	case 15360:
		return 256
	}
	if size < 8 {
		return 0
	}
	x := float64(size) * math.Ln2
	y := (1.923*math.Cbrt(x*math.Pow(math.Log(x), 2)) - 4.69) / math.Ln2
	ceiling := 1200
	if size <= 7680 {
		ceiling = 192
	} else if size <= 15360 {
		ceiling = 256
	}
	return min((int(y)+4)&^7, ceiling)
}

// digestStrong is check_sig_level.
func (r *opensslRun) digestStrong(c *certificate) bool {
	if c.algorithm.family == familyPSS && c.algorithm.hash == 0 && !olderTimes(r.profile.Version) {
		return true // the signature is what fails
	}
	return r.level == 0 || r.digestBits(c.algorithm) >= levelBits[r.level]
}

// digestBits is half the digest's size, except that OpenSSL 3 counts what the
// best attack leaves of SHA-1 and MD5.
//
// Source: OpenSSL crypto/x509/x509_set.c, x509_sig_info_init.
func (r *opensslRun) digestBits(kind signatureKind) int {
	const sha1Bits, md5Bits, ed25519Bits, ed448Bits = 63, 39, 128, 224
	hash := kind.hash
	switch {
	case kind.family == familyEd25519:
		return ed25519Bits
	case kind.family == familyEd448:
		return ed448Bits
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
	caNone       caKind = iota
	caProper            // basicConstraints with cA
	caV1Root            // self-signed X.509 version 1
	caByUsage           // no basicConstraints, but keyCertSign
	caByNetscape        // neither, but Netscape's certificate type
)

func (r *opensslRun) caKindOf(c *certificate) caKind {
	switch {
	case !c.mayUse(usageCertSign):
		return caNone
	case c.constraints.present:
		if c.isCA() {
			return caProper
		}
		return caNone
	case c.number() == 1 && r.selfSigned(c):
		return caV1Root
	case c.usage >= 0:
		return caByUsage
	case c.netscape >= 0 && c.netscape&netscapeAnyCA != 0:
		return caByNetscape
	default:
		return caNone
	}
}

// checkExtensions checks each certificate for its place in the chain.
func (r *opensslRun) checkExtensions() bool {
	below := 0 // issuers passed that are not self-issued
	last := len(r.chain) - 1
	for depth, c := range r.chain {
		if (c.unknownCritical(opensslKnows...) || (r.legacy && c.critical(extNoCheck))) && r.stop(errCriticalExtension, depth) {
			return false
		}
		if c.proxy && (r.legacy || !c.invalid) && r.stop(errProxy, depth) {
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
		if unusable := c.key.family == 0 || c.key.family == familyECDH || c.key.broken; unusable && !r.legacy && last > 0 && r.stop(errUnspecified, depth) {
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
// anyExtendedKeyUsage does not count. Of a broken certificate, which can only be
// its own anchor, the strict mode alone refuses it.
//
// Source: OpenSSL 3.0 and 3.5, crypto/x509/x509_vfy.c, check_purpose.
func (r *opensslRun) purposeFits(c *certificate, asCA bool) bool {
	if c.invalid && !r.legacy {
		return !r.profile.Strict
	}
	if c.hasPurposes && !serverAuth(c) {
		return false
	}
	if asCA {
		kind := r.caKindOf(c)
		return kind != caNone && (kind != caByNetscape || c.netscape&netscapeTLSCA != 0)
	}
	return c.mayUse(usageSignature|usageEncipherment|usageAgreement) && (c.netscape < 0 || c.netscape&netscapeServer != 0)
}

// The bits of Netscape's certificate type.
const (
	netscapeServer = 1 << 1
	netscapeTLSCA  = 1 << 5
	netscapeAnyCA  = netscapeTLSCA | 1<<6 | 1<<7
)

// opensslKnows are the extensions that may be critical.
//
// Source: OpenSSL v3_purp.c, X509_supported_extension; the same in 1.1.1 but
// for OCSP's noCheck.
var opensslKnows = []string{
	extNetscapeType, extKeyUsage, extSubjectAltName, extBasicConstraints, extPolicies, extCRLPoints, extExtKeyUsage,
	extAddressBlocks, extSystemNumbers, extNoCheck, extPolicyConstraints, extProxy, extNameConstraints, extPolicyMappings, extInhibitAnyPolicy,
}

func serverAuth(c *certificate) bool {
	return slices.ContainsFunc(c.purposes, serverPurpose)
}

// serverPurpose is a TLS server's, the names of its first days included.
func serverPurpose(purpose string) bool {
	return purpose == purposeServer || purpose == purposeMicrosoft || purpose == purposeNetscape
}

// strictError is what X509_V_FLAG_X509_STRICT adds, in OpenSSL's order.
//
// Source: OpenSSL 3.0.20, crypto/x509/x509_vfy.c, check_extensions.
func strictError(c *certificate, last bool) verifyError {
	noSubject, certSign := len(attributes(c.subject)) == 0, c.usage >= 0 && c.usage&usageCertSign != 0
	names, hasNames := c.altNames, c.has(extSubjectAltName)
	rules := []struct {
		broken bool
		err    verifyError
	}{
		{c.pathLen() >= 0 && !c.isCA(), errPathLenNotCA},
		{c.pathLen() >= 0 && !certSign, errPathLenNoKeyUsage},
		{c.isCA() && !c.critical(extBasicConstraints), errConstraintsOptional},
		{c.isCA() && c.usage < 0, errCANoKeyUsage},
		{!c.isCA() && certSign, errCertSignNotCA},
		{len(attributes(c.issuer)) == 0, errIssuerEmpty},
		{noSubject && (c.isCA() || (c.usage >= 0 && c.usage&usageCRLSign != 0) || !hasNames), errSubjectEmpty},
		{noSubject && hasNames && !c.critical(extSubjectAltName), errAltNameNotCritical},
		{hasNames && len(names) == 0, errAltNamesEmpty},
		{!bytes.Equal(c.inner, c.outer), errAlgorithmDiffers},
		{c.akid.present && c.critical(extAuthorityKeyID), errAuthorityKeyIDCrit},
		{c.hasKeyID && c.critical(extSubjectKeyID), errSubjectKeyIDCrit},
		{c.number() >= 3 && !last && !c.akid.hasID, errNoAuthorityKeyID},
		{c.number() >= 3 && c.isCA() && !c.hasKeyID, errNoSubjectKeyID},
		{c.number() < 3 && len(c.extensions) > 0, errNotVersion3},
	}
	for _, rule := range rules {
		if rule.broken {
			return rule.err
		}
	}
	return errNone
}
