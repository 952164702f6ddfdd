package certpath

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// libpqAddresses is the first libpq that compares iPAddress names.
const libpqAddresses = 15

// matchLibpq compares as libpq does for sslmode=verify-full.
//
// From 15 on, names of the host's kind (DNS name or IP address) shut out the
// common name, and iPAddress names are compared; before, only DNS names were
// looked at, and the common name counted where there was none. A DNS name in
// the certificate is compared as text with an IP address too.
//
// Source: postgres/postgres REL_12 to REL_18, fe-secure-common.c,
// pq_verify_peer_name_matches_certificate, and fe-secure-openssl.c,
// pgtls_verify_peer_name_matches_certificate_guts.
func matchLibpq(version string, leaf *x509.Certificate, host string) (bool, string) {
	if host == "" {
		return false, "host name must be specified for a verified SSL connection"
	}
	newer := libpqMajor(version) >= libpqAddresses
	ip, isIP := ipAddress(host, inetPart)
	checkCommonName := true
	var examined []string
	for _, name := range subjectAltNames(leaf) {
		if strings.Contains(name.text, "\x00") {
			return false, libpqNull
		}
		if name.ip == nil {
			examined = append(examined, name.text)
			if newer {
				checkCommonName = checkCommonName && isIP
			} else {
				checkCommonName = false
			}
			if libpqNameMatches(name.text, host) {
				return true, ""
			}
			continue
		}
		if !newer {
			continue
		}
		address, ok := netip.AddrFromSlice(name.ip)
		if !ok {
			return false, fmt.Sprintf("certificate contains IP address with invalid length %d", len(name.ip))
		}
		examined = append(examined, address.String())
		checkCommonName = checkCommonName && !isIP
		if isIP && address == ip {
			return true, ""
		}
	}
	if checkCommonName && leaf.Subject.CommonName != "" {
		commonName := firstCommonName(leaf)
		if strings.Contains(commonName, "\x00") {
			return false, libpqNull
		}
		examined = append(examined, commonName)
		if libpqNameMatches(commonName, host) {
			return true, ""
		}
	}
	return false, libpqMismatch(examined, host)
}

const libpqNull = "SSL certificate's name contains embedded null"

// libpqMajor reads a major version; what it cannot read is the newest.
func libpqMajor(version string) int {
	digits, _, _ := strings.Cut(version, ".")
	major, err := strconv.Atoi(strings.TrimSpace(digits))
	if err != nil {
		return libpqAddresses
	}
	return major
}

func libpqMismatch(examined []string, host string) string {
	switch others := len(examined) - 1; {
	case others < 0:
		return "could not get server's host name from server certificate"
	case others == 0:
		return fmt.Sprintf("server certificate for %q does not match host name %q", examined[0], host)
	case others == 1:
		return fmt.Sprintf("server certificate for %q (and 1 other name) does not match host name %q", examined[0], host)
	default:
		return fmt.Sprintf("server certificate for %q (and %d other names) does not match host name %q",
			examined[0], others, host)
	}
}

// libpqNameMatches compares without case, or with a wildcard that stands for
// exactly the first label.
//
// Source: fe-secure-common.c, wildcard_certificate_match.
func libpqNameMatches(pattern, host string) bool {
	if strings.EqualFold(pattern, host) {
		return true
	}
	suffix, isWildcard := strings.CutPrefix(pattern, "*")
	if !isWildcard || len(pattern) < 3 || suffix[0] != '.' || len(pattern) > len(host) {
		return false
	}
	first := len(host) - len(suffix)
	if !strings.EqualFold(suffix, host[first:]) {
		return false
	}
	return !strings.Contains(host[:first-1], ".")
}

// ipAddress reads IPv4 in one to four parts, or IPv6 without a zone.
func ipAddress(host string, part func(string) (uint64, bool)) (netip.Addr, bool) {
	if strings.Contains(host, ":") {
		address, err := netip.ParseAddr(host)
		return address, err == nil && address.Zone() == ""
	}
	return dottedAddress(host, part)
}

// dottedAddress reads one to four numbers; the last fills what is left of an
// IPv4 address.
func dottedAddress(host string, read func(string) (uint64, bool)) (netip.Addr, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var value uint64
	for i, part := range parts {
		number, ok := read(part)
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		if !ok || number >= 1<<bits {
			return netip.Addr{}, false
		}
		value = value<<bits | number
	}
	return netip.AddrFrom4([4]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)}), true
}

func decimalPart(part string) (uint64, bool) {
	number, err := strconv.ParseUint(part, 10, 32)
	return number, err == nil
}

// inetPart reads a number as inet_aton does: decimal, octal or hexadecimal.
func inetPart(part string) (uint64, bool) {
	digits, base := part, 10
	switch {
	case strings.HasPrefix(part, "0x"), strings.HasPrefix(part, "0X"):
		digits, base = part[2:], 16
	case len(part) > 1 && part[0] == '0':
		digits, base = part[1:], 8
	}
	if digits == "" || strings.ContainsAny(digits, "_+-") {
		return 0, false
	}
	number, err := strconv.ParseUint(digits, base, 32)
	return number, err == nil
}
