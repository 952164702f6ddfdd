package certpath

import (
	"crypto/x509"
	"encoding/asn1"
	"net/netip"
)

// altName is one dNSName or iPAddress of a subjectAltName, in the order of the
// certificate.
type altName struct {
	text string
	ip   []byte // nil for a dNSName
}

var oidCommonName = asn1.ObjectIdentifier{2, 5, 4, 3}

// subjectAltNames returns the DNS names and addresses of a certificate in
// their order, which x509.Certificate does not keep between the kinds.
func subjectAltNames(leaf *x509.Certificate) (names []altName) {
	all, _ := generalAltNames(leaf)
	for _, name := range all {
		switch name.tag {
		case tagDNSName:
			names = append(names, altName{text: string(name.contents)})
		case tagIPAddress:
			names = append(names, altName{ip: append([]byte{}, name.contents...)})
		}
	}
	return names
}

// generalAltNames reports false where a client may not read all of them. It goes
// by the encoding, as the x509 package refuses certificates that others take.
func generalAltNames(leaf *x509.Certificate) (names []generalName, whole bool) {
	e, whole := decode(leaf.Raw)
	for _, extension := range e.extensions {
		if extension.id == extSubjectAltName {
			list, isList := sequence(extension.value)
			all, ok := generalNames(list)
			names, whole = append(names, all...), whole && isList && ok && wellFormedNames(all)
		}
	}
	return names, whole
}

func dnsNames(leaf *x509.Certificate) []string {
	var names []string
	for _, name := range subjectAltNames(leaf) {
		if name.ip == nil {
			names = append(names, name.text)
		}
	}
	return names
}

// addresses are the iPAddress names that are addresses.
func addresses(leaf *x509.Certificate) (all []netip.Addr) {
	for _, name := range subjectAltNames(leaf) {
		if address, ok := netip.AddrFromSlice(name.ip); ok {
			all = append(all, address)
		}
	}
	return all
}

// commonNames returns the subject's common names in the order of the encoding.
// Package pkix keeps the last one only.
func commonNames(leaf *x509.Certificate) []string {
	var names []string
	for _, attribute := range leaf.Subject.Names {
		if text, ok := attribute.Value.(string); ok && attribute.Type.Equal(oidCommonName) {
			names = append(names, text)
		}
	}
	return names
}

// firstCommonName is the first in the order of the encoding; empty for none.
func firstCommonName(leaf *x509.Certificate) string {
	if names := commonNames(leaf); len(names) > 0 {
		return names[0]
	}
	return ""
}

// lastCommonName is the last, RFC 4514's most significant; empty for none.
func lastCommonName(leaf *x509.Certificate) string {
	if names := commonNames(leaf); len(names) > 0 {
		return names[len(names)-1]
	}
	return ""
}
