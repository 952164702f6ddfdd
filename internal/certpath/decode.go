package certpath

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// encoding is a certificate taken apart (RFC 5280, 4.1) as its octets say,
// without the opinion of the x509 package, which refuses a part of what other
// validators take. Elements keep their headers, and surplus ones are left out.
type encoding struct {
	version     []byte // contents of the INTEGER; nil is version 1
	serial      []byte // contents
	inner       []byte // AlgorithmIdentifier in the signed part
	outer       []byte // AlgorithmIdentifier beside the signature
	issuer      []byte
	validity    [2]moment
	extraTimes  bool // something stands behind the two
	subject     []byte
	key         []byte
	uniqueIDs   bool
	extensions  []extension
	listed      bool   // there is a list of extensions, empty or not
	signed      []byte // the signed part
	signature   []byte // contents of the BIT STRING, the count of unused bits included
	strictOuter bool   // nothing stands behind an element, and the list of extensions is as it should be
}

// extension is one extension with an identifier in text.
type extension struct {
	id       string
	critical bool
	strict   bool // DER's booleans, and nothing behind the value
	value    []byte
}

// moment is a time as it is written.
type moment struct {
	tag  cbasn1.Tag
	text string
}

// decode takes a certificate apart. It reports false where the octets have not
// the form of one, as far as it goes without opinions.
func decode(der []byte) (encoding, bool) {
	e := encoding{strictOuter: true}
	input := cryptobyte.String(der)
	var whole, tbs, element, version cryptobyte.String
	if !input.ReadASN1(&whole, cbasn1.SEQUENCE) || !whole.ReadASN1Element(&element, cbasn1.SEQUENCE) {
		return e, false
	}
	e.signed = element
	var present bool
	if !element.ReadASN1(&tbs, cbasn1.SEQUENCE) || !readSequence(&whole, &e.outer) ||
		!readContents(&whole, &e.signature, cbasn1.BIT_STRING) ||
		!tbs.ReadOptionalASN1(&version, &present, cbasn1.Tag(0).Constructed().ContextSpecific()) ||
		(present && !readContents(&version, &e.version, cbasn1.INTEGER)) ||
		!readContents(&tbs, &e.serial, cbasn1.INTEGER) || !readSequence(&tbs, &e.inner) ||
		!readSequence(&tbs, &e.issuer) || !e.readValidity(&tbs) ||
		!readSequence(&tbs, &e.subject) || !readSequence(&tbs, &e.key) {
		return e, false
	}
	e.strictOuter = input.Empty() && whole.Empty() && version.Empty()
	return e, e.readTail(tbs)
}

func readSequence(from *cryptobyte.String, to *[]byte) bool {
	return from.ReadASN1Element((*cryptobyte.String)(to), cbasn1.SEQUENCE)
}

func readContents(from *cryptobyte.String, to *[]byte, tag cbasn1.Tag) bool {
	return from.ReadASN1((*cryptobyte.String)(to), tag)
}

func (e *encoding) readValidity(tbs *cryptobyte.String) bool {
	var validity, text cryptobyte.String
	if !tbs.ReadASN1(&validity, cbasn1.SEQUENCE) {
		return false
	}
	for i := range e.validity {
		if !validity.ReadAnyASN1(&text, &e.validity[i].tag) {
			e.extraTimes = true // one is missing; an anchor of webpki needs none
			return true
		}
		e.validity[i].text = string(text)
	}
	e.extraTimes = !validity.Empty()
	return true
}

func (e *encoding) readTail(tail cryptobyte.String) bool {
	var skipped, explicit, list cryptobyte.String
	var present bool
	for _, number := range []cbasn1.Tag{1, 2} {
		for _, tag := range []cbasn1.Tag{number.ContextSpecific(), number.ContextSpecific().Constructed()} {
			if !tail.ReadOptionalASN1(&skipped, &present, tag) {
				return false
			}
			e.uniqueIDs = e.uniqueIDs || present
		}
	}
	if !tail.ReadOptionalASN1(&explicit, &present, cbasn1.Tag(3).Constructed().ContextSpecific()) {
		return false
	}
	e.strictOuter = e.strictOuter && tail.Empty()
	if !present {
		return true
	}
	if !explicit.ReadASN1(&list, cbasn1.SEQUENCE) {
		return false
	}
	e.strictOuter, e.listed = e.strictOuter && explicit.Empty(), true
	for !list.Empty() {
		one, ok := readExtension(&list)
		if !ok {
			return false
		}
		e.extensions = append(e.extensions, one)
	}
	return true
}

func readExtension(list *cryptobyte.String) (extension, bool) {
	var one, oid, critical cryptobyte.String
	var present bool
	e := extension{}
	if !list.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) ||
		!one.ReadOptionalASN1(&critical, &present, cbasn1.BOOLEAN) || (present && len(critical) != 1) ||
		!readContents(&one, &e.value, cbasn1.OCTET_STRING) {
		return e, false
	}
	e.id = asn.Identifier(oid)
	e.critical = present && critical[0] != 0
	e.strict = one.Empty() && (!present || critical[0] == 0 || critical[0] == 0xff)
	return e, true
}

// strict reads a time in the one form of RFC 5280: to the second, in UTC.
// OpenSSL and webpki take no other when they verify.
func (m moment) strict() (time.Time, bool) {
	const layout = "20060102150405Z"
	text := m.full()
	if (m.tag != cbasn1.UTCTime && m.tag != cbasn1.GeneralizedTime) || len(text) != len(layout) {
		return time.Time{}, false
	}
	t, err := time.Parse(layout, text)
	return t, err == nil
}

// loose reads a time in any form that somebody takes; zero for what nobody does.
func (m moment) loose() time.Time {
	if t, ok := m.strict(); ok {
		return t
	}
	layouts := []string{"200601021504Z0700", "20060102150405Z0700", "20060102150405.999999999Z0700", "20060102150405-0700", "200601021504-0700"}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, m.full()); err == nil {
			return t
		}
	}
	return time.Time{}
}

// full is the text with the century, which a UTCTime leaves out.
func (m moment) full() string {
	switch {
	case m.tag != cbasn1.UTCTime:
		return m.text
	case m.text != "" && m.text[0] < '5':
		return "20" + m.text
	default:
		return "19" + m.text
	}
}

// ParseCertificate reads a certificate that a server presents. Where the x509
// package refuses what another validator takes, the result has its encoding,
// its names, serial number and dates as far as they can be read, and no key:
// [Verify] then judges it by its encoding. It reports false for what is no
// certificate at all; the result has the encoding then.
func ParseCertificate(der []byte) (certificate *x509.Certificate, ok bool) {
	if parsed, err := x509.ParseCertificate(der); err == nil {
		return parsed, true
	}
	certificate = &x509.Certificate{Raw: bytes.Clone(der)}
	e, ok := decode(certificate.Raw)
	if !ok {
		return certificate, false
	}
	certificate.RawTBSCertificate, certificate.RawIssuer, certificate.RawSubject = e.signed, e.issuer, e.subject
	certificate.RawSubjectPublicKeyInfo = e.key
	certificate.SerialNumber = asn.Integer(e.serial)
	readName(e.issuer, &certificate.Issuer)
	readName(e.subject, &certificate.Subject)
	certificate.NotBefore = e.validity[0].loose()
	certificate.NotAfter = e.validity[1].loose()
	return certificate, true
}

// readName fills a name for messages, as far as the asn1 package reads it.
func readName(raw []byte, name *pkix.Name) {
	var sequence pkix.RDNSequence
	if _, err := asn1.Unmarshal(raw, &sequence); err == nil {
		name.FillFromRDNSequence(&sequence)
	}
}
