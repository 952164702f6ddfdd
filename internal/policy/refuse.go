package policy

import "net/netip"

// Refused is the policy of a driver that does not take its settings: detail
// says why, and client is the constant part of the driver's own text.
func Refused(detail, text string) Policy {
	return Policy{Rejection: &Rejection{Reason: ReasonInvalidSettings, Detail: detail, Client: text}}
}

// NotFilledIn is the policy of settings in which a placeholder stands for a value;
// what says for which one, with a blank before it, or is empty.
func NotFilledIn(placeholder, what string) Policy {
	return Policy{Reason: ReasonPlaceholder, Undecided: "the settings contain the placeholder " + placeholder + what + ": declare the value that the client gets in its place"}
}

// Invalid is a refusal of a value that the driver does not know.
func Invalid(detail, client string) *Rejection {
	return &Rejection{Reason: ReasonInvalidSettings, Detail: detail, Client: client}
}

// Contradictory is a refusal of values that exclude each other.
func Contradictory(detail, client string) *Rejection {
	return &Rejection{Reason: ReasonContradictorySettings, Detail: detail, Client: client}
}

// RevocationList is the doubt about a list that is loaded before the client
// connects.
const RevocationList = "a certificate revocation list is checked, but it is not declared"

// DirectNeeds17 is the doubt about a handshake without an SSLRequest.
const DirectNeeds17 = "a handshake without an SSLRequest needs PostgreSQL 17 or later on the server"

// IsAddress says whether a host is an IP address.
func IsAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
