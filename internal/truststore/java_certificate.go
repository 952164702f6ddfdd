package truststore

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// oidSAN is the extension with a subject's other names.
var oidSAN = asn1.ObjectIdentifier{2, 5, 29, 17}

// javaCertificate accepts what X509CertImpl does: one certificate with
// nothing after it, with a key that its provider can decode if it knows the
// algorithm.
//
// Source: OpenJDK 17, sun/security/x509/X509CertImpl.java and X509Key.java,
// sun/security/rsa/RSAPublicKeyImpl.java; observed with 17.0.15.
func (d *decoder) javaCertificate(der []byte) (parsed, bool) {
	element, rest, _ := firstElement(der) // what is none is refused next
	loose, ok := parseLoosely(element, javaShape)
	if !ok || len(rest) > 0 || !javaTakes(loose) {
		return parsed{}, false
	}
	if certificate := d.certificate(element); certificate != nil {
		return parsed{certificate: certificate}, true
	}
	return parsed{certificate: loose, odd: true}, true
}

// javaTakes checks what Java demands beyond the bare form.
func javaTakes(certificate *x509.Certificate) bool {
	return javaKey(certificate.RawSubjectPublicKeyInfo) && javaExtensions(certificate.Extensions) &&
		!emptyName(certificate.RawIssuer) && (!emptyName(certificate.RawSubject) || criticalSAN(certificate))
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
		if extension.Critical && len(extension.Id) == 4 && extension.Id[:3].Equal(oidSAN[:3]) && !javaExtension(extension.Id[3], extension.Value) {
			return false
		}
	}
	return true
}

// javaExtension checks the contents of an extension by the last number of its
// identifier.
func javaExtension(number int, value cryptobyte.String) bool {
	const keyUsage, subjectNames, issuerNames, constraints, crlNumber, purposes, anyPolicy = 15, 17, 18, 19, 20, 37, 54
	var contents cryptobyte.String
	var tag cbasn1.Tag
	whole := value.ReadAnyASN1(&contents, &tag) && value.Empty()
	switch number {
	case keyUsage:
		return whole && tag == cbasn1.BIT_STRING && asn.WellFormedBits(contents)
	case subjectNames, issuerNames:
		return whole && tag == cbasn1.SEQUENCE && javaNames(contents)
	case constraints:
		return whole && tag == cbasn1.SEQUENCE && javaConstraints(contents)
	case purposes:
		var purpose cryptobyte.String
		for whole = whole && tag == cbasn1.SEQUENCE; whole && !contents.Empty(); {
			whole = asn.ReadIdentifier(&contents, &purpose)
		}
		return whole
	case crlNumber, anyPolicy:
		return whole && tag == cbasn1.INTEGER && len(contents) > 0
	case 16, 28, 30, 31, 32, 33, 35, 36, 46: // the other lists of OIDMap
		return whole && tag == cbasn1.SEQUENCE
	}
	return true
}

// javaNames checks that names have the tags of names.
func javaNames(names cryptobyte.String) bool {
	const class, contextSpecific = 0xc0, 0x80
	some := !names.Empty()
	for !names.Empty() {
		var name cryptobyte.String
		var tag cbasn1.Tag
		if !names.ReadAnyASN1(&name, &tag) || tag&class != contextSpecific {
			return false
		}
	}
	return some
}

// javaConstraints checks basic constraints: a limit must follow the first
// element, if that is a BOOLEAN and not the last. Java looks no further.
func javaConstraints(constraints cryptobyte.String) bool {
	var first, limit cryptobyte.String
	var tag cbasn1.Tag
	if constraints.Empty() {
		return true
	}
	if !constraints.ReadAnyASN1(&first, &tag) {
		return false
	}
	if tag != cbasn1.BOOLEAN {
		return true
	}
	return len(first) == 1 &&
		(constraints.Empty() || constraints.ReadASN1(&limit, cbasn1.INTEGER) && len(limit) > 0 && len(limit) <= 4)
}

// emptyName reports whether a Name has no attribute.
func emptyName(raw []byte) bool {
	name, _ := asn.ReadName(raw)
	return len(slices.Concat(name...)) == 0
}

func criticalSAN(certificate *x509.Certificate) bool {
	for _, extension := range certificate.Extensions {
		if extension.Id.Equal(oidSAN) {
			return extension.Critical
		}
	}
	return false
}
