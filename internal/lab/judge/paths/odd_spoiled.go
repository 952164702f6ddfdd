package paths

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"net"
	"slices"
	"strings"
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
	whole := readElement(o.certificates[name]).parts[0]
	for _, path := range whole.paths() {
		if only != nil && !whole.within(path, only) {
			continue
		}
		for _, way := range ways(whole.at(path)) {
			reshape := func(c *certificate) {
				c.reshape = func(tbs []byte) []byte {
					e := readElement(tbs)
					way.do(&e, path)
					return e.encode()
				}
			}
			made(name+"-"+dotted(path)+"-"+way.name, fmt.Sprintf("%s, element %s: %s", id, dotted(path), way.what), append(slices.Clone(changes), reshape)...)
		}
	}
}

// aroundTheSigned spoils what stands beside the signed part.
func (o *odd) aroundTheSigned() {
	before := len(o.vectors)
	for at := range places {
		whole := readElement(o.certificates["spoiled-"+at.String()+"-plain"])
		for _, path := range whole.paths() {
			if path[0] == 0 && len(path) > 1 {
				continue
			}
			for _, way := range ways(whole.at(path)) {
				wrapped := func(c *certificate) {
					c.wrap = func(der []byte) []byte {
						e := readElement(der)
						way.do(&e, path)
						return e.encode()
					}
				}
				o.standing(at, fmt.Sprintf("spoiled-%s-outside-%s-%s", at, dotted(path), way.name), fmt.Sprintf("outside, element %s: %s", dotted(path), way.what), wrapped)
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

// way is one way to spoil an element.
type way struct {
	name, what string
	do         func(whole *element, path []int)
}

// ways are those that make a difference to an element.
func ways(e *element) []way {
	change := func(f func(*element)) func(*element, []int) {
		return func(whole *element, path []int) { f(whole.at(path)) }
	}
	all := []way{
		{"tag", "another type", change(func(e *element) { e.head = e.otherTag() })},
		{"cut", "a length beyond its end", change(func(e *element) { e.beyond = true })},
		{"gone", "left out", func(whole *element, path []int) {
			parent := whole.at(path[:len(path)-1])
			parent.parts = slices.Delete(parent.parts, path[len(path)-1], path[len(path)-1]+1)
		}},
		{"twice", "a second time", func(whole *element, path []int) {
			parent, i := whole.at(path[:len(path)-1]), path[len(path)-1]
			parent.parts = slices.Insert(parent.parts, i, parent.parts[i])
		}},
	}
	if len(e.parts) > 0 || len(e.contents) > 0 {
		all = append(all, way{"empty", "without contents", change(func(e *element) { e.parts, e.contents = nil, nil })})
	}
	if len(e.parts) > 0 {
		all = append(all, way{"more", "a NULL after its parts", change(func(e *element) { e.parts = append(e.parts, readElement(asn1Null)) })})
	} else {
		all = append(all, way{"zero", "a zero before its contents", change(func(e *element) { e.contents = append([]byte{0}, e.contents...) })})
	}
	return all
}

// element is an element of DER with its parts; an OCTET STRING's are those of
// what is encoded in it.
type element struct {
	head     byte // the identifier octet
	contents []byte
	parts    []element
	beyond   bool // the length says more than there is
}

// readElement reads DER that this package made.
func readElement(der []byte) element {
	var raw asn1.RawValue
	rest, err := asn1.Unmarshal(der, &raw)
	if err != nil || len(rest) > 0 {
		panic("not one element of DER")
	}
	e := element{head: der[0], contents: raw.Bytes}
	if raw.IsCompound || (raw.Class == asn1.ClassUniversal && raw.Tag == asn1.TagOctetString) {
		e.readParts()
	}
	return e
}

func (e *element) readParts() {
	for rest := e.contents; len(rest) > 0; {
		var raw asn1.RawValue
		after, err := asn1.Unmarshal(rest, &raw)
		if err != nil { // the octets of a key's identifier, say
			e.parts = nil
			return
		}
		e.parts = append(e.parts, readElement(rest[:len(rest)-len(after)]))
		rest = after
	}
	if len(e.parts) > 0 {
		e.contents = nil
	}
}

// paths are the places of all elements below this one.
func (e *element) paths() (all [][]int) {
	for i := range e.parts {
		all = append(all, []int{i})
		for _, below := range e.parts[i].paths() {
			all = append(all, append([]int{i}, below...))
		}
	}
	return all
}

func (e *element) at(path []int) *element {
	for _, i := range path {
		e = &e.parts[i]
	}
	return e
}

// within reports a place in an extension with this identifier, DER.
func (e *element) within(path []int, id []byte) bool {
	for n := range path {
		above := e.at(path[:n])
		if len(above.parts) > 1 && bytes.Equal(above.parts[0].encode(), id) {
			return true
		}
	}
	return false
}

// otherTag is an identifier octet that cannot stand here.
func (e *element) otherTag() byte {
	const set, sequence, text, octets, classes, constructed = 0x31, 0x30, 0x16, 0x04, 0xc0, 0x20
	switch {
	case e.head&classes != 0:
		return e.head ^ 0x0d
	case e.head == sequence:
		return set
	case e.head&constructed != 0:
		return sequence
	case e.head == text:
		return octets
	}
	return text
}

func (e *element) encode() []byte {
	contents := slices.Clone(e.contents)
	for i := range e.parts {
		contents = append(contents, e.parts[i].encode()...)
	}
	out := primitive(asn1.TagOctetString, contents)
	if e.beyond {
		out = primitive(asn1.TagOctetString, append(slices.Clone(contents), 0))
		out = out[:len(out)-1]
	}
	out[0] = e.head
	return out
}

// dotted writes a place: the numbers of the elements on the way to it.
func dotted(path []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(path), " ", "."), "[]")
}
