package truststore_test

import (
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
)

// element is an element of DER with its parts. Those of an OCTET STRING or a BIT
// STRING are the parts of what is encoded in it.
type element struct {
	head     byte   // the identifier octet
	before   []byte // the octet before the parts of a BIT STRING
	contents []byte
	parts    []element
	form     form
}

// form is how an element writes its length.
type form uint8

// The forms. The zero value is that of DER.
const (
	shortest form = iota
	beyond        // more than there is
	wide          // with a zero before it
	endless       // none: the contents end in two zeros
)

// readElement reads good DER down to the elements that whole wants as they are.
func readElement(der []byte, whole func(der []byte) bool) element {
	var raw asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &raw); err != nil || len(rest) > 0 {
		panic("not one element of DER")
	}
	e := element{head: der[0], contents: raw.Bytes}
	universal := raw.Class == asn1.ClassUniversal
	switch {
	case raw.IsCompound && !whole(der), universal && raw.Tag == asn1.TagOctetString && !whole(raw.Bytes):
		e.readParts(raw.Bytes, whole)
	case universal && raw.Tag == asn1.TagBitString && len(raw.Bytes) > 1 && (raw.Bytes[1] == 0x30 || raw.Bytes[1] == 0x02):
		e.readParts(raw.Bytes[1:], whole)
		if len(e.parts) > 0 {
			e.before = raw.Bytes[:1]
		}
	}
	return e
}

func (e *element) readParts(rest []byte, whole func([]byte) bool) {
	for len(rest) > 0 {
		var raw asn1.RawValue
		after, err := asn1.Unmarshal(rest, &raw)
		if err != nil { // octets that are no elements
			e.parts = nil
			return
		}
		e.parts = append(e.parts, readElement(rest[:len(rest)-len(after)], whole))
		rest = after
	}
	if len(e.parts) > 0 {
		e.contents = nil
	}
}

func (e *element) encode() []byte {
	contents := slices.Concat(e.before, e.contents)
	for i := range e.parts {
		contents = append(contents, e.parts[i].encode()...)
	}
	n := len(contents)
	size := func(n int) []byte {
		switch {
		case n < 0x80:
			return []byte{byte(n)}
		case n < 0x100:
			return []byte{0x81, byte(n)}
		}
		return []byte{0x82, byte(n >> 8), byte(n)}
	}
	length := size(n)
	switch e.form {
	case beyond:
		length = size(n + 1)
	case wide:
		length = []byte{0x83, 0, byte(n >> 8), byte(n)}
	case endless:
		length, contents = []byte{0x80}, append(contents, 0, 0)
	case shortest:
	}
	return slices.Concat([]byte{e.head}, length, contents)
}

// paths are the places of this element and of all below it.
func (e *element) paths() [][]int {
	all := [][]int{nil}
	for i := range e.parts {
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

func (e *element) clone() element {
	c := *e
	c.parts = make([]element, len(e.parts))
	for i := range e.parts {
		c.parts[i] = e.parts[i].clone()
	}
	return c
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

// ways are the ways to spoil an element, by name; each returns false where it
// makes no difference.
var ways = map[string]func(whole *element, path []int) bool{
	"tag":  onElement(func(e *element) bool { e.head = e.otherTag(); return true }),
	"cut":  onElement(func(e *element) bool { e.form = beyond; return true }),
	"wide": onElement(func(e *element) bool { e.form = wide; return true }),
	"open": onElement(func(e *element) bool { e.form = endless; return e.head&0x20 != 0 }),
	"empty": onElement(func(e *element) bool {
		full := len(e.parts)+len(e.contents) > 0
		e.before, e.parts, e.contents = nil, nil, nil
		return full
	}),
	"more": onElement(func(e *element) bool {
		e.parts = append(e.parts, element{head: 0x05})
		return len(e.parts) > 1
	}),
	"zero": onElement(func(e *element) bool {
		e.contents = slices.Concat([]byte{0}, e.contents)
		return len(e.parts) == 0 && e.head&0x20 == 0
	}),
	"other": onElement(func(e *element) bool {
		e.contents = slices.Clone(e.contents)
		if len(e.contents) > 0 {
			e.contents[len(e.contents)-1] ^= 1
		}
		return len(e.contents) > 0
	}),
	"gone":  inParent(func(parent *element, i int) { parent.parts = slices.Delete(parent.parts, i, i+1) }),
	"twice": inParent(func(parent *element, i int) { parent.parts = slices.Insert(parent.parts, i, parent.parts[i]) }),
}

func onElement(do func(*element) bool) func(*element, []int) bool {
	return func(whole *element, path []int) bool { return do(whole.at(path)) }
}

func inParent(do func(parent *element, i int)) func(*element, []int) bool {
	return func(whole *element, path []int) bool {
		if len(path) == 0 {
			return false
		}
		do(whole.at(path[:len(path)-1]), path[len(path)-1])
		return true
	}
}

// spoiledElements returns DER with each of its elements spoiled in each way, by
// the place of the element and the way.
func spoiledElements(der []byte, whole func([]byte) bool) map[string][]byte {
	good, all := readElement(der, whole), make(map[string][]byte)
	for _, path := range good.paths() {
		for name, spoil := range ways {
			changed := good.clone()
			if spoil(&changed, path) {
				all[dotted(path)+" "+name] = changed.encode()
			}
		}
	}
	return all
}

// dotted writes a place: the numbers of the elements on the way to it.
func dotted(path []int) string {
	if len(path) == 0 {
		return "all"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(path), " ", "."), "[]")
}
