package certpath

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// matchOpenSSL compares as Python's ssl does with check_hostname: OpenSSL's
// X509_check_host without partial wildcards, or X509_check_ip for an address.
// A common name counts where the certificate has no DNS name: Python's
// hostname_checks_common_name is on by default, in 3.13 still.
//
// Source: OpenSSL crypto/x509/v3_utl.c, do_x509_check, valid_star; CPython
// Modules/_ssl.c, _ssl_configure_hostname.
func matchOpenSSL(leaf *x509.Certificate, host string) (bool, string) {
	if address, ok := opensslAddress(host); ok {
		if hasAddress(leaf, address) {
			return true, ""
		}
		return false, fmt.Sprintf("IP address mismatch, certificate is not valid for '%s'.", host)
	}
	if host == "" {
		return false, "server_hostname cannot be an empty string or start with a leading dot."
	}
	if len(host) > maxServerName {
		return false, "ssl3 ext invalid servername"
	}
	if !idnASCII(host) {
		return false, "label empty" // in the words of the idna codec, which every version wraps otherwise
	}
	names := dnsNames(leaf)
	if len(names) == 0 {
		names = commonNames(leaf)
	}
	matches := func(name string) bool { return opensslNameMatches(name, host) }
	return slices.ContainsFunc(names, matches), fmt.Sprintf("Hostname mismatch, certificate is not valid for '%s'.", host)
}

// maxServerName is the longest name that OpenSSL sends to a server.
//
// Source: OpenSSL include/openssl/tls1.h, TLSEXT_MAXLEN_host_name.
const maxServerName = 255

// opensslAddress reads an address as a2i_IPADDRESS does: four decimal numbers,
// leading zeros and plus signs allowed, or IPv6 without a zone.
func opensslAddress(host string) (netip.Addr, bool) {
	if !strings.Contains(host, ":") && strings.Count(host, ".") != 3 {
		return netip.Addr{}, false
	}
	return ipAddress(host, func(part string) (uint64, bool) { return decimalPart(strings.TrimPrefix(part, "+")) })
}

func opensslNameMatches(pattern, host string) bool {
	if validStar(pattern) {
		return opensslWildcard(pattern, host)
	}
	return len(pattern) == len(host) && asn.LowerASCII(pattern) == asn.LowerASCII(host)
}

// validStar reports a pattern whose only asterisk is its whole first label,
// with two labels or more behind it.
func validStar(pattern string) bool {
	rest, ok := strings.CutPrefix(pattern, "*.")
	if !ok {
		return false
	}
	labels := strings.Split(rest, ".")
	for _, label := range labels {
		if !plainLabel(label, "-") {
			return false
		}
	}
	return len(labels) >= 2
}

// opensslWildcard lets the asterisk stand for one label of letters, digits
// and hyphens.
func opensslWildcard(pattern, host string) bool {
	label, rest, found := strings.Cut(host, ".")
	if !found || label == "" || asn.LowerASCII(rest) != asn.LowerASCII(pattern[len("*."):]) {
		return false
	}
	return label == "*" || !strings.ContainsFunc(label, func(c rune) bool { return c != '-' && !isAlphanumeric(c) })
}

// matchDotNet compares as .NET does on Linux: as OpenSSL does.
//
// Source: dotnet/runtime, SslStream's CertificateValidation.Unix.cs. Read, not
// run: no .NET client has judged this rule.
func matchDotNet(leaf *x509.Certificate, host string) (bool, string) {
	ok, _ := matchOpenSSL(leaf, host)
	return ok, dotNetError
}
