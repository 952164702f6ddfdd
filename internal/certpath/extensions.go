package certpath

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// The extensions that any validator here looks at.
const (
	extSubjectKeyID      = "2.5.29.14"
	extKeyUsage          = "2.5.29.15"
	extSubjectAltName    = "2.5.29.17"
	extIssuerAltName     = "2.5.29.18"
	extBasicConstraints  = "2.5.29.19"
	extNameConstraints   = "2.5.29.30"
	extCRLPoints         = "2.5.29.31"
	extPolicies          = "2.5.29.32"
	extPolicyMappings    = "2.5.29.33"
	extAuthorityKeyID    = "2.5.29.35"
	extPolicyConstraints = "2.5.29.36"
	extExtKeyUsage       = "2.5.29.37"
	extInhibitAnyPolicy  = "2.5.29.54"
	extAuthorityAccess   = "1.3.6.1.5.5.7.1.1"
	extSubjectAccess     = "1.3.6.1.5.5.7.1.11"
	extAddressBlocks     = "1.3.6.1.5.5.7.1.7"
	extSystemNumbers     = "1.3.6.1.5.5.7.1.8"
	extProxy             = "1.3.6.1.5.5.7.1.14"
	extNoCheck           = "1.3.6.1.5.5.7.48.1.5"
	extNetscapeType      = "2.16.840.1.113730.1.1"
	extTimestamps        = "1.3.6.1.4.1.11129.2.4.2"
)

// The purposes of extendedKeyUsage that mean a TLS server to somebody.
const (
	purposeAny       = "2.5.29.37.0"
	purposeServer    = "1.3.6.1.5.5.7.3.1"
	purposeMicrosoft = "1.3.6.1.4.1.311.10.3.3"
	purposeNetscape  = "2.16.840.1.113730.4.1"
)

// generalName is one name of a subjectAltName or of a subtree.
type generalName struct {
	tag      uint8
	contents []byte // of the element: for a directoryName the Name
	class    uint8  // of the tag: 2 is context-specific, as all should be
	whole    bool   // it is constructed of elements
}

// Tags of general names.
const (
	tagOtherName     = 0
	tagMail          = 1
	tagDNSName       = 2
	tagX400          = 3
	tagDirectoryName = 4
	tagParty         = 5
	tagURI           = 6
	tagIPAddress     = 7
	tagRegisteredID  = 8
)

// sequence opens the SEQUENCE that a value should be; what stands behind it is
// left alone.
func sequence(value []byte) (cryptobyte.String, bool) {
	input := cryptobyte.String(value)
	var list cryptobyte.String
	return list, input.ReadASN1(&list, cbasn1.SEQUENCE)
}

// alone reports that a value is one element of the tag and nothing else.
func alone(value []byte, tag cbasn1.Tag) bool {
	input := cryptobyte.String(value)
	return input.SkipASN1(tag) && input.Empty()
}

// generalNames reads a list of names; false where the list itself is broken.
func generalNames(list cryptobyte.String) (names []generalName, ok bool) {
	for !list.Empty() {
		name, ok := readGeneralName(&list)
		if !ok {
			return names, false
		}
		names = append(names, name)
	}
	return names, true
}

func readGeneralName(from *cryptobyte.String) (generalName, bool) {
	var contents cryptobyte.String
	var tag cbasn1.Tag
	if !from.ReadAnyASN1(&contents, &tag) {
		return generalName{}, false
	}
	const number, classShift = 0x1f, 6
	return generalName{tag: uint8(tag) & number, class: uint8(tag) >> classShift, contents: contents, whole: tag == tag.Constructed()}, true
}

// subtree is one base of nameConstraints.
type subtree struct {
	generalName

	minimum, maximum bool // written; the minimum not zero
	plain            bool // neither is written
	anyOther         bool // other names are compared whatever their type
}

// nameConstraints is the extension. Its lists keep their order.
type nameConstraints struct {
	permitted, excluded []subtree
	empty               bool // neither list is there
}

func readNameConstraints(value []byte) (*nameConstraints, bool) {
	list, ok := sequence(value)
	if !ok {
		return nil, false
	}
	var permitted, excluded cryptobyte.String
	var some, others bool
	// What has no end stays in the list.
	_ = list.ReadOptionalASN1(&permitted, &some, cbasn1.Tag(0).ContextSpecific().Constructed())
	_ = list.ReadOptionalASN1(&excluded, &others, cbasn1.Tag(1).ContextSpecific().Constructed())
	if !list.Empty() {
		return nil, false
	}
	permits, ok := readSubtrees(permitted)
	excludes, okToo := readSubtrees(excluded)
	if !ok || !okToo {
		return nil, false
	}
	return &nameConstraints{permitted: permits, excluded: excludes, empty: !some && !others}, true
}

func readSubtrees(list cryptobyte.String) (trees []subtree, ok bool) {
	for !list.Empty() {
		var one, number cryptobyte.String
		var present bool
		if !list.ReadASN1(&one, cbasn1.SEQUENCE) {
			return nil, false
		}
		t := subtree{plain: true}
		if t.generalName, ok = readGeneralName(&one); !ok {
			return nil, false
		}
		t.plain = one.Empty()
		_ = one.ReadOptionalASN1(&number, &present, cbasn1.Tag(0).ContextSpecific())
		if present && !wellFormedInteger(number) {
			return nil, false
		}
		t.minimum = asn.Integer(number).Sign() != 0
		if _ = one.ReadOptionalASN1(&number, &present, cbasn1.Tag(1).ContextSpecific()); !one.Empty() {
			return nil, false
		}
		t.maximum = present
		trees = append(trees, t)
	}
	return trees, true
}
