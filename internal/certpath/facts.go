package certpath

import (
	"bytes"
	"crypto/x509"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// certificate is a certificate with what validators derive from its encoding.
// The embedded one serves for messages, and for Go's own verification.
type certificate struct {
	*x509.Certificate
	encoding

	memory     *Verifier // nil remembers nothing
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
	cert.selfIssued = sameName(cert.issuerName, cert.issuer, cert.subjectName, cert.subject)
	cert.key = readKey(cert.encoding.key, c.PublicKey)
	cert.algorithm = readAlgorithm(cert.inner)
	cert.readExtensions()
	return cert
}

// facts are what the extensions say.
type facts struct {
	usage       int16 // bits of keyUsage as RFC 5280 numbers them, the first the lowest; -1 is no extension
	purposes    []string
	hasPurposes bool
	constraints basicConstraints
	netscape    int16 // first octet of Netscape's certificate type; -1 is no extension
	keyID       []byte
	hasKeyID    bool
	akid        authorityKeyID
	altNames    []generalName
	limits      *nameConstraints
	invalid     bool // OpenSSL's EXFLAG_INVALID: an extension that it uses is broken, or there twice
}

func (c *certificate) readExtensions() {
	c.facts = facts{usage: -1, netscape: -1, constraints: basicConstraints{length: -1}}
	seen := map[string]bool{}
	for _, e := range c.extensions {
		if seen[e.id] {
			c.invalid = c.invalid || slices.Contains(opensslDecodes, e.id)
			continue
		}
		seen[e.id] = true
		if !c.read(e) {
			c.invalid = true
		}
	}
}

// legacy is the certificate as OpenSSL 1.1.1 sees it: an extension that is
// broken, or there twice, is not there.
func (c *certificate) legacy() *certificate {
	if !c.invalid {
		return c
	}
	count := map[string]int{}
	for _, e := range c.extensions {
		count[e.id]++
	}
	probe := *c
	old := *c
	old.extensions = slices.DeleteFunc(slices.Clone(c.extensions), func(e extension) bool {
		if e.critical && !slices.Contains(opensslKnows, e.id) {
			return false
		}
		if e.id == extBasicConstraints && c.constraints.length == negative && count[e.id] == 1 {
			return false
		}
		return slices.Contains(opensslDecodes, e.id) && (count[e.id] > 1 || (!probe.read(e) && (e.id != extKeyUsage || probe.usage < 0) && e.id != extProxy))
	})
	old.readExtensions()
	return &old
}

// opensslDecodes are the extensions that OpenSSL decodes in every certificate
// that it verifies: one that cannot be decoded, or is there twice, makes the
// certificate invalid.
//
// Source: OpenSSL 3.0 and 3.5, crypto/x509/v3_purp.c,
// ossl_x509v3_cache_extensions.
var opensslDecodes = []string{
	extBasicConstraints, extProxy, extKeyUsage, extExtKeyUsage, extNetscapeType, extSubjectKeyID, extAuthorityKeyID,
	extSubjectAltName, extNameConstraints, extCRLPoints, extAddressBlocks, extSystemNumbers,
}

// read takes what an extension says, and reports false for one that OpenSSL
// finds broken.
func (c *certificate) read(e extension) bool {
	switch e.id {
	case extBasicConstraints:
		return c.readBasicConstraints(e.value)
	case extKeyUsage:
		bits, ok := bitString(e.value)
		if !ok {
			return false
		}
		c.usage = bits
		return bits != 0
	case extExtKeyUsage:
		return c.readPurposes(e.value)
	case extNetscapeType:
		bits, ok := bitString(e.value)
		if ok {
			c.netscape = bits
		}
		return ok
	case extSubjectKeyID:
		c.hasKeyID = (*cryptobyte.String)(&e.value).ReadASN1((*cryptobyte.String)(&c.keyID), cbasn1.OCTET_STRING)
		return c.hasKeyID
	case extAuthorityKeyID:
		return c.readAuthorityKeyID(e.value)
	case extSubjectAltName:
		list, ok := sequence(e.value)
		if ok {
			c.altNames, ok = generalNames(list)
		}
		return ok && !slices.ContainsFunc(c.altNames, func(n generalName) bool { return !n.wellFormed() })
	case extNameConstraints:
		var ok bool
		c.limits, ok = readNameConstraints(e.value)
		return ok && c.limits.wellFormed()
	case extCRLPoints:
		return wellFormedPoints(e.value)
	case extProxy:
		return alone(e.value, cbasn1.SEQUENCE) && !c.constraints.ca && !c.has(extSubjectAltName) && !c.has(extIssuerAltName)
	case extAddressBlocks, extSystemNumbers:
		_, ok := sequence(e.value)
		return ok
	}
	return true
}

func (c *nameConstraints) wellFormed() bool {
	return !slices.ContainsFunc(slices.Concat(c.permitted, c.excluded), func(t subtree) bool { return !t.wellFormed() })
}

// bitString reads the first nine bits of a BIT STRING, unused ones as zeros.
func bitString(value []byte) (bits int16, ok bool) {
	input := cryptobyte.String(value)
	var contents cryptobyte.String
	if !input.ReadASN1(&contents, cbasn1.BIT_STRING) || len(contents) == 0 || contents[0] > 7 || (len(contents) == 1 && contents[0] > 0) {
		return 0, false
	}
	octets := bytes.Clone(contents[1:])
	if len(octets) > 0 {
		octets[len(octets)-1] &^= 1<<contents[0] - 1
	}
	for i := range 9 {
		if i/8 < len(octets) && octets[i/8]&(0x80>>(i%8)) != 0 {
			bits |= 1 << i
		}
	}
	return bits, true
}

// readBasicConstraints takes what it can of the extension, as Java does, and
// reports whether all of it is as it should be.
func (c *certificate) readBasicConstraints(value []byte) bool {
	list, ok := sequence(value)
	c.constraints.present, c.constraints.broken = ok, true
	var flag, number cryptobyte.String
	var hasFlag, hasNumber bool
	if !ok || !list.ReadOptionalASN1(&flag, &hasFlag, cbasn1.BOOLEAN) || (hasFlag && len(flag) != 1) {
		return false
	}
	c.constraints.ca = hasFlag && flag[0] != 0
	if !list.ReadOptionalASN1(&number, &hasNumber, cbasn1.INTEGER) || (hasNumber && len(number) == 0) {
		return false
	}
	if hasNumber {
		switch length := signedInteger(number); {
		case length.Sign() < 0:
			c.constraints.length = negative
		case length.IsInt64() && length.Int64() < endless:
			c.constraints.length = int(length.Int64())
		case length.IsInt64():
			c.constraints.length = endless
		default:
			c.constraints.length = beyond
		}
	}
	c.constraints.broken = !list.Empty() || padded(number) || c.constraints.length == negative
	return !c.constraints.broken
}

const (
	endless  = 1 << 30 // a path length that no path reaches
	beyond   = endless + 1
	negative = -2 // a path length below zero
)

// padded reports an INTEGER with a needless octet in front.
func padded(number []byte) bool {
	return len(number) > 1 && ((number[0] == 0 && number[1] < 0x80) || (number[0] == 0xff && number[1] >= 0x80))
}

func (c *certificate) readPurposes(value []byte) bool {
	list, ok := sequence(value)
	if !ok {
		return false
	}
	for !list.Empty() {
		var oid cryptobyte.String
		if !list.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) {
			c.purposes = nil
			return false
		}
		c.purposes = append(c.purposes, identifier(oid))
	}
	c.hasPurposes = true
	return true
}

func (c *certificate) readAuthorityKeyID(value []byte) bool {
	list, ok := sequence(value)
	if !ok {
		return false
	}
	var issuer cryptobyte.String
	var hasIssuer, hasSerial bool
	id := authorityKeyID{present: true}
	if !list.ReadOptionalASN1((*cryptobyte.String)(&id.keyID), &id.hasID, cbasn1.Tag(0).ContextSpecific()) ||
		!list.ReadOptionalASN1(&issuer, &hasIssuer, cbasn1.Tag(1).ContextSpecific().Constructed()) ||
		!list.ReadOptionalASN1((*cryptobyte.String)(&id.serial), &hasSerial, cbasn1.Tag(2).ContextSpecific()) || !list.Empty() {
		return false
	}
	issuers, ok := generalNames(issuer)
	for _, name := range issuers {
		if name.tag == tagDirectoryName && name.class == 2 {
			id.issuer = name.contents
			break
		}
	}
	c.akid = id
	return ok
}

// wellFormedPoints checks cRLDistributionPoints as OpenSSL does: each names
// something.
func wellFormedPoints(value []byte) bool {
	list, ok := sequence(value)
	for ok && !list.Empty() {
		var point cryptobyte.String
		if !list.ReadASN1(&point, cbasn1.SEQUENCE) || point.Empty() {
			return false
		}
		name, issuer := cbasn1.Tag(0).ContextSpecific().Constructed(), cbasn1.Tag(2).ContextSpecific().Constructed()
		named := point.PeekASN1Tag(name)
		if !point.SkipOptionalASN1(name) || !point.SkipOptionalASN1(cbasn1.Tag(1).ContextSpecific()) {
			return false
		}
		named = named || point.PeekASN1Tag(issuer)
		if !point.SkipOptionalASN1(issuer) || !point.Empty() || !named {
			return false
		}
	}
	return ok
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
	if c.names.subject == "" {
		c.names.subject = canonicalName(c.subject)
	}
	return c.names.subject
}

func (c *certificate) issuerName() string {
	if c.names.issuer == "" {
		c.names.issuer = canonicalName(c.issuer)
	}
	return c.names.issuer
}

func (c *certificate) javaSubject() string {
	if c.names.javaSubject == "" {
		c.names.javaSubject = canonicalJava(c.subject)
	}
	return c.names.javaSubject
}

func (c *certificate) javaIssuer() string {
	if c.names.javaIssuer == "" {
		c.names.javaIssuer = canonicalJava(c.issuer)
	}
	return c.names.javaIssuer
}

// named reports whether issuer's subject is the name in c's issuer field.
func (c *certificate) named(issuer *certificate) bool {
	return sameName(c.issuerName, c.issuer, issuer.subjectName, issuer.subject)
}

func (c *certificate) sameAs(other *certificate) bool {
	return bytes.Equal(c.Raw, other.Raw)
}

// number is the version as people count it, 1 to 3; others are what they are.
func (c *certificate) number() int {
	if c.version == nil {
		return 1
	}
	v := signedInteger(c.version)
	if !v.IsInt64() || v.Int64() > 1000 || v.Int64() < -1000 {
		return -1
	}
	return int(v.Int64()) + 1
}

// mayUse reports whether the keyUsage extension allows one of the usages; a
// certificate without the extension allows all.
func (c *certificate) mayUse(usage int16) bool {
	return c.usage < 0 || c.usage&usage != 0
}

// isCA reports basicConstraints with cA set.
func (c *certificate) isCA() bool { return c.constraints.present && c.constraints.ca }

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
	if !id.present {
		return true
	}
	if id.hasID && issuer.hasKeyID && !bytes.Equal(id.keyID, issuer.keyID) {
		return false
	}
	if id.serial != nil && signedInteger(id.serial).Cmp(signedInteger(issuer.serial)) != 0 {
		return false
	}
	if id.issuer != nil && c.names.authority == "" {
		c.names.authority = canonicalName(id.issuer)
	}
	return id.issuer == nil || c.names.authority == issuer.issuerName()
}
