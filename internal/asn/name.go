package asn

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Name is a distinguished name: its relative names in order, each of which is a
// set of attributes.
type Name [][]Attribute

// Attribute is one attribute of a name.
type Attribute struct {
	OID   string // contents of the identifier
	Tag   cbasn1.Tag
	Value []byte
}

// Attributes that have a meaning of their own.
const (
	CommonName = "\x55\x04\x03"
	Mail       = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"
)

// ReadName takes a Name apart. It reports false where it is not well formed, with
// the relative names before the fault. Java decodes every Name that is.
func ReadName(raw cryptobyte.String) (Name, bool) {
	var name Name
	var list, set, one, oid, value cryptobyte.String
	if !raw.ReadASN1(&list, cbasn1.SEQUENCE) || !raw.Empty() {
		return nil, false
	}
	for !list.Empty() {
		if !list.ReadASN1(&set, cbasn1.SET) {
			return name, false
		}
		var attributes []Attribute
		for !set.Empty() {
			var tag cbasn1.Tag
			if !set.ReadASN1(&one, cbasn1.SEQUENCE) || !ReadIdentifier(&one, &oid) || !one.ReadAnyASN1(&value, &tag) || !one.Empty() {
				return name, false
			}
			attributes = append(attributes, Attribute{string(oid), tag, value})
		}
		name = append(name, attributes)
	}
	return name, true
}

// ReadableByOpenSSL reports whether OpenSSL takes the values as strings.
func (n Name) ReadableByOpenSSL() bool {
	return !slices.ContainsFunc(slices.Concat(n...), func(a Attribute) bool { return !a.readable() })
}

// readable reports whether OpenSSL takes the value as a string.
//
// Source: openssl/openssl 3.0.20, crypto/asn1/tasn_dec.c (multi strings),
// crypto/x509/x_name.c, asn1_string_canon.
func (a Attribute) readable() bool {
	switch a.Tag {
	case cbasn1.UTF8String:
		return utf8.Valid(a.Value)
	case BMPString, UniversalString:
		_, ok := a.Text()
		return ok
	case cbasn1.BIT_STRING:
		return WellFormedBits(a.Value)
	case cbasn1.PrintableString, cbasn1.T61String, cbasn1.IA5String, NumericString, cbasn1.SEQUENCE:
		return true
	case cbasn1.ENUM:
		return false
	}
	number := byte(a.Tag)
	return number >= 7 && number <= 31 && (number < 16 || number > 28)
}

// Text decodes the string types that OpenSSL compares by their characters; false
// is another type, or half a character.
func (a Attribute) Text() (string, bool) {
	switch a.Tag {
	case cbasn1.UTF8String:
		return string(a.Value), true
	case cbasn1.PrintableString, cbasn1.IA5String, cbasn1.T61String, VisibleString:
		return wide(a.Value, 1)
	case BMPString:
		return wide(a.Value, 2)
	case UniversalString:
		return wide(a.Value, 4)
	default:
		return "", false
	}
}

// wide decodes characters of some octets each, none of which is half of a pair.
func wide(value []byte, size int) (string, bool) {
	var text strings.Builder
	for ; len(value) >= size; value = value[size:] {
		var c rune
		for _, b := range value[:size] {
			c = c<<8 | rune(b)
		}
		if !utf8.ValidRune(c) {
			return "", false
		}
		text.WriteRune(c)
	}
	return text.String(), len(value) == 0
}

// Canonical is the text in the form that OpenSSL compares: string types do not
// matter, nor ASCII case, nor blanks at the ends or several between words. It is
// false for what is no text.
//
// Source: OpenSSL x_name.c, x509_name_canon and asn1_string_canon.
func (a Attribute) Canonical() (string, bool) {
	text, ok := a.Text()
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || (r >= '\t' && r <= '\r') })
	return LowerASCII(strings.Join(words, " ")), ok
}

// LowerASCII folds A to Z only, as C libraries do in the C locale.
func LowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}
