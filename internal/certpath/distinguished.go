package certpath

import (
	"encoding/hex"
	"slices"
	"strings"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/text/unicode/norm"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
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
	names, ok := asn.ReadName(der)
	if !ok {
		return nil, false
	}
	sets := make([]string, 0, len(names))
	for _, name := range names {
		attributes := make([]string, 0, len(name))
		for _, a := range name {
			written, isText := text(a)
			if !isText {
				written = "#" + hex.EncodeToString(append([]byte{byte(a.Tag)}, a.Value...))
			} else {
				// The quotes keep a crafted value from looking like two attributes.
				written = `"` + strings.ReplaceAll(written, `"`, `""`) + `"`
			}
			attributes = append(attributes, "+"+asn.Identifier([]byte(a.OID))+"="+written)
		}
		slices.Sort(attributes)
		sets = append(sets, "/"+strings.Join(attributes, ""))
	}
	return sets, true
}

// readText is a validator's reading of a string type; false where it is no text
// to it.
type readText func(asn.Attribute) (string, bool)

// attributes lists those of a name; what cannot be read ends the list.
func attributes(name []byte) []asn.Attribute {
	sets, _ := asn.ReadName(name)
	return slices.Concat(sets...)
}

// javaText is the form in which Java compares: only UTF8String and
// PrintableString are text, and letters of all alphabets lose their case.
//
// Source: OpenJDK 17, sun.security.x509.AVA, toRFC2253CanonicalString.
func javaText(a asn.Attribute) (string, bool) {
	if a.Tag != cbasn1.UTF8String && a.Tag != cbasn1.PrintableString {
		return "", false
	}
	words := strings.FieldsFunc(string(a.Value), func(r rune) bool { return r == ' ' })
	return strings.ToLower(norm.NFKD.String(strings.Join(words, " "))), true
}
