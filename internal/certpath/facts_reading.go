package certpath

import (
	"bytes"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// facts are what the extensions say.
type facts struct {
	usage       int16 // bits of keyUsage as RFC 5280 numbers them, the first the lowest; -1 is no extension
	purposes    []string
	hasPurposes bool
	constraints basicConstraints
	proxy       bool  // proxyCertInfo that OpenSSL can decode
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
		return slices.Contains(opensslDecodes, e.id) && (count[e.id] > 1 || (!probe.read(e) && (e.id != extKeyUsage || probe.usage < 0) && (e.id != extProxy || !probe.proxy)))
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
		return ok && wellFormedNames(c.altNames)
	case extNameConstraints:
		var ok bool
		c.limits, ok = readNameConstraints(e.value)
		return ok && c.limits.wellFormed()
	case extCRLPoints:
		return wellFormedPoints(e.value)
	case extProxy:
		c.proxy = alone(e.value, cbasn1.SEQUENCE)
		return c.proxy && !c.constraints.ca && !c.has(extSubjectAltName) && !c.has(extIssuerAltName)
	case extAddressBlocks, extSystemNumbers:
		_, ok := sequence(e.value)
		return ok
	}
	return true
}

// bitString reads the first nine bits of a BIT STRING, unused ones as zeros.
func bitString(value []byte) (bits int16, ok bool) {
	input := cryptobyte.String(value)
	var contents cryptobyte.String
	if !input.ReadASN1(&contents, cbasn1.BIT_STRING) || !asn.WellFormedBits(contents) {
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
	if !list.ReadOptionalASN1(&number, &hasNumber, cbasn1.INTEGER) || (hasNumber && len(number) == 0) || (!hasNumber && !list.Empty()) {
		return false
	}
	c.constraints.whole = true
	if hasNumber {
		switch length := asn.Integer(number); {
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
	c.constraints.broken = !list.Empty() || asn.Padded(number) || c.constraints.length == negative
	return !c.constraints.broken
}

const (
	endless  = 1 << 30 // a path length that no path reaches
	beyond   = endless + 1
	negative = -2 // a path length below zero
)

func (c *certificate) readPurposes(value []byte) bool {
	list, ok := sequence(value)
	if !ok {
		return false
	}
	for !list.Empty() {
		var oid cryptobyte.String
		if !list.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) || !asn.WellFormedIdentifier(oid) {
			c.purposes = nil
			return false
		}
		c.purposes = append(c.purposes, asn.Identifier(oid))
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
		if name.tag == tagDirectoryName {
			id.issuer = name.contents
			break
		}
	}
	c.akid = id
	return ok && wellFormedNames(issuers) && (!hasSerial || wellFormedInteger(id.serial))
}
