package paths

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// Moments of the corpus: most vectors are judged at now.
var (
	now    = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)
	past   = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	ended  = time.Date(2025, time.December, 31, 0, 0, 0, 0, time.UTC)
	starts = time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC)
	future = time.Date(2040, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// cast makes the certificates of a corpus, each under a name.
type cast struct {
	keys         ring
	made         map[string]certificate
	certificates map[string][]byte
	order        []string
	err          error // the first one
}

func newCast() *cast {
	return &cast{keys: ring{}, made: map[string]certificate{}, certificates: map[string][]byte{}}
}

// castOf has the lab's key, of a file, for the server.
func castOf(file string) (*cast, error) {
	b := newCast()
	key, err := readKey(file)
	b.keys[leafKey] = key
	return b, err
}

// change makes a certificate other than the usual one of its kind.
type change func(*certificate)

// root, sub and leaf make the three certificates of RDS's shape: a root with
// basicConstraints, keyUsage and subjectKeyIdentifier only, a subordinate CA
// with a path length of zero, a server certificate.
func (b *cast) root(name, key string, changes ...change) {
	usual := func(c *certificate) {
		c.extensions = []extension{
			basicConstraints(true, -1, true), subjectKeyID(c.key),
			keyUsage(x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature),
		}
	}
	b.add(name, cn("Lab "+name), key, "", append([]change{usual}, changes...))
}

func (b *cast) sub(name, key, issuer string, changes ...change) {
	usual := func(c *certificate) {
		c.extensions = []extension{
			basicConstraints(true, 0, true), subjectKeyID(c.key), authorityKeyID(c.signer),
			keyUsage(x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature),
		}
	}
	b.add(name, cn("Lab "+name), key, issuer, append([]change{usual}, changes...))
}

func (b *cast) leaf(name, key, issuer string, changes ...change) {
	usual := func(c *certificate) {
		c.extensions = []extension{
			basicConstraints(false, -1, false), subjectKeyID(c.key), authorityKeyID(c.signer),
			keyUsage(x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment),
			extKeyUsage(false, purposeServer, purposeClient), altNames("db.example.test"),
		}
	}
	b.add(name, cn("db.example.test"), key, issuer, append([]change{usual}, changes...))
}

// add makes a certificate below another of the cast; below itself when issuer
// is empty.
func (b *cast) add(name string, subject rdn, key, issuer string, changes []change) {
	if b.err != nil {
		return
	}
	c := certificate{
		name: name, version: 3, serial: int64(len(b.order) + 1), subject: subject, issuer: subject,
		notBefore: past, notAfter: future,
	}
	if c.key, b.err = b.keys.key(key); b.err != nil {
		return
	}
	c.signer = c.key
	if issuer != "" {
		above, known := b.made[issuer]
		if !known {
			b.err = fmt.Errorf("%w: %s has the unknown issuer %q", errBroken, name, issuer)
			return
		}
		c.issuer, c.signer = above.subject, above.key
	}
	for _, apply := range changes {
		apply(&c)
	}
	der, err := c.encode()
	if err != nil {
		b.err = err
		return
	}
	if b.certificates[name] != nil {
		b.err = fmt.Errorf("%w: %s is made twice", errBroken, name)
		return
	}
	b.made[name], b.certificates[name] = c, der
	b.order = append(b.order, name)
}

func named(subject rdn) change { return func(c *certificate) { c.subject = subject } }

// namedRoot is for a self-signed certificate: both names.
func namedRoot(subject rdn) change {
	return func(c *certificate) { c.subject, c.issuer = subject, subject }
}

func issuedBy(issuer rdn) change { return func(c *certificate) { c.issuer = issuer } }
func valid(from, to time.Time) change {
	return func(c *certificate) { c.notBefore, c.notAfter = from, to }
}
func signedWith(algorithm string) change { return func(c *certificate) { c.algorithm = algorithm } }
func tampered(c *certificate)            { c.tampered = true }
func version1(c *certificate)            { c.version, c.extensions = 1, nil }

// with replaces an extension, or adds it.
func with(e extension) change {
	return func(c *certificate) {
		i := slices.IndexFunc(c.extensions, func(old extension) bool { return old.ID.Equal(e.ID) })
		if i < 0 {
			c.extensions = append(c.extensions, e)
			return
		}
		c.extensions[i] = e
	}
}

// without drops extensions by the last arc of their identifiers.
func without(last ...int) change {
	return func(c *certificate) {
		c.extensions = slices.DeleteFunc(c.extensions, func(e extension) bool {
			return slices.Contains(last, e.ID[len(e.ID)-1])
		})
	}
}

// The last arcs of extensions, for without.
const (
	idSubjectKey       = 14
	idKeyUsage         = 15
	idAltName          = 17
	idBasicConstraints = 19
	idAuthorityKey     = 35
	idExtKeyUsage      = 37
)

// critical marks an extension critical.
func critical(last int) change {
	return func(c *certificate) {
		for i := range c.extensions {
			if id := c.extensions[i].ID; id[len(id)-1] == last {
				c.extensions[i].Critical = true
			}
		}
	}
}

// hosts are put to every server certificate of the name vectors.
var hosts = []string{
	"db.example.test", "DB.Example.Test", "db.example.test.", "other.example.test", "example.test", "x.db.example.test",
	"d.example.test", "db", "test", "10.1.2.3", "10.1.2.4", "10.1.515", "010.1.2.3", "2001:db8::1",
	"2001:0DB8:0:0:0:0:0:1", "::ffff:10.1.2.3", "localhost", "my_db.example.test", "xn--bcher-kva.example.test",
	"first.example.test", "second.example.test", "orders.abc123.us-east-1.rds.amazonaws.com",
	"orders.abc123.eu-west-1.rds.amazonaws.com", "", "*.example.test", ".example.test", "db-.example.test", "-db.example.test",
}

// names makes the server certificates of the name vectors.
func (b *cast) names() {
	host := cn("db.example.test")
	b.named("exact", host, "db.example.test")
	b.named("cn-only", host)
	b.named("cn-and-other-name", host, "other.example.test")
	b.named("second-of-two", cn("a.example.test"), "a.example.test", "db.example.test")
	b.named("four-others", cn("a.example.test"), "a.example.test", "b.example.test", "c.example.test", "e.example.test")
	b.named("addresses", host, net.IPv4(10, 1, 2, 3), net.ParseIP("2001:db8::1"))
	b.named("address-then-name", cn("x"), net.IPv4(10, 1, 2, 3), "db.example.test")
	b.named("name-then-address", cn("10.1.2.4"), "db.example.test", net.IPv4(10, 1, 2, 3))
	b.named("address-as-name", cn("x"), "10.1.2.3")
	b.named("address-as-cn", cn("10.1.2.3"))
	b.named("address-as-cn-and-name", cn("10.1.2.3"), "db.example.test")
	b.named("cn-and-address", host, net.IPv4(10, 1, 2, 3))
	b.named("mapped-address", cn("x"), generalName(tagged(7, net.ParseIP("::ffff:10.1.2.3").To16())))
	b.named("short-address", host, generalName(tagged(7, []byte{10, 1, 2, 3})), "other.example.test")
	b.named("wildcard", cn("x"), "*.example.test")
	b.named("wildcard-cn", cn("*.example.test"))
	b.named("wildcard-deep", cn("x"), "*.db.example.test")
	b.named("wildcard-start", cn("x"), "*b.example.test")
	b.named("wildcard-end", cn("x"), "d*.example.test")
	b.named("wildcard-middle", cn("x"), "d*b.example.test")
	b.named("wildcard-inner", cn("x"), "db.*.test")
	b.named("wildcard-twice", cn("x"), "*.*.test")
	b.named("wildcard-two-in-label", cn("x"), "*d*.example.test")
	b.named("wildcard-of-tld", cn("x"), "*.test")
	b.named("wildcard-alone", cn("*"), "*")
	b.named("wildcard-puny", cn("x"), "xn--*.example.test")
	b.named("wildcard-address", cn("x"), "*.1.2.3")
	b.named("upper", cn("DB.EXAMPLE.TEST"), "DB.EXAMPLE.TEST")
	b.named("final-dot", cn("db.example.test."), "db.example.test.")
	b.named("underscore", cn("my_db.example.test"), "my_db.example.test")
	b.named("hyphens", cn("x"), "db-.example.test", "-db.example.test")
	b.named("puny", cn("x"), "xn--bcher-kva.example.test")
	b.named("one-label", cn("localhost"), "localhost")
	b.named("one-label-cn", cn("localhost"))
	b.named("two-cns", rdn{{oid: oidCommonName, value: "first.example.test"}, {oid: oidCommonName, value: "second.example.test"}})
	b.named("no-cn", rdn{{oid: oidOrganization, value: "sslready lab"}}, "db.example.test")
	b.named("no-name", rdn{{oid: oidOrganization, value: "sslready lab"}})
	b.named("mail-only", host, generalName(tagged(1, []byte("dba@example.test"))))
	b.named("uri-only", host, generalName(tagged(6, []byte("https://db.example.test/"))))
	b.named("printable-cn", rdn{{oid: oidCommonName, tag: asn1.TagPrintableString, value: "db.example.test"}})
	b.named("rds", cn("orders.abc123.us-east-1.rds.amazonaws.com"), "orders.abc123.us-east-1.rds.amazonaws.com")
	b.named("rds-wildcard", cn("*.abc123.us-east-1.rds.amazonaws.com"), "*.abc123.us-east-1.rds.amazonaws.com")
}

// named makes a server certificate with a subject and names.
func (b *cast) named(name string, subject rdn, names ...any) {
	change := without(idAltName)
	if len(names) > 0 {
		change = with(altNames(names...))
	}
	b.leaf("name-"+name, leafKey, "sub", change, named(subject))
}

// leafKey is the key of most server certificates. It is a key of the lab that
// is kept, so that a server can use it when judges are asked again.
const leafKey = "rsa2048:leaf"

// askNames lists all name vectors.
func askNames(b *cast) []NameVector {
	var vectors []NameVector
	for _, leaf := range b.order {
		if !strings.HasPrefix(leaf, "name-") {
			continue
		}
		for _, host := range hosts {
			vectors = append(vectors, NameVector{ID: leaf + " " + host, Leaf: leaf, Host: host, Answers: Answers{}})
		}
	}
	return vectors
}
