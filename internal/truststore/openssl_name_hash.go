package truststore

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // OpenSSL names files so
	"encoding/binary"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// subjectHash is X509_NAME_hash: the first four bytes, little endian, of the
// SHA-1 over the canonical encoding of a name. It is zero for no name at all.
//
// Source: openssl/openssl 3.0.20, crypto/x509/x_name.c, x509_name_canon and
// asn1_string_canon; crypto/x509/x509_cmp.c, X509_NAME_hash_ex.
func subjectHash(raw []byte) uint32 {
	parts, ok := nameParts(raw)
	if !ok {
		return 0
	}
	digest := sha1.New() //nolint:gosec // OpenSSL names files so
	for _, part := range parts {
		encoded := make([][]byte, 0, len(part))
		for _, attribute := range part {
			encoded = append(encoded, canonicalAttribute(attribute))
		}
		slices.SortFunc(encoded, bytes.Compare)
		all := slices.Concat(encoded...)
		digest.Write(derHeader(0x31, len(all)))
		digest.Write(all)
	}
	return binary.LittleEndian.Uint32(digest.Sum(nil))
}

// canonicalAttribute encodes an attribute with its text in UTF-8 and lower
// case, white space trimmed and joined. Values that are no text stay as they
// are.
func canonicalAttribute(attribute nameAttribute) []byte {
	var builder cryptobyte.Builder
	builder.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(attribute.oid) })
		text, ok := canonicalText(attribute)
		if !ok {
			b.AddASN1(attribute.tag, func(b *cryptobyte.Builder) { b.AddBytes(attribute.value) })
			return
		}
		b.AddASN1(cbasn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes(text) })
	})
	encoded, err := builder.Bytes()
	if err != nil {
		return nil
	}
	return encoded
}

func canonicalText(attribute nameAttribute) ([]byte, bool) {
	const visibleString, universalString, bmpString = cbasn1.Tag(26), cbasn1.Tag(28), cbasn1.Tag(30)
	var text []byte
	switch attribute.tag {
	case cbasn1.UTF8String:
		text = attribute.value
	case cbasn1.PrintableString, cbasn1.T61String, cbasn1.IA5String, visibleString:
		for _, c := range attribute.value { // one byte is one character
			text = append(text, string(rune(c))...)
		}
	case bmpString:
		text = []byte(utf16Text(attribute.value, binary.BigEndian))
	case universalString:
		for i := 0; i+3 < len(attribute.value); i += 4 {
			text = append(text, string(rune(binary.BigEndian.Uint32(attribute.value[i:])))...) //nolint:gosec // no character is above 2^31
		}
	default:
		return nil, false
	}
	return foldText(text), true
}

// foldText lowers ASCII letters and joins ASCII white space into single blanks.
func foldText(text []byte) []byte {
	var out []byte
	for _, word := range bytes.FieldsFunc(text, func(r rune) bool { return r == ' ' || (r >= '\t' && r <= '\r') }) {
		if len(out) > 0 {
			out = append(out, ' ')
		}
		for _, c := range word {
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			out = append(out, c)
		}
	}
	return out
}
