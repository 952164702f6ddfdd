package paths

import (
	"embed"
	"encoding/asn1"
	"strings"
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
func oddVectors(b *cast) []PathVector {
	o := &odd{cast: b}
	o.all()
	return o.vectors
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
}

// ask adds a vector.
func (o *odd) ask(what string, presented []string, anchors ...string) {
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
