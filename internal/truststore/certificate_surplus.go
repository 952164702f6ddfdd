package truststore

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// withoutSurplus reports whether a certificate that crypto/x509 takes has no
// element where none should be. crypto/x509 overlooks them; OpenSSL refuses
// them everywhere, Java not behind or in the extensions.
//
// Source: observed with libcrypto 3.0.22 and OpenJDK 17.0.15, an element at the
// end of each sequence in turn.
func withoutSurplus(raw cryptobyte.String, by shape) bool {
	var outer, tbs, algorithm, signature cryptobyte.String
	return raw.ReadASN1(&outer, cbasn1.SEQUENCE) && outer.ReadASN1(&tbs, cbasn1.SEQUENCE) &&
		outer.ReadASN1Element(&algorithm, cbasn1.SEQUENCE) && wellFormedAlgorithm(algorithm) &&
		outer.ReadASN1(&signature, cbasn1.BIT_STRING) && outer.Empty() && tbsWithoutSurplus(tbs, by)
}

func tbsWithoutSurplus(tbs cryptobyte.String, by shape) bool {
	var algorithm, issuer, validity, time, subject, key cryptobyte.String
	var tag cbasn1.Tag
	if !tbs.SkipOptionalASN1(cbasn1.Tag(0).Constructed().ContextSpecific()) || !tbs.SkipASN1(cbasn1.INTEGER) ||
		!tbs.ReadASN1Element(&algorithm, cbasn1.SEQUENCE) || !wellFormedAlgorithm(algorithm) ||
		!tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE) || !wellFormedName(issuer) ||
		!tbs.ReadASN1(&validity, cbasn1.SEQUENCE) ||
		!validity.ReadAnyASN1(&time, &tag) || !validity.ReadAnyASN1(&time, &tag) || !validity.Empty() ||
		!tbs.ReadASN1Element(&subject, cbasn1.SEQUENCE) || !wellFormedName(subject) ||
		!tbs.ReadASN1(&key, cbasn1.SEQUENCE) || !key.ReadASN1Element(&algorithm, cbasn1.SEQUENCE) || !wellFormedAlgorithm(algorithm) ||
		!key.SkipASN1(cbasn1.BIT_STRING) || !key.Empty() {
		return false
	}
	return by == javaShape || tailWithoutSurplus(tbs)
}

func tailWithoutSurplus(tail cryptobyte.String) bool {
	var extensions, list, extension cryptobyte.String
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
		if !list.ReadASN1(&extension, cbasn1.SEQUENCE) || !extension.SkipASN1(cbasn1.OBJECT_IDENTIFIER) ||
			!extension.SkipOptionalASN1(cbasn1.BOOLEAN) || !extension.SkipASN1(cbasn1.OCTET_STRING) || !extension.Empty() {
			return false
		}
	}
	return true
}

// sameAlgorithm compares two AlgorithmIdentifiers as Java does: NULL parameters
// are none.
func sameAlgorithm(a, b cryptobyte.String) bool {
	plain := func(element cryptobyte.String) string {
		var algorithm cryptobyte.String
		_ = element.ReadASN1(&algorithm, cbasn1.SEQUENCE)
		if null := "\x05\x00"; len(algorithm) > len(null) && string(algorithm[len(algorithm)-len(null):]) == null {
			algorithm = algorithm[:len(algorithm)-len(null)]
		}
		return string(algorithm)
	}
	return plain(a) == plain(b)
}
