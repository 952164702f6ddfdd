package certpath

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// matchGo asks Go's own x509 package. A common name never counts.
//
// Source: Go 1.26 crypto/x509, Certificate.VerifyHostname.
func matchGo(leaf *x509.Certificate, host string) (bool, string) {
	if host == "" {
		return false, "tls: either ServerName or InsecureSkipVerify must be specified in the tls.Config"
	}
	if err := leaf.VerifyHostname(host); err != nil {
		return false, err.Error()
	}
	return true, ""
}

// matchWebPKI compares as rustls does: names of the subjectAltName only, a
// wildcard for the whole first label, addresses by value.
//
// Source: rustls-webpki 0.103 src/subject_name/; rustls-pki-types 1
// src/server_name.rs.
func matchWebPKI(leaf *x509.Certificate, host string) (bool, string) {
	mismatch := fmt.Sprintf("invalid peer certificate: certificate not valid for name %q", host)
	if address, err := netip.ParseAddr(host); err == nil {
		if hasAddress(leaf, address) {
			return true, ""
		}
		return false, mismatch
	}
	host = asn.LowerASCII(strings.TrimSuffix(host, "."))
	if !webpkiName(host) {
		return false, "invalid dns name"
	}
	_, hostRest, _ := strings.Cut(host, ".")
	for _, name := range dnsNames(leaf) {
		name = asn.LowerASCII(name)
		rest, isWildcard := strings.CutPrefix(name, "*.")
		if name == host || (isWildcard && strings.Contains(rest, ".") && rest == hostRest) {
			return true, ""
		}
	}
	return false, mismatch
}

// webpkiName reports a name, without the dot at its end, that rustls takes for a
// server: labels of letters, digits, hyphens and underscores, and not only digits
// in the last.
func webpkiName(host string) bool {
	const longest, longestLabel = 253, 63
	labels := strings.Split(host, ".")
	digits := strings.Trim(labels[len(labels)-1], "0123456789") == ""
	return len(host) <= longest && !digits && !slices.ContainsFunc(labels, func(label string) bool {
		return len(label) > longestLabel || !plainLabel(label, "-_")
	})
}
