package paths

import (
	"encoding/asn1"
	"fmt"
	"slices"
)

// encodings are certificates whose outer form is not DER, or not alone.
func (o *odd) encodings() {
	wrapped := func(f func([]byte) []byte) change { return func(c *certificate) { c.wrap = f } }
	o.everywhere("outer-trailing", "octets after it", wrapped(func(d []byte) []byte { return append(d, 0) }))
	o.everywhere("outer-surplus", "a fourth element", wrapped(func(d []byte) []byte {
		var whole asn1.RawValue
		if _, err := asn1.Unmarshal(d, &whole); err != nil {
			return d
		}
		return constructed(asn1.TagSequence, whole.Bytes, asn1Null)
	}))
	o.everywhere("outer-cut", "cut off", wrapped(func(d []byte) []byte { return d[:len(d)-1] }))
	o.everywhere("outer-long-length", "a length in three octets", wrapped(func(d []byte) []byte {
		return slices.Concat([]byte{0x30, 0x83, 0}, d[2:])
	}))
	o.everywhere("outer-indefinite", "an indefinite length", wrapped(func(d []byte) []byte {
		return slices.Concat([]byte{0x30, 0x80}, d[4:], []byte{0, 0})
	}))
	o.everywhere("outer-set", "a SET", wrapped(func(d []byte) []byte { d[0] = 0x31; return d }))
	o.everywhere("extension-false", "extensions with critical = FALSE written out", forged(func(f *fields) {
		f.extensions = rewritten(f.extensions, primitive(1, []byte{0}))
	}))
	o.everywhere("extension-ber-true", "extensions with critical = 1", forged(func(f *fields) {
		f.extensions = rewritten(f.extensions, primitive(1, []byte{1}))
	}))
	o.everywhere("extension-number", "extensions with a number for critical", forged(func(f *fields) {
		f.extensions = rewritten(f.extensions, primitive(2, []byte{1}))
	}))
	o.everywhere("extensions-set", "extensions in a SET", forged(func(f *fields) { f.extensions = explicit(3, constructed(asn1.TagSet, unknown())) }))
	o.everywhere("extensions-twice", "two lists of extensions", forged(func(f *fields) { f.extensions = append(slices.Clone(f.extensions), f.extensions...) }))
}

func unknown() []byte { return seq(oid(1, 2, 3), primitive(4, []byte{5, 0})) }

// rewritten adds an extension with its critical field as given.
func rewritten(extensions, isCritical []byte) []byte {
	var outer, list asn1.RawValue
	if _, err := asn1.Unmarshal(extensions, &outer); err != nil {
		return extensions
	}
	if _, err := asn1.Unmarshal(outer.Bytes, &list); err != nil {
		return extensions
	}
	one := seq(oid(1, 3, 6, 1, 4, 1, 99999, 2), isCritical, primitive(4, []byte{5, 0}))
	return explicit(3, seq(list.Bytes, one))
}

// deepPaths are long ones, with and without a limit above them.
func (o *odd) deepPaths() {
	names := []string{oddRoot}
	for depth := 1; depth <= 14; depth++ {
		name := fmt.Sprintf("depth-%d", depth)
		o.sub(name, "fixed256:"+name, names[0], named(cn("Odd "+name)), with(basicConstraints(true, -1, true)))
		names = append([]string{name}, names...)
		leaf := name + "-leaf"
		o.leaf(leaf, leafKey, name)
		full := append([]string{leaf}, names...)
		o.ask(fmt.Sprintf("A path with %d subordinate CAs.", depth), full, oddRoot)
		o.ask(fmt.Sprintf("A path with %d subordinate CAs, of which the first below the root is the anchor.", depth), full, "depth-1")
		turned := slices.Clone(full)
		slices.Reverse(turned[1:])
		o.ask(fmt.Sprintf("A path with %d subordinate CAs in the wrong order.", depth), turned, oddRoot)
	}
	above := oddRoot
	for step := 1; step <= 7; step++ {
		name := fmt.Sprintf("same-name-%d", step)
		o.sub(name, "fixed256:"+name, above, named(cn("Odd same name")), with(basicConstraints(true, 0, true)))
		leaf := name + "-leaf"
		o.leaf(leaf, leafKey, name)
		var full []string
		for i := step; i >= 1; i-- {
			full = append(full, fmt.Sprintf("same-name-%d", i))
		}
		o.ask(fmt.Sprintf("%d self-issued subordinate CAs with a path length of 0.", step), append(append([]string{leaf}, full...), oddRoot), oddRoot)
		above = name
	}
}

// lookAlikes are many certificates of one name, of which none or the last is
// the issuer. Real validators give up at a limit of their own, or do not.
func (o *odd) lookAlikes() {
	var many []string
	for i := range 16 {
		name := fmt.Sprintf("look-alike-%d", i)
		o.sub(name, "fixed256:"+name, oddRoot, named(cn("Odd sub")), without(idSubjectKey, idAuthorityKey))
		many = append(many, name)
	}
	o.sub("look-alike-none", "fixed256:sub", oddRoot, named(cn("Odd sub")), without(idSubjectKey, idAuthorityKey))
	for _, n := range []int{1, 2, 4, 8, 16} {
		presented := append([]string{oddLeaf}, many[:n]...)
		o.ask(fmt.Sprintf("%d subordinate CAs of the issuer's name, none of which signed.", n), presented, oddRoot)
		o.ask(fmt.Sprintf("%d subordinate CAs of the issuer's name before the one that signed.", n), append(presented, oddSub), oddRoot)
		o.ask(fmt.Sprintf("%d anchors of the issuer's name, none of which signed.", n), []string{oddLeaf}, many[:n]...)
		o.ask(fmt.Sprintf("%d anchors of the issuer's name before the one that signed.", n), []string{oddLeaf}, append(slices.Clone(many[:n]), oddSub)...)
	}
}
