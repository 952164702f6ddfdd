package certpath

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// matchNode compares as Node's tls.checkServerIdentity does. A wildcard may be
// a part of the first label, of three labels or more. Common names count where
// there is no DNS name; they never count for an address.
//
// Source: nodejs/node v20 lib/tls.js, checkServerIdentity and check.
func matchNode(leaf *x509.Certificate, host string) (bool, string) {
	host = strings.TrimSuffix(host, ".")
	const prefix = "Hostname/IP does not match certificate's altnames: "
	if address, err := netip.ParseAddr(host); err == nil {
		if hasAddress(leaf, address.WithZone("")) {
			return true, ""
		}
		var list []string
		for _, ip := range addresses(leaf) {
			list = append(list, ip.String())
		}
		return false, fmt.Sprintf("%sIP: %s is not in the cert's list: %s", prefix, host, strings.Join(list, ", "))
	}
	matches := func(name string) bool { return nodeNameMatches(host, name) }
	if names := dnsNames(leaf); len(names) > 0 {
		if slices.ContainsFunc(names, matches) {
			return true, ""
		}
		return false, fmt.Sprintf("%sHost: %s. is not in the cert's altnames: %s", prefix, host, nodeAltNames(leaf))
	}
	names := commonNames(leaf)
	switch {
	case len(names) == 0:
		return false, prefix + "Cert does not contain a DNS name"
	case slices.ContainsFunc(names, matches):
		return true, ""
	default:
		return false, fmt.Sprintf("%sHost: %s. is not cert's CN: %s", prefix, host, strings.Join(names, ","))
	}
}

// nodeAltNames is Node's text of a subjectAltName.
func nodeAltNames(leaf *x509.Certificate) string {
	var list []string
	for _, name := range subjectAltNames(leaf) {
		if name.ip == nil {
			list = append(list, "DNS:"+nodeQuoted(name.text))
		} else if address, ok := netip.AddrFromSlice(name.ip); ok {
			list = append(list, "IP Address:"+strings.ToUpper(javaAddress(address.AsSlice())))
		}
	}
	return strings.Join(list, ", ")
}

// nodeQuoted is a name as Node prints it since 17.3: as JSON where it holds what
// cannot be printed.
func nodeQuoted(name string) string {
	if !strings.ContainsFunc(name, func(c rune) bool { return c < ' ' }) {
		return name
	}
	quoted, _ := json.Marshal(name) // A string has always a form in JSON.
	return string(quoted)
}

func nodeNameMatches(host, pattern string) bool {
	if pattern == "" {
		return false
	}
	hostParts := strings.Split(asn.LowerASCII(strings.TrimSuffix(host, ".")), ".")
	parts := strings.Split(asn.LowerASCII(strings.TrimSuffix(pattern, ".")), ".")
	if len(hostParts) != len(parts) {
		return false
	}
	for i, part := range parts {
		bad := strings.ContainsFunc(part, func(c rune) bool { return c < '!' || c > '\x7f' })
		if part == "" || bad || (i > 0 && part != hostParts[i]) {
			return false
		}
	}
	pieces := strings.Split(parts[0], "*")
	if len(pieces) == 1 || strings.Contains(parts[0], "xn--") {
		return hostParts[0] == parts[0]
	}
	if len(pieces) > 2 || len(parts) <= 2 {
		return false
	}
	label := hostParts[0]
	return len(pieces[0])+len(pieces[1]) <= len(label) &&
		strings.HasPrefix(label, pieces[0]) && strings.HasSuffix(label, pieces[1])
}
