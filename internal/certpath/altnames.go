package certpath

import (
	"crypto/x509"
	"encoding/asn1"
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
func subjectAltNames(leaf *x509.Certificate) []altName {
	var names []altName
	for _, extension := range leaf.Extensions {
		if extension.Id.String() != extSubjectAltName {
			continue
		}
		var sequence asn1.RawValue
		if rest, err := asn1.Unmarshal(extension.Value, &sequence); err != nil || len(rest) > 0 {
			return nil
		}
		for content := sequence.Bytes; len(content) > 0; {
			var name asn1.RawValue
			rest, err := asn1.Unmarshal(content, &name)
			if err != nil {
				return names
			}
			content = rest
			switch {
			case name.Class != asn1.ClassContextSpecific:
			case name.Tag == tagDNSName:
				names = append(names, altName{text: string(name.Bytes)})
			case name.Tag == tagIPAddress:
				names = append(names, altName{ip: append([]byte{}, name.Bytes...)})
			}
		}
	}
	return names
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
