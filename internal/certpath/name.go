package certpath

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// NameRule is how a client compares the server's name with the certificate.
type NameRule string

// The name rules. The zero value compares nothing.
const (
	NameLibpq   NameRule = "libpq"   // fe-secure-common.c: SAN dNSName and iPAddress, CN only without any; by version
	NamePgjdbc  NameRule = "pgjdbc"  // PGjdbcHostnameVerifier
	NameJSSE    NameRule = "jsse"    // HTTPS endpoint identification
	NameGo      NameRule = "go"      // x509.Certificate.VerifyHostname
	NameOpenSSL NameRule = "openssl" // X509_check_host and X509_check_ip, as Python's ssl calls them
	NameNode    NameRule = "node"    // tls.checkServerIdentity
	NameWebPKI  NameRule = "webpki"  // rustls
	NameLibtls  NameRule = "libtls"  // libusual's tls_check_name: PgBouncer
	NameDotNet  NameRule = "dotnet"  // .NET's RemoteCertificateNameMismatch
)

// MatchName answers whether a client takes leaf, the server certificate, for
// the host that it connects to.
//
// version is that of what holds the rule: libpq for NameLibpq (12 to 18), Java
// for NameJSSE, else of no effect; empty is the newest known. host is the name as the client
// passes it on, a DNS name or an IP address, IPv6 without brackets.
//
// Reason is [Accepted] or [HostNameMismatch], and empty for a rule that is not
// known, and for alternative names that are malformed. An empty host matches
// nothing.
//
// Source: each rule's own function names its source. All but NameDotNet
// and NameLibtls were asked about every name vector of testdata.
func MatchName(rule NameRule, version string, leaf *x509.Certificate, host string) Result {
	matchers := map[NameRule]func(*x509.Certificate, string) (bool, string){
		NameLibpq:   func(c *x509.Certificate, h string) (bool, string) { return matchLibpq(version, c, h) },
		NamePgjdbc:  matchPgjdbc,
		NameJSSE:    func(c *x509.Certificate, h string) (bool, string) { return matchJSSE(version, c, h) },
		NameGo:      matchGo,
		NameOpenSSL: matchOpenSSL,
		NameNode:    matchNode,
		NameWebPKI:  matchWebPKI,
		NameLibtls:  matchLibtls,
		NameDotNet:  matchDotNet,
	}
	match, known := matchers[rule]
	if !known {
		return Result{Detail: fmt.Sprintf("the name rule %q is not known", rule)}
	}
	if leaf == nil {
		return Result{Detail: "the server certificate is not known"}
	}
	if _, whole := generalAltNames(leaf); !whole {
		return Result{Detail: "the server certificate's alternative names are malformed, and the rules do not cover what the client reads of them"}
	}
	ok, clientError := match(leaf, host)
	if ok {
		return Result{Reason: Accepted, Detail: fmt.Sprintf("the server certificate names %q", host)}
	}
	return Result{
		Reason: HostNameMismatch, ClientError: clientError,
		Detail: fmt.Sprintf("the client does not find %q in the server certificate, which names %s", host, namesOf(leaf)),
	}
}

// namesOf lists what a certificate names, bounded in length.
func namesOf(leaf *x509.Certificate) string {
	const most = 5
	all := dnsNames(leaf)
	for _, ip := range addresses(leaf) {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		if leaf.Subject.CommonName == "" {
			return "nothing"
		}
		return fmt.Sprintf("only the common name %q", leaf.Subject.CommonName)
	}
	more := ""
	if len(all) > most {
		more = fmt.Sprintf(" and %d more", len(all)-most)
		all = all[:most]
	}
	return strings.Join(all, ", ") + more
}

// hasAddress reports whether one of the certificate's iPAddress names is the
// address. IPv4 and IPv6 forms of one address are different names.
func hasAddress(leaf *x509.Certificate, address netip.Addr) bool {
	return slices.Contains(addresses(leaf), address)
}
