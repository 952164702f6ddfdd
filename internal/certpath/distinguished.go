package certpath

import (
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/text/unicode/norm"
)

// canonicalName brings a distinguished name into the form in which a validator
// compares, by its reading of text. The order within a set does not matter. A
// name that cannot be read is its own form. Go and webpki compare the encodings
// instead.
func canonicalName(der []byte, text readText) string {
	sets, ok := canonicalSets(der, text)
	if !ok {
		return "raw:" + string(der)
	}
	return "dn" + strings.Join(sets, "")
}

// withinName reports a name that begins with all relative names of a base.
func withinName(name, base []byte, text readText) bool {
	names, ok := canonicalSets(name, text)
	bases, okToo := canonicalSets(base, text)
	return ok && okToo && len(bases) <= len(names) && slices.Equal(bases, names[:len(bases)])
}

// canonicalSets returns the relative names of a name, each in canonical form.
func canonicalSets(der []byte, text readText) ([]string, bool) {
	names, ok := relativeNames(der)
	if !ok {
		return nil, false
	}
	sets := make([]string, 0, len(names))
	for _, name := range names {
		attributes := make([]string, 0, len(name))
		for _, a := range name {
			written, isText := text(a.tag, a.value)
			if !isText {
				written = "#" + hex.EncodeToString(append([]byte{byte(a.tag)}, a.value...))
			} else {
				// The quotes keep a crafted value from looking like two attributes.
				written = `"` + strings.ReplaceAll(written, `"`, `""`) + `"`
			}
			attributes = append(attributes, "+"+a.oid+"="+written)
		}
		slices.Sort(attributes)
		sets = append(sets, "/"+strings.Join(attributes, ""))
	}
	return sets, true
}

// attribute is one attribute of a name.
type attribute struct {
	oid   string
	tag   cbasn1.Tag
	value []byte
}

// attributes lists those of a name; what cannot be read ends the list.
func attributes(name []byte) []attribute {
	sets, _ := relativeNames(name)
	return slices.Concat(sets...)
}

// relativeNames takes a name apart into its sets, as far as it can be read.
func relativeNames(name []byte) (sets [][]attribute, ok bool) {
	list, ok := sequence(name)
	for ok && !list.Empty() {
		var set cryptobyte.String
		var attributes []attribute
		for ok = list.ReadASN1(&set, cbasn1.SET); ok && !set.Empty(); {
			var one, oid, value cryptobyte.String
			var tag cbasn1.Tag
			ok = set.ReadASN1(&one, cbasn1.SEQUENCE) && one.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) && one.ReadAnyASN1(&value, &tag)
			if ok {
				attributes = append(attributes, attribute{identifier(oid), tag, value})
			}
		}
		sets = append(sets, attributes)
	}
	return sets, ok
}

// String types of ASN.1 that the cryptobyte package has no name for.
const (
	tagNumericString   = cbasn1.Tag(18)
	tagVisibleString   = cbasn1.Tag(26)
	tagUniversalString = cbasn1.Tag(28)
	tagBMPString       = cbasn1.Tag(30)
)

// readText is a validator's reading of a string type; false where it is no text
// to it.
type readText func(tag cbasn1.Tag, value []byte) (string, bool)

// opensslText is the form in which RFC 5280 compares: string types do not
// matter, nor ASCII case, nor blanks at the ends or several between words.
//
// Source: OpenSSL x_name.c, x509_name_canon.
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

// wide decodes characters of two or four octets. Halves of pairs do not matter:
// OpenSSL refuses a name with them, and Java finds no host name in it.
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
	return string(runes), true
}

// javaText is the form in which Java compares: only UTF8String and
// PrintableString are text, and letters of all alphabets lose their case.
//
// Source: OpenJDK 17, sun.security.x509.AVA, toRFC2253CanonicalString.
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
