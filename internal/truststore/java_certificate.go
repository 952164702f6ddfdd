package truststore

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The extensions that Java looks at.
var (
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
		if !withoutSurplus(der, javaShape) {
			return parsed{}, false
		}
		if certificate.PublicKey == nil && !javaKey(certificate.RawSubjectPublicKeyInfo) {
			return parsed{}, false // Go does not know the algorithm, Java may
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
		if extension.Id.Equal(oidKeyUsage) && (tag != cbasn1.BIT_STRING || !WellFormedBits(inner)) {
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
