// Package readiness judges whether PostgreSQL clients keep their connections
// when a DB instance switches its CA: it runs each declared client's driver
// policy against the certification path of before and of after.
package readiness

import "crypto/x509"

// Outcome is what becomes of a client's connection. Its zero value is
// Indeterminate: what was not decided is never ready.
type Outcome uint8

// The outcomes. Their names are part of the provider's interface.
const (
	// Indeterminate: not decidable from what was given.
	Indeterminate Outcome = iota
	// Connects: TLS, and everything that the client demands holds.
	Connects
	// ConnectsUnverified: TLS, but the client checks nothing. A switch
	// cannot break it, an impostor can fool it.
	ConnectsUnverified
	// Plaintext: the client never tries TLS, and the server takes it.
	Plaintext
	// Downgrades: the client tries TLS, fails, and goes on in plaintext.
	Downgrades
	// Fails: no connection.
	Fails
)

// String returns the outcome's name in snake_case.
func (o Outcome) String() string {
	switch o {
	case Connects:
		return "connects"
	case ConnectsUnverified:
		return "connects_unverified"
	case Plaintext:
		return "plaintext"
	case Downgrades:
		return "downgrades"
	case Fails:
		return "fails"
	case Indeterminate:
		return "indeterminate"
	}
	return "indeterminate"
}

// Outcomes lists the names of all outcomes, for descriptions.
func Outcomes() []string {
	meanings := OutcomeMeanings()
	names := make([]string, len(meanings))
	for i, m := range meanings {
		names[i] = m.Code
	}
	return names
}

// Verdict is the judgement of one client against one certification path. The
// zero value is indeterminate without a reason: not judged.
type Verdict struct {
	// Outcome is what becomes of the connection.
	Outcome Outcome
	// Reason says why, as a code.
	Reason Reason
	// Detail says why in words.
	Detail string
	// ExpectedError is the text that the real client prints, its constant
	// part; empty where it connects or where the text is not known.
	ExpectedError string
	// AnchorSubject is the subject of the trust anchor that the path ends
	// in; empty unless a path was verified.
	AnchorSubject string
	// AnchorSHA256 is the anchor's fingerprint, lower-case hexadecimal.
	AnchorSHA256 string
	// Validator names the code that verifies: "openssl", "java", "go", …;
	// empty where nothing is verified.
	Validator string

	anchor *x509.Certificate
}

// blocks says whether an outcome blocks a switch, where
// blockUndecided says the same of indeterminate ones.
func (o Outcome) blocks(blockUndecided bool) bool {
	switch o {
	case Fails, Downgrades:
		return true
	case Indeterminate:
		return blockUndecided
	case Connects, ConnectsUnverified, Plaintext:
		return false
	}
	return true
}
