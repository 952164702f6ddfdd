package certpath

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// constrain holds a certificate's alternative names, and its subject, which
// webpki refuses under any constraint of its type, against constraints.
func (r *webpkiRun) constrain(limits *nameConstraints, c *certificate) *webpkiFailure {
	if limits == nil {
		return badDER(c)
	}
	refused := &webpkiFailure{NameConstraint, "NameConstraintViolation", c, false}
	if !c.spend(c.comparisonWork(limits)) {
		return refused
	}
	if r.release == 22 && !limits.empty {
		return refused // it cannot read the lists
	}
	names, ok := []generalName(nil), true
	if value := c.value(extSubjectAltName); value != nil {
		list, _ := sequence(value)
		names, ok = generalNames(list)
	}
	for _, name := range append(names, generalName{tag: tagDirectoryName, class: 2}) {
		missed, met := false, false
		for _, tree := range limits.permitted {
			concerned, within, readable := r.relate(tree, name, false)
			if !readable {
				return badDER(c)
			}
			met, missed = met || within, missed || (concerned && !within)
		}
		if missed && !met {
			return refused
		}
		for _, tree := range limits.excluded {
			concerned, within, readable := r.relate(tree, name, true)
			if !readable {
				return badDER(c)
			}
			if within || (concerned && !compares(name.tag)) {
				return refused
			}
		}
	}
	if !ok {
		return badDER(c)
	}
	return nil
}

// odd reports a subtree that webpki cannot read: with a minimum or maximum, or
// of a kind that is not assigned.
func (t subtree) odd() bool { return !t.plain || t.tag > tagRegisteredID || t.class != 2 }

// compares reports a type of name that webpki compares; it refuses the others
// where there is a constraint of the type.
func compares(tag uint8) bool { return tag == tagDNSName || tag == tagIPAddress }

// relate reports whether a subtree is of the name's type, and whether the name
// lies in it: never for a type that webpki does not compare. What it cannot
// read is not readable.
func (r *webpkiRun) relate(tree subtree, name generalName, excluded bool) (concerned, within, readable bool) {
	switch {
	case tree.odd():
		return false, false, false
	case tree.tag != name.tag || (r.release == 102 && name.tag == tagURI):
		return false, false, true
	case name.tag == tagDNSName:
		within, readable = r.withinDNS(string(name.contents), string(tree.contents), excluded)
	case name.tag == tagIPAddress:
		within, readable = webpkiNetwork(name.contents, tree.contents)
	default:
		readable = true
	}
	return true, within, readable
}

func (r *webpkiRun) withinDNS(name, base string, excluded bool) (within, readable bool) {
	if (base != "" && !dnsText(strings.TrimPrefix(base, "."))) || !dnsText(strings.TrimPrefix(name, "*.")) {
		return false, false
	}
	name, base = asn.LowerASCII(name), asn.LowerASCII(base)
	if below, wild := strings.CutPrefix(name, "*."); wild && (excluded || r.release < 103) && strings.HasSuffix(base, "."+below) {
		return true, true // the wildcard can stand for the excluded name
	}
	if !strings.HasSuffix(name, base) {
		return false, true
	}
	whole := base == "" || base[0] == '.' || len(base) == len(name)
	return whole || name[len(name)-len(base)-1] == '.', true
}

// dnsText reports a name that webpki takes for a DNS name: letters, digits,
// hyphens and underscores in labels.
func dnsText(name string) bool {
	const longestName, longestLabel = 253, 63
	if len(name) > longestName {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if len(label) > longestLabel || !plainLabel(label, "-_") {
			return false
		}
	}
	return true
}

// webpkiNetwork compares an address with a network, whose mask must be one.
func webpkiNetwork(address, network []byte) (within, readable bool) {
	if len(address) != 4 && len(address) != 16 {
		return false, false
	}
	if len(network) != 8 && len(network) != 32 {
		return false, false
	}
	if len(address)*2 != len(network) {
		return false, true
	}
	ended := false
	for _, b := range network[len(address):] {
		for bit := 7; bit >= 0; bit-- {
			one := b&(1<<bit) != 0
			if one && ended {
				return false, false
			}
			ended = ended || !one
		}
	}
	return withinNetwork(address, network), true
}
