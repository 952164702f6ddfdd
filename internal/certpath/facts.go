package certpath

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
)

// certificate is a certificate with what validators derive from it.
type certificate struct {
	*x509.Certificate

	trusted    bool // it comes from the store
	trust      Trust
	selfIssued bool // subject and issuer are the same name
	akid       authorityKeyID
	hasUsage   bool // a keyUsage extension is there
	names      *names
}

// names are compared in the form of RFC 5280, and made when first needed.
type names struct{ subject, issuer string }

// authorityKeyID is the authorityKeyIdentifier extension. The zero value is a
// certificate without it.
type authorityKeyID struct {
	present bool
	keyID   []byte
	issuer  []byte // the first directoryName, DER; nil where there is none
	serial  *big.Int
}

var (
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidSubjectKeyID     = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidSubjectAltName   = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidAuthorityKeyID   = asn1.ObjectIdentifier{2, 5, 29, 35}
)

// describe derives a certificate's facts.
func describe(c *x509.Certificate, trusted bool) *certificate {
	cert := &certificate{Certificate: c, trusted: trusted, names: &names{}}
	cert.selfIssued = sameName(cert.issuerName, c.RawIssuer, cert.subjectName, c.RawSubject)
	for _, extension := range c.Extensions {
		switch {
		case extension.Id.Equal(oidKeyUsage):
			cert.hasUsage = true
		case extension.Id.Equal(oidAuthorityKeyID):
			cert.akid = parseAuthorityKeyID(extension.Value)
		}
	}
	return cert
}

func describeAll(certs []*x509.Certificate) []*certificate {
	described := make([]*certificate, 0, len(certs))
	for _, c := range certs {
		if c != nil {
			described = append(described, describe(c, false))
		}
	}
	return described
}

func (c *certificate) subjectName() string {
	if c.names.subject == "" {
		c.names.subject = canonicalName(c.RawSubject)
	}
	return c.names.subject
}

func (c *certificate) issuerName() string {
	if c.names.issuer == "" {
		c.names.issuer = canonicalName(c.RawIssuer)
	}
	return c.names.issuer
}

// named reports whether issuer's subject is the name in c's issuer field.
func (c *certificate) named(issuer *certificate) bool {
	return sameName(c.issuerName, c.RawIssuer, issuer.subjectName, issuer.RawSubject)
}

func (c *certificate) sameAs(other *certificate) bool {
	return bytes.Equal(c.Raw, other.Raw)
}

// mayUse reports whether the keyUsage extension allows one of the usages; a
// certificate without the extension allows all.
func (c *certificate) mayUse(usage x509.KeyUsage) bool {
	return !c.hasUsage || c.KeyUsage&usage != 0
}

// isCA reports basicConstraints with cA set.
func (c *certificate) isCA() bool { return c.BasicConstraintsValid && c.IsCA }

// pathLen is the pathLenConstraint, or -1 for none.
func (c *certificate) pathLen() int {
	if !c.BasicConstraintsValid || (c.MaxPathLen == 0 && !c.MaxPathLenZero) {
		return -1
	}
	return c.MaxPathLen
}

// critical reports whether an extension is there and marked critical.
func (c *certificate) critical(id asn1.ObjectIdentifier) bool {
	for _, extension := range c.Extensions {
		if extension.Id.Equal(id) {
			return extension.Critical
		}
	}
	return false
}

// has reports whether an extension is there.
func (c *certificate) has(id asn1.ObjectIdentifier) bool {
	for _, extension := range c.Extensions {
		if extension.Id.Equal(id) {
			return true
		}
	}
	return false
}

// identifies reports whether c's authorityKeyIdentifier, where it has one,
// can mean issuer.
//
// Source: OpenSSL X509_check_akid; Java's AdaptableX509CertSelector compares
// key identifier and serial number alike.
func (c *certificate) identifies(issuer *certificate) bool {
	id := c.akid
	if !id.present {
		return true
	}
	if len(id.keyID) > 0 && len(issuer.SubjectKeyId) > 0 && !bytes.Equal(id.keyID, issuer.SubjectKeyId) {
		return false
	}
	if id.serial != nil && id.serial.Cmp(issuer.SerialNumber) != 0 {
		return false
	}
	return id.issuer == nil || canonicalName(id.issuer) == issuer.issuerName()
}

// parseAuthorityKeyID reads the extension's value; what cannot be read is
// taken for absent, because the x509 package has checked it.
func parseAuthorityKeyID(der []byte) authorityKeyID {
	id := authorityKeyID{present: true}
	var sequence asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 {
		return id
	}
	for content := sequence.Bytes; len(content) > 0; {
		var field asn1.RawValue
		rest, err := asn1.Unmarshal(content, &field)
		if err != nil {
			return id
		}
		content = rest
		if field.Class != asn1.ClassContextSpecific {
			continue
		}
		switch field.Tag {
		case 0:
			id.keyID = field.Bytes
		case 1:
			id.issuer = firstDirectoryName(field.Bytes)
		case 2:
			id.serial = new(big.Int).SetBytes(field.Bytes)
		}
	}
	return id
}

// firstDirectoryName returns the DER of the first directoryName in a list of
// general names.
func firstDirectoryName(list []byte) []byte {
	const directoryName = 4
	for len(list) > 0 {
		var name asn1.RawValue
		rest, err := asn1.Unmarshal(list, &name)
		if err != nil {
			return nil
		}
		if name.Class == asn1.ClassContextSpecific && name.Tag == directoryName {
			return name.Bytes
		}
		list = rest
	}
	return nil
}
