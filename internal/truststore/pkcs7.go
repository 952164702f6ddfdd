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

// pkcs7 is a certificate bundle: a SignedData without signers.
type pkcs7 struct {
	certificates []parsed
}

// javaPKCS7 reads what sun.security.pkcs.PKCS7 accepts as signed or plain
// data. It reports false for everything that Java then tries as a certificate.
func (d *decoder) javaPKCS7(der []byte) (pkcs7, bool) {
	definite, ok := toDER(der)
	if !ok {
		return pkcs7{}, false
	}
	input := cryptobyte.String(definite)
	var info, oid, explicit cryptobyte.String
	var tag cbasn1.Tag // Java does not look at it
	if !input.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) ||
		!info.ReadAnyASN1(&explicit, &tag) || !info.Empty() {
		return pkcs7{}, false
	}
	switch string(oid) {
	case string(oidPKCS7Data):
		return pkcs7{}, true
	case string(oidPKCS7Signed):
		return d.signedData(explicit)
	}
	return pkcs7{}, false
}

func (d *decoder) signedData(explicit cryptobyte.String) (pkcs7, bool) {
	var bundle pkcs7
	var signed, version, digests, inner, list, lists, skipped cryptobyte.String
	var present bool
	if !explicit.ReadASN1(&signed, cbasn1.SEQUENCE) || !signed.ReadASN1(&version, cbasn1.INTEGER) ||
		!signed.ReadASN1(&digests, cbasn1.SET) || !signed.ReadASN1(&inner, cbasn1.SEQUENCE) || !inner.SkipASN1(cbasn1.OBJECT_IDENTIFIER) ||
		!signed.ReadOptionalASN1(&list, &present, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return bundle, false
	}
	for !list.Empty() {
		var tag cbasn1.Tag
		var element cryptobyte.String
		if !list.ReadAnyASN1Element(&element, &tag) {
			return bundle, false
		}
		if tag != cbasn1.SEQUENCE {
			continue // other choices of CertificateChoices
		}
		p, ok := d.javaCertificate(element)
		if !ok {
			return bundle, false
		}
		bundle.certificates = append(bundle.certificates, p)
	}
	if !signed.ReadOptionalASN1(&lists, &present, cbasn1.Tag(1).Constructed().ContextSpecific()) {
		return bundle, false
	}
	for !lists.Empty() {
		var element cryptobyte.String
		if !lists.ReadASN1Element(&element, cbasn1.SEQUENCE) || !wellFormedCRL(element) {
			return bundle, false
		}
	}
	return bundle, signed.ReadASN1(&skipped, cbasn1.SET)
}
