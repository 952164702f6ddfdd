// Package elements takes DER apart into its elements, and spoils them one by one.
package elements

import (
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
)

// Element is an element of DER with its parts. Those of an OCTET STRING or a BIT
// STRING are the parts of what is encoded in it.
type Element struct {
	Head     byte   // the identifier octet
	Before   []byte // the octet before the parts of a BIT STRING
	Contents []byte // nil where there are parts
	Parts    []Element
	Form     Form
}

// Form is how an element writes its length.
type Form uint8

// The forms. The zero value is that of DER.
const (
	Shortest Form = iota
	Beyond        // more than there is
	Wide          // with a zero before it
	Endless       // none: the contents end in two zeros
)

// Never takes everything apart.
func Never(asn1.RawValue) bool { return false }

// Read reads good DER down to the elements that whole wants as they are. It panics
// for what is not one element.
func Read(der []byte, whole func(asn1.RawValue) bool) Element {
	var raw asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &raw); err != nil || len(rest) > 0 {
		panic("not one element of DER")
	}
	e := Element{Head: der[0], Contents: raw.Bytes}
	universal := raw.Class == asn1.ClassUniversal
	switch {
	case whole(raw):
	case raw.IsCompound, universal && raw.Tag == asn1.TagOctetString:
		e.readParts(raw.Bytes, whole)
	case universal && raw.Tag == asn1.TagBitString && len(raw.Bytes) > 1 && (raw.Bytes[1] == 0x30 || raw.Bytes[1] == 0x02):
		e.readParts(raw.Bytes[1:], whole)
		if len(e.Parts) > 0 {
			e.Before = raw.Bytes[:1]
		}
	}
	return e
}

func (e *Element) readParts(rest []byte, whole func(asn1.RawValue) bool) {
	for len(rest) > 0 {
		var raw asn1.RawValue
		after, err := asn1.Unmarshal(rest, &raw)
		if err != nil { // octets that are no elements
			e.Parts = nil
			return
		}
		e.Parts = append(e.Parts, Read(rest[:len(rest)-len(after)], whole))
		rest = after
	}
	if len(e.Parts) > 0 {
		e.Contents = nil
	}
}

// Encode writes the element as it now is.
func (e *Element) Encode() []byte {
	contents := slices.Concat(e.Before, e.Contents)
	for i := range e.Parts {
		contents = append(contents, e.Parts[i].Encode()...)
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
	switch e.Form {
	case Beyond:
		length = size(n + 1)
	case Wide:
		length = []byte{0x83, 0, byte(n >> 8), byte(n)}
	case Endless:
		length, contents = []byte{0x80}, append(contents, 0, 0)
	case Shortest:
	}
	return slices.Concat([]byte{e.Head}, length, contents)
}

// Paths are the places of this element, which is nil, and of all below it.
func (e *Element) Paths() [][]int {
	all := [][]int{nil}
	for i := range e.Parts {
		for _, below := range e.Parts[i].Paths() {
			all = append(all, append([]int{i}, below...))
		}
	}
	return all
}

// At is the element at a place.
func (e *Element) At(path []int) *Element {
	for _, i := range path {
		e = &e.Parts[i]
	}
	return e
}

// Clone is a copy down to the last part.
func (e *Element) Clone() Element {
	c := *e
	c.Parts = make([]Element, len(e.Parts))
	for i := range e.Parts {
		c.Parts[i] = e.Parts[i].Clone()
	}
	return c
}

// otherTag is an identifier octet that cannot stand here.
func (e *Element) otherTag() byte {
	const set, sequence, text, octets, classes, constructed = 0x31, 0x30, 0x16, 0x04, 0xc0, 0x20
	switch {
	case e.Head&classes != 0:
		return e.Head ^ 0x0d
	case e.Head == sequence:
		return set
	case e.Head&constructed != 0:
		return sequence
	case e.Head == text:
		return octets
	}
	return text
}

// Way is one way to spoil an element.
type Way struct {
	Name, What string
	// Do spoils the element at a place, and reports false where that makes no
	// difference.
	Do func(whole *Element, path []int) bool
}

// Ways are the ways that there are; the first seven leave lengths and contents as
// DER has them.
var Ways = []Way{
	{"tag", "another type", inPlace(func(e *Element) bool { e.Head = e.otherTag(); return true })},
	{"cut", "a length beyond its end", inPlace(func(e *Element) bool { e.Form = Beyond; return true })},
	{"gone", "left out", inParent(func(parent *Element, i int) { parent.Parts = slices.Delete(parent.Parts, i, i+1) })},
	{"twice", "a second time", inParent(func(parent *Element, i int) { parent.Parts = slices.Insert(parent.Parts, i, parent.Parts[i]) })},
	{"empty", "without contents", inPlace(func(e *Element) bool {
		full := len(e.Parts)+len(e.Contents) > 0
		e.Before, e.Parts, e.Contents = nil, nil, nil
		return full
	})},
	{"more", "a NULL after its parts", inPlace(func(e *Element) bool {
		e.Parts = append(e.Parts, Element{Head: asn1.TagNull})
		return len(e.Parts) > 1
	})},
	{"zero", "a zero before its contents", inPlace(func(e *Element) bool {
		e.Contents = slices.Concat([]byte{0}, e.Contents)
		return len(e.Parts) == 0
	})},
	{"wide", "a length with a needless zero", inPlace(func(e *Element) bool { e.Form = Wide; return true })},
	{"open", "no length", inPlace(func(e *Element) bool { e.Form = Endless; return e.Head&0x20 != 0 })},
	{"other", "another last octet", inPlace(func(e *Element) bool {
		e.Contents = slices.Clone(e.Contents)
		if len(e.Contents) > 0 {
			e.Contents[len(e.Contents)-1] ^= 1
		}
		return len(e.Contents) > 0
	})},
}

func inPlace(do func(*Element) bool) func(*Element, []int) bool {
	return func(whole *Element, path []int) bool { return do(whole.At(path)) }
}

func inParent(do func(parent *Element, i int)) func(*Element, []int) bool {
	return func(whole *Element, path []int) bool {
		if len(path) == 0 {
			return false
		}
		do(whole.At(path[:len(path)-1]), path[len(path)-1])
		return true
	}
}

// Spoiled is DER with each of its elements spoiled in each way, by the place of the
// element and the way.
func Spoiled(der []byte, whole func(asn1.RawValue) bool) map[string][]byte {
	good, all := Read(der, whole), make(map[string][]byte)
	for _, path := range good.Paths() {
		for _, way := range Ways {
			changed := good.Clone()
			if way.Do(&changed, path) {
				all[Dotted(path)+" "+way.Name] = changed.Encode()
			}
		}
	}
	return all
}

// Dotted writes a place: the numbers of the elements on the way to it.
func Dotted(path []int) string {
	if len(path) == 0 {
		return "all"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(path), " ", "."), "[]")
}
