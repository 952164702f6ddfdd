package certpath

import (
	"bytes"
	"crypto/dsa" //nolint:staticcheck // a DSA key must be recognized to be refused
	"crypto/rsa"
	"crypto/x509"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// keyFamily is a kind of key. The zero value is one that is not known.
type keyFamily uint8

const (
	familyRSA keyFamily = iota + 1
	familyPSS           // of a signature: made by an RSA key; of a key: for such signatures only
	familyECDSA
	familyEd25519
	familyEd448
	familyDSA
	familyX25519
	familyECDH
)

// publicKey is what is known of a subjectPublicKeyInfo.
type publicKey struct {
	family keyFamily
	curve  string // of an elliptic curve, its identifier
	key    any    // as the x509 package returns it; nil where it cannot be used here
	// broken is a key of a known kind that no library can load, such as a point
	// that is not on its curve.
	broken bool
	// surplus is an element where none should be.
	surplus bool
	// misfit is a point whose length is not its curve's.
	misfit bool
}

const (
	curveP224 = "1.3.132.0.33"
	curveP256 = "1.2.840.10045.3.1.7"
	curveP384 = "1.3.132.0.34"
	curveP521 = "1.3.132.0.35"
)

var keyFamilies = map[string]keyFamily{
	"1.2.840.113549.1.1.1": familyRSA, "1.2.840.113549.1.1.10": familyPSS, "1.2.840.10045.2.1": familyECDSA,
	"1.3.101.112": familyEd25519, "1.3.101.113": familyEd448, "1.3.101.110": familyX25519, "1.3.132.1.12": familyECDH, "1.2.840.10040.4.1": familyDSA,
}

// curveBits are the sizes of the curves that OpenSSL knows and certificates use.
var curveBits = map[string]int{
	curveP224: 224, curveP256: 256, curveP384: 384, curveP521: 521, "1.3.132.0.10": 256,
	"1.3.36.3.3.2.8.1.1.7": 256, "1.3.36.3.3.2.8.1.1.11": 384, "1.3.36.3.3.2.8.1.1.13": 512,
}

// readKey reads a subjectPublicKeyInfo; known is the key as the x509 package
// read it, or nil.
func readKey(spki []byte, known any) publicKey {
	var k publicKey
	list, ok := sequence(spki)
	var algorithm, oid, curve, bits cryptobyte.String
	if !ok || !list.ReadASN1(&algorithm, cbasn1.SEQUENCE) || !algorithm.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) ||
		!list.ReadASN1(&bits, cbasn1.BIT_STRING) {
		return k
	}
	k.family = keyFamilies[asn.Identifier(oid)]
	// ReadASN1 also consumes what has another tag.
	if algorithm.PeekASN1Tag(cbasn1.OBJECT_IDENTIFIER) && algorithm.ReadASN1(&curve, cbasn1.OBJECT_IDENTIFIER) {
		k.curve = asn.Identifier(curve)
	}
	if k.key = known; known == nil {
		if key, err := x509.ParsePKIXPublicKey(spki); err == nil {
			k.key = key
		}
	}
	k.surplus = !list.Empty() || (!algorithm.Empty() && (k.curve != "" || !bytes.Equal(algorithm, []byte{5, 0})))
	k.misfit = k.family == familyECDSA && uncompressed(bits) && k.namedCurve() && (len(bits)-2)/2 != (curveBits[k.curve]+7)/8
	k.broken = k.family == familyECDSA && (k.curve == "" || (k.key == nil && k.namedCurve() && noPoint(bits)))
	if k.family == familyRSA && k.key == nil && len(bits) > 0 {
		_, isPair := sequence(bits[1:])
		k.broken = !isPair
	}
	return k
}

func (k publicKey) namedCurve() bool {
	return k.curve == curveP224 || k.curve == curveP256 || k.curve == curveP384 || k.curve == curveP521
}

// uncompressed reports a point in the form that Go reads: one that it refuses
// then is none.
func uncompressed(bits []byte) bool { return len(bits) > 1 && bits[1] == 4 }

// noPoint reports a point in that form, or without any octets.
func noPoint(bits []byte) bool { return len(bits) < 2 || uncompressed(bits) }

// bits is the size of the key; 0 where it is not known.
func (k publicKey) bits() int {
	switch key := k.key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen()
	case *dsa.PublicKey:
		return key.P.BitLen()
	}
	switch k.family {
	case familyECDSA:
		if k.broken {
			return 0
		}
		return curveBits[k.curve]
	case familyEd25519, familyX25519:
		return 256
	case familyEd448:
		return 456
	default:
		return 0
	}
}
