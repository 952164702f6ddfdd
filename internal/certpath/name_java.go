package certpath

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// matchPgjdbc compares as pgjdbc does for sslmode=verify-full.
//
// Addresses are compared as text, in the form in which Java prints them: an
// IPv6 address in eight groups without leading zeros. The most specific common
// name counts where there is no DNS name.
//
// Source: pgjdbc 42.7 org.postgresql.ssl.PGjdbcHostnameVerifier.
func matchPgjdbc(leaf *x509.Certificate, host string) (bool, string) {
	failure := fmt.Sprintf("The hostname %s could not be verified by hostnameverifier", host)
	if !idnASCII(host) {
		return false, failure
	}
	canonical := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	anyDNS := false
	for _, name := range subjectAltNames(leaf) {
		text := name.text
		if name.ip != nil {
			text = javaAddress(name.ip)
		} else {
			anyDNS = true
		}
		if pgjdbcNameMatches(canonical, text) {
			return true, ""
		}
	}
	if anyDNS {
		return false, failure
	}
	names := slices.Clone(commonNames(leaf))
	if len(names) == 0 {
		return false, failure
	}
	// The order of the encoding is the reverse of RFC 2253's.
	slices.Reverse(names)
	slices.SortStableFunc(names, compareSpecific)
	if pgjdbcNameMatches(canonical, names[len(names)-1]) {
		return true, ""
	}
	return false, failure
}

// idnASCII reports a name that java.net.IDN.toASCII and Python's idna codec
// take: labels of 1 to 63
// characters, a final dot allowed. Names that are not ASCII are refused here,
// because nothing in a certificate is compared with them as they are.
func idnASCII(name string) bool {
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		bad := strings.ContainsFunc(label, func(c rune) bool { return c > unicode.MaxASCII })
		if bad || label == "" || len(label) > 63 {
			return false
		}
	}
	return true
}

// compareSpecific orders names from less to more specific: more dots, fewer
// asterisks, longer.
func compareSpecific(a, b string) int {
	if dots := strings.Count(a, ".") - strings.Count(b, "."); dots != 0 {
		return dots
	}
	if stars := strings.Count(b, "*") - strings.Count(a, "*"); stars != 0 {
		return stars
	}
	return len(a) - len(b)
}

// pgjdbcNameMatches allows one asterisk, as the first character, for a part of
// a name without dots.
func pgjdbcNameMatches(host, pattern string) bool {
	star := strings.LastIndex(pattern, "*")
	if star < 0 {
		return strings.EqualFold(host, pattern)
	}
	if star > 0 || !strings.Contains(pattern, ".") || len(host) < len(pattern)-1 {
		return false
	}
	first := len(host) - len(pattern) + 1
	return !strings.Contains(host[:first], ".") && strings.EqualFold(host[first:], pattern[1:])
}

// javaAddress prints an address as java.net.InetAddress.getHostAddress does.
func javaAddress(ip []byte) string {
	address, ok := netip.AddrFromSlice(ip)
	if !ok {
		return ""
	}
	if address = address.Unmap(); address.Is4() {
		return address.String()
	}
	groups := make([]string, 0, 8)
	for b := ip; len(b) > 0; b = b[2:] {
		groups = append(groups, fmt.Sprintf("%x", uint(b[0])<<8|uint(b[1])))
	}
	return strings.Join(groups, ":")
}

// matchJSSE compares as Java does with the endpoint identification algorithm
// HTTPS. A wildcard may be a part of a label: of any label in Java 17, of the
// first in 25. The most specific common name counts where there is no DNS
// name, for a host that is not an address.
//
// Source: OpenJDK sun.security.util.HostnameChecker, TYPE_TLS.
func matchJSSE(version string, leaf *x509.Certificate, host string) (bool, string) {
	host = strings.TrimSuffix(host, ".")
	if inner, bracketed := strings.CutPrefix(host, "["); bracketed && strings.HasSuffix(inner, "]") {
		host = strings.TrimSuffix(inner, "]")
	}
	if address, ok := javaLiteral(host); ok {
		if !describe(leaf, false).has(extSubjectAltName) {
			return false, "No subject alternative names present"
		}
		for _, ip := range addresses(leaf) {
			if ip.Unmap() == address.Unmap().WithZone("") {
				return true, ""
			}
		}
		return false, fmt.Sprintf("No subject alternative names matching IP address %s found", host)
	}
	if !sniHostName(host) {
		return false, "Illegal given domain name: " + host
	}
	anyLabel := javaUpTo17(version)
	if names := dnsNames(leaf); len(names) > 0 {
		if slices.ContainsFunc(names, func(name string) bool { return jsseNameMatches(host, name, anyLabel) }) {
			return true, ""
		}
		return false, fmt.Sprintf("No subject alternative DNS name matching %s found.", host)
	}
	if name := lastCommonName(leaf); name != "" && jsseNameMatches(host, name, anyLabel) {
		return true, ""
	}
	return false, fmt.Sprintf("No name matching %s found", host)
}

// javaLiteral is IPAddressUtil's reading of an address: IPv4 in one to four
// decimal parts, leading zeros allowed, or IPv6.
func javaLiteral(host string) (netip.Addr, bool) {
	if strings.Contains(host, ":") {
		address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
		return address, err == nil
	}
	return dottedAddress(host, decimalPart)
}

// sniHostName reports a name that javax.net.ssl.SNIHostName accepts: labels of
// letters, digits, hyphens that do not stand at an end.
func sniHostName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if len(label) > 63 || !plainLabel(label, "-") {
			return false
		}
	}
	return true
}

func jsseNameMatches(host, template string, anyLabel bool) bool {
	star := strings.LastIndex(template, "*")
	if template == "*" || template == "*." || (star >= 0 && !strings.Contains(template[star:], ".")) {
		return false
	}
	if !sniHostName(strings.ReplaceAll(template, "*", "z")) {
		return false
	}
	labels, templates := strings.Split(asn.LowerASCII(host), "."), strings.Split(asn.LowerASCII(template), ".")
	if len(labels) != len(templates) {
		return false
	}
	for i, label := range labels {
		// Java compares names in Unicode, where xn-- is not to be seen.
		wild := (anyLabel || i == 0) && !strings.Contains(templates[i], "xn--")
		matched := label == templates[i] || (wild && jsseLabelMatches(label, templates[i]))
		if !matched {
			return false
		}
	}
	return true
}

// jsseLabelMatches lets each asterisk stand for any part of the label.
func jsseLabelMatches(label, template string) bool {
	parts := strings.Split(template, "*")
	if len(parts) == 1 {
		return label == template
	}
	if !strings.HasPrefix(label, parts[0]) {
		return false
	}
	label = label[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(label, part)
		if !found {
			return false
		}
		label = after
	}
	return strings.HasSuffix(label, parts[len(parts)-1])
}
