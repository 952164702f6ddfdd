package truststore

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// parsed is a certificate with how far crypto/x509 understands it.
type parsed struct {
	certificate *x509.Certificate
	// odd is set when crypto/x509 refuses what OpenSSL's looser decoder
	// takes: the certificate then has its names, dates and Raw, no key.
	odd bool
	// rest is the number of bytes after the certificate.
	rest int
}

// parseCertificate reads the certificate at the start of der as OpenSSL's
// d2i_X509 does: only the structure counts, and bytes after it are left alone.
func parseCertificate(der []byte) (parsed, bool) {
	input := cryptobyte.String(der)
	var element cryptobyte.String
	if !input.ReadASN1Element(&element, cbasn1.SEQUENCE) {
		return parsed{}, false
	}
	if certificate, err := x509.ParseCertificate(element); err == nil {
		return parsed{certificate: certificate, rest: len(input)}, true
	}
	certificate, ok := parseLoosely(element)
	return parsed{certificate: certificate, odd: true, rest: len(input)}, ok
}

// parseExactly reads der as one certificate with nothing after it, by
// crypto/x509 or, where that refuses, by structure.
func parseExactly(der []byte) (parsed, bool) {
	p, ok := parseCertificate(der)
	return p, ok && p.rest == 0
}

func newAnchor(certificate *x509.Certificate, alias string) Anchor {
	return Anchor{Certificate: certificate, Alias: alias, SHA256: fingerprint(certificate.Raw)}
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// parseLoosely checks the shape of a certificate (RFC 5280, 4.1) without
// judging its contents, and keeps what can be read of them.
func parseLoosely(element cryptobyte.String) (*x509.Certificate, bool) {
	certificate := &x509.Certificate{Raw: element}
	var outer, tbsElement, algorithm cryptobyte.String
	var signature asn1.BitString
	if !element.ReadASN1(&outer, cbasn1.SEQUENCE) ||
		!outer.ReadASN1Element(&tbsElement, cbasn1.SEQUENCE) ||
		!outer.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!outer.ReadASN1BitString(&signature) || !outer.Empty() {
		return nil, false
	}
	certificate.RawTBSCertificate = tbsElement
	certificate.Signature = signature.Bytes
	var tbs cryptobyte.String
	if !tbsElement.ReadASN1(&tbs, cbasn1.SEQUENCE) || !readTBS(tbs, certificate) {
		return nil, false
	}
	return certificate, true
}

func readTBS(tbs cryptobyte.String, certificate *x509.Certificate) bool {
	var (
		version, serial, algorithm, issuer, validity, subject, key cryptobyte.String
		explicit                                                   bool
	)
	certificate.Version = 1
	if !tbs.ReadOptionalASN1(&version, &explicit, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return false
	}
	if explicit && (!version.ReadASN1Integer(&certificate.Version) || !version.Empty()) {
		return false
	}
	if explicit {
		certificate.Version++
	}
	if !tbs.ReadASN1(&serial, cbasn1.INTEGER) || len(serial) == 0 ||
		!tbs.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1(&validity, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&subject, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&key, cbasn1.SEQUENCE) {
		return false
	}
	certificate.SerialNumber = new(big.Int).SetBytes(serial)
	certificate.RawIssuer, certificate.RawSubject, certificate.RawSubjectPublicKeyInfo = issuer, subject, key
	ok := readName(issuer, &certificate.Issuer) && readName(subject, &certificate.Subject)
	return ok && readTime(&validity, &certificate.NotBefore) && readTime(&validity, &certificate.NotAfter) &&
		wellFormedKey(key) && wellFormedTail(tbs)
}

// readTime leaves the zero time where the text is no time: OpenSSL notices
// that only when it verifies.
func readTime(validity *cryptobyte.String, to *time.Time) bool {
	if validity.PeekASN1Tag(cbasn1.UTCTime) {
		var text cryptobyte.String
		saved := *validity
		if saved.ReadASN1UTCTime(to) {
			*validity = saved
			return true
		}
		return validity.ReadASN1(&text, cbasn1.UTCTime)
	}
	saved := *validity
	if saved.ReadASN1GeneralizedTime(to) {
		*validity = saved
		return true
	}
	var text cryptobyte.String
	return validity.ReadASN1(&text, cbasn1.GeneralizedTime)
}

func wellFormedKey(key cryptobyte.String) bool {
	var inner, algorithm, oid cryptobyte.String
	var bits asn1.BitString
	return key.ReadASN1(&inner, cbasn1.SEQUENCE) && inner.ReadASN1(&algorithm, cbasn1.SEQUENCE) &&
		algorithm.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) && inner.ReadASN1BitString(&bits) && inner.Empty()
}

// wellFormedTail checks what follows the key: unique identifiers, extensions.
func wellFormedTail(tail cryptobyte.String) bool {
	var skipped, extensions, list, extension, oid, value cryptobyte.String
	var present bool
	if !tail.SkipOptionalASN1(cbasn1.Tag(1).ContextSpecific()) || !tail.SkipOptionalASN1(cbasn1.Tag(2).ContextSpecific()) ||
		!tail.ReadOptionalASN1(&extensions, &present, cbasn1.Tag(3).Constructed().ContextSpecific()) || !tail.Empty() {
		return false
	}
	if !present {
		return true
	}
	if !extensions.ReadASN1(&list, cbasn1.SEQUENCE) || !extensions.Empty() {
		return false
	}
	for !list.Empty() {
		if !list.ReadASN1(&extension, cbasn1.SEQUENCE) || !extension.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) ||
			!extension.ReadOptionalASN1(&skipped, &present, cbasn1.BOOLEAN) ||
			!extension.ReadASN1(&value, cbasn1.OCTET_STRING) || !extension.Empty() {
			return false
		}
	}
	return true
}
