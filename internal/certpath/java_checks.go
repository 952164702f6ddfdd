package certpath

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// identifiesForJava is AdaptableX509CertSelector: key identifier and serial
// number of the authorityKeyIdentifier, without the issuer's name.
func identifiesForJava(c, issuer *certificate) bool {
	id := c.akid
	if len(id.keyID) > 0 && len(issuer.SubjectKeyId) > 0 && !bytes.Equal(id.keyID, issuer.SubjectKeyId) {
		return false
	}
	return id.serial == nil || issuer.Version < 3 || id.serial.Cmp(issuer.SerialNumber) == 0
}

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
func disabledKey(c *certificate) string {
	var name string
	var minimum int
	switch c.PublicKey.(type) {
	case *rsa.PublicKey:
		name, minimum = "RSA", minJavaRSA
	case *ecdsa.PublicKey:
		name, minimum = "EC", minJavaEC
	default:
		return ""
	}
	if bits := keyBits(c.PublicKey); bits < minimum {
		return fmt.Sprintf("Algorithm constraints check failed on keysize limits: %s %d bit key", name, bits)
	}
	return ""
}

// javaAlgorithm is Java's name of a signature algorithm.
func javaAlgorithm(c *certificate) string {
	hash := digest(c.SignatureAlgorithm)
	if hash == 0 {
		return c.SignatureAlgorithm.String()
	}
	name := strings.ReplaceAll(hash.String(), "-", "")
	if isRSA(c.SignatureAlgorithm) {
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
	if c.SignatureAlgorithm == x509.MD5WithRSA || c.SignatureAlgorithm == x509.MD2WithRSA {
		message := "Algorithm constraints check failed on disabled algorithm: MD5"
		if r.older {
			message = "Algorithm constraints check failed on signature algorithm: MD5withRSA"
		}
		return &javaFailure{WeakSignature, message, c}
	}
	if message := disabledKey(c); message != "" {
		return &javaFailure{WeakKey, message, c}
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
	case anchor.Version < 3:
		return nil
	case !anchor.isCA():
		complaint = "is not a CA certificate"
	case !anchor.mayUse(x509.KeyUsageCertSign):
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
func javaEndEntity(leaf *certificate) *javaFailure {
	if !leaf.mayUse(x509.KeyUsageDigitalSignature) {
		return &javaFailure{WrongPurpose, "KeyUsage does not allow digital signatures", leaf}
	}
	if !hasExtKeyUsage(leaf) {
		return nil
	}
	for _, usage := range leaf.ExtKeyUsage {
		if usage == x509.ExtKeyUsageServerAuth || usage == x509.ExtKeyUsageAny {
			return nil
		}
	}
	return &javaFailure{WrongPurpose, "Extended key usage does not permit use for TLS server authentication", leaf}
}

func (f *javaFailure) result(at time.Time) Result {
	return Result{Reason: f.reason, Detail: detail(f.reason, f.culprit, at), ClientError: f.message}
}
