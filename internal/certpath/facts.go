package certpath

import (
	"bytes"
	"crypto/x509"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// certificate is a certificate with what validators derive from its encoding.
// The embedded one serves for messages, and for Go's own verification.
type certificate struct {
	*x509.Certificate
	encoding

	memory     *Verifier // of the verification; only what is judged has one
	readable   bool      // the encoding could be taken apart
	trusted    bool      // it comes from the store
	trust      Trust
	selfIssued bool // subject and issuer are the same name
	names      *names
	key        publicKey
	algorithm  signatureKind

	facts
}

// names are compared in the form of RFC 5280, and made when first needed.
type names struct {
	subject, issuer         string
	javaSubject, javaIssuer string
	authority               string // authorityKeyIdentifier's issuer
}

// basicConstraints is the extension. The zero value is a certificate without.
type basicConstraints struct {
	present, ca bool
	broken      bool // OpenSSL cannot decode it
	whole       bool // Java can
	length      int  // pathLenConstraint; -1 is none
}

// authorityKeyID is the authorityKeyIdentifier extension. The zero value is a
// certificate without it.
type authorityKeyID struct {
	present bool
	hasID   bool
	keyID   []byte
	issuer  []byte // the first directoryName, DER; nil where there is none
	serial  []byte // contents of the INTEGER; nil for none
}

// The bits of keyUsage.
const (
	usageSignature = 1 << iota
	_              // nonRepudiation
	usageEncipherment
	_ // dataEncipherment
	usageAgreement
	usageCertSign
	usageCRLSign
)

// describe derives a certificate's facts.
func describe(c *x509.Certificate, trusted bool) *certificate {
	cert := &certificate{Certificate: c, trusted: trusted, names: &names{}}
	if cert.encoding, cert.readable = decode(c.Raw); !cert.readable {
		return cert
	}
	cert.selfIssued = cert.named(cert)
	cert.key = readKey(cert.encoding.key, c.PublicKey)
	cert.algorithm = readAlgorithm(cert.inner)
	cert.readExtensions()
	return cert
}

func (v *Verifier) presented(certs []*x509.Certificate) []*certificate {
	described := make([]*certificate, 0, len(certs))
	for _, c := range certs {
		if c != nil {
			described = append(described, v.describe(c))
		}
	}
	return described
}

func (c *certificate) subjectName() string {
	return canonical(&c.names.subject, c.subject, asn.Attribute.Canonical)
}

func (c *certificate) issuerName() string {
	return canonical(&c.names.issuer, c.issuer, asn.Attribute.Canonical)
}

func (c *certificate) javaSubject() string {
	return canonical(&c.names.javaSubject, c.subject, javaText)
}

func (c *certificate) javaIssuer() string {
	return canonical(&c.names.javaIssuer, c.issuer, javaText)
}

// canonical makes the form of a name when it is first needed.
func canonical(made *string, der []byte, text readText) string {
	if *made == "" {
		*made = canonicalName(der, text)
	}
	return *made
}

// named reports whether issuer's subject is the name in c's issuer field: equal
// encodings are the same name, others are compared in canonical form.
func (c *certificate) named(issuer *certificate) bool {
	return bytes.Equal(c.issuer, issuer.subject) || c.issuerName() == issuer.subjectName()
}

func (c *certificate) sameAs(other *certificate) bool {
	return bytes.Equal(c.Raw, other.Raw)
}

// number is the version as people count it, 1 to 3; others are what they are.
func (c *certificate) number() int {
	const longest = 9 // bits; no client compares with a higher one
	v := asn.Integer(c.version)
	if v.BitLen() > longest {
		return -1
	}
	return int(v.Int64()) + 1
}

// mayUse reports whether the keyUsage extension allows one of the usages; a
// certificate without the extension allows all, as -1 has every bit.
func (c *certificate) mayUse(usage int16) bool {
	return c.usage&usage != 0
}

// isCA reports basicConstraints with cA set.
func (c *certificate) isCA() bool { return c.constraints.ca }

// pathLen is the pathLenConstraint, or -1 for none.
func (c *certificate) pathLen() int {
	switch c.constraints.length {
	case negative:
		return 0
	case beyond:
		return -1
	default:
		return c.constraints.length
	}
}

// critical reports whether an extension is there and marked critical.
func (c *certificate) critical(id string) bool {
	i := c.find(id)
	return i >= 0 && c.extensions[i].critical
}

// has reports whether an extension is there.
func (c *certificate) has(id string) bool { return c.find(id) >= 0 }

func (c *certificate) find(id string) int {
	return slices.IndexFunc(c.extensions, func(e extension) bool { return e.id == id })
}

// value returns an extension's value; nil where there is none.
func (c *certificate) value(id string) []byte {
	if i := c.find(id); i >= 0 {
		return c.extensions[i].value
	}
	return nil
}

// unknownCritical reports a critical extension that is none of the given ones.
func (c *certificate) unknownCritical(known ...string) bool {
	return slices.ContainsFunc(c.extensions, func(e extension) bool { return e.critical && !slices.Contains(known, e.id) })
}

// identifies reports whether c's authorityKeyIdentifier, where it has one,
// can mean issuer.
//
// Source: OpenSSL X509_check_akid.
func (c *certificate) identifies(issuer *certificate) bool {
	id := c.akid
	if id.hasID && issuer.hasKeyID && !bytes.Equal(id.keyID, issuer.keyID) {
		return false
	}
	if id.serial != nil && asn.Integer(id.serial).Cmp(asn.Integer(issuer.serial)) != 0 {
		return false
	}
	return id.issuer == nil || canonical(&c.names.authority, id.issuer, asn.Attribute.Canonical) == issuer.issuerName()
}
