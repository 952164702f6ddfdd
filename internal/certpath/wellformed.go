package certpath

import (
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// What OpenSSL decodes of the extensions that it looks into: an element that it
// cannot decode makes the certificate invalid.
//
// Source: OpenSSL 3.0.20, crypto/x509/v3_genn.c, v3_crld.c, v3_akey.c, v3_ncons.c.

func wellFormedNames(names []generalName) bool {
	return !slices.ContainsFunc(names, func(n generalName) bool { return !n.wellFormed() })
}

func (c *nameConstraints) wellFormed() bool {
	return !slices.ContainsFunc(slices.Concat(c.permitted, c.excluded), func(t subtree) bool { return !t.wellFormed() })
}

// wellFormed reports whether OpenSSL can decode the name.
func (n generalName) wellFormed() bool {
	contents := cryptobyte.String(n.contents)
	if n.class != 2 {
		return false
	}
	switch n.tag {
	case tagOtherName:
		var oid cryptobyte.String
		return contents.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) && asn.WellFormedIdentifier(oid) && explicitly(&contents, 0) && contents.Empty()
	case tagDirectoryName:
		return n.whole && wellFormedName(n.contents)
	case tagParty:
		return n.whole && (contents.PeekASN1Tag(explicitTag(1)) || explicitly(&contents, 0)) && explicitly(&contents, 1) && contents.Empty()
	case tagX400:
		return n.whole
	case tagRegisteredID:
		return asn.WellFormedIdentifier(n.contents)
	case tagMail, tagDNSName, tagURI, tagIPAddress:
		return true
	default:
		return false
	}
}

func wellFormedName(der []byte) bool {
	name, ok := asn.ReadName(der)
	return ok && name.ReadableByOpenSSL()
}

func explicitTag(number cbasn1.Tag) cbasn1.Tag { return number.ContextSpecific().Constructed() }

// explicitly reads an explicit tag with one element in it.
func explicitly(from *cryptobyte.String, number cbasn1.Tag) bool {
	var inner, element cryptobyte.String
	var tag cbasn1.Tag
	return from.ReadASN1(&inner, explicitTag(number)) && inner.ReadAnyASN1(&element, &tag) && inner.Empty()
}

// wellFormedInteger reports contents of an INTEGER without a needless octet.
func wellFormedInteger(contents []byte) bool { return len(contents) > 0 && !asn.Padded(contents) }

// wellFormedPoints checks cRLDistributionPoints: each names something.
func wellFormedPoints(value []byte) bool {
	list, ok := sequence(value)
	for ok && !list.Empty() {
		var point cryptobyte.String
		ok = list.ReadASN1(&point, cbasn1.SEQUENCE) && wellFormedPoint(point)
	}
	return ok
}

func wellFormedPoint(point cryptobyte.String) bool {
	var name, reasons, issuer cryptobyte.String
	var named, limited, hasIssuer bool
	if !point.ReadOptionalASN1(&name, &named, explicitTag(0)) || (named && !wellFormedPointName(name)) ||
		!point.ReadOptionalASN1(&reasons, &limited, cbasn1.Tag(1).ContextSpecific()) || (limited && !asn.WellFormedBits(reasons)) ||
		!point.ReadOptionalASN1(&issuer, &hasIssuer, explicitTag(2)) || !point.Empty() {
		return false
	}
	names, ok := generalNames(issuer)
	return ok && wellFormedNames(names) && (named || hasIssuer)
}

// wellFormedPointName checks a DistributionPointName: full, or relative to the
// name of the CRL's issuer.
func wellFormedPointName(name cryptobyte.String) bool {
	var full, relative cryptobyte.String
	if name.PeekASN1Tag(explicitTag(0)) {
		whole := name.ReadASN1(&full, explicitTag(0)) && name.Empty()
		names, ok := generalNames(full)
		return whole && ok && wellFormedNames(names)
	}
	if !name.ReadASN1(&relative, explicitTag(1)) || !name.Empty() {
		return false
	}
	var whole cryptobyte.Builder
	whole.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(relative) })
	})
	return wellFormedName(whole.BytesOrPanic())
}
