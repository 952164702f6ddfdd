package certpath

import (
	"bytes"
	"crypto"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// identifiesForJava is AdaptableX509CertSelector: key identifier and serial
// number of the authorityKeyIdentifier, without the issuer's name.
func identifiesForJava(c, issuer *certificate) bool {
	id := c.akid
	if value := issuer.value(extSubjectKeyID); id.hasID && value != nil && !bytes.Equal(value, octetString(id.keyID)) {
		return false
	}
	return id.serial == nil || issuer.number() < 3 || asn.Integer(id.serial).Cmp(asn.Integer(issuer.serial)) == 0
}

func octetString(contents []byte) []byte {
	var builder cryptobyte.Builder
	builder.AddASN1OctetString(contents)
	return builder.BytesOrPanic()
}

// javaNamed compares names as X500Principal.equals does.
func javaNamed(c, issuer *certificate) bool {
	return bytes.Equal(c.issuer, issuer.subject) || c.javaIssuer() == issuer.javaSubject()
}

// javaKnows are the extensions that may be critical in a path.
//
// Source: OpenJDK KeyChecker, ConstraintsChecker and PolicyChecker,
// getSupportedExtensions.
var javaKnows = []string{
	extKeyUsage, extExtKeyUsage, extSubjectAltName, extBasicConstraints, extNameConstraints, extPolicies, extPolicyMappings, extPolicyConstraints, extInhibitAnyPolicy,
}

// javaCA is basicConstraints as Java reads it: a value that it cannot decode,
// or with something behind it, is none.
func (c *certificate) javaCA() bool {
	return c.isCA() && alone(c.value(extBasicConstraints), cbasn1.SEQUENCE) && c.constraints.length < endless && c.constraints.length != negative
}

// javaLimits are the name constraints as far as Java can decode them.
func (c *certificate) javaLimits(older bool) *nameConstraints {
	if c.limits == nil || !javaDecodes(extension{id: extNameConstraints, value: c.value(extNameConstraints)}, c, older) {
		return nil
	}
	return c.limits
}

// javaSignature is a signature as Java's providers check it: they have lost
// the small curves, and know no signature of SHA-1 under OIW's name.
func javaSignature(c, issuer *certificate) (ok, known bool) {
	if curve := issuer.key.curve; issuer.key.family == familyECDSA && curve != curveP256 && curve != curveP384 && curve != curveP521 {
		return false, true
	}
	kind := c.algorithm
	if kind.name == "" || (kind.isRSA() && kind.family == familyRSA && !kind.null && !kind.bare) || bytes.Contains(c.inner, oiwSHA1) {
		return false, true
	}
	if len(c.signature) > 0 && c.signature[0] != 0 {
		return false, false // Java clears the unused bits, and may have luck
	}
	return c.madeBy(issuer)
}

var oiwSHA1 = []byte{6, 5, 43, 14, 3, 2, 29}

// The sizes below which jdk.certpath.disabledAlgorithms refuses keys.
const (
	minJavaRSA = 1024
	minJavaEC  = 224
)

// disabledKey returns Java's message for a public key that java.security
// disables, or empty.
//
// Source: java.security of OpenJDK 17.0.15: jdk.certpath.disabledAlgorithms =
// MD2, MD5, SHA1 jdkCA & usage TLSServer, RSA keySize < 1024, DSA keySize <
// 1024, EC keySize < 224. SHA-1 below an anchor that is not one of the JDK's
// own stays allowed, and RDS's roots are none of those.
func disabledKey(c *certificate, older bool) string {
	var name string
	var minimum int
	switch c.key.family {
	case familyRSA, familyPSS:
		name, minimum = "RSA", minJavaRSA
	case familyECDSA:
		name, minimum = "EC", minJavaEC
	case familyECDH:
		if older {
			return "Algorithm constraints check failed on key ECDH with size of -1bits"
		}
		return "Algorithm constraints check failed on ECDH key with size of -1bits"
	default:
		return ""
	}
	if bits := c.key.bits(); bits < minimum && bits > 0 {
		return fmt.Sprintf("Algorithm constraints check failed on keysize limits: %s %d bit key", name, bits)
	}
	return ""
}

// javaAlgorithm is Java's name of a signature algorithm.
func javaAlgorithm(c *certificate) string {
	hash := c.algorithm.hash
	if hash == 0 {
		return c.algorithm.text()
	}
	name := strings.ReplaceAll(hash.String(), "-", "")
	if c.algorithm.isRSA() {
		return name + "withRSA"
	}
	return name + "withECDSA"
}

// javaUpTo17 reports Java 17 or older. Releases between 17 and 25 are judged
// as 25: only 17 and 25 were observed.
func javaUpTo17(version string) bool {
	digits, _, _ := strings.Cut(strings.TrimPrefix(version, "1."), ".")
	major, err := strconv.Atoi(digits)
	return err == nil && major <= 17
}

func (r *javaRun) disabledAlgorithm(c *certificate) *javaFailure {
	if c.algorithm.family == familyRSA && (c.algorithm.hash == crypto.MD5 || c.algorithm.hash == 0) {
		digest := "MD5"
		if c.algorithm.hash == 0 {
			digest = "MD2"
		}
		message := "Algorithm constraints check failed on disabled algorithm: " + digest
		if r.older {
			message = "Algorithm constraints check failed on signature algorithm: " + digest + "withRSA"
		}
		return &javaFailure{WeakSignature, message, c}
	}
	if message := disabledKey(c, r.older); message != "" {
		return &javaFailure{WeakKey, message, c}
	}
	return nil
}

// uselessUsage refuses a keyUsage that allows nothing that Java knows.
func uselessUsage(c *certificate) *javaFailure {
	const others = 1<<7 | 1<<8 // encipherOnly and decipherOnly
	if c.usage >= 0 && c.usage&^others == 0 {
		return &javaFailure{WrongPurpose, "incorrect KeyUsage extension bits", c}
	}
	return nil
}

// nonCAAnchor refuses an anchor, other than the server certificate itself,
// that is no CA.
//
// Source: OpenJDK PKIXValidator.verifyTrustAnchor, since JDK 17; the system
// property jdk.security.allowNonCAAnchor turns it off.
func nonCAAnchor(anchor *certificate) *javaFailure {
	var complaint string
	switch {
	case anchor.number() < 3:
		return nil
	case !anchor.javaCA():
		complaint = "is not a CA certificate"
	case !anchor.mayUse(usageCertSign):
		complaint = "does not have keyCertSign bit set in KeyUsage extension"
	default:
		return nil
	}
	return &javaFailure{NotACA, fmt.Sprintf(
		"sun.security.validator.ValidatorException: TrustAnchor with subject \"%s\" %s", javaName(anchor), complaint), anchor}
}

// javaName prints a subject as X500Principal.toString does, commas in values
// apart.
func javaName(c *certificate) string {
	return strings.ReplaceAll(c.Subject.String(), ",", ", ")
}

// javaEndEntity is EndEntityChecker for a TLS server whose key exchange signs,
// which is every one of TLS 1.3 and all but the RSA suites of TLS 1.2.
//
// Source: OpenJDK sun.security.validator.EndEntityChecker.checkTLSServer.
func javaEndEntity(leaf *certificate, older bool) *javaFailure {
	if !leaf.mayUse(usageSignature) {
		return &javaFailure{WrongPurpose, "KeyUsage does not allow digital signatures", leaf}
	}
	purposes := leaf.value(extExtKeyUsage)
	readable := leaf.hasPurposes && alone(purposes, cbasn1.SEQUENCE)
	switch {
	case leaf.has(extExtKeyUsage) && !readable && !older:
		return &javaFailure{MalformedCertificate, "", leaf}
	case readable && !slices.ContainsFunc(leaf.purposes, func(p string) bool { return p == purposeAny || serverPurpose(p) }):
		return &javaFailure{WrongPurpose, "Extended key usage does not permit use for TLS server authentication", leaf}
	case leaf.netscape >= 0 && leaf.netscape&netscapeServer == 0:
		return &javaFailure{WrongPurpose, "Netscape cert type does not permit use for SSL server", leaf}
	}
	return nil
}

func (f *javaFailure) result(at time.Time) Result {
	return Result{Reason: f.reason, Detail: detail(f.reason, f.culprit, at), ClientError: f.message}
}
