package certpath

import (
	"crypto/x509"
	"net/netip"
	"slices"
	"strings"
)

// matchLibtls compares as libusual's copy of libtls does, which PgBouncer is
// built with: a subjectAltName of the host's type, else the first common name,
// which counts even where the certificate has alternative names.
//
// Source: libusual/libusual, usual/tls/tls_verify.c, tls_check_name and
// tls_match_name. Observed with PgBouncer 1.18.0.
func matchLibtls(leaf *x509.Certificate, host string) (bool, string) {
	mismatch := "name `" + host + "' not present in server certificate"
	if address, err := netip.ParseAddr(host); err == nil && address.Zone() == "" {
		return hasAddress(leaf, address) || firstCommonName(leaf) == host, mismatch
	}
	matches := func(name string) bool { return libtlsNameMatches(name, host) }
	return slices.ContainsFunc(dnsNames(leaf), matches) || matches(firstCommonName(leaf)), mismatch
}

// libtlsNameMatches takes a wildcard for one whole label, and not at the top
// of the domain.
func libtlsNameMatches(pattern, host string) bool {
	if host == "" || pattern == "" {
		return false
	}
	if strings.EqualFold(pattern, host) {
		return true
	}
	domain, wildcard := strings.CutPrefix(pattern, "*.")
	if !wildcard || strings.HasPrefix(domain, ".") {
		return false
	}
	_, parent, dotted := strings.Cut(domain, ".")
	label, rest, _ := strings.Cut(host, ".")
	return dotted && !strings.HasPrefix(parent, ".") && label != "" && rest != "" && strings.EqualFold(domain, rest)
}
