package truststore

import (
	"math/big"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The key algorithms whose keys Java decodes when it decodes a certificate,
// encoded. Keys of others are kept as they are.
const (
	oidRSA    = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
	oidRSAPSS = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
	oidDSA    = "\x2a\x86\x48\xce\x38\x04\x01"
	oidEC     = "\x2a\x86\x48\xce\x3d\x02\x01"
	oidDH     = "\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01" // PKCS#3
	oidDHX942 = "\x2a\x86\x48\xce\x3e\x02\x01"         // ANSI X9.42
	oidXPoint = "\x2b\x65"                             // X25519, X448, Ed25519, Ed448
)

// javaPoints are the lengths in bytes of keys by the last number of [oidXPoint].
var javaPoints = map[byte]int{110: 32, 111: 56, 112: 32, 113: 57}

// javaRSA applies RSAKeyFactory's limits: 512 to 16,384 bits, an exponent of at
// least 3 that is shorter than the modulus.
func javaRSA(n, e *big.Int) bool {
	const shortest, longest, restricted, longestExponent = 512, 16384, 3072, 64
	bits := (n.BitLen() + 7) / 8 * 8 // Java rounds up
	if n.Sign() <= 0 || e.Cmp(big.NewInt(3)) < 0 || e.Cmp(n) >= 0 {
		return false
	}
	return bits >= shortest && bits <= longest && (bits <= restricted || e.BitLen() <= longestExponent)
}

// javaKey checks a key that crypto/x509 did not decode.
//
// Source: OpenJDK 17, sun/security/x509/X509Key.java, com/sun/crypto/provider/
// DHPublicKey.java, sun/security/ec/{XDH,ed/EdDSA}PublicKeyImpl.java; observed
// with 17.0.15.
func javaKey(spki cryptobyte.String) bool {
	var inner, parameters, oid, bits cryptobyte.String
	if !spki.ReadASN1(&inner, cbasn1.SEQUENCE) || !inner.ReadASN1(&parameters, cbasn1.SEQUENCE) ||
		!parameters.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) || !inner.ReadASN1(&bits, cbasn1.BIT_STRING) {
		return false
	}
	switch kind := string(oid); kind {
	case oidEC:
		// Only named curves that Java knows, and uncompressed points.
		var curve cryptobyte.String
		return parameters.ReadASN1(&curve, cbasn1.OBJECT_IDENTIFIER) && javaCurve(string(curve)) &&
			len(bits) > 1 && bits[1] == 4
	case oidRSA, oidRSAPSS:
		return javaRSABits(bits)
	case oidDSA:
		key := bits[1:]
		return key.SkipASN1(cbasn1.INTEGER)
	case oidDH, oidDHX942:
		return javaDH(parameters, bits)
	default:
		if len(kind) == len(oidXPoint)+1 && strings.HasPrefix(kind, oidXPoint) {
			size, known := javaPoints[kind[len(oidXPoint)]]
			return !known || len(bits) == 1+size && parameters.Empty()
		}
		return true
	}
}

// javaRSABits reads the numbers as positive, and with superfluous zeros.
func javaRSABits(bits cryptobyte.String) bool {
	var numbers, n, e cryptobyte.String
	key := bits[1:]
	if bits[0] != 0 || !key.ReadASN1(&numbers, cbasn1.SEQUENCE) || !key.Empty() ||
		!numbers.ReadASN1(&n, cbasn1.INTEGER) || !numbers.ReadASN1(&e, cbasn1.INTEGER) || !numbers.Empty() {
		return false
	}
	return javaRSA(new(big.Int).SetBytes(n), new(big.Int).SetBytes(e))
}

// javaDH takes the parameters of PKCS#3 only: p, g and perhaps a length. Those
// of X9.42 have a third number that is no length.
func javaDH(parameters, bits cryptobyte.String) bool {
	var numbers, p, g, y cryptobyte.String
	var length int32
	key := bits[1:]
	return parameters.ReadASN1(&numbers, cbasn1.SEQUENCE) &&
		numbers.ReadASN1(&p, cbasn1.INTEGER) && numbers.ReadASN1(&g, cbasn1.INTEGER) &&
		(numbers.Empty() || numbers.ReadASN1Integer(&length)) && numbers.Empty() &&
		key.ReadASN1(&y, cbasn1.INTEGER) && key.Empty()
}

// javaCurves are the named curves that CurveDB lists, by the encoding of all
// but the last number: SEC 2, ANSI X9.62 (prime and binary) and Brainpool.
//
// Source: AlgorithmParameters "EC" of OpenJDK 17.0.15, asked for every number.
var javaCurves = map[string][]byte{
	"\x2b\x81\x04\x00":                 {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39},
	"\x2a\x86\x48\xce\x3d\x03\x01":     {1, 2, 3, 4, 5, 6, 7},
	"\x2a\x86\x48\xce\x3d\x03\x00":     {5, 6, 7, 11, 12, 13, 18, 20},
	"\x2b\x24\x03\x03\x02\x08\x01\x01": {1, 3, 5, 7, 9, 11, 13},
}

func javaCurve(oid string) bool {
	return oid != "" && slices.Contains(javaCurves[oid[:len(oid)-1]], oid[len(oid)-1])
}
