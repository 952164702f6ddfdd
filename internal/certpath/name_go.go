package certpath

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"strings"
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
// Source: rustls-webpki 0.103 src/subject_name/, read; names, but not addresses,
// were run by tokio-postgres with webpki 0.22.
func matchWebPKI(leaf *x509.Certificate, host string) (bool, string) {
	mismatch := fmt.Sprintf("invalid peer certificate: certificate not valid for name %q", host)
	if address, err := netip.ParseAddr(host); err == nil {
		if hasAddress(leaf, address) {
			return true, ""
		}
		return false, mismatch
	}
	host = lowerASCII(strings.TrimSuffix(host, "."))
	if host == "" {
		return false, "invalid dns name"
	}
	_, hostRest, dotted := strings.Cut(host, ".")
	for _, name := range dnsNames(leaf) {
		name = lowerASCII(name)
		rest, isWildcard := strings.CutPrefix(name, "*.")
		if name == host || (isWildcard && dotted && strings.Contains(rest, ".") && rest == hostRest) {
			return true, ""
		}
	}
	return false, mismatch
}
