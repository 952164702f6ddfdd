package certpath

import (
	"bytes"
	"strings"
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
	if r.release == 22 && len(limits.permitted)+len(limits.excluded) > 0 {
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
			if tree.odd() {
				return badDER(c)
			}
			if tree.tag != name.tag || (r.release == 102 && name.tag == tagURI) {
				continue
			}
			within, err := r.within(tree, name, false)
			if err != nil {
				return err.of(c)
			}
			met, missed = met || within, missed || !within
		}
		if missed && !met {
			return refused
		}
		for _, tree := range limits.excluded {
			if tree.odd() {
				return badDER(c)
			}
			if tree.tag != name.tag || (r.release == 102 && name.tag == tagURI) {
				continue
			}
			within, err := r.within(tree, name, true)
			if err != nil {
				return err.of(c)
			}
			if within || !compares(name.tag) {
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

func (f *webpkiFailure) of(c *certificate) *webpkiFailure {
	f.culprit = c
	return f
}

// within reports whether a name lies in a subtree, and false for those that
// webpki does not compare.
func (r *webpkiRun) within(tree subtree, name generalName, excluded bool) (bool, *webpkiFailure) {
	switch name.tag {
	case tagDNSName:
		return r.dns(string(name.contents), string(tree.contents), excluded)
	case tagIPAddress:
		return webpkiNetwork(name.contents, tree.contents)
	default:
		return false, nil
	}
}

func (r *webpkiRun) dns(name, base string, excluded bool) (bool, *webpkiFailure) {
	if !dnsText(base, true) || !dnsText(name, false) {
		return false, &webpkiFailure{MalformedCertificate, "BadEncoding", nil, false}
	}
	name, base = lowerASCII(name), lowerASCII(base)
	if below, wild := strings.CutPrefix(name, "*."); wild && (excluded || r.release < 103) && strings.HasSuffix(base, "."+below) {
		return true, nil // the wildcard can stand for the excluded name
	}
	switch {
	case base == "":
		return true, nil
	case len(base) > len(name):
		return false, nil
	case !bytes.HasPrefix([]byte(base), []byte(".")) && len(name) > len(base):
		return name[len(name)-len(base)-1] == '.' && name[len(name)-len(base):] == base, nil
	default:
		return name[len(name)-len(base):] == base, nil
	}
}

// dnsText reports a name that webpki takes for a DNS name: letters, digits,
// hyphens and underscores in labels, a wildcard in front of a presented one.
func dnsText(name string, constraint bool) bool {
	if constraint && name == "" {
		return true
	}
	if constraint {
		name = string(bytes.TrimPrefix([]byte(name), []byte(".")))
	} else {
		name = string(bytes.TrimPrefix([]byte(name), []byte("*.")))
	}
	const longestName, longestLabel = 253, 63
	if len(name) > longestName {
		return false
	}
	for label := range bytes.SplitSeq([]byte(name), []byte(".")) {
		if len(label) == 0 || len(label) > longestLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, b := range label {
			if b != '-' && b != '_' && !isAlphanumeric(rune(b)) {
				return false
			}
		}
	}
	return true
}

// webpkiNetwork compares an address with a network, whose mask must be one.
func webpkiNetwork(address, network []byte) (bool, *webpkiFailure) {
	broken := &webpkiFailure{MalformedCertificate, "BadEncoding", nil, false}
	if len(address) != 4 && len(address) != 16 {
		return false, broken
	}
	if len(network) != 8 && len(network) != 32 {
		return false, broken
	}
	if len(address)*2 != len(network) {
		return false, nil
	}
	ended := false
	for _, b := range network[len(address):] {
		for bit := 7; bit >= 0; bit-- {
			one := b&(1<<bit) != 0
			if one && ended {
				return false, broken
			}
			ended = ended || !one
		}
	}
	return withinNetwork(address, network), nil
}
