package certpath

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/text/unicode/norm"
)

// sameName compares two distinguished names: equal encodings are the same
// name, others are compared in canonical form.
func sameName(a func() string, rawA []byte, b func() string, rawB []byte) bool {
	return bytes.Equal(rawA, rawB) || a() == b()
}

// canonicalName brings a distinguished name into the form in which RFC 5280
// compares: string types do not matter, nor ASCII case, nor blanks at the ends
// or several between words, nor the order within a set. A name that cannot be
// read is its own form.
//
// Source: OpenSSL x_name.c, x509_name_canon. Go and webpki compare the
// encodings instead, Java has a form of its own.
func canonicalName(der []byte) string {
	sets, ok := canonicalSets(der, opensslText)
	if !ok {
		return "raw:" + string(der)
	}
	return "dn" + strings.Join(sets, "")
}

// javaName is the form in which Java compares: only UTF8String and
// PrintableString are text, and letters of all alphabets lose their case.
//
// Source: OpenJDK 17, sun.security.x509.AVA, toRFC2253CanonicalString.
func canonicalJava(der []byte) string {
	sets, ok := canonicalSets(der, javaText)
	if !ok {
		return "raw:" + string(der)
	}
	return "dn" + strings.Join(sets, "")
}

// canonicalSets returns the relative names of a name, each in canonical form.
func canonicalSets(der []byte, text func(cbasn1.Tag, []byte) (string, bool)) ([]string, bool) {
	list, ok := sequence(der)
	if !ok {
		return nil, false
	}
	var sets []string
	for !list.Empty() {
		var set cryptobyte.String
		if !list.ReadASN1(&set, cbasn1.SET) {
			return nil, false
		}
		var attributes []string
		for !set.Empty() {
			var one, oid, value cryptobyte.String
			var tag cbasn1.Tag
			if !set.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) || !one.ReadAnyASN1(&value, &tag) {
				return nil, false
			}
			written, isText := text(tag, value)
			if !isText {
				written = "#" + hex.EncodeToString(append([]byte{byte(tag)}, value...))
			} else {
				// The quotes keep a crafted value from looking like two attributes.
				written = `"` + strings.ReplaceAll(written, `"`, `""`) + `"`
			}
			attributes = append(attributes, "+"+identifier(oid)+"="+written)
		}
		slices.Sort(attributes)
		sets = append(sets, "/"+strings.Join(attributes, ""))
	}
	return sets, true
}

// String types of ASN.1 that the cryptobyte package has no name for.
const (
	tagNumericString   = cbasn1.Tag(18)
	tagVisibleString   = cbasn1.Tag(26)
	tagUniversalString = cbasn1.Tag(28)
	tagBMPString       = cbasn1.Tag(30)
)

// opensslText returns the canonical text of a string type.
func opensslText(tag cbasn1.Tag, value []byte) (string, bool) {
	text, ok := decodeString(tag, value)
	return lowerASCII(strings.Join(strings.FieldsFunc(text, isASCIISpace), " ")), ok
}

// decodeString returns the text of a string type.
func decodeString(tag cbasn1.Tag, value []byte) (string, bool) {
	switch tag {
	case cbasn1.UTF8String, cbasn1.PrintableString, cbasn1.IA5String, tagVisibleString:
		return string(value), true
	case cbasn1.T61String:
		return latin1(value), true
	case tagBMPString:
		return wide(value, 2)
	case tagUniversalString:
		return wide(value, 4)
	default:
		return "", false
	}
}

// wide decodes characters of two or four octets.
func wide(value []byte, size int) (string, bool) {
	if len(value)%size != 0 {
		return "", false
	}
	var runes []rune
	for ; len(value) > 0; value = value[size:] {
		var r rune
		for _, b := range value[:size] {
			r = r<<8 | rune(b)
		}
		runes = append(runes, r)
	}
	if size == 2 {
		units := make([]uint16, len(runes))
		for i, r := range runes {
			units[i] = uint16(r) //nolint:gosec // two octets
		}
		return string(utf16.Decode(units)), true
	}
	return string(runes), true
}

func javaText(tag cbasn1.Tag, value []byte) (string, bool) {
	if tag != cbasn1.UTF8String && tag != cbasn1.PrintableString {
		return "", false
	}
	words := strings.FieldsFunc(string(value), func(r rune) bool { return r == ' ' })
	return strings.ToLower(norm.NFKD.String(strings.Join(words, " "))), true
}

func isASCIISpace(r rune) bool {
	return r == ' ' || (r >= '\t' && r <= '\r')
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// lowerASCII folds A to Z only, as C libraries do in the C locale.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}
