package paths

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
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

// pssKinds are algorithms of RSASSA-PSS; "pss-" begins their names.
var pssKinds = map[string]algorithm{
	"sha256-32": pssWith(crypto.SHA256, crypto.SHA256, 32), "sha256-20": pssWith(crypto.SHA256, crypto.SHA256, 20), "sha256-0": pssWith(crypto.SHA256, crypto.SHA256, 0),
	"sha256-48": pssWith(crypto.SHA256, crypto.SHA256, 48), "sha256-222": pssWith(crypto.SHA256, crypto.SHA256, 222), "sha384-48": pssWith(crypto.SHA384, crypto.SHA384, 48), "sha384-32": pssWith(crypto.SHA384, crypto.SHA384, 32),
	"sha512-64": pssWith(crypto.SHA512, crypto.SHA512, 64), "sha512-20": pssWith(crypto.SHA512, crypto.SHA512, 20), "sha256-mask-sha1": pssWith(crypto.SHA256, crypto.SHA1, 32), "sha256-mask-sha512": pssWith(crypto.SHA256, crypto.SHA512, 32),
	"sha1-20": pssWith(crypto.SHA1, crypto.SHA1, 20), "sha224-28": pssWith(crypto.SHA224, crypto.SHA224, 28), "sha256-trailer-1": pssWith(crypto.SHA256, crypto.SHA256, 32, explicit(3, primitive(2, []byte{1}))),
	"sha256-trailer-2": pssWith(crypto.SHA256, crypto.SHA256, 32, explicit(3, primitive(2, []byte{2}))), "defaults": {oidPSS, crypto.SHA1, seq(), &pss{crypto.SHA1, 20}}, "no-parameters": {oidPSS, crypto.SHA256, nil, &pss{crypto.SHA256, 32}},
}

// algorithms are signatures of many kinds.
func (o *odd) algorithms() {
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

// brokenKeys are subjectPublicKeyInfos with something missing, and issuers that
// only their key or only their name makes look right.
func (o *odd) brokenKeys() {
	plain := seq(oid(1, 2, 840, 113549, 1, 1, 1), asn1Null)
	keys := map[string][]byte{
		"no-algorithm": seq(asn1Null, primitive(3, []byte{0, 0x30, 0})), "no-identifier": seq(seq(), primitive(3, []byte{0, 0x30, 0})), "no-bits": seq(plain), "empty-bits": seq(plain, primitive(3, nil)), "text-bits": seq(plain, primitive(3, append([]byte{0}, ia5("x")...))), "no-end": seq(seq(oid(1, 2, 840, 10045, 2, 1), []byte{6, 5, 0}), primitive(3, []byte{0, 4, 1, 2})), "no-bits-text": seq(plain, ia5("x")),
	}
	for _, id := range sorted(rareKeys) {
		key, err := base64.StdEncoding.DecodeString(rareKeys[id])
		if err != nil {
			o.err = err
			return
		}
		o.everywhere("key-"+id, "its key is "+id+", which signed nothing", forged(func(f *fields) { f.key = key }))
	}
	for _, id := range sorted(keys) {
		o.everywhere("key-broken-"+id, "a broken key: "+strings.ReplaceAll(id, "-", " "), forged(func(f *fields) { f.key = keys[id] }))
	}
	rewritten := func(change func(algorithm, bits []byte) []byte) change {
		return forged(func(f *fields) {
			var parts struct{ Algorithm, Bits asn1.RawValue }
			if _, err := asn1.Unmarshal(f.key, &parts); err != nil {
				o.err = err
				return
			}
			f.key = change(parts.Algorithm.FullBytes, parts.Bits.FullBytes)
		})
	}
	points := map[string]func(algorithm, bits []byte) []byte{
		"off-curve": func(a, b []byte) []byte { b = slices.Clone(b); b[len(b)-1] ^= 1; return seq(a, b) },
		"none":      func(a, _ []byte) []byte { return seq(a, primitive(3, []byte{0})) },
		"short":     func(a, _ []byte) []byte { return seq(a, primitive(3, []byte{0, 4, 1, 2})) },
		"ecdh-short": func(_, _ []byte) []byte {
			return seq(seq(oid(1, 3, 132, 1, 12), oid(1, 2, 840, 10045, 3, 1, 7)), primitive(3, []byte{0, 4, 1, 2}))
		},
	}
	for _, kind := range []string{"fixed224", "fixed384", "fixed521"} {
		for _, id := range sorted(points) {
			name := "point-" + kind + "-" + id + "-leaf"
			o.leaf(name, kind+":leaf", oddSub, rewritten(points[id]))
			o.ask("A server certificate with a key "+kind+": its point is "+id+".", []string{name, oddSub, oddRoot}, oddRoot)
		}
	}
	parameters := map[string][]byte{"none": nil, "text": ia5("x"), "curve": oid(1, 2, 840, 10045, 3, 1, 7), "two": slices.Concat(asn1Null, asn1Null)}
	for _, id := range sorted(parameters) {
		name := "rsa-parameters-" + id + "-root"
		o.root(name, "kept:rsa2048", namedRoot(cn("Odd rsa-lab")), rewritten(func(_, b []byte) []byte { return seq(seq(oid(1, 2, 840, 113549, 1, 1, 1), parameters[id]), b) }))
		o.ask("A root whose RSA key has parameters: "+id+".", []string{"signed-lab-sha256WithRSAEncryption"}, name)
	}
	limits := seq(explicit(0, seq(oid(2, 16, 840, 1, 101, 3, 4, 2, 2))), explicit(1, seq(oid(oidMGF1...), seq(oid(2, 16, 840, 1, 101, 3, 4, 2, 2)))), explicit(2, primitive(2, []byte{48})))
	limited := rewritten(func(_, b []byte) []byte { return seq(seq(oid(oidPSS...), limits), b) })
	o.leaf("pss-limited-leaf", "kept:rsa2048", oddSub, limited)
	o.ask("A server certificate with a key for certain signatures with PSS.", []string{"pss-limited-leaf", oddSub, oddRoot}, oddRoot)
	o.root("pss-limited-root", "kept:rsa2048", namedRoot(cn("Odd rsa-lab")), limited)
	for _, kind := range []string{"pss-sha256-32", "pss-sha384-48"} {
		o.ask("A root with a key for certain signatures with PSS, above "+kind+".", []string{"signed-lab-" + kind}, "pss-limited-root")
	}
	tags := map[string]func(algorithm, bits []byte) []byte{
		"algorithm-set": func(_, b []byte) []byte {
			return seq(constructed(asn1.TagSet, oid(1, 2, 840, 113549, 1, 1, 1), asn1Null), b)
		},
		"identifier-octets": func(_, b []byte) []byte {
			return seq(seq(primitive(4, []byte{42, 134, 72, 134, 247, 13, 1, 1, 1}), asn1Null), b)
		},
		"bits-octets": func(a, b []byte) []byte { b = slices.Clone(b); b[0] = 4; return seq(a, b) },
	}
	for _, id := range sorted(tags) {
		name := "rsa-tag-" + id + "-root"
		o.root(name, "kept:rsa2048", namedRoot(cn("Odd rsa-lab")), rewritten(tags[id]))
		o.ask("A root whose RSA key has another tag: "+id+".", []string{"signed-lab-sha256WithRSAEncryption"}, name)
	}
	o.ask("A root with SHA-1 in its signature, which the store does not hold.", []string{oddLeaf, oddSub, "ec-sha1-root"}, "rsa-lab-root")
	o.ask("A signature with SHA-1, by a key that the store holds under another name.", []string{"ec-sha1-leaf"}, "name-umlaut-as-root")
}

// brokenAlgorithms are AlgorithmIdentifiers that say nothing of use.
func (o *odd) brokenAlgorithms() {
	hash := func(arcs ...int) []byte { return seq(oid(arcs...), asn1Null) }
	sha256 := hash(2, 16, 840, 1, 101, 3, 4, 2, 1)
	first, mask, salt := explicit(0, sha256), explicit(1, seq(oid(1, 2, 840, 113549, 1, 1, 8), sha256)), explicit(2, primitive(2, []byte{32}))
	broken := map[string][]byte{
		"text": ia5("x"), "hash-no-end": seq([]byte{0xa0, 5, 0}), "hash-null": seq(explicit(0, asn1Null), mask, salt), "hash-unknown": seq(explicit(0, hash(1, 2, 3)), mask, salt),
		"hash-no-identifier": seq(explicit(0, seq(asn1Null)), mask, salt), "hash-octets": seq(explicit(0, seq(primitive(4, []byte{96, 134, 72, 1, 101, 3, 4, 2, 1}))), mask, salt),
		"mask-no-end": seq(first, []byte{0xa1, 5, 0}), "mask-null": seq(first, explicit(1, asn1Null), salt), "mask-no-function": seq(first, explicit(1, seq(asn1Null, sha256)), salt),
		"mask-octets": seq(first, explicit(1, seq(primitive(4, []byte{42, 134, 72, 134, 247, 13, 1, 1, 8}), sha256)), salt), "mask-other": seq(first, explicit(1, seq(oid(1, 2, 3), sha256)), salt), "mask-unknown": seq(first, explicit(1, seq(oid(1, 2, 840, 113549, 1, 1, 8), hash(1, 2, 3))), salt),
		"salt-no-end": seq(first, mask, []byte{0xa2, 5, 0}), "salt-text": seq(first, mask, explicit(2, ia5("x"))), "salt-negative": seq(first, mask, explicit(2, primitive(2, []byte{0xff}))), "salt-large": seq(first, mask, explicit(2, primitive(2, []byte{1, 0, 1}))), "salt-huge": seq(first, mask, explicit(2, primitive(2, []byte{0, 0x80, 0, 0, 0}))),
		"trailer-no-end": seq(first, mask, salt, []byte{0xa3, 5, 0}),
	}
	for _, id := range sorted(broken) {
		identifier := seq(oid(oidPSS...), broken[id])
		o.signedBy("lab", "pss-broken-"+id, signedWith("pss-sha256-32"), algorithmsOf(identifier, identifier))
	}
	small, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 511, 1), E: 65537})
	o.root("rsa-small-root", "kept:rsa2048", namedRoot(cn("Odd rsa-lab")), forged(func(f *fields) { f.key = must(small, err) }))
	for _, kind := range []string{"pss-sha256-32", "sha256WithRSAEncryption"} {
		o.ask("A root with a small key, above a signature "+kind+".", []string{"signed-lab-" + kind}, "rsa-small-root")
	}
	octets := seq(primitive(4, []byte{42, 134, 72, 134, 247, 13, 1, 1, 11}), asn1Null)
	o.signedBy("lab", "identifier-octets", algorithmsOf(octets, octets))
	for id, arcs := range [][]int{{1, 2, 840, 10040, 4, 3}, {2, 16, 840, 1, 101, 3, 4, 3, 2}} {
		name := fmt.Sprintf("signed-dsa-%d", id)
		o.leaf(name, leafKey, oddRoot, algorithmsOf(seq(oid(arcs...)), seq(oid(arcs...))))
		o.ask("A server certificate that says that it is signed with DSA.", []string{name}, "key-dsa-root")
	}
}

// rareKeys are of kinds that no certificate of today has; made by OpenSSL.
var rareKeys = map[string]string{
	"dsa": "MIIDQjCCAjUGByqGSM44BAEwggIoAoIBAQCCHkK+psUZqUWD3K7n1fGK05tAZNTmbqn9ujCz7/8sDx7V5EMRrrfPbyNEb2g2T/TwqphQjbmaOg1S6JFNn741nTRxpBd4qbaS/o4HOf2fR196eqJFg2SZyrDY2cnw6h7hZWZjrxSgFC15rJYHIueP5uPk2CmN4YhdpMWkMJayoCE73Hp06xXb0cinJyGynPyQQzDy5qxbwcukdjsOBQcV1ZCdb92o9cJBIsapFBCTSXW4wWgVzYcjplzn7MplQpz8QAwlsgoRUg4B3AxztUyEfq2h0w4NWeHqtGFyuoUN/QGlo1Bv8rp1rc1f3j7OwEtO+fhx7s9BdPDiz6+PlkAfAh0A3rN9oZzKGPieJQkXHHzElOmj9Ngm7iKWGfu0wwKCAQAkzyOt9zQKg8qqhfRI2dP85hyQcQ1TpsRyGl7+Ff/4Vc8wScW4VsNeCHM7YkQsb23WKaCHjdrCXe6P07yPQmaVSg/oa+l4zMEwTaGt9bkkfgLASN+WRyL0DTCCzCvInkIG/sCTekLT6s+8ADvy8gZgj5eufTVp/JHewntSbzAO6CreF2/65PScPAsWvRJIsoYmiKyxTqncqBl5kgz21xo1YLa9CPE8GEXixX9gjWXy6n+9X91PYyn93+1OrlfGQPRSPIB2ldQ69jr6TMlu/guwUUbJhy/ZygRF8ld5fzHV0PV5W35GCZ1jVlqr6TCifLAOJkZVje1D+3yyq6+Xr2t4A4IBBQACggEAL0WS1mWA1+jZyqhYDWtCdrL5w+PXu18qUhvvNqwbhl316E8G4DmXP0xnAZ4smJsFAvmz01u8bapL/k8t0jz9/TZ/DZ+NVnwXzSDUEVMPIHHAI4SQhrPPZf3DTohle1yiMAuaU2BlYFV+wzV5QF8D9xtwUCpyIbn3kQS0bbWjVXr4DTkK7o0YMqsCTETd94sVy0F9pE0hJtDlgEFyxA4G6wqqWWYpG7MuQj9esLNjXBeIQ99qD054GAblm3QjZpHLT1okbyf4coHhN1bxak5I5BkutbwjjQpY3bk/uhbuT9B27Ee252wUDYZvQWARXanbGkyCsUJjNSuEPJ6WO6PGgQ==",
	"pss": "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAJ222dFSLx4t191jfTFwazMpa1jp2WHuUq3UJ07OUnJ+YnegMzq0S2G3QjbK4VOCGgO0CcpdEKy0uG8Pn8OKQG23JnUS9X0os91uwtX8vHXhx1iFLGnaR7rYk7QH9ubvx1vtXb02Z1TTfE6P41efXRP193Dee+vqX2EaOciWH9ZbKQUczZ3nEwoehSRdvY+XvFXOEyEzHS5XboUKnt0+SlvKUTrmRNPvrs+zhP8l3TCsL/534EB9/v941AvswzSbOAADjUuS+qwJu6NqQeYMm/Ove9ni6CQEfFeIkYXa+45PQAftSNqoqPSm6V1shiOH5mH9PgtQxL1cMKsbbnxo7jMCAwEAAQ==",
}
