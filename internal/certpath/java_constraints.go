package certpath

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// javaRelation is how a name stands to a constraint of the same type.
type javaRelation uint8

const (
	javaOtherType javaRelation = iota
	javaWithin                 // the same, or below it
	javaOutside
	javaThrows // an exception, with which the handshake ends
)

const javaRefusesName = "name constraints check failed"

// namesAllowed holds the names of a certificate against the constraints of the
// issuers above it. It returns Java's message, or nothing where they allow it.
func (s *javaState) namesAllowed(c *certificate, older bool) string {
	for _, issuer := range s.constraints {
		if limits := issuer.javaLimits(older); limits != nil {
			if message := javaConstrain(limits, c, older); message != "" {
				return message
			}
		}
	}
	return ""
}

// mergesNetworks reports permitted addresses in a certificate and in one above
// it. Java intersects them, and where they have nothing in common it ends with
// a NullPointerException, depending on what else it looks at.
//
// Source: OpenJDK 17, sun.security.x509.GeneralSubtrees, intersect and
// createWidestSubtree; found in mixtures.
func (s *javaState) mergesNetworks(c *certificate, older bool) bool {
	permits := func(of *certificate) bool {
		limits := of.javaLimits(older)
		return limits != nil && slices.ContainsFunc(limits.permitted, func(t subtree) bool { return t.tag == tagIPAddress })
	}
	return permits(c) && slices.ContainsFunc(s.constraints, permits)
}

// javaConstrain holds a certificate's names against one issuer's constraints,
// as NameConstraintsExtension.verify does, and returns Java's message or
// nothing.
//
// Source: OpenJDK 17, sun.security.x509.NameConstraintsExtension, and the
// method constrains of each kind of name.
func javaConstrain(limits *nameConstraints, c *certificate, older bool) string {
	if !c.spend(c.comparisonWork(limits)) {
		return javaRefusesName
	}
	for _, tree := range slices.Concat(limits.permitted, limits.excluded) {
		if tree.minimum || tree.maximum {
			return javaRefusesMinMax(tree)
		}
	}
	for _, name := range javaNames(c, older) {
		if message := javaConstrainName(limits, name, older); message != "" {
			return message
		}
	}
	return ""
}

func javaRefusesMinMax(t subtree) string {
	if t.minimum {
		return "java.io.IOException: Non-zero minimum BaseDistance in name constraints not supported"
	}
	return "java.io.IOException: Maximum BaseDistance in name constraints not supported"
}

// javaNames are the subject, the alternative names, mailboxes of the subject
// where there are no alternative names at all, and the last common name where
// there is no name of its kind: an address or a DNS name.
func javaNames(c *certificate, older bool) []generalName {
	var names []generalName
	subject := attributes(c.subject)
	if len(subject) > 0 {
		names = append(names, generalName{tag: tagDirectoryName, class: 2, contents: c.subject})
	}
	alternative := c.altNames
	if !javaDecodes(extension{id: extSubjectAltName, value: c.value(extSubjectAltName)}, c, older) {
		alternative = nil
		for _, a := range subject {
			if a.OID == asn.Mail {
				alternative = append(alternative, generalName{tag: tagMail, class: 2, contents: a.Value})
			}
		}
	}
	for _, a := range slices.Backward(subject) {
		if a.OID != asn.CommonName {
			continue
		}
		text, isText := a.Text()
		if !isText {
			break
		}
		name := generalName{tag: tagDNSName, class: 2, contents: []byte(text)}
		if address, err := netip.ParseAddr(text); err == nil {
			name = generalName{tag: tagIPAddress, class: 2, contents: address.AsSlice()}
		} else if !javaDNSText(text) {
			break
		}
		if !slices.ContainsFunc(alternative, func(n generalName) bool { return n.tag == name.tag }) {
			alternative = append(slices.Clip(alternative), name)
		}
		break
	}
	return append(names, alternative...)
}

func javaConstrainName(limits *nameConstraints, name generalName, older bool) string {
	for _, tree := range limits.excluded {
		switch javaConstrains(tree.generalName, name, older) {
		case javaWithin:
			return javaRefusesName
		case javaThrows:
			return javaException + javaUnexpected(name.tag, older)
		case javaOtherType, javaOutside:
		}
	}
	sameType := false
	for _, tree := range limits.permitted {
		switch javaConstrains(tree.generalName, name, older) {
		case javaWithin:
			return ""
		case javaThrows:
			return javaException + javaUnexpected(name.tag, older)
		case javaOutside:
			sameType = true
		case javaOtherType:
		}
	}
	if sameType {
		return javaRefusesName
	}
	return ""
}

// javaException marks the text of an exception that nobody expects, and that
// reaches the client as it is.
const javaException = "unexpected: "

// javaUnexpected is that text, by the type of the name.
func javaUnexpected(tag uint8, older bool) string {
	texts := map[uint8]string{
		tagOtherName: "Narrowing, widening, and matching are not supported for OtherName.", tagX400: "Narrowing, widening, and match are not supported for X400Address.",
		tagParty: "Narrowing, widening, and matching of names is not supported for EDIPartyName", tagRegisteredID: "Narrowing and widening are not supported for OIDNames",
		tagURI:       `Cannot invoke "String.equalsIgnoreCase(String)" because "otherHost" is null`,
		tagIPAddress: "Index 4 out of bounds for length 4", tagDNSName: "Index 0 out of bounds for length 0",
	}
	if tag == tagDNSName && older {
		return "String index out of range: 0"
	}
	return texts[tag]
}

// javaConstrains is GeneralNameInterface.constrains.
func javaConstrains(base, name generalName, older bool) javaRelation {
	if base.tag != name.tag {
		return javaOtherType
	}
	var within bool
	this, that := strings.ToLower(string(base.contents)), strings.ToLower(string(name.contents))
	switch base.tag {
	case tagDNSName:
		if this == "" {
			return javaThrows // an index out of range
		}
		within = javaBelow(this, that)
	case tagMail:
		within = this == that || javaMailBelow(this, that)
	case tagURI:
		return javaURI(this, string(name.contents))
	case tagIPAddress:
		if older && len(name.contents) == 4 && len(base.contents) == 32 {
			return javaThrows
		}
		within = bytes.Equal(base.contents, name.contents) || javaNetwork(name.contents, base.contents)
	case tagDirectoryName:
		within = withinName(name.contents, base.contents, javaText)
	case tagRegisteredID:
		if !bytes.Equal(base.contents, name.contents) {
			return javaThrows
		}
		within = true
	default:
		return javaThrows
	}
	if within {
		return javaWithin
	}
	return javaOutside
}

// javaNetwork compares an address with a network that has no bits below its
// mask.
func javaNetwork(address, network []byte) bool {
	half := len(network) / 2
	for i := range half {
		if network[i]&^network[half+i] != 0 {
			return false
		}
	}
	return withinNetwork(address, network)
}

// javaBelow is DNSName.constrains for names in lower case.
func javaBelow(base, name string) bool {
	if name == base {
		return true
	}
	if !strings.HasSuffix(name, base) {
		return false
	}
	return strings.HasPrefix(base, ".") || name[len(name)-len(base)-1] == '.'
}

// javaMailBelow is RFC822Name.constrains for names in lower case.
func javaMailBelow(base, name string) bool {
	if strings.Contains(base, "@") {
		return false
	}
	if strings.HasPrefix(base, ".") {
		return strings.HasSuffix(name, base)
	}
	return name[strings.LastIndexByte(name, '@')+1:] == base
}

// javaURI is URIName.constrains: hosts are compared, as names of the same
// level; a base with a dot in front stands for what is below it. A URI without
// a host that java.net.URI can read has none.
func javaURI(base, uri string) javaRelation {
	_, rest, _ := strings.Cut(uri, "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, ":")
	host = strings.ToLower(host)
	if host == "" || host[0] == '.' {
		return javaThrows
	}
	if base == host || (strings.HasPrefix(base, ".") && strings.HasSuffix(host, base)) {
		return javaWithin
	}
	return javaOutside
}

// javaDNSText reports a name that the constructor of DNSName takes.
func javaDNSText(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || strings.ContainsFunc(label, func(c rune) bool { return c != '-' && !isAlphanumeric(c) }) || !isAlphanumeric(rune(label[0])) {
			return false
		}
	}
	return true
}
