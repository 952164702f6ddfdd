package policy

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// Rejection is a driver's refusal of its own settings.
type Rejection struct {
	Reason string // stable code, see the Reason… constants
	Detail string // in words; never a secret
	Client string // the driver's own error text, the constant part of it
	// ByServer says that it is the server that refuses, once it is reached: an
	// attempt that fails before prints its own text.
	ByServer bool
}

// The reasons of a rejection, and of what is undecided. Codes are API.
const (
	// ReasonVersionNotDeclared: the releases that the declared version covers
	// do different things.
	ReasonVersionNotDeclared = "version_not_declared"
	// ReasonPlaceholder: the settings hold what stands for a value.
	ReasonPlaceholder = "placeholder_not_filled_in"
	// ReasonFileNotDeclared: the settings name a file that is not declared.
	ReasonFileNotDeclared = "file_not_declared"

	// ReasonInvalidSettings: a value that the driver does not know, or a
	// connection string that it cannot parse.
	ReasonInvalidSettings = "invalid_settings"
	// ReasonContradictorySettings: values that exclude each other.
	ReasonContradictorySettings = "contradictory_settings"
	// ReasonGSSAPIRequired: the settings ask for GSSAPI encryption, so that
	// neither TLS nor plaintext is tried.
	ReasonGSSAPIRequired = "gssapi_encryption_required"
	// ReasonChannelBindingImpossible: channel binding is required, and the
	// settings forbid the TLS that it needs.
	ReasonChannelBindingImpossible = "channel_binding_needs_tls"
)

// PlaceholderClient is the description of a client that stands for those whom
// nobody has declared yet, in a gate that was generated.
const PlaceholderClient = "replace this with the clients of the DB instance"

// Refused is the policy of a driver that does not take its settings: detail
// says why, and client is the constant part of the driver's own text.
func Refused(detail, text string) Policy {
	return Policy{Rejection: &Rejection{Reason: ReasonInvalidSettings, Detail: detail, Client: text}}
}

// NotFilledIn is the policy of settings in which a placeholder stands for a value;
// what says for which one, with a blank before it, or is empty.
func NotFilledIn(placeholder, what string) Policy {
	return Policy{Reason: ReasonPlaceholder, Undecided: "the settings contain the placeholder " + placeholder + what + ": declare the value that replaces it in the running client"}
}

// Unfilled says that the setting has a placeholder that nothing fills in.
func Unfilled(setting, placeholder string) string {
	return setting + " contains the placeholder " + placeholder + unfilled
}

const unfilled = ", whose value is not declared: set the variable in \"environment\", or replace the placeholder with the value"

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
const RevocationList = "the client checks a certificate revocation list, but that list is not declared"

// The doubts about a handshake without an SSLRequest, where the driver names the
// protocol as the server demands, and where that is not known.
const (
	DirectNeeds17 = "the settings ask for a handshake without an SSLRequest, which needs PostgreSQL 17 or later on the server"
	DirectUnknown = "it is not known whether the server accepts TLS without an SSLRequest, as PostgreSQL 17 and later do"
)

// ServiceFile is the text for a service, whose file is not declared.
const ServiceFile = "the settings name a service, but the service file is not declared"

// NoHost is the text for a client that compares a name, and of which no host is
// known.
const NoHost = "the settings name no host, and no host is declared"

// ReasonSettingNotRead is the reason where a setting of TLS, trust or an address is not
// one that the driver reads.
const ReasonSettingNotRead = "setting_not_read"

// forExtension ends the text for a setting that ends up at the server.
const forExtension = " goes to the server, which mistakes it for a parameter of an extension: nothing reads it"

// ForExtension says that a setting of TLS, trust or an address has a name with a
// dot, so that the server takes it without a word.
func ForExtension(name string) string { return name + forExtension }

// ReasonOf is the code for what is undecided or in doubt, empty where it is
// that no rule covers it.
func (p Policy) ReasonOf(why string) string {
	if why == ServiceFile || strings.HasSuffix(why, notDeclared) {
		return ReasonFileNotDeclared
	}
	if strings.HasSuffix(why, unfilled) {
		return ReasonPlaceholder
	}
	if why == NoHost {
		return string(certpath.HostNameMismatch)
	}
	if strings.HasSuffix(why, forExtension) {
		return ReasonSettingNotRead
	}
	if why == p.Undecided {
		return p.Reason
	}
	return ""
}
