package policy

import (
	"net/netip"
	"strings"
)

// Host is one server that a client tries.
type Host struct {
	// Name as the driver compares it with the certificate; a DNS name, an IP
	// address, or empty.
	Name string
	// Local is true for a Unix socket: no TLS there, whatever the mode.
	Local bool
}

// IsAddress says whether a host is an IP address.
func IsAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// Attempt is one connection attempt.
type Attempt struct {
	// TLS is false for a startup packet in plaintext.
	TLS bool
	// VerifyPath: the server certificate must chain to a trust anchor.
	VerifyPath bool
	// VerifyHost: the server certificate must name the host.
	VerifyHost bool
	// After says on which failures of this attempt the driver goes on with
	// its next one. The zero value stops.
	After Failures
	// Ends is set where the client itself gives the attempt up: one of TLS before
	// the handshake, which counts as a failure of TLS, and one in plaintext when
	// the server has let it in; it then tries nothing else.
	Ends *Rejection
}

// Failures is a set of ways in which an attempt can fail.
type Failures uint8

// The failures after which a driver may go on.
const (
	// TLSUnsupported: the server answers N to the SSLRequest.
	TLSUnsupported Failures = 1 << iota
	// TLSFailed: the handshake fails, because of the certificate or else.
	TLSFailed
	// ServerRefused: the server refuses the session for its transport
	// (SQLSTATE 28000, no pg_hba.conf entry or a reject rule).
	ServerRefused
	// ClientEnded: the client gives the session up, see Attempt.Ends. No
	// driver goes on then.
	ClientEnded
)

// Sslmodes are libpq's modes, in rising strictness, which many drivers have as well.
var Sslmodes = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

// Order returns the attempts of one of [Sslmodes]: allow tries plaintext first, prefer
// tries TLS first, and every other mode makes a single attempt. The last attempt has
// nothing to go on to.
func Order(mode string, plaintext, tls Attempt) []Attempt {
	order := []Attempt{tls}
	switch mode {
	case "disable":
		order = []Attempt{plaintext}
	case "allow":
		order = []Attempt{plaintext, tls}
	case "prefer":
		order = []Attempt{tls, plaintext}
	}
	order[len(order)-1].After = 0
	return order
}

// TargetSessionAttrs are libpq's values of target_session_attrs, which drivers in Go
// and JavaScript have as well.
var TargetSessionAttrs = []string{"any", "read-write", "read-only", "primary", "standby", "prefer-standby"}

// Offer is what the client offers in its TLS handshake.
type Offer struct {
	// Min and Max are protocol versions such as "TLSv1.2"; empty is the
	// library's default.
	Min, Max string
	// RangeError is the client's text where Min is above Max; constant part.
	RangeError string
	// SuiteError is the client's text where no suite is common; constant part.
	SuiteError string
	// NoECDSA: up to TLS 1.2 the client offers suites for RSA keys only.
	NoECDSA bool
	// Direct: the handshake starts without an SSLRequest.
	Direct bool
}

// TLSVersions are the protocol versions in rising order, as PostgreSQL writes them.
// They compare as texts.
var TLSVersions = []string{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

// TLSVersion spells a protocol version as PostgreSQL does, which does not mind
// the case; empty for what is none.
func TLSVersion(value string) string {
	for _, v := range TLSVersions {
		if strings.EqualFold(v, value) {
			return v
		}
	}
	return ""
}
