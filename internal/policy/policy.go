// Package policy holds the words in which a driver's behaviour is said: the
// settings that a client gives to its driver, and the policy that the driver
// makes of them, which says in which order it tries, what it verifies, and
// where it looks for trust anchors.
package policy

import (
	"reflect"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Place says where, on the client's side, the declared trust store lies.
type Place string

// The places of a trust store.
const (
	PlaceAuto   Place = "auto"   // where the settings point, else the driver's default root file
	PlaceHome   Place = "home"   // the driver's default root file in the home directory
	PlaceSystem Place = "system" // the operating system's, JVM's or runtime's store
)

// Settings is what a client's owner declares: all that a driver reads.
type Settings struct {
	// Driver is the driver's name, one of [Names]; required.
	Driver string
	// Version is the driver's version, for libpq-based drivers the version
	// of libpq; empty is the newest known.
	Version string
	// Runtime is the version of Java, Node, Python or OpenSSL; empty is the
	// newest known.
	Runtime string
	// Connection is the connection string in the driver's own syntax; may be
	// empty. It holds no password.
	Connection string
	// Environment is what the driver reads from its environment.
	Environment map[string]string
	// Properties are settings given in code, by the driver's own names.
	Properties map[string]string
	// Host is the server's name where the settings name none; may be empty.
	Host string
	// StoreDeclared says that a trust store was declared. Where it was not,
	// nothing is at the place where the driver looks.
	StoreDeclared bool
	// StorePlace is where the declared store lies; empty is PlaceAuto.
	StorePlace Place
	// Files are the client's other files; nil is that none is declared.
	Files Files
}

// Policy is what a driver does with its settings, before any store is read or
// any server is asked.
type Policy struct {
	// Rejection is set when the driver refuses its settings: it then makes
	// no attempt at all, in no mode, unless the refusal is the server's.
	Rejection *Rejection
	// Undecided is set when the rules do not cover the settings: the verdict
	// is then indeterminate. It says why in words.
	Undecided string
	// Unread are the settings that the driver ignores, by place and name.
	Unread []Unread
	// Reason is the code of Undecided; empty is that the rules do not cover
	// the settings.
	Reason string
	// Alternatives are the policies between which something decides that was
	// not declared (a Cargo feature, a release): the verdict is the one that
	// all of them give, else indeterminate. Undecided is set with them.
	Alternatives []Alternative
	// Doubt is set when a session that TLS or the server would allow may
	// still be refused for a reason that the settings bring in and that is
	// not known here (a CRL file, require_auth, target_session_attrs). A
	// verdict of fails stands; every other one is indeterminate. It says why
	// in words; empty is no doubt.
	Doubt string
	// TLSDoubt is the same for sessions on TLS alone: one in plaintext
	// stands.
	TLSDoubt string
	// Mode is the driver's effective mode in its own word ("prefer",
	// "verify-full", "ssl object"), for messages.
	Mode string
	// Hosts in the order of the attempts; never empty unless Rejection or
	// Undecided is set.
	Hosts []Host
	// Later are hosts that are tried only where those before them cannot be
	// reached, so that they have no part in what becomes of a connection.
	Later []Host
	// AnyHost says that it is not known which of Hosts the client talks to:
	// the verdict is indeterminate unless it is the same for all.
	AnyHost bool
	// Attempts at each host, in order; the next one is made only as its
	// Next says.
	Attempts []Attempt
	// Anchors is the store that verification uses.
	Anchors Anchors
	// StoreUnread says in words why the settings that name a store have no
	// effect; empty where Mode and Anchors say it all.
	StoreUnread string
	// Profile is how paths are validated.
	Profile certpath.Profile
	// PathError is the client's text for a path that does not verify, where
	// it does not print the validator's own; constant part.
	PathError string
	// NameError is the same for a name that does not match.
	NameError string
	// PlaintextError is the client's text where the server refuses plaintext;
	// empty is the server's own.
	PlaintextError string
	// PrintsLast says that the client prints the error of its last attempt,
	// not that of TLS.
	PrintsLast bool
	// NameRule is how the server's name is compared, for attempts with
	// VerifyHost.
	NameRule certpath.NameRule
	// NameVersion is the version of the code that compares names, for libpq
	// "14" or "15"; empty is Profile.Version.
	NameVersion string
	// TLS is what the client offers.
	TLS Offer
}

// Possible returns the policies of which one is the client's: the policy
// itself, or where something undeclared decides, all of its alternatives.
func (p Policy) Possible() []Policy {
	if len(p.Alternatives) == 0 {
		return []Policy{p}
	}
	var all []Policy
	for _, alternative := range p.Alternatives {
		all = append(all, alternative.Policy.Possible()...)
	}
	return all
}

// Verifies says whether an attempt verifies the path.
func (p Policy) Verifies() bool {
	return slices.ContainsFunc(p.Attempts, func(a Attempt) bool { return a.TLS && a.VerifyPath })
}

// UsesTLS says whether an attempt uses TLS.
func (p Policy) UsesTLS() bool {
	return slices.ContainsFunc(p.Attempts, func(a Attempt) bool { return a.TLS })
}

// ReadsStore says whether the store plays a part at all: it is read for an
// attempt that verifies, or because the client refuses all its settings for a
// file that it cannot use.
func (p Policy) ReadsStore() bool {
	a := p.Anchors
	file := a.Source == Declared || a.Source == Missing
	rejects := a.Unreadable.Then == RejectAll || a.Empty.Then == RejectAll || a.Directory != nil && a.Directory.Then == RejectAll
	return p.Verifies() || file && (rejects || a.Source == Missing && a.Missing.Then == RejectAll)
}

// WithoutTLS is the policy of a client that gives up each attempt of TLS before
// the handshake.
func (p Policy) WithoutTLS(why *Rejection) Policy {
	p.Attempts = slices.Clone(p.Attempts)
	for i := range p.Attempts {
		if p.Attempts[i].TLS {
			p.Attempts[i].Ends = why
		}
	}
	return p
}

// inPlay is a policy without the versions of code that it never comes to.
func (p Policy) inPlay() Policy {
	if !p.ReadsStore() {
		p.Anchors = Anchors{}
	}
	if !p.Verifies() {
		p.Profile, p.NameVersion = certpath.Profile{}, ""
	}
	return p
}

// Does says whether a client with this policy does what one with the other does.
func (p Policy) Does(other Policy) bool {
	return reflect.DeepEqual(p.inPlay(), other.inPlay())
}

// Alternative is the policy of a client of which something is so.
type Alternative struct {
	If     string // in words, such as "pgx 5.7.0 and later"
	Policy Policy
}

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

// Host is one server that a client tries.
type Host struct {
	// Name as the driver compares it with the certificate; a DNS name, an IP
	// address, or empty.
	Name string
	// Local is true for a Unix socket: no TLS there, whatever the mode.
	Local bool
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

// Source is where trust anchors come from.
type Source uint8

// The sources of trust anchors. The zero value: the attempts verify nothing.
const (
	NoSource    Source = iota
	Declared           // the declared trust store
	Missing            // a file that is not there: see Anchors.Missing
	SystemStore        // the operating system's or runtime's own store, not declared: it holds no RDS root
	EmptyStore         // the driver was given an empty set
)

// Reaction is what a driver does without a store that it can use.
type Reaction uint8

// What drivers do without a store that they can use.
const (
	FailAttempt Reaction = iota // each verifying TLS attempt fails
	RejectAll                   // the settings are refused, in every mode
	UseSystem                   // the runtime's own store is taken, without a word
	TakeNone                    // the set is empty, and every path fails
)

// Lack is what a driver does in one kind of lack of a store.
type Lack struct {
	Then Reaction
	// Client is the client's own text, constant part; empty is the reader's,
	// or none.
	Client string
}

// Anchors is where, and how, a driver takes its trust anchors.
type Anchors struct {
	Source Source
	// Content is the store itself, where the settings hold it instead of a
	// name; it then takes the place of the declared one. Nil is no content.
	Content []byte
	// Path is the file or keyword that the settings name, for messages;
	// empty when it is the driver's default.
	Path string
	// Reader reads the store.
	Reader truststore.Reader
	// DirectoryReader reads it where it is a directory; the zero value leaves
	// that to Reader.
	DirectoryReader truststore.Reader
	// PEMReader reads it where it is PEM, and Reader where it is not; the zero
	// value leaves both to Reader.
	PEMReader truststore.Reader
	// ReaderVersion is the reader's runtime version; empty is the newest.
	ReaderVersion string
	// Missing is for a file that is not there, Unreadable for a Declared store
	// that the reader rejects, Empty for one without an anchor.
	Missing, Unreadable, Empty Lack
	// Directory is for a store that is a directory where the client needs a
	// file; nil leaves directories to the reader.
	Directory *Lack
	// WithSystem adds the runtime's own roots to the declared ones. They
	// hold no RDS root.
	WithSystem bool
	// Password is the store's password where the settings name one by
	// property (javax.net.ssl.trustStorePassword); nil takes the declared
	// one. Never print it.
	Password *string
	// StoreType is the type that a JavaKeyStore is opened as
	// (javax.net.ssl.trustStoreType); empty is the JVM's default.
	StoreType string
	// OwnPassword: an encrypted store opens with the password of the settings
	// alone, so that the declared one, which nobody tells the client, is of no
	// use.
	OwnPassword bool
	// NoPassword opens the store without a password, whatever was declared.
	NoPassword bool
}

// Otherwise sets what the driver does without a store that it can use, whatever
// is wrong with it. Its texts stay.
func (a Anchors) Otherwise(then Reaction) Anchors {
	a.Missing.Then, a.Unreadable.Then, a.Empty.Then = then, then, then
	return a
}

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
