package paths

import (
	"crypto/x509"
	"fmt"
	"slices"
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
