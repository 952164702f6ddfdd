package truststore

import (
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// Identifiers in the bags of a PKCS#12, encoded.
const (
	oidBag          = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"
	oidPlainKey     = oidBag + "\x01"
	oidShroudedKey  = oidBag + "\x02"
	oidCertBag      = oidBag + "\x03"
	oidSecretBag    = oidBag + "\x05"
	oidFriendlyName = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14"
	oidLocalKeyID   = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15"
	// oidTrustedKeyUsage is Java's mark of a trusted certificate,
	// 2.16.840.1.113894.746875.1.1.
	oidTrustedKeyUsage = "\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01"
)

// defaultKeyID is the key identifier that Java gives to the one key of a store
// and to the first certificate, where they carry none.
const defaultKeyID = "01"

// pkcs12Bags gathers the bags of all parts of a PKCS#12.
type pkcs12Bags struct {
	table   *aliasTable
	unnamed int // aliases given so far
	keys    []pkcs12KeyBag
	// loose are certificates without the trust attribute.
	loose       []pkcs12Cert
	privateKeys int
	// plainKeys are private keys that are not encrypted, which Java passes over.
	plainKeys int
	count     int
}

type pkcs12KeyBag struct{ alias, keyID string }

type pkcs12Cert struct {
	alias, keyID string
	certificate  *x509.Certificate
}

// bagAttributes are the attributes of a bag that Java looks at.
type bagAttributes struct {
	alias    string
	named    bool
	keyID    string
	hasKeyID bool
	trusted  bool
}

func newPKCS12Bags() *pkcs12Bags { return &pkcs12Bags{table: newAliasTable(false)} }

// load reads a SafeContents.
func (b *pkcs12Bags) load(content []byte) *ReadError {
	der, ok := toDER(content)
	input := cryptobyte.String(der)
	var list, bag cryptobyte.String
	if !ok || !input.ReadASN1(&list, cbasn1.SEQUENCE) {
		return unreadable("", "a part of it is malformed")
	}
	for i := 0; !list.Empty(); i++ {
		if b.count++; b.count > maxEntries {
			return &ReadError{Err: ErrTooLarge, Detail: fmt.Sprintf("it holds more than %d entries", maxEntries)}
		}
		if !list.ReadASN1(&bag, cbasn1.SEQUENCE) {
			return unreadable("", "a part of it is malformed")
		}
		if err := b.bag(bag, i == 0); err != nil {
			return err.inEntry(b.count)
		}
	}
	return nil
}

func (b *pkcs12Bags) bag(bag cryptobyte.String, first bool) *ReadError {
	var set cryptobyte.String
	kind, value, ok := readBagValue(&bag)
	if !ok {
		return unreadable("", "an entry is malformed")
	}
	var certificate *x509.Certificate
	switch kind {
	case oidPlainKey:
		b.plainKeys++
	case oidShroudedKey:
		b.privateKeys++
	case oidCertBag:
		var err *ReadError
		if certificate, err = certOfBag(value); err != nil {
			return err
		}
	}
	var attributes bagAttributes
	// A set that is malformed counts as none.
	if bag.PeekASN1Tag(cbasn1.SET) && bag.ReadASN1(&set, cbasn1.SET) && wellFormedElements(set) {
		var err *ReadError
		if attributes, err = readBagAttributes(set); err != nil {
			return err
		}
	}
	switch kind {
	case oidShroudedKey:
		b.addKey(attributes)
	case oidSecretBag:
		b.table.put(b.nameOf(attributes), nil)
	case oidCertBag:
		b.addCertificate(certificate, attributes, first)
	}
	return nil
}

func (b *pkcs12Bags) nameOf(attributes bagAttributes) string {
	if attributes.named {
		return strings.ToLower(attributes.alias)
	}
	b.unnamed++
	return strconv.Itoa(b.unnamed)
}

// addKey keeps a private key; one of several without an identifier is dropped,
// as Java does.
func (b *pkcs12Bags) addKey(attributes bagAttributes) {
	id := attributes.keyID
	if !attributes.hasKeyID {
		if b.privateKeys != 1 {
			return
		}
		id = defaultKeyID
	}
	alias := b.nameOf(attributes)
	b.table.put(alias, nil)
	b.keys = append(b.keys, pkcs12KeyBag{alias: alias, keyID: id})
}

func (b *pkcs12Bags) addCertificate(certificate *x509.Certificate, attributes bagAttributes, first bool) {
	if attributes.trusted {
		alias := b.nameOf(attributes)
		b.table.put(alias, []Entry{(*decoder)(nil).entry(alias, EntryTrusted, certificate)})
		return
	}
	id := "none"
	if attributes.hasKeyID {
		id = "=" + attributes.keyID
	} else if b.privateKeys == 1 && first {
		id = "=" + defaultKeyID
	}
	b.loose = append(b.loose, pkcs12Cert{alias: attributes.alias, keyID: id, certificate: certificate})
}

// entries matches keys with certificates and returns what the store holds.
func (b *pkcs12Bags) entries() ([]Entry, []Problem) {
	used := make([]bool, len(b.loose))
	for _, key := range b.keys {
		if held, ok := b.table.byAlias[key.alias]; !ok || len(held) > 0 {
			continue // a later entry took the alias
		}
		if i := b.match(key); i >= 0 {
			used[i] = true
			b.table.byAlias[key.alias] = []Entry{(*decoder)(nil).entry(key.alias, EntryKey, b.loose[i].certificate)}
		}
	}
	entries, problems := b.table.entries()
	if keys := b.plainKeys + b.privateKeys; keys > 0 && !slices.ContainsFunc(entries, func(e Entry) bool { return e.Kind == EntryKey }) {
		problems = noted(problems, Problem{
			Code:   CodePrivateKey,
			Detail: fmt.Sprintf("The store holds %s for which Java finds no certificate.", countOf(keys, "private key", "private keys")),
			Remedy: removeKey,
		})
	}
	lost := 0
	for i, c := range b.loose {
		if !used[i] {
			entries = append(entries, (*decoder)(nil).entry(strings.ToLower(c.alias), EntryNone, c.certificate))
			lost++
		}
	}
	if lost > 0 && len(b.keys) == 0 {
		problems = noted(problems, Problem{
			Code: CodeWithoutTrustAttribute,
			Detail: fmt.Sprintf("%s. Either the store was written by openssl, or it was not meant as a trust store.",
				countOf(lost, "certificate lacks the attribute trustedKeyUsage, and Java trusts no certificate without it",
					"certificates lack the attribute trustedKeyUsage, and Java trusts no certificate without it")),
			Remedy: "Make the store with keytool -importcert, one certificate at a time, or with the sslready_trust_store resource.",
		})
	}
	return entries, problems
}

// match finds the certificate of a key: one of the same identifier and alias,
// else the last of the same identifier, else the last of the same alias.
func (b *pkcs12Bags) match(key pkcs12KeyBag) int {
	byID, byAlias := -1, -1
	for i, c := range b.loose {
		sameAlias := strings.EqualFold(key.alias, c.alias)
		switch {
		case c.keyID == "="+key.keyID && sameAlias:
			return i
		case c.keyID == "="+key.keyID:
			byID = i
		case sameAlias:
			byAlias = i
		}
	}
	if byID >= 0 {
		return byID
	}
	return byAlias
}

// readBagValue reads an identifier and the value under an explicit tag, which
// begins with an element.
func readBagValue(bag *cryptobyte.String) (kind string, value cryptobyte.String, ok bool) {
	var oid, first cryptobyte.String
	var tag cbasn1.Tag
	ok = asn.ReadIdentifier(bag, &oid) && bag.ReadASN1(&value, cbasn1.Tag(0).Constructed().ContextSpecific())
	rest := value
	return string(oid), value, ok && rest.ReadAnyASN1(&first, &tag)
}

// wellFormedElements reports whether a set is made of whole elements.
func wellFormedElements(set cryptobyte.String) bool {
	var element cryptobyte.String
	var tag cbasn1.Tag
	for !set.Empty() {
		if !set.ReadAnyASN1Element(&element, &tag) {
			return false
		}
	}
	return true
}

// certOfBag reads a CertBag.
func certOfBag(value cryptobyte.String) (*x509.Certificate, *ReadError) {
	var bag, octets cryptobyte.String
	if !value.ReadASN1(&bag, cbasn1.SEQUENCE) {
		return nil, unreadable("", "a certificate bag is malformed")
	}
	_, content, ok := readBagValue(&bag)
	if !ok || !bag.Empty() || !content.ReadASN1(&octets, cbasn1.OCTET_STRING) {
		return nil, unreadable("", "a certificate bag is malformed")
	}
	certificate, ok := javaSingleCertificate(octets)
	if !ok {
		return nil, unreadable("", "it holds a certificate that Java cannot decode")
	}
	return certificate, nil
}

func readBagAttributes(set cryptobyte.String) (bagAttributes, *ReadError) {
	var attributes bagAttributes
	for !set.Empty() {
		var attribute, oid, values, value cryptobyte.String
		var tag cbasn1.Tag
		if !set.ReadASN1(&attribute, cbasn1.SEQUENCE) || !asn.ReadIdentifier(&attribute, &oid) ||
			!attribute.ReadASN1(&values, cbasn1.SET) || !attribute.Empty() || !wellFormedElements(values) {
			return attributes, unreadable("", "an attribute is malformed")
		}
		known := string(oid) == oidFriendlyName || string(oid) == oidLocalKeyID
		if known && !values.ReadAnyASN1(&value, &tag) {
			return attributes, unreadable("", "an attribute has no value")
		}
		switch string(oid) {
		case oidFriendlyName:
			if tag != cbasn1.Tag(30) {
				return attributes, unreadable("", "a friendlyName is not a BMPString")
			}
			attributes.alias, attributes.named = utf16Text(value, binary.BigEndian), true
		case oidLocalKeyID:
			if tag != cbasn1.OCTET_STRING {
				return attributes, unreadable("", "a key identifier is not an octet string")
			}
			attributes.keyID, attributes.hasKeyID = string(value), true
		case oidTrustedKeyUsage:
			for !values.Empty() {
				if !asn.ReadIdentifier(&values, &value) {
					return attributes, unreadable("", "a trusted key usage is not an object identifier")
				}
			}
			attributes.trusted = true
		}
	}
	return attributes, nil
}
