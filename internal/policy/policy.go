// Package policy holds the words in which a driver's behaviour is said: the
// settings that a client gives to its driver, and the policy that the driver
// makes of them, which says in which order it tries, what it verifies, and
// where it looks for trust anchors.
package policy

import (
	"maps"
	"reflect"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
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

// With returns the settings with one more property.
func (s Settings) With(property, value string) Settings {
	properties := maps.Clone(s.Properties)
	if properties == nil {
		properties = map[string]string{}
	}
	properties[property] = value
	s.Properties = properties
	return s
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
