package certpath

import (
	"net/netip"
	"strings"
)

// checkNameConstraints holds the server certificate's names, and its common
// name where it has no DNS name, against the nameConstraints of all issuers.
//
// Source: OpenSSL crypto/x509/x509_vfy.c, check_name_constraints, and
// v3_ncons.c. Only DNS names and IP addresses are compared: a certificate with
// another kind of constraint is one that this package does not decide.
func (r *opensslRun) checkNameConstraints() bool {
	for _, issuer := range r.chain[1:] {
		if err := constrainNames(issuer, r.chain[0]); err != errNone && r.stop(err, 0) {
			return false
		}
	}
	return true
}

// constrainNames holds a certificate's names against one issuer's constraints.
func constrainNames(issuer, c *certificate) verifyError {
	dnsNames := c.DNSNames
	if len(dnsNames) == 0 && looksLikeDNS(c.Subject.CommonName) {
		dnsNames = []string{c.Subject.CommonName}
	}
	for _, name := range dnsNames {
		if err := constrainDNS(issuer, name); err != errNone {
			return err
		}
	}
	for _, ip := range c.IPAddresses {
		address, ok := netip.AddrFromSlice(ip)
		if !ok {
			continue
		}
		if err := constrainIP(issuer, address); err != errNone {
			return err
		}
	}
	return errNone
}

// looksLikeDNS is the shape in which OpenSSL takes a common name for a DNS
// name: two labels at least, of letters, digits, hyphens and underscores.
func looksLikeDNS(name string) bool {
	name = strings.TrimSuffix(name, ".")
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		bad := strings.ContainsFunc(label, func(c rune) bool {
			return c != '-' && c != '_' && !isAlphanumeric(c)
		})
		if bad || label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return true
}

func isAlphanumeric(c rune) bool {
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
}

func constrainDNS(issuer *certificate, name string) verifyError {
	permitted := len(issuer.PermittedDNSDomains) == 0
	for _, base := range issuer.PermittedDNSDomains {
		permitted = permitted || withinDNS(name, base)
	}
	if !permitted {
		return errPermittedSubtree
	}
	for _, base := range issuer.ExcludedDNSDomains {
		if withinDNS(name, base) {
			return errExcludedSubtree
		}
	}
	return errNone
}

// withinDNS reports whether name is base or below it.
func withinDNS(name, base string) bool {
	name, base = lowerASCII(name), lowerASCII(base)
	if base == "" || name == base {
		return true
	}
	if !strings.HasPrefix(base, ".") {
		base = "." + base
	}
	return strings.HasSuffix(name, base)
}

func constrainIP(issuer *certificate, address netip.Addr) verifyError {
	permitted := len(issuer.PermittedIPRanges) == 0
	for _, network := range issuer.PermittedIPRanges {
		permitted = permitted || network.Contains(address.AsSlice())
	}
	if !permitted {
		return errPermittedSubtree
	}
	for _, network := range issuer.ExcludedIPRanges {
		if network.Contains(address.AsSlice()) {
			return errExcludedSubtree
		}
	}
	return errNone
}
