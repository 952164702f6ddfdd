package certpath

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// sameName compares two distinguished names: equal encodings are the same
// name, others are compared in canonical form.
func sameName(a func() string, rawA []byte, b func() string, rawB []byte) bool {
	return bytes.Equal(rawA, rawB) || a() == b()
}

// canonicalName brings a distinguished name into the form in which RFC 5280
// compares: string types do not matter, nor ASCII case, nor blanks at the ends
// or several between words. A name that cannot be read is its own form.
//
// Source: OpenSSL x_name.c, x509_name_canon; Java's X500Principal.equals.
// Go compares the encodings instead.
func canonicalName(der []byte) string {
	var sequence asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 {
		return "raw:" + string(der)
	}
	var name strings.Builder
	name.WriteString("dn")
	for content := sequence.Bytes; len(content) > 0; {
		var set asn1.RawValue
		rest, err := asn1.Unmarshal(content, &set)
		if err != nil {
			return "raw:" + string(der)
		}
		content = rest
		name.WriteString("/")
		for attributes := set.Bytes; len(attributes) > 0; {
			rest, ok := writeAttribute(&name, attributes)
			if !ok {
				return "raw:" + string(der)
			}
			attributes = rest
		}
	}
	return name.String()
}

// writeAttribute writes the first attribute of a set and returns the others.
func writeAttribute(name *strings.Builder, der []byte) (rest []byte, ok bool) {
	var attribute struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	rest, err := asn1.Unmarshal(der, &attribute)
	if err != nil {
		return nil, false
	}
	name.WriteString("+" + attribute.Type.String() + "=")
	text, isText := attributeText(attribute.Value)
	if !isText {
		name.WriteString("#" + hex.EncodeToString(attribute.Value.FullBytes))
		return rest, true
	}
	// The quotes keep a crafted value from looking like two attributes.
	name.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
	return rest, true
}

// attributeText returns the canonical text of a string type.
func attributeText(value asn1.RawValue) (string, bool) {
	var text string
	switch value.Tag {
	case asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String, tagVisibleString:
		text = string(value.Bytes)
	case asn1.TagT61String:
		text = latin1(value.Bytes)
	case asn1.TagBMPString:
		if len(value.Bytes)%2 != 0 {
			return "", false
		}
		text = bmp(value.Bytes)
	default:
		return "", false
	}
	return lowerASCII(strings.Join(strings.FieldsFunc(text, isASCIISpace), " ")), true
}

const tagVisibleString = 26

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

func bmp(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units))
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
