package policy

import (
	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
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

// String names the source in one word.
func (s Source) String() string {
	return [...]string{NoSource: "none", Declared: "file", Missing: "missing", SystemStore: "system", EmptyStore: "empty"}[s]
}

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

// Found says where the roots come from if the settings name a file: the declared
// store, or, if that cannot be this file, a file that is not there.
func (s Settings) Found(path string) Source {
	if s.StoreNamed() && NamesFile(path) {
		return Declared
	}
	return Missing
}

// StoreNamed says whether the declared store is a file that the settings name, and not
// one in a default place.
func (s Settings) StoreNamed() bool {
	return s.StoreDeclared && s.StorePlace != PlaceHome && s.StorePlace != PlaceSystem
}

// Way is a way to verify: a validator of paths, with the rule for names and the reader
// of stores that go with it.
type Way struct {
	Name      string
	Validator certpath.Validator
	Names     certpath.NameRule
	Reader    truststore.Reader
}

// AsOneOf returns the policy of a client that verifies in one of these ways, where it
// is not known in which: what all of them agree on stands, and otherwise undecided
// says why nothing is decided.
func (p Policy) AsOneOf(undecided string, ways ...Way) Policy {
	open := Policy{Undecided: undecided}
	for _, way := range ways {
		p.Profile, p.NameRule, p.Anchors.Reader = certpath.Profile{Validator: way.Validator, SecurityLevel: -1}, way.Names, way.Reader
		open.Alternatives = append(open.Alternatives, Alternative{If: "if the client validates as " + way.Name + " does", Policy: p})
	}
	return open
}
