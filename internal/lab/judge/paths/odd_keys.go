package paths

import (
	"crypto"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// algorithmsOf changes both AlgorithmIdentifiers.
func algorithmsOf(inner, outer []byte) change {
	return forged(func(f *fields) {
		if inner != nil {
			f.algorithm = inner
		}
		if outer != nil {
			f.outer = outer
		}
	})
}

// algorithms are signatures of many kinds.
func (o *odd) algorithms() {
	pssKinds := map[string]algorithm{
		"sha256-32": pssWith(crypto.SHA256, crypto.SHA256, 32), "sha256-20": pssWith(crypto.SHA256, crypto.SHA256, 20), "sha256-0": pssWith(crypto.SHA256, crypto.SHA256, 0),
		"sha256-48": pssWith(crypto.SHA256, crypto.SHA256, 48), "sha256-222": pssWith(crypto.SHA256, crypto.SHA256, 222), "sha384-48": pssWith(crypto.SHA384, crypto.SHA384, 48), "sha384-32": pssWith(crypto.SHA384, crypto.SHA384, 32),
		"sha512-64": pssWith(crypto.SHA512, crypto.SHA512, 64), "sha512-20": pssWith(crypto.SHA512, crypto.SHA512, 20), "sha256-mask-sha1": pssWith(crypto.SHA256, crypto.SHA1, 32), "sha256-mask-sha512": pssWith(crypto.SHA256, crypto.SHA512, 32),
		"sha1-20": pssWith(crypto.SHA1, crypto.SHA1, 20), "sha224-28": pssWith(crypto.SHA224, crypto.SHA224, 28), "sha256-trailer-1": pssWith(crypto.SHA256, crypto.SHA256, 32, explicit(3, primitive(2, []byte{1}))),
		"sha256-trailer-2": pssWith(crypto.SHA256, crypto.SHA256, 32, explicit(3, primitive(2, []byte{2}))), "defaults": {oidPSS, crypto.SHA1, seq(), &pss{crypto.SHA1, 20}}, "no-parameters": {oidPSS, crypto.SHA256, nil, &pss{crypto.SHA256, 32}},
	}
	for name, kind := range pssKinds {
		algorithms["pss-"+name] = kind
	}
	for _, name := range sorted(pssKinds) {
		o.rsaKinds = append(o.rsaKinds, "pss-"+name)
	}
	o.rsaKinds = append(o.rsaKinds, "sha224WithRSAEncryption", "sha384WithRSAEncryption", "sha512WithRSAEncryption", "sha1WithRSAEncryption", "md5WithRSAEncryption", "sha256WithRSAEncryption")
	o.rsaIssuer("lab", "rsa2048")
	for _, kind := range o.rsaKinds {
		o.signedBy("lab", kind, signedWith(kind))
	}
	null := func(arcs ...int) []byte { return seq(oid(arcs...), asn1Null) }
	bare := func(arcs ...int) []byte { return seq(oid(arcs...)) }
	sha256RSA, sha384RSA := []int{1, 2, 840, 113549, 1, 1, 11}, []int{1, 2, 840, 113549, 1, 1, 12}
	o.signedBy("lab", "rsa-no-null", algorithmsOf(bare(sha256RSA...), bare(sha256RSA...)))
	o.signedBy("lab", "rsa-no-null-inside", algorithmsOf(bare(sha256RSA...), nil))
	o.signedBy("lab", "rsa-no-null-outside", algorithmsOf(nil, bare(sha256RSA...)))
	o.signedBy("lab", "rsa-text-parameters", algorithmsOf(seq(oid(sha256RSA...), ia5("x")), seq(oid(sha256RSA...), ia5("x"))))
	o.signedBy("lab", "rsa-other-inside", algorithmsOf(null(sha384RSA...), nil))
	o.signedBy("lab", "rsa-other-outside", algorithmsOf(nil, null(sha384RSA...)))
	o.signedBy("lab", "rsa-unknown", algorithmsOf(bare(1, 2, 3, 4), bare(1, 2, 3, 4)))
	o.signedBy("lab", "rsa-oiw-sha1", algorithmsOf(null(1, 3, 14, 3, 2, 29), null(1, 3, 14, 3, 2, 29)))
	sha256EC := []int{1, 2, 840, 10045, 4, 3, 2}
	kinds := map[string]change{
		"ec-null": algorithmsOf(null(sha256EC...), null(sha256EC...)), "ec-null-inside": algorithmsOf(null(sha256EC...), nil), "ec-null-outside": algorithmsOf(nil, null(sha256EC...)),
		"ec-sha1": signedWith("ecdsa-with-SHA1"), "ec-sha224": signedWith("ecdsa-with-SHA224"), "ec-sha384": signedWith("ecdsa-with-SHA384"), "ec-sha512": signedWith("ecdsa-with-SHA512"),
		"ec-as-rsa": algorithmsOf(null(sha256RSA...), null(sha256RSA...)), "ec-as-ed": algorithmsOf(bare(1, 3, 101, 112), bare(1, 3, 101, 112)), "ec-other-outside": algorithmsOf(nil, bare(1, 2, 840, 10045, 4, 3, 3)),
		"ec-unknown": algorithmsOf(bare(1, 2, 3, 4), bare(1, 2, 3, 4)), "ec-surplus": algorithmsOf(seq(oid(sha256EC...), asn1Null, asn1Null), seq(oid(sha256EC...), asn1Null, asn1Null)),
		"signature-tampered": tampered, "signature-empty": bent(func([]byte) []byte { return []byte{0} }), "signature-unused-bits": bent(func(b []byte) []byte { b[0] = 3; return b }),
		"signature-longer": bent(func(b []byte) []byte { return append(b, 0) }), "signature-shorter": bent(func(b []byte) []byte { return b[:len(b)-1] }), "signature-no-octet": bent(func([]byte) []byte { return nil }),
		"signature-zeros": bent(func([]byte) []byte {
			return append([]byte{0}, seq(primitive(2, []byte{0}), primitive(2, []byte{0}))...)
		}), "signature-padded": bent(padded),
	}
	for _, id := range sorted(kinds) {
		o.everywhere(id, "its signature: "+strings.ReplaceAll(id, "-", " "), kinds[id])
	}
}

func bent(f func([]byte) []byte) change { return func(c *certificate) { c.bend = f } }

// padded puts a needless zero before ECDSA's first number.
func padded(bits []byte) []byte {
	var pair struct{ R, S asn1.RawValue }
	if _, err := asn1.Unmarshal(bits[1:], &pair); err != nil {
		return bits
	}
	return append([]byte{0}, seq(primitive(2, append([]byte{0, 0}, pair.R.Bytes...)), pair.S.FullBytes)...)
}

// rsaIssuer makes a root and a subordinate with one RSA key.
func (o *odd) rsaIssuer(id, key string) {
	o.root("rsa-"+id+"-root", "kept:"+key, namedRoot(cn("Odd rsa-"+id)))
}

// signedBy makes a leaf below an RSA root.
func (o *odd) signedBy(issuer, id string, changes ...change) {
	name := "signed-" + issuer + "-" + id
	o.leaf(name, leafKey, "rsa-"+issuer+"-root", changes...)
	o.ask(fmt.Sprintf("A server certificate signed with RSA: %s.", strings.ReplaceAll(id, "-", " ")), []string{name}, "rsa-"+issuer+"-root")
	if len(changes) == 0 {
		return
	}
	sub := name + "-sub"
	o.sub(sub, "fixed256:sub", "rsa-"+issuer+"-root", append([]change{named(cn("Odd sub"))}, changes...)...)
	o.ask(fmt.Sprintf("A subordinate CA signed with RSA: %s.", strings.ReplaceAll(id, "-", " ")), []string{oddLeaf, sub}, "rsa-"+issuer+"-root")
}

// keysOfOddKinds are keys of issuers and of leaves.
func (o *odd) keysOfOddKinds() {
	for _, key := range []string{"rsa2047", "rsa2048-e3", "rsa3072", "rsa4096"} {
		o.rsaIssuer(key, key)
		o.signedBy(key, "sha256")
		o.signedBy(key, "sha384", signedWith("sha384WithRSAEncryption"))
		o.leaf("key-"+key+"-leaf", "kept:"+key, oddSub)
		o.ask("A server certificate with the key "+key+".", []string{"key-" + key + "-leaf", oddSub, oddRoot}, oddRoot)
	}
	for _, kind := range []string{"fixed224", "fixed256", "fixed384", "fixed521", "fixed25519"} {
		o.root("issuer-"+kind+"-root", kind+":issuer", namedRoot(cn("Odd "+kind)))
		signatures := []string{"ecdsa-with-SHA1", "ecdsa-with-SHA224", "ecdsa-with-SHA256", "ecdsa-with-SHA384", "ecdsa-with-SHA512"}
		if kind == "fixed25519" {
			signatures = []string{"ED25519"}
		}
		for _, signature := range signatures {
			name := "issued-" + kind + "-" + strings.ToLower(signature)
			o.leaf(name, leafKey, "issuer-"+kind+"-root", signedWith(signature))
			o.ask(fmt.Sprintf("A server certificate signed by a key %s with %s.", kind, signature), []string{name}, "issuer-"+kind+"-root")
			o.sub(name+"-sub", "fixed256:sub", "issuer-"+kind+"-root", named(cn("Odd sub")), signedWith(signature))
			o.ask(fmt.Sprintf("A subordinate CA signed by a key %s with %s.", kind, signature), []string{oddLeaf, name + "-sub"}, "issuer-"+kind+"-root")
		}
		o.leaf("key-"+kind+"-leaf", kind+":leaf", oddSub)
		o.ask("A server certificate with a key "+kind+".", []string{"key-" + kind + "-leaf", oddSub, oddRoot}, oddRoot)
	}
	for _, id := range sorted(publicKeys) {
		key, err := base64.StdEncoding.DecodeString(publicKeys[id])
		if err != nil {
			o.err = err
			return
		}
		o.inLeaf("key-"+id, "its key is "+id, forged(func(f *fields) { f.key = key }))
		o.inSub("key-"+id, "its key is "+id+", which did not sign the server certificate", forged(func(f *fields) { f.key = key }))
		o.inRoot("key-"+id, "its key is "+id+", which did not sign the subordinate CA", forged(func(f *fields) { f.key = key }))
	}
	o.spkis()
}

// spkis are odd encodings of the good key.
func (o *odd) spkis() {
	p256 := []int{1, 2, 840, 10045, 3, 1, 7}
	encodings := map[string]func(algorithm, bits []byte) []byte{
		"surplus":     func(a, b []byte) []byte { return seq(a, b, asn1Null) },
		"no-curve":    func(_, b []byte) []byte { return seq(seq(oid(1, 2, 840, 10045, 2, 1)), b) },
		"null-curve":  func(_, b []byte) []byte { return seq(seq(oid(1, 2, 840, 10045, 2, 1), asn1Null), b) },
		"other-curve": func(_, b []byte) []byte { return seq(seq(oid(1, 2, 840, 10045, 2, 1), oid(1, 3, 132, 0, 34)), b) },
		"two-params":  func(_, b []byte) []byte { return seq(seq(oid(1, 2, 840, 10045, 2, 1), oid(p256...), asn1Null), b) },
		"off-curve":   func(a, b []byte) []byte { b = append([]byte{}, b...); b[len(b)-1] ^= 1; return seq(a, b) },
		"point-short": func(a, _ []byte) []byte { return seq(a, primitive(3, []byte{0, 4, 1, 2})) },
		"infinity":    func(a, _ []byte) []byte { return seq(a, primitive(3, []byte{0, 0})) },
		"compressed": func(a, b []byte) []byte {
			return seq(a, primitive(3, append([]byte{0, 2 + b[len(b)-1]&1}, b[4:36]...)))
		},
		"hybrid": func(a, b []byte) []byte { b = append([]byte{}, b...); b[3] = 6 + b[len(b)-1]&1; return seq(a, b) },
		"ecdh":   func(_, b []byte) []byte { return seq(seq(oid(1, 3, 132, 1, 12), oid(p256...)), b) },
	}
	for _, id := range sorted(encodings) {
		change := encodings[id]
		rewrite := forged(func(f *fields) {
			var parts struct{ Algorithm, Bits asn1.RawValue }
			if _, err := asn1.Unmarshal(f.key, &parts); err != nil {
				o.err = err
				return
			}
			f.key = change(parts.Algorithm.FullBytes, parts.Bits.FullBytes)
		})
		o.leaf("spki-"+id+"-leaf", "fixed256:leaf", oddSub, rewrite)
		o.ask("A server certificate: the encoding of its key is odd: "+id+".", []string{"spki-" + id + "-leaf", oddSub, oddRoot}, oddRoot)
		o.inSub("spki-"+id, "the encoding of its key is odd: "+id, rewrite)
		o.inRoot("spki-"+id, "the encoding of its key is odd: "+id, rewrite)
	}
}

// publicKeys are of kinds that Go does not know; made by OpenSSL.
var publicKeys = map[string]string{
	"secp256k1": "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEoB6CO0jrHdg/P7dGJccOyObjP/AgxZfyQ3K+vcT+Cn3wL9gaG+JYTLbqW3fWQOtsh5hX3Ju9IgvHGrdyTUP52Q==",
	"brainpool": "MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEHA0IABFwZN7StMdXREyHwM9B4A/S5YMb8NPw5wkRhxUtAWqDKc5TuETCURAOilDqJrmEQwD/uS0ZQXypBkw5z4RfwBWs=",
	"ed448":     "MEMwBQYDK2VxAzoAoBp86SxXY4dM7I9WBL8LIM2iesva/KO3aapI4goZiiYtDQyS9F4CT3ugh7lBqrAGM+3FJTk8apeA",
	"x25519":    "MCowBQYDK2VuAyEAGjCS/n7vt2X3ecf4nWGpwhZmuInQJf6KtG4gbd0yBQ8=",
}

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
