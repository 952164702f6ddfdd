package truststore

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The content types of PKCS#7 (RFC 2315), encoded.
var (
	oidPKCS7Data   = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}
	oidPKCS7Signed = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}
)

// javaPKCS7 reads the certificates of what sun.security.pkcs.PKCS7 accepts as
// signed or plain data. It reports false for everything that Java then tries as
// a certificate.
func (d *decoder) javaPKCS7(der []byte) ([]parsed, bool) {
	definite, ok := toDER(der)
	if !ok {
		return nil, false
	}
	input := cryptobyte.String(definite)
	var info, oid, explicit cryptobyte.String
	var tag cbasn1.Tag // Java does not look at it
	if !input.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) ||
		!info.ReadAnyASN1(&explicit, &tag) || !info.Empty() {
		return nil, false
	}
	switch string(oid) {
	case string(oidPKCS7Data):
		return nil, true
	case string(oidPKCS7Signed):
		return d.signedData(explicit)
	}
	return nil, false
}

// signedData reads a bundle: a SignedData without signers.
func (d *decoder) signedData(explicit cryptobyte.String) (certificates []parsed, ok bool) {
	var signed, version, digests, inner, list, lists, skipped cryptobyte.String
	var present bool
	if !explicit.ReadASN1(&signed, cbasn1.SEQUENCE) || !signed.ReadASN1(&version, cbasn1.INTEGER) ||
		!signed.ReadASN1(&digests, cbasn1.SET) || !signed.ReadASN1(&inner, cbasn1.SEQUENCE) || !inner.SkipASN1(cbasn1.OBJECT_IDENTIFIER) ||
		!signed.ReadOptionalASN1(&list, &present, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return nil, false
	}
	for !list.Empty() {
		var tag cbasn1.Tag
		var element cryptobyte.String
		if !list.ReadAnyASN1Element(&element, &tag) {
			return nil, false
		}
		if tag != cbasn1.SEQUENCE {
			continue // other choices of CertificateChoices
		}
		p, ok := d.javaCertificate(element)
		if !ok {
			return nil, false
		}
		certificates = append(certificates, p)
	}
	if !signed.ReadOptionalASN1(&lists, &present, cbasn1.Tag(1).Constructed().ContextSpecific()) {
		return nil, false
	}
	for !lists.Empty() {
		var element cryptobyte.String
		if !lists.ReadASN1Element(&element, cbasn1.SEQUENCE) || !wellFormedCRL(element) {
			return nil, false
		}
	}
	if !signed.ReadASN1(&skipped, cbasn1.SET) {
		return nil, false
	}
	return certificates, true
}
