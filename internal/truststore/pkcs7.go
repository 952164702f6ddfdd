package truststore

import (
	"crypto/x509/pkix"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// oidPKCS7Signed is the content type of a SignedData (RFC 2315), encoded.
const oidPKCS7Signed = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"

// javaPKCS7 reads the certificates of what sun.security.pkcs.PKCS7 accepts as
// signed or plain data. It reports false for everything that Java then tries as
// a certificate.
func (d *decoder) javaPKCS7(der []byte) ([]parsed, bool) {
	first, _, _ := firstElement(der) // what is none is refused next
	definite, ok := toDER(first)
	if !ok {
		return nil, false
	}
	input := cryptobyte.String(definite)
	var info cryptobyte.String
	if !input.ReadASN1(&info, cbasn1.SEQUENCE) {
		return nil, false
	}
	switch kind, content, ok := readContentInfo(info); {
	case ok && kind == oidData:
		return nil, true
	case ok && kind == oidPKCS7Signed:
		return d.signedData(content)
	}
	return nil, false
}

// signedData reads a bundle: a SignedData, of which Java decodes the signers too.
func (d *decoder) signedData(explicit cryptobyte.String) (certificates []parsed, ok bool) {
	var signed, digests, inner, list, lists, signers cryptobyte.String
	var present bool
	if !explicit.ReadASN1(&signed, cbasn1.SEQUENCE) || !skipNumber(&signed) ||
		!signed.ReadASN1(&digests, cbasn1.SET) || !algorithms(digests) ||
		!signed.ReadASN1(&inner, cbasn1.SEQUENCE) || !wellFormedContent(inner) ||
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
	revoked := func(contents cryptobyte.String) bool { return crlContents(contents, javaShape) }
	ok = signed.ReadOptionalASN1(&lists, &present, cbasn1.Tag(1).Constructed().ContextSpecific()) &&
		each(lists, revoked) &&
		signed.ReadASN1(&signers, cbasn1.SET) && each(signers, wellFormedSigner)
	if !ok {
		return nil, false
	}
	return certificates, true
}

// each reports whether a list is made of sequences whose contents pass a check.
func each(list cryptobyte.String, check func(contents cryptobyte.String) bool) bool {
	for !list.Empty() {
		var contents cryptobyte.String
		if !list.ReadASN1(&contents, cbasn1.SEQUENCE) || !check(contents) {
			return false
		}
	}
	return true
}

func algorithms(list cryptobyte.String) bool {
	var algorithm cryptobyte.String
	for !list.Empty() {
		if !readAlgorithm(&list, &algorithm) {
			return false
		}
	}
	return true
}

// wellFormedContent checks what is signed, which may be left out.
func wellFormedContent(info cryptobyte.String) bool {
	var oid cryptobyte.String
	whole := info
	if !asn.ReadIdentifier(&info, &oid) {
		return false
	}
	_, _, ok := readContentInfo(whole)
	return ok || info.Empty()
}

// wellFormedSigner checks the form of a SignerInfo (RFC 2315, 9.2).
func wellFormedSigner(signer cryptobyte.String) bool {
	var name, issuer, algorithm, signature, attributes cryptobyte.String
	var present bool
	return skipNumber(&signer) &&
		signer.ReadASN1(&name, cbasn1.SEQUENCE) &&
		name.ReadASN1Element(&issuer, cbasn1.SEQUENCE) && readName(issuer, &pkix.Name{}, javaShape) && skipNumber(&name) && name.Empty() &&
		readAlgorithm(&signer, &algorithm) &&
		signer.ReadOptionalASN1(&attributes, &present, cbasn1.Tag(0).Constructed().ContextSpecific()) &&
		each(attributes, wellFormedAttribute) &&
		readAlgorithm(&signer, &algorithm) &&
		signer.ReadASN1(&signature, cbasn1.OCTET_STRING) &&
		signer.ReadOptionalASN1(&attributes, &present, cbasn1.Tag(1).Constructed().ContextSpecific()) &&
		each(attributes, wellFormedAttribute) && signer.Empty()
}

// wellFormedAttribute checks an attribute of a signer: an identifier and some
// values.
func wellFormedAttribute(attribute cryptobyte.String) bool {
	var oid, values cryptobyte.String
	return asn.ReadIdentifier(&attribute, &oid) &&
		attribute.ReadASN1(&values, cbasn1.SET) && attribute.Empty() && !values.Empty() && wellFormedElements(values)
}
