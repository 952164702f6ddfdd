package paths

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"iter"
	"net"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/elements"
)

// spoiled puts every element of certificates out of shape in turn: of the usual
// ones, and of some with each extension that a validator looks into. No CA
// issues such a certificate, so the prediction may refuse more of them than the
// real validators do, and never less.
func (o *odd) spoiled() {
	before := len(o.vectors)
	o.outOfShape(inLeaf, "plain", nil)
	o.outOfShape(inSub, "plain", nil)
	o.outOfShape(inRoot, "plain", nil)
	for _, rich := range richExtensions() {
		o.outOfShape(rich.at, rich.id, oid(rich.ext.ID...), with(rich.ext))
	}
	for i := range o.vectors[before:] {
		o.vectors[before+i].Spoiled = true
	}
}

type richExtension struct {
	at  place
	id  string
	ext extension
}

// richExtensions are good ones with each element that some validator reads.
func richExtensions() []richExtension {
	dns, name := tagged(2, []byte("db.example.test")), explicit(4, cn("x").encode())
	uri := tagged(6, []byte("http://x.example.test/x"))
	tree := func(base []byte, more ...[]byte) []byte { return seq(append([][]byte{base}, more...)...) }
	trees := join([][]byte{
		tree(tagged(2, []byte("example.test"))), tree(tagged(1, []byte("example.test"))), tree(tagged(6, []byte("example.test"))),
		tree(explicit(4, rdn{{oid: oidOrganization, value: "sslready lab"}}.encode())), tree(tagged(7, []byte{10, 0, 0, 0, 255, 0, 0, 0})),
	})
	others := join([][]byte{tree(tagged(2, []byte("other.test")), tagged(0, []byte{0})), tree(tagged(8, []byte{42, 3})), tree(explicit(0, join([][]byte{oid(1, 2, 3), explicit(0, ia5("x"))})))})
	policy := seq(oid(1, 2, 3), seq(seq(oid(1, 3, 6, 1, 5, 5, 7, 2, 1), ia5("http://example.test/"))))
	return []richExtension{
		{inLeaf, "names", raw(ce(17), false, seq(
			dns, tagged(1, []byte("dba@example.test")), uri, name, tagged(7, net.IPv4(10, 1, 2, 3).To4()), tagged(8, []byte{42, 3, 4}),
			explicit(0, join([][]byte{oid(1, 2, 3), explicit(0, ia5("x"))})),
		))},
		{inLeaf, "issuer-names", raw(ce(18), false, seq(dns, name))},
		{inLeaf, "authority", raw(ce(35), false, seq(explicit(1, explicit(4, cn("Odd root").encode())), tagged(2, []byte{2})))},
		{inLeaf, "points", raw(ce(31), false, seq(seq(explicit(0, explicit(0, uri)), tagged(1, []byte{1, 2}), explicit(2, name))))},
		{inLeaf, "policies", raw(ce(32), false, seq(policy, seq(oid(1, 2, 4))))},
		{inLeaf, "access", raw(pe(1), false, seq(seq(oid(1, 3, 6, 1, 5, 5, 7, 48, 1), uri)))},
		{inLeaf, "netscape", raw(oidNetscapeType, false, primitive(3, []byte{6, 0x40}))},
		{inLeaf, "constraints", basicConstraints(true, 1, false)},
		{inSub, "limits", raw(ce(30), false, seq(explicit(0, trees), explicit(1, others)))},
		{inSub, "limits-critical", raw(ce(30), true, seq(explicit(0, tree(tagged(2, []byte("example.test")))), explicit(1, tree(tagged(2, []byte("other.test"))))))},
		{inSub, "authority", raw(ce(35), false, seq(explicit(1, explicit(4, cn("Odd root").encode())), tagged(2, []byte{1})))},
		{inSub, "policies", raw(ce(32), false, seq(policy, seq(oid(2, 5, 29, 32, 0))))},
		{inSub, "mappings", raw(ce(33), false, seq(seq(oid(1, 2, 3), oid(1, 2, 4))))},
		{inSub, "policy-constraints", raw(ce(36), false, seq(tagged(0, []byte{5}), tagged(1, []byte{5})))},
		{inSub, "any-policy", raw(ce(54), false, primitive(2, []byte{5}))},
		{inSub, "purposes", raw(ce(37), false, seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1), oid(2, 5, 29, 37, 0)))},
		{inSub, "names", raw(ce(17), false, seq(dns))},
		{inRoot, "limits", raw(ce(30), false, seq(explicit(0, trees)))},
		{inRoot, "authority", raw(ce(35), false, seq(explicit(1, explicit(4, cn("Odd root").encode())), tagged(2, []byte{1})))},
		{inLeaf, "names-critical", raw(ce(17), true, seq(dns, name))},
		{inLeaf, "purposes-critical", raw(ce(37), true, seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1), oid(1, 3, 6, 1, 5, 5, 7, 3, 2)))},
		{inLeaf, "points-critical", raw(ce(31), true, seq(seq(explicit(0, explicit(0, uri)))))},
		{inLeaf, "policies-critical", raw(ce(32), true, seq(seq(oid(1, 2, 3))))},
		{inLeaf, "identifier-critical", raw(ce(14), true, primitive(4, []byte("id")))},
	}
}

// outOfShape asks about a certificate of a place with each spoiled element: all,
// or only those of the extension with an identifier, DER.
func (o *odd) outOfShape(at place, id string, only []byte, changes ...change) {
	name := "spoiled-" + at.String() + "-" + id
	made := func(name, what string, changes ...change) { o.standing(at, name, what, changes...) }
	made(name, "nothing is spoiled", changes...)
	if o.err != nil {
		return
	}
	whole := read(o.certificates[name]).Parts[0]
	for _, path := range whole.Paths()[1:] {
		if only != nil && !within(&whole, path, only) {
			continue
		}
		for way, spoil := range spoils(whole, path) {
			made(name+"-"+elements.Dotted(path)+"-"+way.Name, fmt.Sprintf("%s, element %s: %s", id, elements.Dotted(path), way.What),
				append(slices.Clone(changes), func(c *certificate) { c.reshape = spoil })...)
		}
	}
}

// aroundTheSigned spoils what stands beside the signed part.
func (o *odd) aroundTheSigned() {
	before := len(o.vectors)
	for at := range places {
		whole := read(o.certificates["spoiled-"+at.String()+"-plain"])
		for _, path := range whole.Paths()[1:] {
			if path[0] == 0 && len(path) > 1 {
				continue
			}
			for way, spoil := range spoils(whole, path) {
				o.standing(at, fmt.Sprintf("spoiled-%s-outside-%s-%s", at, elements.Dotted(path), way.Name), fmt.Sprintf("outside, element %s: %s", elements.Dotted(path), way.What),
					func(c *certificate) { c.wrap = spoil })
			}
		}
	}
	for i := range o.vectors[before:] {
		o.vectors[before+i].Spoiled = true
	}
}

func (p place) String() string { return []string{"leaf", "sub", "root"}[p] }

// standing makes a certificate of a place, all else being usual, and asks about it.
func (o *odd) standing(at place, name, what string, changes ...change) {
	switch at {
	case inSub:
		o.cast.sub(name, "fixed256:sub", oddRoot, append([]change{named(cn("Odd sub"))}, changes...)...)
		o.ask("A subordinate CA: "+what+".", []string{oddLeaf, name, oddRoot}, oddRoot)
		o.ask("A subordinate CA, which is the anchor: "+what+".", []string{oddLeaf, name, oddRoot}, name)
	case inRoot:
		o.cast.root(name, "fixed256:root", append([]change{namedRoot(cn("Odd root"))}, changes...)...)
		o.ask("A root: "+what+".", []string{oddLeaf, oddSub}, name)
	case inLeaf, places:
		o.cast.leaf(name, leafKey, oddSub, changes...)
		o.ask("A server certificate: "+what+".", []string{name, oddSub, oddRoot}, oddRoot)
	}
}

// read leaves keys and signatures as they are.
func read(der []byte) elements.Element {
	return elements.Read(der, func(e asn1.RawValue) bool { return e.Class == asn1.ClassUniversal && e.Tag == asn1.TagBitString })
}

// spoils are the ways that make a difference to an element at a place and keep to
// DER, with what each makes of such an encoding.
func spoils(whole elements.Element, path []int) iter.Seq2[elements.Way, func([]byte) []byte] {
	return func(yield func(elements.Way, func([]byte) []byte) bool) {
		for _, way := range elements.Ways[:7] {
			if changed := whole.Clone(); !way.Do(&changed, path) {
				continue
			}
			spoil := func(der []byte) []byte {
				e := read(der)
				way.Do(&e, path)
				return e.Encode()
			}
			if !yield(way, spoil) {
				return
			}
		}
	}
}

// within reports a place in an extension with this identifier, DER.
func within(e *elements.Element, path []int, id []byte) bool {
	for n := range path {
		above := e.At(path[:n])
		if len(above.Parts) > 1 && bytes.Equal(above.Parts[0].Encode(), id) {
			return true
		}
	}
	return false
}
