package certpath

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// checkNameConstraints holds each certificate's names, and the server
// certificate's common names where it has no DNS name, against the
// nameConstraints of all issuers above it, the anchor's included.
//
// Source: OpenSSL crypto/x509/x509_vfy.c, check_name_constraints, and
// v3_ncons.c.
func (r *opensslRun) checkNameConstraints() bool {
	for depth, c := range slices.Backward(r.chain) {
		if depth > 0 && c.selfIssued {
			continue
		}
		if c.proxy && r.stop(errProxyName, depth) {
			return false
		}
		for _, issuer := range slices.Backward(r.chain[depth+1:]) {
			if issuer.limits == nil {
				continue
			}
			err := constrain(issuer.limits.as(r.legacy), c)
			if err == errNone && depth == 0 {
				err = constrainCommonNames(issuer.limits.as(r.legacy), c)
			}
			if err != errNone && r.stop(err, depth) {
				return false
			}
		}
	}
	return true
}

// as returns the constraints as 1.1.1 takes them: a minimum may not even be
// written out, and other names are all of one type.
func (c *nameConstraints) as(legacy bool) *nameConstraints {
	if !legacy {
		return c
	}
	old := &nameConstraints{}
	for _, lists := range []struct {
		from []subtree
		to   *[]subtree
	}{{c.permitted, &old.permitted}, {c.excluded, &old.excluded}} {
		for _, t := range lists.from {
			t.minimum, t.anyOther = !t.plain, true
			*lists.to = append(*lists.to, t)
		}
	}
	return old
}

// constrain holds the subject, its mailboxes and the alternative names against
// one issuer's constraints.
func constrain(limits *nameConstraints, c *certificate) verifyError {
	if !c.spend(c.comparisonWork(limits)) {
		return errConstraintType
	}
	subject := attributes(c.subject)
	if len(subject) > 0 {
		if err := limits.match(generalName{tag: tagDirectoryName, class: 2, contents: c.subject}); err != errNone {
			return err
		}
	}
	for _, a := range subject {
		if a.OID != asn.Mail {
			continue
		}
		if a.Tag != cbasn1.IA5String {
			return errNameSyntax
		}
		if err := limits.match(generalName{tag: tagMail, class: 2, contents: a.Value}); err != errNone {
			return err
		}
	}
	for _, name := range c.altNames {
		if err := limits.match(name); err != errNone {
			return err
		}
	}
	return errNone
}

func constrainCommonNames(limits *nameConstraints, c *certificate) verifyError {
	if slices.ContainsFunc(c.altNames, func(n generalName) bool { return n.tag == tagDNSName }) {
		return errNone
	}
	for _, a := range attributes(c.subject) {
		if a.OID != asn.CommonName {
			continue
		}
		text, isText := a.Text()
		if a.Tag == asn.NumericString {
			text, isText = string(a.Value), true
		}
		if !isText {
			return errUnspecified // ASN1_STRING_to_UTF8 fails.
		}
		text = strings.TrimRight(text, "\x00")
		if strings.Contains(text, "\x00") {
			return errNameSyntax
		}
		if !looksLikeDNS(text) {
			continue
		}
		if err := limits.match(generalName{tag: tagDNSName, class: 2, contents: []byte(text)}); err != errNone {
			return err
		}
	}
	return errNone
}

// match holds one name against the subtrees of its type.
func (c *nameConstraints) match(name generalName) verifyError {
	const untouched, missed, met = 0, 1, 2
	state := untouched
	for _, tree := range c.permitted {
		if !tree.concerns(name) {
			continue
		}
		if tree.minimum || tree.maximum {
			return errMinMax
		}
		if state == met {
			continue
		}
		state = missed
		switch err := tree.holds(name); err {
		case errNone:
			state = met
		case errPermittedSubtree:
		default:
			return err
		}
	}
	if state == missed {
		return errPermittedSubtree
	}
	for _, tree := range c.excluded {
		if !tree.concerns(name) {
			continue
		}
		if tree.minimum || tree.maximum {
			return errMinMax
		}
		switch err := tree.holds(name); err {
		case errNone:
			return errExcludedSubtree
		case errPermittedSubtree:
		default:
			return err
		}
	}
	return errNone
}

// concerns reports a subtree of the name's type. Other names have a type of
// their own inside.
func (t subtree) concerns(name generalName) bool {
	return t.tag == name.tag && (t.tag != tagOtherName || t.anyOther || bytes.Equal(innerType(t.contents), innerType(name.contents)))
}

func innerType(other []byte) []byte {
	input := cryptobyte.String(other)
	var oid cryptobyte.String
	_ = input.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER)
	return oid
}

// holds reports whether a name lies in a subtree: errNone where it does,
// errPermittedSubtree where not.
func (t subtree) holds(name generalName) verifyError {
	var within bool
	base, text := string(t.contents), string(name.contents)
	switch name.tag {
	case tagDirectoryName:
		within = withinName(name.contents, t.contents, asn.Attribute.Canonical)
	case tagDNSName:
		within = withinDNS(text, base)
	case tagMail:
		return withinMail(text, base)
	case tagURI:
		return withinURI(text, base)
	case tagIPAddress:
		if (len(text) != 4 && len(text) != 16) || (len(base) != 8 && len(base) != 32) {
			return errNameSyntax
		}
		within = withinNetwork(name.contents, t.contents)
	default:
		return errConstraintType
	}
	if within {
		return errNone
	}
	return errPermittedSubtree
}

// withinDNS reports whether name is base or below it.
func withinDNS(name, base string) bool {
	name, base = asn.LowerASCII(name), asn.LowerASCII(base)
	if base == "" || name == base {
		return true
	}
	if !strings.HasPrefix(base, ".") {
		base = "." + base
	}
	return strings.HasSuffix(name, base)
}

// withinMail compares a mailbox: the base is a mailbox, a host, or a domain
// with a dot in front.
func withinMail(name, base string) verifyError {
	at := strings.LastIndexByte(name, '@')
	if at < 0 {
		return errNameSyntax
	}
	host, result := name[at+1:], errPermittedSubtree
	baseAt := strings.LastIndexByte(base, '@')
	switch {
	case baseAt < 0 && strings.HasPrefix(base, "."):
		if strings.HasSuffix(asn.LowerASCII(name), asn.LowerASCII(base)) {
			result = errNone
		}
		return result
	case baseAt > 0 && name[:at] != base[:baseAt]:
		return result
	}
	if asn.LowerASCII(host) == asn.LowerASCII(base[baseAt+1:]) {
		result = errNone
	}
	return result
}

// withinURI compares the host of a URI.
func withinURI(name, base string) verifyError {
	_, rest, _ := strings.Cut(name, ":")
	if !strings.HasPrefix(rest, "//") {
		return errNameSyntax
	}
	host := rest[2:]
	if end := strings.IndexByte(host, ':'); end >= 0 {
		host = host[:end]
	} else if end := strings.IndexByte(host, '/'); end >= 0 {
		host = host[:end]
	}
	if host == "" {
		return errNameSyntax
	}
	host, base = asn.LowerASCII(host), asn.LowerASCII(base)
	within := host == base
	if strings.HasPrefix(base, ".") {
		within = len(host) > len(base) && strings.HasSuffix(host, base)
	}
	if within {
		return errNone
	}
	return errPermittedSubtree
}

// withinNetwork compares an address with one and its mask, of whatever form.
func withinNetwork(address, network []byte) bool {
	if len(address)*2 != len(network) {
		return false
	}
	for i, b := range address {
		if mask := network[len(address)+i]; b&mask != network[i]&mask {
			return false
		}
	}
	return true
}

// looksLikeDNS is the shape in which OpenSSL takes a common name for a DNS
// name: two labels at least, of letters, digits, hyphens and underscores.
func looksLikeDNS(name string) bool {
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if !plainLabel(label, "-_") {
			return false
		}
	}
	return true
}

// plainLabel reports a label of letters, digits and the other characters, with
// no hyphen at an end.
func plainLabel(label, others string) bool {
	foreign := func(c rune) bool { return !isAlphanumeric(c) && !strings.ContainsRune(others, c) }
	return label != "" && !strings.HasPrefix(label, "-") && !strings.HasSuffix(label, "-") && !strings.ContainsFunc(label, foreign)
}

func isAlphanumeric(c rune) bool {
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
}
