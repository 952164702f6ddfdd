package certpath

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func badDER(c *certificate) *webpkiFailure {
	return &webpkiFailure{MalformedCertificate, "BadEncoding", c, false}
}

// readsAnchor reports whether webpki can make an anchor of a certificate. One
// of version 1 is read with less care, and without extensions.
func (r *webpkiRun) readsAnchor(c *certificate) bool {
	if !c.readable || !c.strictOuter {
		return false
	}
	if c.version == nil {
		return !c.uniqueIDs && len(c.extensions) == 0
	}
	failure := r.readsAs(c, true)
	return failure == nil || (failure.reason == CriticalExtension && r.release > 102)
}

// reads decodes a certificate as webpki's Cert::from_der does.
func (r *webpkiRun) reads(c *certificate) *webpkiFailure { return r.readsAs(c, false) }

func (r *webpkiRun) readsAs(c *certificate, anchor bool) *webpkiFailure {
	switch {
	case !c.readable || !c.strictOuter:
		return badDER(c)
	case !bytes.Equal(c.version, []byte{2}):
		return &webpkiFailure{MalformedCertificate, "UnsupportedCertVersion", c, false}
	case (!anchor && !r.readsSerial(c)) || c.uniqueIDs || len(c.signature) == 0 || c.signature[0] != 0:
		return badDER(c)
	case !bytes.Equal(c.inner, c.outer):
		return &webpkiFailure{MalformedCertificate, "SignatureAlgorithmMismatch", c, false}
	}
	if (r.release == 22 && !c.listed) || (r.release < 103 && c.listed && len(c.extensions) == 0) {
		return badDER(c)
	}
	known := []string{extKeyUsage, extSubjectAltName, extBasicConstraints, extNameConstraints, extExtKeyUsage}
	if r.release > 101 {
		known = append(known, extCRLPoints)
	}
	seen := map[string]bool{}
	for _, e := range c.extensions {
		if !e.strict {
			return badDER(c)
		}
		timestamps := e.id == extTimestamps && r.release > 102
		if !slices.Contains(known, e.id) && !timestamps {
			if e.critical {
				return &webpkiFailure{CriticalExtension, "UnhandledCriticalExtension", c, false}
			}
			continue
		}
		if seen[e.id] && (e.id != extKeyUsage || r.release > 22) {
			return badDER(c)
		}
		seen[e.id] = true
		if tag := webpkiTag(e.id); tag != 0 && !alone(e.value, tag) {
			return badDER(c)
		}
	}
	return nil
}

// webpkiTag is the tag that an extension's value must have; 0 is any.
func webpkiTag(id string) cbasn1.Tag {
	switch id {
	case extKeyUsage:
		return 0
	case extTimestamps:
		return cbasn1.OCTET_STRING
	default:
		return cbasn1.SEQUENCE
	}
}

// readsSerial: 0.22 still demands a positive number of 20 octets at most.
func (r *webpkiRun) readsSerial(c *certificate) bool {
	if r.release > 22 {
		return true
	}
	const longest = 20
	serial := c.serial
	if len(serial) == 0 || serial[0] >= 0x80 || (len(serial) > 1 && serial[0] == 0 && serial[1] < 0x80) {
		return false
	}
	if serial[0] == 0 {
		serial = serial[1:]
	}
	return len(serial) > 0 && len(serial) <= longest
}

// checkAlone is check_issuer_independent_properties.
func (r *webpkiRun) checkAlone(c *certificate, leaf bool, issuers int) *webpkiFailure {
	from, ok := webpkiTime(c.validity[0])
	to, okToo := webpkiTime(c.validity[1])
	switch {
	case !ok || !okToo || c.extraTimes:
		return &webpkiFailure{MalformedCertificate, "BadEncoding", c, false}
	case from.After(to):
		return &webpkiFailure{MalformedCertificate, "InvalidCertValidity", c, false}
	case r.at.Before(from):
		return &webpkiFailure{CertificateNotYet, "NotValidYet", c, false}
	case r.at.After(to):
		return &webpkiFailure{CertificateExpired, "Expired", c, false}
	}
	ca, length, ok := webpkiConstraints(c)
	switch {
	case !ok:
		return badDER(c)
	case leaf && ca:
		return &webpkiFailure{WrongPurpose, "CaUsedAsEndEntity", c, false}
	case !leaf && !ca:
		return &webpkiFailure{NotACA, "EndEntityUsedAsCa", c, false}
	case !leaf && length >= 0 && issuers > length:
		return &webpkiFailure{PathTooLong, "PathLenConstraintViolated", c, false}
	}
	if !c.has(extExtKeyUsage) {
		return nil
	}
	switch {
	case !c.hasPurposes || len(c.purposes) == 0:
		return badDER(c)
	case !slices.Contains(c.purposes, purposeServer):
		return &webpkiFailure{WrongPurpose, "InvalidPurpose", c, false}
	}
	return nil
}

// webpkiTime reads a time: none before 1970.
func webpkiTime(m moment) (time.Time, bool) {
	t, ok := m.strict()
	return t, ok && t.Unix() >= 0
}

// webpkiConstraints reads basicConstraints: booleans of DER, and a path length
// of one octet.
func webpkiConstraints(c *certificate) (ca bool, length int, ok bool) {
	value := c.value(extBasicConstraints)
	if value == nil {
		return false, -1, true
	}
	list, _ := sequence(value)
	if list.PeekASN1Tag(cbasn1.BOOLEAN) && !list.ReadASN1Boolean(&ca) {
		return false, -1, false
	}
	if list.Empty() {
		return ca, -1, true
	}
	var number cryptobyte.String
	if !list.ReadASN1(&number, cbasn1.INTEGER) || !list.Empty() || len(number) == 0 || number[0] >= 0x80 || len(number) > 2 ||
		(len(number) == 2 && (number[0] != 0 || number[1] < 0x80)) {
		return false, -1, false
	}
	return ca, int(number[len(number)-1]), true
}

// webpkiAlgorithm reports a signature algorithm that rustls has with ring.
func webpkiAlgorithm(c, issuer *certificate) bool {
	const smallest, largest = 2041, 8192 // webpki counts octets
	kind := c.algorithm
	if issuer.key.surplus {
		return false
	}
	switch issuer.key.family {
	case familyRSA:
		key, ok := issuer.key.key.(*rsa.PublicKey)
		if !ok || key.N.BitLen() < smallest || key.N.BitLen() > largest {
			return false
		}
		return (kind.family == familyRSA && kind.null && modernDigest(kind.hash)) || kind.plainPSS()
	case familyECDSA:
		return (issuer.key.curve == curveP256 || issuer.key.curve == curveP384) && kind.family == familyECDSA && kind.bare &&
			(kind.hash == crypto.SHA256 || kind.hash == crypto.SHA384)
	case familyEd25519:
		_, ok := issuer.key.key.(ed25519.PublicKey)
		return ok && kind.family == familyEd25519
	default:
		return false
	}
}

// plainPSS reports PSS with a hash of today, the same in the mask, its length
// as the salt's, and no trailer written out.
func (s signatureKind) plainPSS() bool {
	return s.family == familyPSS && modernDigest(s.hash) && s.mask == s.hash && s.salt == s.hash.Size() && !s.trailer
}

// modernDigest reports SHA-256, SHA-384 or SHA-512.
func modernDigest(hash crypto.Hash) bool {
	return hash == crypto.SHA256 || hash == crypto.SHA384 || hash == crypto.SHA512
}
