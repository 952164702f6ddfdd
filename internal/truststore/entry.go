package truststore

import "crypto/x509"

// EntryKind is what a certificate is to its store.
type EntryKind string

// The kinds of entries. The zero value is no entry.
const (
	// EntryTrusted is a trusted certificate.
	EntryTrusted EntryKind = "trusted"
	// EntryKey is the first certificate of a private key's entry.
	EntryKey EntryKind = "key"
	// EntryNone is a certificate that no entry names: the rest of a key's
	// chain, or a PKCS#12 certificate without Java's trust attribute.
	EntryNone EntryKind = "none"
)

// Entry is one certificate of a store.
type Entry struct {
	// Alias is the entry's name; empty where the format has none.
	Alias string
	// Kind is what the certificate is to the store.
	Kind EntryKind
	// Certificate is never nil. Where the store's own reader takes what Go
	// does not decode, it has Raw, its names and dates, and no key.
	Certificate *x509.Certificate
	// SHA256 is the lower-case hexadecimal SHA-256 of the DER encoding.
	SHA256 string
}

// anchorsOf returns the anchors that Java takes from a key store: trusted
// entries and the first certificates of key entries.
func anchorsOf(entries []Entry) []Anchor {
	anchors := make([]Anchor, 0, len(entries))
	for _, entry := range entries {
		if entry.Kind != EntryNone {
			anchors = append(anchors, Anchor{Certificate: entry.Certificate, Alias: entry.Alias, SHA256: entry.SHA256})
		}
	}
	return anchors
}

// Certificates returns the certificates of entries, in their order.
func Certificates(entries []Entry) []*x509.Certificate {
	certificates := make([]*x509.Certificate, len(entries))
	for i, entry := range entries {
		certificates[i] = entry.Certificate
	}
	return certificates
}
