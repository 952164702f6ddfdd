package paths

import (
	"embed"
	"encoding/asn1"
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
