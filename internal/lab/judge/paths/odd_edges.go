package paths

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"strings"
)

// edges are paths at which one condition of a rule decides.
func (o *odd) edges() {
	o.edgesOfBuilding()
	o.edgesOfNames()
	o.edgesOfExtensions()
	o.edgesOfPolicies()
}

func (o *odd) edgesOfBuilding() {
	o.root("edge-namesake-root", "fixed256:namesake", namedRoot(cn("Odd root")))
	o.leaf("edge-expired-leaf", leafKey, oddSub, valid(past, ended))
	for _, store := range [][]string{{"edge-namesake-root", oddRoot}, {oddRoot, "edge-namesake-root"}} {
		o.ask("Two roots of one name, over an expired server certificate; the path is built.", []string{"edge-expired-leaf", oddRoot, oddSub}, store...)
		o.ask("Two roots of one name, over an expired server certificate.", []string{"edge-expired-leaf", oddSub, oddRoot}, store...)
	}
	o.root("edge-not-ca-root", "fixed256:root", namedRoot(cn("Odd root")), with(basicConstraints(false, -1, true)))
	o.ask("A root that is no CA; the path is built.", []string{oddLeaf, "edge-not-ca-root", oddSub}, "edge-not-ca-root")
	o.ask("A self-issued subordinate CA; the path is built.", []string{"self-below-leaf", oddRoot, "self-below", "self-above"}, oddRoot)
	o.root("edge-v1-root", "fixed256:root", namedRoot(cn("Odd root")), version1)
	o.sub("edge-serial-sub", "fixed256:sub", oddRoot, named(cn("Odd sub")), with(raw(ce(35), false, seq(tagged(2, []byte{77})))))
	for _, root := range []string{"edge-v1-root", oddRoot} {
		o.ask("A subordinate CA that names another serial number of its issuer.", []string{oddLeaf, "edge-serial-sub"}, root)
	}
	md2 := seq(oid(1, 2, 840, 113549, 1, 1, 2), asn1Null)
	o.signedBy("lab", "md2", algorithmsOf(md2, md2))
	serials := map[string][]byte{"serial-long-negative": {0xff, 0x01}, "serial-padded-negative": {0xff, 0xfe}}
	for _, id := range sorted(serials) {
		o.leaf("edge-"+id+"-leaf", leafKey, oddSub, forged(func(f *fields) { f.serial = primitive(2, serials[id]) }))
		o.ask("A server certificate: "+strings.ReplaceAll(id, "-", " ")+".", []string{"edge-" + id + "-leaf", oddSub, oddRoot}, oddRoot)
	}
}

// edgesOfNames are names below constraints.
func (o *odd) edgesOfNames() {
	before := len(o.vectors)
	for _, sub := range []string{"permits-uri-example.test-sub", "permits-uri--sub", "excludes-uri-example.test-sub"} {
		o.ask("A URI without a host below "+sub+".", []string{"uri-no-host-leaf", sub, oddRoot}, oddRoot)
	}
	for i := range o.vectors[before:] {
		o.vectors[before+i].Spoiled = true // OpenSSL 3.5 reads it otherwise than 3.3.
	}
	for _, c := range []constraint{
		{id: "edge-dns-root", permitted: []tree{dnsTree("test")}},
		{id: "edge-long-dir", permitted: []tree{dirTree(append(cn("db.example.test"), attribute{oid: oidCommonName, value: "more"}))}},
		{id: "edge-dotted-mail", permitted: []tree{mailTree(".dba@example.test")}},
		{id: "edge-ip-host", permitted: []tree{base(tagged(7, []byte{10, 1, 2, 3}))}},
	} {
		o.sub(c.id+"-sub", "fixed256:sub", oddRoot, named(cn("Odd sub")), with(c.extension()))
		o.ask("A subordinate CA: "+c.id+".", []string{oddLeaf, c.id + "-sub", oddRoot}, oddRoot)
	}
	o.sub("edge-above", "fixed256:edge-above", oddRoot, named(cn("Odd above")), with(basicConstraints(true, -1, true)), with(constraint{permitted: []tree{dnsTree("test")}}.extension()))
	o.sub("edge-below", "fixed256:edge-below", "edge-above", named(cn("Odd below")), with(constraint{permitted: []tree{dnsTree("example.test")}}.extension()))
	o.leaf("edge-below-leaf", leafKey, "edge-below")
	o.ask("Two subordinate CAs that permit DNS names.", []string{"edge-below-leaf", "edge-below", "edge-above", oddRoot}, oddRoot)
	under := func(leaf string, subs ...string) {
		for _, sub := range subs {
			o.ask(fmt.Sprintf("The subordinate CA %s-sub over %s.", sub, leaf), []string{leaf, sub + "-sub", oddRoot}, oddRoot)
		}
	}
	mails := map[string]string{"same": ".dba@example.test", "below": "x.dba@example.test", "two": "x@dba@example.test"}
	for _, id := range sorted(mails) {
		o.leaf("edge-mail-"+id+"-leaf", leafKey, oddSub, with(altNames(generalName(tagged(1, []byte(mails[id]))))))
		under("edge-mail-"+id+"-leaf", "edge-dotted-mail", "permits-mail-dba@example.test")
	}
	o.leaf("edge-address-leaf", leafKey, oddSub, with(altNames(generalName(tagged(7, []byte{10, 1, 2, 3})))))
	under("edge-address-leaf", "edge-ip-host")
	called := map[string]rdn{
		"integer-last": {{oid: oidCommonName, value: "db.example.test"}, {oid: oidCommonName, tag: asn1.TagBitString, value: "\x00x"}},
		"dots":         {{oid: oidCommonName, value: "db..example.test"}}, "hyphen-first": {{oid: oidCommonName, value: "-db.example.test"}}, "underscore": {{oid: oidCommonName, value: "my_db.example.test"}},
		"hyphen-label": {{oid: oidCommonName, value: "db.-example.test"}}, "sign": {{oid: oidCommonName, value: "d!b.example.test"}},
	}
	for _, id := range sorted(called) {
		o.leaf("edge-called-"+id+"-leaf", leafKey, oddSub, without(idAltName), named(called[id]))
		under("edge-called-"+id+"-leaf", "excludes-dns-example.test", "permits-dns-example.org", "permits-dns-example.test")
	}
}

// edgesOfExtensions are several extensions that only together make a difference.
func (o *odd) edgesOfExtensions() {
	proxy := func(value []byte) extension { return raw(pe(14), false, value) }
	good := seq(seq(oid(1, 3, 6, 1, 5, 5, 7, 21, 1)))
	names, brokenPurposes := raw(ce(18), false, seq(tagged(2, []byte("db.example.test")))), raw(ce(37), false, seq(primitive(2, []byte{1})))
	negative := raw(ce(19), true, seq(primitive(1, []byte{0xff}), primitive(2, []byte{0xff})))
	o.inLeaf("edge-proxy", "a proxy certificate", without(idAltName), with(proxy(good)))
	o.ask("A proxy certificate below constraints.", []string{"edge-proxy-leaf", "excludes-dns-example.test-sub", oddRoot}, oddRoot)
	o.inLeaf("edge-proxy-text", "a proxy certificate without a list", without(idAltName), with(proxy(ia5("x"))))
	o.inLeaf("edge-proxy-issuer-names", "a proxy certificate with names of its issuer", without(idAltName), with(proxy(good)), with(names))
	o.everywhere("edge-purposes-and-unknown", "broken purposes, and an unknown extension twice", with(brokenPurposes), with(unknownExtension(false)), twice(unknownExtension(false)))
	o.everywhere("edge-unknown-and-purposes", "an unknown extension twice, and broken purposes", with(unknownExtension(false)), twice(unknownExtension(false)), with(brokenPurposes))
	o.everywhere("edge-negative-and-purposes", "a negative path length, and broken purposes", with(negative), with(brokenPurposes))
	o.everywhere("edge-negative-twice", "a negative path length, twice", with(negative), twice(negative))
	signs := keyUsage(x509.KeyUsageCRLSign)
	o.everywhere("edge-negative-and-usage-twice", "a negative path length, and a usage twice", with(negative), with(signs), twice(signs))
	o.inLeaf("edge-usage-empty-and-twice", "a usage twice, once without bits", with(keyUsage(0)), twice(signs))
	o.inLeaf("edge-issuer-names-twice-and-proxy", "names of the issuer twice, purposes twice, and a proxy certificate", without(idAltName), with(names), twice(names), with(brokenPurposes), with(proxy(good)))
	o.everywhere("edge-padded-authority-serial", "an authority's negative serial number with a needless octet", with(raw(ce(35), false, seq(tagged(2, []byte{0xff, 0xfe})))))
	uris := map[string]string{"no-scheme": ":db", "space": "https://d b", "bracket": "https://[db"}
	for _, id := range sorted(uris) {
		e := altNames("db.example.test", generalName(tagged(6, []byte(uris[id]))))
		e.Critical = true
		o.inLeaf("edge-uri-"+id, "a URI in critical names: "+id, with(e))
	}
	integer := raw(ce(17), true, seq(tagged(2, []byte("db.example.test")), primitive(2, []byte{7})))
	o.inLeaf("edge-names-integer", "an INTEGER in critical names", with(integer))
	huge := raw(ce(36), true, seq(tagged(0, []byte{1, 0, 0, 0, 0, 0, 0, 0, 0})))
	o.everywhere("edge-explicit-huge", "an explicit policy after more certificates than there are", with(huge))
}

// edgesOfPolicies are mappings, and ends of them, over a policy that is demanded.
func (o *odd) edgesOfPolicies() {
	made := map[string]bool{}
	for _, root := range []string{"EXPLICIT0", "NOMAP0 EXPLICIT0", "NOANY0 EXPLICIT0"} {
		for _, sub := range []string{"one MAP12", "one-two MAP12", "two MAP12", "any MAP12", "any", "one-two"} {
			for _, leaf := range []string{"one", "two", "any", "one-two"} {
				r, s, l := o.policyNames(root, sub, leaf)
				if !made[r] {
					o.root(r, "fixed256:root", namedRoot(cn("Odd root")), policies(root))
				}
				if !made[s] {
					o.sub(s, "fixed256:sub", oddRoot, named(cn("Odd sub")), policies(sub))
				}
				if !made[l] {
					o.leaf(l, leafKey, oddSub, policies(leaf))
				}
				made[r], made[s], made[l] = true, true, true
				o.ask(fmt.Sprintf("Policies of root, subordinate and leaf: %q, %q, %q.", root, sub, leaf), []string{l, s, r}, r)
			}
		}
		self := "edge-policy-self-" + strings.ReplaceAll(root, " ", "-")
		o.sub(self+"-above", "fixed256:"+self, oddRoot, named(cn("Odd self policy")), with(basicConstraints(true, -1, true)), policies("any "+root))
		for _, sub := range []string{"any", "one", "any MAP12"} {
			name := self + "-" + strings.ReplaceAll(sub, " ", "-")
			o.sub(name+"-sub", "fixed256:"+name, self+"-above", named(cn("Odd self policy")), with(basicConstraints(true, -1, true)), policies(sub))
			for _, leaf := range []string{"one", "any"} {
				o.leaf(name+"-"+leaf+"-leaf", leafKey, name+"-sub", policies(leaf))
				o.ask(fmt.Sprintf("A self-issued subordinate CA with %q below one with %q, over %q.", sub, root, leaf), []string{name + "-" + leaf + "-leaf", name + "-sub", self + "-above", oddRoot}, oddRoot)
			}
		}
	}
}

// policyNames are the certificates' names.
func (o *odd) policyNames(root, sub, leaf string) (r, s, l string) {
	name := func(kind, word string) string {
		return "edge-policy-" + strings.ReplaceAll(word, " ", "-") + "-" + kind
	}
	return name("root", root), name("sub", sub), name("leaf", leaf)
}
