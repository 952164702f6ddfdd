package truststore

import (
	"math/big"
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
	if e.Cmp(big.NewInt(3)) < 0 || e.Cmp(n) >= 0 {
		return false
	}
	return bits >= shortest && bits <= longest && (bits <= restricted || e.BitLen() <= longestExponent)
}

// javaKey checks a key as Java decodes it.
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
		size := 0
		if parameters.ReadASN1(&curve, cbasn1.OBJECT_IDENTIFIER) {
			size = javaCurve(string(curve))
		}
		return size > 0 && len(bits) > 1 && bits[1] == 4 && (len(bits)-2)/2 == (size+7)/8
	case oidRSA:
		return bits[0] == 0 && javaRSABits(bits)
	case oidRSAPSS:
		return javaRSABits(bits) && (none(parameters) || javaPSS(parameters))
	case oidDSA:
		return javaDSA(parameters, bits)
	case oidDH, oidDHX942:
		return javaDH(parameters, bits)
	default:
		if len(kind) == len(oidXPoint)+1 && strings.HasPrefix(kind, oidXPoint) {
			size, known := javaPoints[kind[len(oidXPoint)]]
			return !known || len(bits) == 1+size && bits[0] == 0
		}
		return true
	}
}

// javaRSABits reads the numbers as positive, and with superfluous zeros.
func javaRSABits(bits cryptobyte.String) bool {
	var numbers, n, e cryptobyte.String
	key := bits[1:]
	if !key.ReadASN1(&numbers, cbasn1.SEQUENCE) || !key.Empty() ||
		!numbers.ReadASN1(&n, cbasn1.INTEGER) || !numbers.ReadASN1(&e, cbasn1.INTEGER) || !numbers.Empty() {
		return false
	}
	return javaRSA(new(big.Int).SetBytes(n), new(big.Int).SetBytes(e))
}

// none reports parameters that are not there, or NULL.
func none(parameters cryptobyte.String) bool {
	return parameters.Empty() || parameters.PeekASN1Tag(cbasn1.NULL)
}

// javaPSS takes the parameters of RFC 8017: a hash, the mask MGF1 with a hash, the
// length of a salt, and the number 1.
func javaPSS(parameters cryptobyte.String) bool {
	const hash, mask, salt, trailer = 0xa0, 0xa1, 0xa2, 0xa3
	const mgf1 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"
	var list, field, inner, oid cryptobyte.String
	var tag cbasn1.Tag
	var number int
	ok := parameters.ReadASN1(&list, cbasn1.SEQUENCE)
	for ok && !list.Empty() {
		if !list.ReadAnyASN1(&field, &tag) {
			return false
		}
		switch tag {
		case hash:
			ok = readAlgorithm(&field, &inner)
		case mask:
			ok = field.ReadASN1(&inner, cbasn1.SEQUENCE) && inner.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) && string(oid) == mgf1 && readAlgorithm(&inner, &oid) && inner.Empty()
		case salt:
			ok = skipNumber(&field)
		case trailer:
			ok = field.ReadASN1Integer(&number) && number == 1
		default:
			ok = false
		}
	}
	return ok
}

// javaDSA takes parameters of three numbers, or none.
func javaDSA(parameters, bits cryptobyte.String) bool {
	var numbers cryptobyte.String
	key := bits[1:]
	if !none(parameters) && (!parameters.ReadASN1(&numbers, cbasn1.SEQUENCE) ||
		!skipNumber(&numbers) || !skipNumber(&numbers) || !skipNumber(&numbers) || !numbers.Empty()) {
		return false
	}
	return skipNumber(&key)
}

// skipNumber passes over an INTEGER, which needs contents.
func skipNumber(input *cryptobyte.String) bool {
	var number cryptobyte.String
	return input.ReadASN1(&number, cbasn1.INTEGER) && len(number) > 0
}

// javaDH takes the parameters of PKCS#3 only: p, g and perhaps a length. Those
// of X9.42 have a third number that is no length.
func javaDH(parameters, bits cryptobyte.String) bool {
	var numbers cryptobyte.String
	var length int32
	key := bits[1:]
	return parameters.ReadASN1(&numbers, cbasn1.SEQUENCE) &&
		skipNumber(&numbers) && skipNumber(&numbers) &&
		(numbers.Empty() || numbers.ReadASN1Integer(&length)) && numbers.Empty() &&
		skipNumber(&key)
}

// javaCurves are the named curves that CurveDB lists, with the bits of their
// fields, by the encoding of all but the last number: SEC 2, ANSI X9.62 (prime
// and binary) and Brainpool.
//
// Source: AlgorithmParameters "EC" of OpenJDK 17.0.15, asked for every number.
var javaCurves = map[string]map[byte]int{
	"\x2b\x81\x04\x00": {
		1: 163, 2: 163, 3: 239, 4: 113, 5: 113, 6: 112, 7: 112, 8: 160, 9: 160, 10: 256, 15: 163, 16: 283, 17: 283,
		22: 131, 23: 131, 24: 193, 25: 193, 26: 233, 27: 233, 28: 128, 29: 128, 30: 160, 31: 192, 32: 224, 33: 224,
		34: 384, 35: 521, 36: 409, 37: 409, 38: 571, 39: 571,
	},
	"\x2a\x86\x48\xce\x3d\x03\x01":     {1: 192, 2: 192, 3: 192, 4: 239, 5: 239, 6: 239, 7: 256},
	"\x2a\x86\x48\xce\x3d\x03\x00":     {5: 191, 6: 191, 7: 191, 11: 239, 12: 239, 13: 239, 18: 359, 20: 431},
	"\x2b\x24\x03\x03\x02\x08\x01\x01": {1: 160, 3: 192, 5: 224, 7: 256, 9: 320, 11: 384, 13: 512},
}

// javaCurve returns the bits of a curve's field, zero for one that Java does not
// know.
func javaCurve(oid string) int {
	return javaCurves[oid[:len(oid)-1]][oid[len(oid)-1]]
}
