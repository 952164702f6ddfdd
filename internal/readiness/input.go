package readiness

import (
	"crypto/x509"
	"net/netip"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Input is everything that a judgement depends on.
type Input struct {
	// Target is what the server presents after the switch.
	Target Evidence
	// Current is what it presents now; the zero value is not known, and
	// clients are then judged against the target alone.
	Current Evidence
	// ForceSSL says whether the server refuses plaintext; nil is not known.
	ForceSSL *bool
	// ServerTLS is what the server takes of a handshake.
	ServerTLS ServerTLS
	// Engine is RDS's name of the engine, such as aurora-postgresql; empty is
	// not known.
	Engine string
	// Host is the endpoint's name as RDS reports it, or as it was given; empty
	// is not known.
	Host string
	// Endpoint is the endpoint's name as RDS reports it, which is in the server
	// certificate; empty where RDS was not asked. A Host that was given can be an
	// alias, which is not.
	Endpoint string
	// Clients to judge; names are unique.
	Clients []Client
	// Observations are who was seen; nil checks no coverage.
	Observations []Observation
	// WarnUndeclared makes an undeclared TLS session a warning only.
	WarnUndeclared bool
	// WarnIndeterminate lets clients pass that cannot be judged.
	WarnIndeterminate bool
	// At is the time of the judgement; required.
	At time.Time
	// MinimumValidity: anchors that end sooner than At plus this are a
	// finding. Zero asks for nothing.
	MinimumValidity time.Duration
	// Waivers by client name.
	Waivers map[string]Waiver
	// Notes are findings of whoever gathered this, told among the others.
	Notes []Finding
}

// Evidence is what is known of the certification path under one CA.
type Evidence struct {
	// CAIdentifier is RDS's name of the CA; empty when not known.
	CAIdentifier string
	// Presented is the path; the zero value is not known.
	Presented certpath.Presented
	// RootSHA1 is the root's fingerprint as RDS reports it (Thumbprint),
	// lower-case hexadecimal; used when Presented holds neither certificates
	// nor a RootSHA256.
	RootSHA1 string
	// Source says in words where the evidence is from.
	Source string
}

// known says whether there is anything to verify against.
func (e Evidence) known() bool {
	return e.Source == trustServices || len(e.Presented.Certificates) > 0 || e.Presented.RootSHA256 != "" || e.RootSHA1 != ""
}

// leaf returns the server certificate, or nil when only the root is known.
func (e Evidence) leaf() *x509.Certificate {
	if len(e.Presented.Certificates) == 0 {
		return nil
	}
	return e.Presented.Certificates[0]
}

// Client is one declared client.
type Client struct {
	// Name is the client's key in every message.
	Name string
	// Settings is what its driver reads.
	Settings policy.Settings
	// Framework is what its framework does beside that; nil where the settings
	// are the driver's own.
	Framework *Framework
	// Store is the trust store that it finds; see Settings.StoreDeclared.
	Store Store
	// Unknown says in words why the image that it runs in does not tell what it
	// does; such a client is indeterminate. Empty where nothing is unknown.
	Unknown string
	// ViaProxy: the client connects to RDS Proxy or Aurora Serverless v1,
	// whose certificates a switch does not touch.
	ViaProxy bool
	// Match says which observed sessions are this client.
	Match Match

	resolved *policy.Policy // of Resolved
}

// Store is the content of a trust store.
type Store struct {
	// Content is the file's bytes, or the archive of a directory.
	Content []byte
	// Password opens it; nil is none.
	Password *string
	// Name is the path that it was declared by, where Terraform runs; empty is none.
	Name string
	// Declared says that somebody declared it for this client, who then means
	// it to be read; one that was found in an image is not declared.
	Declared bool
	// Unavailable says in words why the content could not be had; such a
	// client is indeterminate.
	Unavailable string
}

// Match selects observed sessions. Kinds that are nil select everything, but a
// Match with no kind at all selects nothing, and neither does one with a kind
// that is given and has no value: a list that came out empty must not widen it.
type Match struct {
	Usernames        []string
	Databases        []string
	ApplicationNames []string
	ClientCIDRs      []netip.Prefix
}

// Observation is who was seen on a DB instance, by one source, over a span.
type Observation struct {
	// Source names what looked, such as "sslready_clients".
	Source string
	// From and To are the first and the last moment looked at; zero is not
	// known.
	From, To time.Time
	// Complete: nobody who was there in that span is left out. An observation
	// that is not complete does not prove that nobody is there.
	Complete bool
	// Why says in words why it is not complete; empty if it is.
	Why string
	// Sessions are those seen, in groups.
	Sessions []Session
	// Refused are the TLS handshakes that ended without a session, in groups.
	Refused []Refusal
}

// Refusal is a group of TLS handshakes that ended without a session. Who the
// client is, nobody knows: it had not given its name yet.
type Refusal struct {
	// Address of the client; empty is not known.
	Address string
	// Alert is the client's by its name in RFC 8446, empty without one, and
	// Meaning what came of it in words.
	Alert, Meaning string
	// CutOff: the server certificate may be why, so that a switch of the CA
	// may be.
	CutOff bool
	// Handshakes is how many there were; zero is not known.
	Handshakes int64
	// First and Last are when; zero is not known.
	First, Last time.Time
}

// Session is a group of observed sessions. Empty strings are values that
// were not visible.
type Session struct {
	Username        string
	Database        string
	ApplicationName string
	ClientAddr      string
	// SSL is nil when it was not visible; such a session may be on TLS.
	SSL *bool
	// Sessions is how many there were.
	Sessions int64
	// First and Last are when it was seen; zero is the observation's own span.
	First, Last time.Time
}

// Waiver lets a client be unready until it expires.
type Waiver struct {
	Reason  string
	Expires time.Time // a waiver without an end is not valid: zero is expired
}
