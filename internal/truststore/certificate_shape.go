package truststore

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// shape is whose idea of a well-formed certificate is applied. That of
// crypto/x509 is stricter, but for surplus elements.
type shape uint8

// The shapes.
const (
	opensslShape shape = iota + 1
	javaShape
)

// parseLoosely checks the form of a certificate (RFC 5280, 4.1) without
// judging its contents, and keeps what can be read of them.
func parseLoosely(element cryptobyte.String, by shape) (*x509.Certificate, bool) {
	certificate := &x509.Certificate{Raw: element, Version: 1}
	var outer, tbs, tbsElement, algorithm, inner, signature cryptobyte.String
	if !element.ReadASN1(&outer, cbasn1.SEQUENCE) ||
		!readElement(&outer, &tbs, &tbsElement) ||
		!readAlgorithm(&outer, &algorithm) ||
		!outer.ReadASN1(&signature, cbasn1.BIT_STRING) || !asn.WellFormedBits(signature) || !outer.Empty() {
		return nil, false
	}
	certificate.RawTBSCertificate = tbsElement
	certificate.Signature = signature[1:]
	if !readTBS(tbs, certificate, &inner, by) {
		return nil, false
	}
	return certificate, by != javaShape || sameAlgorithm(inner, algorithm)
}

func readTBS(tbs cryptobyte.String, certificate *x509.Certificate, algorithm *cryptobyte.String, by shape) bool {
	var version, serial, issuer, validity, subject, key cryptobyte.String
	var explicit bool
	_ = tbs.ReadOptionalASN1(&version, &explicit, cbasn1.Tag(0).Constructed().ContextSpecific())
	if explicit { // also where it cannot be read, and is empty
		var number cryptobyte.String
		strict := version
		if !version.ReadASN1(&number, cbasn1.INTEGER) || len(number) == 0 || !version.Empty() || (by != javaShape && !strict.ReadASN1Integer(&certificate.Version)) {
			return false
		}
		certificate.Version = int(min(max(asn.Integer(number).Int64(), -1), 3)) + 1 // Java takes a needless zero.
	}
	if !tbs.ReadASN1(&serial, cbasn1.INTEGER) || len(serial) == 0 || (by == opensslShape && asn.Padded(serial)) || !readAlgorithm(&tbs, algorithm) {
		return false
	}
	// What is not there is refused below.
	_ = tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE)
	_ = tbs.ReadASN1(&validity, cbasn1.SEQUENCE)
	_ = tbs.ReadASN1Element(&subject, cbasn1.SEQUENCE)
	_ = tbs.ReadASN1Element(&key, cbasn1.SEQUENCE)
	certificate.SerialNumber = asn.Integer(serial)
	certificate.RawIssuer, certificate.RawSubject, certificate.RawSubjectPublicKeyInfo = issuer, subject, key
	return readName(issuer, &certificate.Issuer, by) && readName(subject, &certificate.Subject, by) &&
		readTime(&validity, &certificate.NotBefore, by) && readTime(&validity, &certificate.NotAfter, by) &&
		validity.Empty() && wellFormedKey(key, certificate) && readTail(tbs, certificate, by)
}

// readTime leaves the zero time where the text is no time: OpenSSL notices
// that only when it verifies, Java at once.
func readTime(validity *cryptobyte.String, to *time.Time, by shape) bool {
	utc, general := *validity, *validity
	var text cryptobyte.String
	var tag cbasn1.Tag
	if !validity.ReadAnyASN1(&text, &tag) || (tag != cbasn1.UTCTime && tag != cbasn1.GeneralizedTime) {
		return false
	}
	if by == javaShape {
		var ok bool
		*to, ok = JavaTime(tag == cbasn1.GeneralizedTime, string(text))
		return ok
	}
	_ = utc.ReadASN1UTCTime(to)
	_ = general.ReadASN1GeneralizedTime(to)
	return true
}

// readElement reads a sequence: its contents, and all of it.
func readElement(from, contents, element *cryptobyte.String) bool {
	whole := *from
	ok := from.ReadASN1(contents, cbasn1.SEQUENCE)
	*element = whole[:len(whole)-len(*from)]
	return ok
}

// readAlgorithm reads an AlgorithmIdentifier: an object identifier and at most
// one element of parameters, where a NULL and an object identifier must be good
// ones.
func readAlgorithm(from, element *cryptobyte.String) bool {
	var algorithm, oid, parameters cryptobyte.String
	var tag cbasn1.Tag
	if !readElement(from, &algorithm, element) || !asn.ReadIdentifier(&algorithm, &oid) {
		return false
	}
	return algorithm.Empty() || (algorithm.ReadAnyASN1(&parameters, &tag) && algorithm.Empty() &&
		(tag != cbasn1.NULL || len(parameters) == 0) && (tag != cbasn1.OBJECT_IDENTIFIER || asn.WellFormedIdentifier(parameters)))
}

// keyAlgorithms are those that [crypto/x509] has a name for.
var keyAlgorithms = map[string]x509.PublicKeyAlgorithm{
	oidRSA: x509.RSA, oidRSAPSS: x509.RSA, oidEC: x509.ECDSA, oidXPoint + "\x70": x509.Ed25519,
	oidDSA: x509.DSA,
}

// wellFormedKey checks a SubjectPublicKeyInfo and names its algorithm.
func wellFormedKey(key cryptobyte.String, certificate *x509.Certificate) bool {
	var inner, algorithm, bits, parameters, oid cryptobyte.String
	_ = key.ReadASN1(&inner, cbasn1.SEQUENCE) // It was read before.
	if !readAlgorithm(&inner, &algorithm) {
		return false
	}
	_ = algorithm.ReadASN1(&parameters, cbasn1.SEQUENCE) && parameters.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER)
	certificate.PublicKeyAlgorithm = keyAlgorithms[string(oid)]
	return inner.ReadASN1(&bits, cbasn1.BIT_STRING) && asn.WellFormedBits(bits) && inner.Empty()
}

// skipIdentifier passes over a unique identifier, which is a BIT STRING, if
// there is one.
func skipIdentifier(tail *cryptobyte.String, number cbasn1.Tag) bool {
	var bits cryptobyte.String
	var present bool
	return tail.ReadOptionalASN1(&bits, &present, number.ContextSpecific()) && (!present || asn.WellFormedBits(bits))
}

// oidBasicConstraints is 2.5.29.19, encoded.
const oidBasicConstraints = "\x55\x1d\x13"

func isCA(basicConstraints cryptobyte.String) bool {
	var sequence cryptobyte.String
	var ca bool
	return basicConstraints.ReadASN1(&sequence, cbasn1.SEQUENCE) && sequence.ReadASN1Boolean(&ca) && ca
}

// readTail reads what follows the key: unique identifiers, extensions. An
// extension's identifier is left empty where Go cannot hold it. OpenSSL refuses
// surplus elements everywhere, Java not behind or in the extensions.
//
// Source: observed with libcrypto 3.0.22 and OpenJDK 17.0.15, an element at the
// end of each sequence in turn.
func readTail(tail cryptobyte.String, certificate *x509.Certificate, by shape) bool {
	var skipped, extensions, list cryptobyte.String
	var present bool
	if by == javaShape && certificate.Version == 1 {
		return tail.Empty()
	}
	if !skipIdentifier(&tail, 1) || !skipIdentifier(&tail, 2) ||
		!tail.ReadOptionalASN1(&extensions, &present, cbasn1.Tag(3).Constructed().ContextSpecific()) || (by != javaShape && !tail.Empty()) {
		return false
	}
	if !present {
		var tag cbasn1.Tag // Java passes over one element.
		return tail.Empty() || (certificate.Version == 3 && tail.ReadAnyASN1(&skipped, &tag))
	}
	if by == javaShape && certificate.Version != 3 {
		return false
	}
	if !extensions.ReadASN1(&list, cbasn1.SEQUENCE) || (by != javaShape && !extensions.Empty()) {
		return false
	}
	for !list.Empty() {
		extension, oid, ok := readExtension(&list, by)
		if !ok {
			return false
		}
		certificate.Extensions = append(certificate.Extensions, extension)
		if oid == oidBasicConstraints {
			certificate.IsCA, certificate.BasicConstraintsValid = isCA(extension.Value), true
		}
	}
	return true
}

// readExtension reads the next one of a list, with its encoded identifier.
func readExtension(list *cryptobyte.String, by shape) (extension pkix.Extension, identifier string, ok bool) {
	var contents, oid, critical, value cryptobyte.String
	var present bool
	if !list.ReadASN1(&contents, cbasn1.SEQUENCE) {
		return extension, "", false
	}
	small := contents
	_ = small.ReadASN1ObjectIdentifier(&extension.Id)
	ok = asn.ReadIdentifier(&contents, &oid) &&
		contents.ReadOptionalASN1(&critical, &present, cbasn1.BOOLEAN) && (!present || len(critical) == 1) &&
		contents.ReadASN1(&value, cbasn1.OCTET_STRING) && (by == javaShape || contents.Empty())
	extension.Critical, extension.Value = ok && present && critical[0] != 0, value
	return extension, string(oid), ok
}

// sameAlgorithm compares two AlgorithmIdentifiers as Java does: NULL parameters
// are none.
func sameAlgorithm(a, b cryptobyte.String) bool {
	plain := func(element cryptobyte.String) string {
		var algorithm cryptobyte.String
		_ = element.ReadASN1(&algorithm, cbasn1.SEQUENCE)
		return strings.TrimSuffix(string(algorithm), "\x05\x00")
	}
	return plain(a) == plain(b)
}
