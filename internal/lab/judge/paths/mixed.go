package paths

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

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

// Mixed makes up to n chains at random: two or three of the certificates of a
// chain are odd, each in one or two of the ways that the odd vectors try alone.
// The same seed gives the same chains. key is the file of the lab's key.
func Mixed(n int, seed uint64, key string) (*Corpus, error) {
	b := newCast()
	signer, err := readKey(key)
	if err != nil {
		return nil, err
	}
	b.keys[leafKey] = signer
	o := &odd{cast: b, asked: map[string]bool{}}
	o.all()
	if b.err != nil {
		return nil, b.err
	}
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // The same chains each time.
	o.vectors = nil
	for i := range n {
		b.err = nil // Changes that do not go together make no chain.
		root, sub, leaf := fmt.Sprintf("mixed-%d-root", i), fmt.Sprintf("mixed-%d-sub", i), fmt.Sprintf("mixed-%d-leaf", i)
		var what []string
		pick := func(at place) (changes []change) {
			for range random.IntN(3) {
				chosen := o.pool[at][random.IntN(len(o.pool[at]))]
				what, changes = append(what, chosen.name), append(changes, chosen.changes...)
			}
			return changes
		}
		b.root(root, "fixed256:root", append([]change{namedRoot(cn("Odd root"))}, pick(inRoot)...)...)
		b.sub(sub, "fixed256:sub", root, append([]change{named(cn("Odd sub"))}, pick(inSub)...)...)
		b.leaf(leaf, leafKey, sub, pick(inLeaf)...)
		if b.err != nil {
			continue
		}
		anchor := []string{root, root, root, sub}[random.IntN(4)]
		o.ask(strings.Join(what, ", "), []string{leaf, sub, root}, anchor)
	}
	b.err = nil
	c := &Corpus{Paths: o.vectors, Certificates: b.certificates}
	return c, c.check()
}
