// Package asn reads what the elements of ASN.1 hold (numbers, identifiers, names and
// texts) as OpenSSL and Java do. Go's own packages refuse a part of what they take.
package asn

import (
	"crypto/x509"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// String types of ASN.1 that the cryptobyte package has no name for.
const (
	NumericString   = cbasn1.Tag(18)
	VisibleString   = cbasn1.Tag(26)
	UniversalString = cbasn1.Tag(28)
	BMPString       = cbasn1.Tag(30)
)

// Integer is the value of an INTEGER's contents; needless octets do not matter,
// and no contents are zero.
func Integer(contents []byte) *big.Int {
	value := new(big.Int).SetBytes(contents)
	if len(contents) > 0 && contents[0] >= 0x80 {
		value.Sub(value, new(big.Int).Lsh(big.NewInt(1), uint(8*len(contents)))) //nolint:gosec // the length of a certificate at most
	}
	return value
}

// Padded reports contents of an INTEGER with a needless octet in front.
func Padded(contents []byte) bool {
	return len(contents) > 1 && (contents[0] == 0 && contents[1] < 0x80 || contents[0] == 0xff && contents[1] >= 0x80)
}

// Identifier writes the contents of an OBJECT IDENTIFIER with dots; what is none
// is its own octets.
func Identifier(contents []byte) string {
	var id x509.OID
	if id.UnmarshalBinary(contents) != nil {
		return string(contents)
	}
	return id.String()
}

// ReadIdentifier reads an OBJECT IDENTIFIER that OpenSSL and Java decode.
func ReadIdentifier(from, contents *cryptobyte.String) bool {
	return from.ReadASN1(contents, cbasn1.OBJECT_IDENTIFIER) && WellFormedIdentifier(*contents)
}

// WellFormedIdentifier reports contents of an OBJECT IDENTIFIER that OpenSSL and
// Java decode: they end where they should, and no part has leading zeros.
func WellFormedIdentifier(contents []byte) bool {
	start := true
	for _, c := range contents {
		if start && c == 0x80 {
			return false
		}
		start = c < 0x80
	}
	return start && len(contents) > 0
}

// WellFormedBits reports contents of a BIT STRING that OpenSSL and Java decode.
// Bits that should be zero may be set: they clear or ignore them.
func WellFormedBits(bits []byte) bool {
	return len(bits) > 0 && bits[0] <= 7 && (len(bits) > 1 || bits[0] == 0)
}
