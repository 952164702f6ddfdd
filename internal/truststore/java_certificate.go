package truststore

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The key algorithms whose keys Java decodes when it decodes a certificate.
var (
	oidRSA = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01}
	oidEC  = []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01}

	oidSAN      = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 15}
)

// javaCertificate accepts what X509CertImpl does: one certificate with
// nothing after it, of a known version, with a key that its provider can
// decode if it knows the algorithm.
//
// Source: OpenJDK 17, sun/security/x509/X509CertImpl.java and X509Key.java,
// sun/security/rsa/RSAPublicKeyImpl.java; observed with 17.0.15.
func (d *decoder) javaCertificate(der []byte) (parsed, bool) {
	if certificate := d.certificate(der); certificate != nil {
		if !wellFormedName(certificate.RawIssuer) || !wellFormedName(certificate.RawSubject) {
			return parsed{}, false // Go overlooks bytes after an attribute's value
		}
		if certificate.Version != 3 { // Go reads no extensions then
			loose, ok := parseLoosely(certificate.Raw, javaShape)
			return parsed{certificate: certificate}, ok && len(loose.Extensions) == 0 && javaTakes(certificate)
		}
		return parsed{certificate: certificate}, javaTakes(certificate)
	}
	input := cryptobyte.String(der)
	var element cryptobyte.String
	if !input.ReadASN1Element(&element, cbasn1.SEQUENCE) || !input.Empty() {
		return parsed{}, false
	}
	certificate, ok := parseLoosely(element, javaShape)
	if !ok || !javaKey(certificate.RawSubjectPublicKeyInfo) || !javaExtensions(certificate.Extensions) {
		return parsed{}, false
	}
	return parsed{certificate: certificate, odd: true}, javaTakes(certificate)
}

// javaTakes checks what Java demands beyond Go and beyond the bare form.
func javaTakes(certificate *x509.Certificate) bool {
	if certificate.Version > 3 || (certificate.Version < 3 && len(certificate.Extensions) > 0) {
		return false
	}
	if emptyName(certificate.RawIssuer) {
		return false
	}
	if emptyName(certificate.RawSubject) && !criticalSAN(certificate) {
		return false
	}
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok {
		return javaRSA(key.N, big.NewInt(int64(key.E)))
	}
	return true
}

// javaExtensions checks the critical extensions that Java decodes: one that it
// cannot is an error, one that is not critical is kept undecoded.
func javaExtensions(extensions []pkix.Extension) bool {
	seen := make(map[string]bool, len(extensions))
	for _, extension := range extensions {
		id := extension.Id.String()
		if seen[id] {
			return false
		}
		seen[id] = true
		if !extension.Critical || len(extension.Id) != 4 || !extension.Id[:3].Equal(oidSAN[:3]) {
			continue
		}
		value := cryptobyte.String(extension.Value)
		var inner cryptobyte.String
		var tag cbasn1.Tag
		if !value.ReadAnyASN1(&inner, &tag) || !value.Empty() {
			return false
		}
		if extension.Id.Equal(oidKeyUsage) && (tag != cbasn1.BIT_STRING || !wellFormedBits(inner)) {
			return false
		}
	}
	return true
}

// emptyName reports whether a Name is an empty sequence.
func emptyName(raw []byte) bool { return len(raw) == 2 }

func criticalSAN(certificate *x509.Certificate) bool {
	for _, extension := range certificate.Extensions {
		if extension.Id.Equal(oidSAN) {
			return extension.Critical
		}
	}
	return false
}

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

// javaKey checks a key that crypto/x509 did not decode. Algorithms that Java
// does not know are kept as they are.
func javaKey(spki cryptobyte.String) bool {
	var inner, algorithm, oid, bits, numbers cryptobyte.String
	if !spki.ReadASN1(&inner, cbasn1.SEQUENCE) || !inner.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!algorithm.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) || !inner.ReadASN1(&bits, cbasn1.BIT_STRING) {
		return false
	}
	if string(oid) == string(oidEC) {
		// Only named curves that Java knows, and uncompressed points.
		var curve cryptobyte.String
		return algorithm.ReadASN1(&curve, cbasn1.OBJECT_IDENTIFIER) && javaCurve(string(curve)) &&
			len(bits) > 1 && bits[1] == 4
	}
	if string(oid) != string(oidRSA) {
		return true
	}
	// Java reads the numbers as positive, and with superfluous zeros.
	var n, e cryptobyte.String
	key := bits[1:]
	if bits[0] != 0 || !key.ReadASN1(&numbers, cbasn1.SEQUENCE) || !key.Empty() ||
		!numbers.ReadASN1(&n, cbasn1.INTEGER) || !numbers.ReadASN1(&e, cbasn1.INTEGER) || !numbers.Empty() {
		return false
	}
	return javaRSA(new(big.Int).SetBytes(n), new(big.Int).SetBytes(e))
}

// javaCurve reports whether a curve is of a family that CurveDB lists: SEC 2,
// ANSI X9.62 or Brainpool.
func javaCurve(oid string) bool {
	return strings.HasPrefix(oid, "\x2b\x81\x04\x00") || strings.HasPrefix(oid, "\x2a\x86\x48\xce\x3d\x03") ||
		strings.HasPrefix(oid, "\x2b\x24\x03\x03\x02\x08\x01\x01")
}
