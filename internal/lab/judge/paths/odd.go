package paths

import (
	"embed"
	"encoding/asn1"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

//go:embed keys/*.pem
var oddKeys embed.FS

// odd makes the certificates and vectors of what validators disagree about.
// All of it is made from constants, the same each time, so that only the
// answers are kept in files.
type odd struct {
	*cast
	questions
	pool [places][]oddity
	// rsaKinds are the algorithms of signatures by an RSA key.
	rsaKinds []string
}

// The good certificates beside the odd one of a vector.
const (
	oddRoot, oddSub, oddLeaf = "odd-root", "odd-sub", "odd-leaf"
)

// oddVectors makes every odd certificate below the lab's server key, and the
// vectors about them.
func oddVectors(b *cast) ([]PathVector, []NameVector) {
	o := &odd{cast: b}
	o.all()
	return o.vectors, o.names()
}

func (o *odd) all() {
	o.root(oddRoot, "fixed256:root", namedRoot(cn("Odd root")))
	o.sub(oddSub, "fixed256:sub", oddRoot, named(cn("Odd sub")))
	o.leaf(oddLeaf, leafKey, oddSub)
	o.ask("the usual path, for comparison", []string{oddLeaf, oddSub, oddRoot}, oddRoot)
	o.extensions()
	o.constraints()
	o.constraintsAbove()
	o.policies()
	o.times()
	o.numbers()
	o.subjects()
	o.algorithms()
	o.keysOfOddKinds()
	o.encodings()
	o.deepPaths()
	o.lookAlikes()
	o.found()
	o.selfIssued()
	o.namesUnderConstraints()
	o.brokenNames()
	o.brokenKeys()
	o.brokenAlgorithms()
	o.spoiled()
	o.edges()
	o.aroundTheSigned()
}

// notModelled begins the names of certificates about which the rules refuse what
// OpenSSL accepts: keys for RSASSA-PSS, and RSA keys with odd parameters. They
// are no vectors until the rules have them.
var notModelled = []string{"key-pss-", "pss-limited-", "rsa-small-", "rsa-parameters-curve-", "rsa-parameters-none-", "rsa-parameters-text-", "signed-lab-pss-broken-salt-large"}

// ask adds a vector.
func (o *odd) ask(what string, presented []string, anchors ...string) {
	for _, name := range slices.Concat(presented, anchors) {
		if slices.ContainsFunc(notModelled, func(begin string) bool { return strings.HasPrefix(name, begin) }) {
			return
		}
	}
	o.askAt(now, what, presented, anchors...)
}

// A change is put into each place of the path in turn, all else being usual:
// the name and key of a place are the same in all its certificates.

func (o *odd) inLeaf(id, what string, changes ...change) {
	name := id + "-leaf"
	o.leaf(name, leafKey, oddSub, changes...)
	o.ask("A server certificate: "+what+".", []string{name, oddSub, oddRoot}, oddRoot)
}

func (o *odd) inSub(id, what string, changes ...change) {
	name := id + "-sub"
	o.sub(name, "fixed256:sub", oddRoot, append([]change{named(cn("Odd sub"))}, changes...)...)
	o.ask("A subordinate CA: "+what+".", []string{oddLeaf, name, oddRoot}, oddRoot)
	o.ask("A subordinate CA, which is the anchor: "+what+".", []string{oddLeaf, name, oddRoot}, name)
}

func (o *odd) inRoot(id, what string, changes ...change) {
	name := id + "-root"
	o.root(name, "fixed256:root", append([]change{namedRoot(cn("Odd root"))}, changes...)...)
	o.ask("A root: "+what+".", []string{oddLeaf, oddSub}, name)
}

// everywhere puts a change into each of the three places.
func (o *odd) everywhere(id, what string, changes ...change) {
	o.inLeaf(id, what, changes...)
	o.inSub(id, what, changes...)
	o.inRoot(id, what, changes...)
}

// forged changes the encoding of a certificate's fields, after all that changed
// it before.
func forged(f func(*fields)) change {
	return func(c *certificate) {
		before := c.forge
		c.forge = func(to *fields) {
			if before != nil {
				before(to)
			}
			f(to)
		}
	}
}

// raw is an extension with any value.
func raw(id asn1.ObjectIdentifier, critical bool, value []byte) extension {
	return extension{ID: id, Critical: critical, Value: value}
}

// twice adds a second extension of the same kind.
func twice(e extension) change {
	return func(c *certificate) { c.extensions = append(c.extensions, e) }
}

func seq(parts ...[]byte) []byte { return constructed(asn1.TagSequence, parts...) }

func oid(arcs ...int) []byte { return must(asn1.Marshal(asn1.ObjectIdentifier(arcs))) }

func ia5(s string) []byte { return primitive(asn1.TagIA5String, []byte(s)) }

// found are paths that [Mixed] showed first: each was judged wrongly once.
func (o *odd) found() {
	o.ask("A common name that is no text, under constraints of DNS names.", []string{"subject-octets-no-alt-leaf", "excludes-dns-EXAMPLE.test-sub", oddRoot}, oddRoot)
	for _, id := range []string{"netscape-text", "netscape-0", "purpose-client", "purpose-integers", "usage-integer", "constraints-text", "names-text"} {
		name := id + "-leaf"
		o.ask("A server certificate, which is its own anchor: "+id+".", []string{name, oddSub, oddRoot}, name)
	}
	o.root("twin-root", "fixed256:root", namedRoot(cn("Odd root")), with(basicConstraints(false, -1, true)))
	o.ask("A root that is no CA.", []string{oddLeaf, oddSub, oddRoot}, "twin-root")
	o.ask("A root that is no CA; the path is built.", []string{oddLeaf, oddRoot, oddSub}, "twin-root")
	o.sub("short-cut", "fixed256:depth-8", oddRoot, named(cn("Odd depth-8")), with(basicConstraints(true, -1, true)))
	path := strings.Fields("depth-8-leaf depth-8 depth-7 depth-6 depth-5 depth-4 depth-3 depth-2 depth-1 short-cut")
	o.ask("A path that is too long for some, and a short cut behind it.", path, oddRoot)
	o.ask("A subordinate CA that permits addresses of one kind, and a server certificate that permits others itself.", []string{"permits-ip-4-leaf", "permits-ip-gap-sub", oddRoot}, oddRoot)
	start := func(tag int, text string) change {
		return forged(func(f *fields) {
			f.validity = seq(primitive(tag, []byte(text)), primitive(asn1.TagUTCTime, []byte("400101000000Z")))
		})
	}
	o.inLeaf("time-utc-minutes-offset", "a UTCTime without seconds with an offset", start(asn1.TagUTCTime, "2001010000+0100"))
	o.inLeaf("time-general-comma", "a comma before a fraction of a second", start(asn1.TagGeneralizedTime, "20200101000000,12345Z"))
	o.root("rsa-trailer-root", "kept:rsa2048", namedRoot(cn("Odd rsa-lab")), signedWith("pss-sha256-trailer-2"))
	o.ask("A root whose signature has parameters that nobody has, and which is sent.", []string{"signed-lab-sha256WithRSAEncryption", "rsa-trailer-root"}, "rsa-lab-root")
	o.ask("A root whose signature has parameters that nobody has.", []string{"signed-lab-sha256WithRSAEncryption"}, "rsa-trailer-root")
}

// place is where a certificate stands in the usual path.
type place int

const (
	inLeaf place = iota
	inSub
	inRoot
	places
)

// oddity is one of the odd ways to make the certificate of a place.
type oddity struct {
	name    string
	changes []change
}

// remember keeps a certificate of the usual path, so that [Mixed] can put it
// together with others.
func (o *odd) remember(at place, name string, changes []change) {
	o.pool[at] = append(o.pool[at], oddity{name, changes})
}

// root, sub and leaf are those of the cast.
func (o *odd) root(name, key string, changes ...change) {
	if key == "fixed256:root" {
		o.remember(inRoot, name, changes)
	}
	o.cast.root(name, key, changes...)
}

func (o *odd) sub(name, key, issuer string, changes ...change) {
	if key == "fixed256:sub" && issuer == oddRoot {
		o.remember(inSub, name, changes)
	}
	o.cast.sub(name, key, issuer, changes...)
}

func (o *odd) leaf(name, key, issuer string, changes ...change) {
	if key == leafKey && issuer == oddSub {
		o.remember(inLeaf, name, changes)
	}
	o.cast.leaf(name, key, issuer, changes...)
}

// Mixed makes up to n chains at random. Each certificate of a chain is odd in up
// to two of the ways that the odd vectors try alone; keys, signatures, the ways to
// write an issuer's name, the length of the path, what the server sends, what
// the store holds and the time are drawn too. The same seed gives the same
// chains. key is the file of the lab's key.
func Mixed(n int, seed uint64, key string) (*Corpus, error) {
	b, err := castOf(key)
	if err != nil {
		return nil, err
	}
	o := &odd{cast: b}
	o.all()
	if b.err != nil {
		return nil, b.err
	}
	o.vectors = nil
	m := &mixer{odd: o, Rand: rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // The same chains each time.
	for i := range n {
		b.err = nil // Changes that do not go together make no chain.
		m.chain(fmt.Sprintf("mixed-%d-", i))
	}
	b.err = nil
	c := &Corpus{Paths: o.vectors, Certificates: b.certificates}
	return c, c.check()
}

// mixer draws chains.
type mixer struct {
	*odd
	*rand.Rand

	what        []string // of the present chain
	roots, subs []string // of the chains before
}

// one draws from a list.
func one[T any](m *mixer, from []T) T { return from[m.IntN(len(from))] }

// often is true so many times of a hundred.
func (m *mixer) often(percent int) bool { return m.IntN(100) < percent }

func (m *mixer) chain(id string) {
	m.what = nil
	root, rootKey := id+"root", m.key("root")
	m.cast.root(root, rootKey, slices.Concat([]change{namedRoot(cn("Odd root"))}, m.pick(inRoot), m.signed(rootKey))...)
	path, issuerKey := []string{root}, rootKey
	depth := one(m, []int{0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 5, 6, 7, 9})
	var naming []change // how the next certificate calls its issuer
	for i := range depth {
		sub, key, issuer := fmt.Sprintf("%ssub-%d", id, i), m.key(fmt.Sprintf("sub-%d", i)), path[0]
		changes := []change{named(cn(fmt.Sprintf("Odd sub %d", i)))}
		if depth > 1 {
			changes = append(changes, with(basicConstraints(true, -1, true)))
		}
		changes = slices.Concat(changes, m.pick(inSub), m.signed(issuerKey), naming)
		subject, called := m.name()
		m.cast.sub(sub, key, issuer, slices.Concat(changes, subject)...)
		path, issuerKey, naming = append([]string{sub}, path...), key, called
	}
	leaf := id + "leaf"
	m.cast.leaf(leaf, leafKey, path[0], slices.Concat(m.pick(inLeaf), m.signed(issuerKey), naming)...)
	if m.err != nil {
		return
	}
	path = append([]string{leaf}, path...)
	at, presented, anchors := m.time(), m.presented(path), m.anchors(path)
	m.askAt(at, strings.Join(m.what, ", "), presented, anchors...)
	m.roots, m.subs = append(m.roots, root), append(m.subs, path[1:len(path)-1]...)
}

// pick draws what is odd about one certificate.
func (m *mixer) pick(at place) (changes []change) {
	for range one(m, []int{0, 0, 0, 0, 0, 0, 1, 1, 1, 2}) {
		chosen := one(m, m.pool[at])
		m.what, changes = append(m.what, chosen.name), append(changes, chosen.changes...)
	}
	return changes
}

// key is mostly the usual one, whose kind the oddities know.
func (m *mixer) key(of string) string {
	if m.often(80) {
		return "fixed256:" + of
	}
	kind := one(m, []string{"fixed224:", "fixed384:", "fixed521:", "fixed25519:", "kept:rsa2047", "kept:rsa2048", "kept:rsa2048-e3", "kept:rsa3072", "kept:rsa4096"})
	m.what = append(m.what, "key "+kind+of)
	if strings.HasPrefix(kind, "kept:") {
		return kind
	}
	return kind + of
}

// signed draws the algorithm of a signature by a key.
func (m *mixer) signed(key string) []change {
	kinds := []string{"ecdsa-with-SHA1", "ecdsa-with-SHA224", "ecdsa-with-SHA256", "ecdsa-with-SHA384", "ecdsa-with-SHA512"}
	if strings.HasPrefix(key, "kept:") {
		kinds = m.rsaKinds
	}
	if strings.HasPrefix(key, "fixed25519:") || m.often(80) {
		return nil
	}
	kind := one(m, kinds)
	m.what = append(m.what, kind)
	return []change{signedWith(kind)}
}

// name draws how a subordinate CA is called, and how what it signs calls it.
func (m *mixer) name() (subject, called []change) {
	if m.often(90) {
		return nil, nil
	}
	pair, forms := one(m, namePairs()), nameForms()
	m.what = append(m.what, fmt.Sprintf("the name is %s and called %s", pair[0], pair[1]))
	return []change{calledAs(forms[pair[0]])}, []change{calls(forms[pair[1]])}
}

// time is mostly the present.
func (m *mixer) time() time.Time {
	if m.often(95) {
		return now
	}
	at := one(m, []time.Time{past.Add(-time.Second), past, future.Add(-time.Second), future, future.Add(time.Second), time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2050, 1, 1, 0, 0, 1, 0, time.UTC)})
	m.what = append(m.what, "at "+at.Format(time.RFC3339))
	return at
}

// presented is what the server sends of a path, leaf first.
func (m *mixer) presented(path []string) []string {
	sent := slices.Clone(path)
	if m.often(30) {
		sent = sent[:len(sent)-1]
	}
	rest := sent[1:]
	switch draw := m.IntN(20); {
	case draw == 0 && len(rest) > 1:
		m.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	case draw == 1 && len(rest) > 0:
		return slices.Delete(sent, 1, 2)
	case draw == 2:
		return append(sent, one(m, sent))
	case draw < 5 && len(m.subs) > 0:
		return slices.Insert(sent, 1+m.IntN(len(sent)), one(m, m.subs))
	}
	return sent
}

// anchors is what the store holds: mostly the root, also beside another one.
func (m *mixer) anchors(path []string) []string {
	anchors := []string{path[len(path)-1]}
	switch draw := m.IntN(20); {
	case draw < 4:
		anchors = []string{one(m, path[1:])}
	case draw == 4:
		anchors = []string{path[0]}
	case draw == 5:
		anchors = nil
	case draw == 6:
		anchors = slices.Clone(path[1:])
	}
	if len(m.roots) > 0 && m.often(20) {
		anchors = slices.Insert(anchors, m.IntN(len(anchors)+1), one(m, m.roots))
	}
	return anchors
}
