package truststore

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// nameAttribute is one attribute of a distinguished name, as encoded.
type nameAttribute struct {
	oid   []byte
	tag   cbasn1.Tag
	value []byte
}

// wellFormedName checks the form of an encoded Name without keeping its parts.
func wellFormedName(raw cryptobyte.String) bool {
	return eachAttribute(raw, func(int, nameAttribute) {})
}

// nameParts splits an encoded Name into its relative distinguished names.
func nameParts(raw cryptobyte.String) ([][]nameAttribute, bool) {
	var parts [][]nameAttribute
	ok := eachAttribute(raw, func(rdn int, attribute nameAttribute) {
		for len(parts) <= rdn {
			parts = append(parts, nil)
		}
		parts[rdn] = append(parts[rdn], attribute)
	})
	return parts, ok
}

// eachAttribute calls visit for each attribute with the index of its relative
// distinguished name, and reports whether the whole Name is well formed.
func eachAttribute(raw cryptobyte.String, visit func(rdn int, attribute nameAttribute)) bool {
	var rdns, rdn, attribute, oid, value cryptobyte.String
	if !raw.ReadASN1(&rdns, cbasn1.SEQUENCE) || !raw.Empty() {
		return false
	}
	for i := 0; !rdns.Empty(); i++ {
		if !rdns.ReadASN1(&rdn, cbasn1.SET) {
			return false
		}
		for !rdn.Empty() {
			var tag cbasn1.Tag
			if !rdn.ReadASN1(&attribute, cbasn1.SEQUENCE) || !readOID(&attribute, &oid) ||
				!attribute.ReadAnyASN1(&value, &tag) || !attribute.Empty() {
				return false
			}
			visit(i, nameAttribute{oid: oid, tag: tag, value: value})
		}
	}
	return true
}

// readName checks a Name as OpenSSL decodes it, or as Java does, which looks
// at no value, and fills name as far as Go understands it.
//
// Source: openssl/openssl 3.0.20, crypto/asn1/tasn_dec.c (multi strings),
// crypto/x509/x_name.c, asn1_string_canon.
func readName(raw cryptobyte.String, name *pkix.Name, by shape) bool {
	parts, ok := nameParts(raw)
	if !ok {
		return false
	}
	for _, part := range parts {
		for _, attribute := range part {
			if by == opensslShape && !opensslString(attribute) {
				return false
			}
		}
	}
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(raw, &sequence); err == nil && len(rest) == 0 {
		name.FillFromRDNSequence(&sequence)
	}
	return true
}

// NameReadableByOpenSSL reports whether OpenSSL decodes a Name, DER.
func NameReadableByOpenSSL(der []byte) bool {
	return readName(der, &pkix.Name{}, opensslShape)
}

// NameReadableByJava reports whether Java decodes a Name, DER.
func NameReadableByJava(der []byte) bool { return wellFormedName(der) }

// opensslString reports whether OpenSSL takes a value as a name's string.
func opensslString(attribute nameAttribute) bool {
	const (
		bmpString       = cbasn1.Tag(30)
		universalString = cbasn1.Tag(28)
		numericString   = cbasn1.Tag(18)
	)
	switch attribute.tag {
	case cbasn1.UTF8String:
		return utf8.Valid(attribute.value)
	case bmpString:
		return characters(attribute.value, 2)
	case universalString:
		return characters(attribute.value, 4)
	case cbasn1.BIT_STRING:
		return WellFormedBits(attribute.value)
	case cbasn1.PrintableString, cbasn1.T61String, cbasn1.IA5String, numericString, cbasn1.SEQUENCE:
		return true
	case cbasn1.ENUM:
		return false
	}
	number := byte(attribute.tag)
	return number >= 7 && number <= 31 && (number < 16 || number > 28)
}

// characters reports text of whole characters of a size, none of which is half
// of a pair.
func characters(text []byte, size int) bool {
	for ; len(text) >= size; text = text[size:] {
		var c rune
		for _, b := range text[:size] {
			c = c<<8 | rune(b)
		}
		if !utf8.ValidRune(c) {
			return false
		}
	}
	return len(text) == 0
}
