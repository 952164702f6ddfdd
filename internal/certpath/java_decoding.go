package certpath

import (
	"bytes"
	"slices"
	"strings"
	"time"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// javaReadable reports whether Java can decode every critical extension that
// it knows: one that it cannot makes the certificate unreadable, while one that
// is not critical is passed over. Nor may its times be broken, or parameters of
// RSASSA-PSS.
//
// Source: OpenJDK 17, sun.security.x509.CertificateExtensions.parseExtension;
// judged by 17.0.15 and 25.
func (c *certificate) javaReadable(older bool) bool {
	for _, m := range c.validity {
		if _, ok := truststore.JavaTime(m.tag == cbasn1.GeneralizedTime, m.text); !ok {
			return false
		}
	}
	brokenPSS := c.algorithm.family == familyPSS && c.algorithm.hash == 0 && !c.algorithm.bare
	return !c.key.misfit && !brokenPSS && !slices.ContainsFunc(c.extensions, func(e extension) bool { return e.critical && !javaDecodes(e, c, older) })
}

// javaDecodes reports whether Java can decode an extension.
func javaDecodes(e extension, c *certificate, older bool) bool {
	switch e.id {
	case extKeyUsage, extNetscapeType:
		return alone(e.value, cbasn1.BIT_STRING)
	case extExtKeyUsage:
		return alone(e.value, cbasn1.SEQUENCE) && c.hasPurposes
	case extBasicConstraints:
		return alone(e.value, cbasn1.SEQUENCE) && c.constraints.whole && c.constraints.length < endless
	case extSubjectAltName, extIssuerAltName:
		list, ok := sequence(e.value)
		names, okToo := generalNames(list)
		return ok && okToo && alone(e.value, cbasn1.SEQUENCE) && len(names) > 0 && !slices.ContainsFunc(names, func(n generalName) bool {
			return !n.javaReads(older) || (n.tag == tagURI && !javaWholeURI(string(n.contents)))
		})
	case extNameConstraints:
		limits, ok := readNameConstraints(e.value)
		return ok && alone(e.value, cbasn1.SEQUENCE) && !slices.ContainsFunc(slices.Concat(limits.permitted, limits.excluded), func(t subtree) bool { return !t.javaReads(older) || !t.javaBase() })
	case extSubjectKeyID:
		return alone(e.value, cbasn1.OCTET_STRING)
	case extInhibitAnyPolicy:
		return alone(e.value, cbasn1.INTEGER)
	case extPolicies:
		return alone(e.value, cbasn1.SEQUENCE) && wellFormedPolicies(e.value)
	case extPolicyConstraints:
		require, inhibit := policyConstraints(e.value)
		return alone(e.value, cbasn1.SEQUENCE) && require != beyond && inhibit != beyond
	case extAuthorityKeyID:
		return c.akid.present
	case extCRLPoints:
		return wellFormedPoints(e.value) && alone(e.value, cbasn1.SEQUENCE)
	case extAuthorityAccess, extSubjectAccess, extPolicyMappings:
		return alone(e.value, cbasn1.SEQUENCE)
	default:
		return true
	}
}

// javaTimes are the dates of a certificate that Java can decode.
func (c *certificate) javaTimes() (from, to time.Time) {
	from, _ = truststore.JavaTime(c.validity[0].tag == cbasn1.GeneralizedTime, c.validity[0].text)
	to, _ = truststore.JavaTime(c.validity[1].tag == cbasn1.GeneralizedTime, c.validity[1].text)
	return from, to
}

// javaReads reports whether Java can decode a general name.
func (n generalName) javaReads(older bool) bool {
	if n.class != 2 {
		return false
	}
	text := string(n.contents)
	switch n.tag {
	case tagIPAddress:
		return len(text) == 4 || len(text) == 16 || len(text) == 8 || len(text) == 32
	case tagMail:
		return text != ""
	case tagDirectoryName:
		_, ok := asn.ReadName(n.contents)
		return ok
	case tagOtherName, tagRegisteredID:
		return n.wellFormed()
	case tagDNSName:
		return !bytes.HasPrefix(n.contents, []byte{byte(cbasn1.IA5String)})
	case tagParty:
		return older // 25 refuses it without a name of its own kind inside
	case tagX400, tagURI:
		return true
	default:
		return false
	}
}

// javaWholeURI reports a URI with a scheme, and with no host that Java cannot
// read.
func javaWholeURI(text string) bool {
	scheme, _, ok := strings.Cut(text, ":")
	return ok && scheme != "" && !strings.ContainsAny(text, "[ ")
}

// javaBase reports a base that Java takes: no mailbox without a host, and of a
// URI the host alone.
func (t subtree) javaBase() bool {
	text := string(t.contents)
	switch t.tag {
	case tagMail:
		return text != "@"
	case tagURI:
		return text != "" && !strings.ContainsAny(text, ":/[")
	default:
		return true
	}
}
