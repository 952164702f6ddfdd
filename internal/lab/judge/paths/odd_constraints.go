package paths

import (
	"encoding/asn1"
	"fmt"
	"strings"
)

// tree is one general subtree's base, and what may follow it.
type tree []byte

func base(name []byte, more ...[]byte) tree { return tree(join(append([][]byte{name}, more...))) }

func mailTree(s string) tree { return base(tagged(1, []byte(s))) }
func uriTree(s string) tree  { return base(tagged(6, []byte(s))) }
func dirTree(n rdn) tree     { return base(explicit(4, n.encode())) }

// constraint is a nameConstraints extension of one certificate.
type constraint struct {
	id, what            string
	permitted, excluded []tree
}

func (c constraint) extension() extension {
	var permitted, excluded [][]byte
	for _, t := range c.permitted {
		permitted = append(permitted, t)
	}
	for _, t := range c.excluded {
		excluded = append(excluded, t)
	}
	return nameConstraints(permitted, excluded)
}

// both permits a name in one constraint and excludes it in another.
func both(id, what string, t tree) []constraint {
	return []constraint{
		{"permits-" + id, "permits " + what, []tree{t}, nil}, {"excludes-" + id, "excludes " + what, nil, []tree{t}},
	}
}

var organization = rdn{{oid: oidOrganization, value: "sslready lab"}}

// allConstraints are of every type of name, those that a leaf has and others.
func allConstraints() []constraint {
	var all []constraint
	add := func(id, what string, t tree) { all = append(all, both(id, what, t)...) }
	for _, name := range []string{"example.test", "db.example.test", ".example.test", "EXAMPLE.test", "test", "example.org", "", "example.test.", "*.example.test", "ample.test", "my_db.example.test"} {
		add("dns-"+name, fmt.Sprintf("the DNS name %q", name), dnsTree(name))
	}
	add("dns-latin", "a DNS name that is not ASCII", base(tagged(2, []byte("b\xfccher.test"))))
	for _, name := range []string{"dba@example.test", "DBA@example.test", "example.test", ".example.test", "example.org", "dba@example.org", "", "@", "@example.test"} {
		add("mail-"+name, fmt.Sprintf("the mailbox %q", name), mailTree(name))
	}
	for _, name := range []string{"example.test", ".example.test", "db.example.test", "example.org", "", "https://db.example.test/", "10.1.2.3"} {
		add("uri-"+name, fmt.Sprintf("the URI %q", name), uriTree(name))
	}
	add("ip-10", "addresses from 10.0.0.0/8", base(tagged(7, []byte{10, 0, 0, 0, 255, 0, 0, 0})))
	add("ip-192", "addresses from 192.0.2.0/24", base(tagged(7, []byte{192, 0, 2, 0, 255, 255, 255, 0})))
	add("ip-all", "all IPv4 addresses", base(tagged(7, make([]byte, 8))))
	add("ip-v6", "all IPv6 addresses", base(tagged(7, make([]byte, 32))))
	add("ip-gap", "addresses with a mask that has a gap", base(tagged(7, []byte{10, 0, 0, 3, 255, 0, 0, 255})))
	add("ip-host-bits", "addresses with bits below the mask", base(tagged(7, []byte{10, 9, 9, 9, 255, 0, 0, 0})))
	add("ip-4", "an address without a mask", base(tagged(7, []byte{10, 0, 0, 0})))
	add("ip-0", "an empty address", base(tagged(7, nil)))
	add("dir-same", "the directory name of the organization", dirTree(organization))
	add("dir-case", "the directory name of the organization in capitals", dirTree(rdn{{oid: oidOrganization, value: "SSLREADY  Lab "}}))
	add("dir-printable", "the directory name of the organization, as a PrintableString", dirTree(rdn{{oid: oidOrganization, tag: asn1.TagPrintableString, value: "sslready lab"}}))
	add("dir-leaf", "the leaf's whole directory name", dirTree(cn("db.example.test")))
	add("dir-other", "another organization's directory name", dirTree(rdn{{oid: oidOrganization, value: "somebody else"}}))
	add("dir-part", "a directory name that only begins alike", dirTree(rdn{{oid: oidOrganization, value: "sslready"}}))
	add("dir-empty", "the empty directory name", dirTree(rdn{}))
	add("registered", "a registered identifier", base(tagged(8, []byte{42, 3, 4})))
	add("registered-other", "another registered identifier", base(tagged(8, []byte{42, 3, 5})))
	add("other", "an otherName", base(explicit(0, join([][]byte{oid(1, 2, 3), explicit(0, ia5("x"))}))))
	add("other-type", "an otherName of another type", base(explicit(0, join([][]byte{oid(1, 2, 4), explicit(0, ia5("x"))}))))
	add("x400", "an X.400 address", base(explicit(3, seq())))
	add("party", "an EDI party name", base(explicit(5, explicit(1, primitive(12, []byte("x"))))))
	add("tag-9", "a name of an unknown kind", base(tagged(9, []byte("x"))))
	dns := dnsTree("example.test")
	add("minimum-0", "a DNS name with a minimum of 0 written out", base(dns, tagged(0, []byte{0})))
	add("minimum-1", "a DNS name with a minimum of 1", base(dns, tagged(0, []byte{1})))
	add("maximum-0", "a DNS name with a maximum of 0", base(dns, tagged(1, []byte{0})))
	add("maximum-5", "a DNS name with a maximum of 5", base(dns, tagged(1, []byte{5})))
	add("minimum-2-mail", "a mailbox with a minimum of 2", base(tagged(1, []byte("example.test")), tagged(0, []byte{2})))
	add("minimum-1-other-dns", "another DNS name with a minimum of 1", base(dnsTree("example.org"), tagged(0, []byte{1})))
	all = append(
		all, constraint{id: "nothing", what: "neither permits nor excludes"},
		constraint{"permits-two-dns", "permits two DNS names", []tree{dnsTree("example.org"), dnsTree("example.test")}, nil},
		constraint{"permits-dns-and-dir", "permits a DNS name and the organization", []tree{dnsTree("example.test"), dirTree(organization)}, nil},
		constraint{"permits-and-excludes", "permits a domain and excludes a host of it", []tree{dnsTree("example.test")}, []tree{dnsTree("db.example.test")}},
		constraint{"permits-and-excludes-other", "permits a domain and excludes another host of it", []tree{dnsTree("example.test")}, []tree{dnsTree("x.example.test")}},
		constraint{"permits-mail-and-uri", "permits a mailbox and a URI", []tree{mailTree("example.test"), uriTree("example.test")}, nil},
	)
	return all
}

// oddNames are leaves by the kinds of names that they have.
func (o *odd) oddNames() []string {
	dns := generalName(tagged(2, []byte("db.example.test")))
	kinds := []struct {
		id    string
		names []any
	}{
		{"dns", []any{dns}},
		{"mail", []any{dns, generalName(tagged(1, []byte("dba@example.test")))}},
		{"uri", []any{dns, generalName(tagged(6, []byte("https://db.example.test/")))}},
		{"ip", []any{dns, generalName(tagged(7, []byte{10, 1, 2, 3}))}},
		{"dir", []any{dns, generalName(explicit(4, cn("db.example.test").encode()))}},
		{"registered", []any{dns, generalName(tagged(8, []byte{42, 3, 4}))}},
		{"other", []any{dns, generalName(explicit(0, join([][]byte{oid(1, 2, 3), explicit(0, ia5("x"))})))}},
		{"wildcard", []any{"*.example.test"}},
		{"two", []any{"db.example.test", "db.example.org"}},
	}
	var names []string
	for _, kind := range kinds {
		name := "named-" + kind.id + "-leaf"
		o.leaf(name, leafKey, oddSub, with(altNames(kind.names...)))
		names = append(names, name)
	}
	o.leaf("named-cn-leaf", leafKey, oddSub, without(idAltName))
	o.leaf("named-cn-mail-leaf", leafKey, oddSub, without(idAltName), named(append(cn("no host"), attribute{oid: oidMail, tag: asn1.TagIA5String, value: "dba@example.test"})))
	return append(names, "named-cn-leaf", "named-cn-mail-leaf")
}

var oidMail = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}

// constraints puts each constraint over each kind of leaf.
func (o *odd) constraints() {
	leaves := o.oddNames()
	for _, c := range allConstraints() {
		name := c.id + "-sub"
		o.sub(name, "fixed256:sub", oddRoot, named(cn("Odd sub")), with(c.extension()))
		for _, leaf := range leaves {
			o.ask(fmt.Sprintf("A subordinate CA that %s, over %s.", c.what, leaf), []string{leaf, name, oddRoot}, oddRoot)
		}
	}
}

// constraintsAbove are those of a root, which are over the subordinate too,
// of an anchor in the middle, and of the leaf itself.
func (o *odd) constraintsAbove() {
	mail := attribute{oid: oidMail, tag: asn1.TagIA5String, value: "ca@example.org"}
	o.sub("named-sub", "fixed256:sub", oddRoot, named(cn("Odd sub")), with(altNames("ca.example.org", generalName(tagged(1, []byte("ca@example.org"))))))
	o.sub("host-sub", "fixed256:host", oddRoot, named(cn("ca.example.org")))
	o.leaf("host-leaf", leafKey, "host-sub")
	o.sub("mail-sub", "fixed256:mail", oddRoot, named(append(cn("Odd mail sub"), mail)))
	o.leaf("mail-leaf", leafKey, "mail-sub")
	for _, c := range allConstraints() {
		name := c.id + "-root"
		o.root(name, "fixed256:root", namedRoot(cn("Odd root")), with(c.extension()))
		o.ask(fmt.Sprintf("A root that %s, over a plain path.", c.what), []string{oddLeaf, oddSub, name}, name)
		o.ask(fmt.Sprintf("A root that %s, over a subordinate CA with alternative names.", c.what), []string{oddLeaf, "named-sub"}, name)
		o.ask(fmt.Sprintf("A subordinate CA that %s, as the anchor.", c.what), []string{oddLeaf, c.id + "-sub"}, c.id+"-sub")
		o.leaf(c.id+"-leaf", leafKey, oddSub, with(c.extension()))
		o.ask(fmt.Sprintf("A server certificate that %s itself.", c.what), []string{c.id + "-leaf", oddSub}, oddRoot)
		if len(c.permitted) == 1 && len(c.excluded) == 0 {
			o.ask(fmt.Sprintf("A root that %s, over a subordinate CA whose common name is a host.", c.what), []string{"host-leaf", "host-sub"}, name)
			o.ask(fmt.Sprintf("A root that %s, over a subordinate CA with a mailbox in its name.", c.what), []string{"mail-leaf", "mail-sub"}, name)
		}
	}
}

// selfIssued are certificates whose subject and issuer are one name: the
// constraints above do not matter to them, unless they are the leaf.
func (o *odd) selfIssued() {
	name := cn("Odd self-issued")
	limit := constraint{excluded: []tree{dirTree(name)}}.extension()
	endless := with(basicConstraints(true, -1, true))
	o.sub("self-above", "fixed256:self-above", oddRoot, named(name), endless, with(limit))
	o.sub("self-below", "fixed256:self-below", "self-above", named(name), endless)
	o.leaf("self-below-leaf", leafKey, "self-below")
	o.ask("A self-issued subordinate CA whose name the constraints above it exclude.", []string{"self-below-leaf", "self-below", "self-above", oddRoot}, oddRoot)
	o.leaf("self-leaf", leafKey, "self-above", named(name))
	o.ask("A self-issued server certificate whose name the constraints above it exclude.", []string{"self-leaf", "self-above", oddRoot}, oddRoot)
}

// namesUnderConstraints puts names that few certificates have under the
// constraints of their type.
func (o *odd) namesUnderConstraints() {
	under := func(leaf string, constraints ...string) {
		for _, c := range constraints {
			o.ask(fmt.Sprintf("The subordinate CA %s-sub over %s.", c, leaf), []string{leaf, c + "-sub", oddRoot}, oddRoot)
		}
	}
	text := func(value string) attribute { return attribute{oid: oidCommonName, value: value} }
	o.leaf("common-end-nul-leaf", leafKey, oddSub, without(idAltName), named(rdn{text("db.example.test\x00")}))
	o.leaf("common-second-leaf", leafKey, oddSub, without(idAltName), named(rdn{text("db.example.org"), text("db.example.test")}))
	o.leaf("common-hyphen-leaf", leafKey, oddSub, without(idAltName), named(rdn{text("db-.example.test")}))
	o.leaf("common-organization-leaf", leafKey, oddSub, without(idAltName), named(rdn{{oid: oidOrganization, value: "db.example.test"}, text("nothing")}))
	for _, id := range []string{"numeric", "bits", "integer", "nul", "bmp", "universal", "t61", "address", "mail"} {
		under("subject-"+id+"-no-alt-leaf", "excludes-dns-example.test", "permits-dns-example.org")
	}
	for _, id := range []string{"end-nul", "second", "hyphen", "organization"} {
		under("common-"+id+"-leaf", "excludes-dns-example.test", "permits-dns-example.org")
	}
	for _, id := range []string{"mail", "mail-utf8", "mail-odd"} {
		under("subject-"+id+"-leaf", "permits-mail-example.test", "excludes-mail-example.test", "excludes-dns-example.test")
	}
	mails := []string{"permits-mail-example.test", "permits-mail-.example.test", "excludes-mail-.example.test", "permits-mail-dba@example.test"}
	others := map[string]string{"below": "dba@db.example.test", "other-user": "me@example.test", "two-signs": "a@b@example.test", "capitals": "dba@EXAMPLE.test"}
	for _, id := range sorted(others) {
		o.leaf("mail-"+id+"-leaf", leafKey, oddSub, with(altNames(generalName(tagged(1, []byte(others[id]))))))
		under("mail-"+id+"-leaf", mails...)
	}
	under("names-mail-odd-leaf", mails...)
	uris := []string{"permits-uri-example.test", "permits-uri-.example.test", "excludes-uri-.example.test", "permits-uri-db.example.test", "excludes-uri-db.example.test"}
	others = map[string]string{
		"port": "https://db.example.test:5432/", "host": "https://db.example.test", "no-slashes": "mailto:dba@example.test",
		"dot": "https://.example.test/", "capitals": "https://DB.Example.test/", "elsewhere": "https://db.example.org/",
	}
	for _, id := range sorted(others) {
		o.leaf("uri-"+id+"-leaf", leafKey, oddSub, with(altNames(generalName(tagged(6, []byte(others[id]))))))
		under("uri-"+id+"-leaf", uris...)
	}
	under("names-uri-relative-leaf", uris...)
	o.leaf("uri-no-host-leaf", leafKey, oddSub, with(altNames(generalName(tagged(6, []byte("https:///x"))))))
	networks := []string{"permits-ip-10", "excludes-ip-10", "permits-ip-v6", "excludes-ip-v6", "permits-ip-4"}
	o.leaf("named-ip6-leaf", leafKey, oddSub, with(altNames(generalName(tagged(7, append([]byte{0x20, 1, 0x0d, 0xb8}, make([]byte, 12)...))))))
	for _, leaf := range []string{"named-ip6-leaf", "names-address-3-leaf", "names-address-0-leaf"} {
		under(leaf, networks...)
	}
}

// oddPolicy is certificatePolicies, or an extension about policies, by a short
// word: "" is none.
func oddPolicy(word string) []extension {
	policy := func(id []byte, qualifiers ...[]byte) []byte {
		if len(qualifiers) == 0 {
			return seq(id)
		}
		return seq(id, seq(qualifiers...))
	}
	one, two, anyPolicy := oid(1, 2, 3), oid(1, 2, 4), oid(2, 5, 29, 32, 0)
	cps := seq(oid(1, 3, 6, 1, 5, 5, 7, 2, 1), ia5("http://example.test/"))
	notice := seq(oid(1, 3, 6, 1, 5, 5, 7, 2, 2), seq(primitive(12, []byte("notice"))))
	strange := seq(oid(1, 2, 9), ia5("x"))
	values := map[string]extension{
		"one": raw(ce(32), false, seq(policy(one))), "two": raw(ce(32), false, seq(policy(two))), "one-two": raw(ce(32), false, seq(policy(one), policy(two))),
		"any": raw(ce(32), false, seq(policy(anyPolicy))), "one-one": raw(ce(32), false, seq(policy(one), policy(one))), "empty": raw(ce(32), false, seq()),
		"cps": raw(ce(32), false, seq(policy(one, cps))), "notice": raw(ce(32), false, seq(policy(one, notice))), "strange": raw(ce(32), false, seq(policy(one, strange))),
		"text": raw(ce(32), false, ia5("x")), "ONE": raw(ce(32), true, seq(policy(one))), "CPS": raw(ce(32), true, seq(policy(one, cps))),
		"NOTICE": raw(ce(32), true, seq(policy(one, notice))), "STRANGE": raw(ce(32), true, seq(policy(one, strange))), "ANY": raw(ce(32), true, seq(policy(anyPolicy))),
		"EMPTY": raw(ce(32), true, seq()), "ANYCPS": raw(ce(32), true, seq(policy(anyPolicy, cps))),
		"explicit0": raw(ce(36), false, seq(tagged(0, []byte{0}))), "EXPLICIT0": raw(ce(36), true, seq(tagged(0, []byte{0}))), "EXPLICIT1": raw(ce(36), true, seq(tagged(0, []byte{1}))),
		"EXPLICIT2": raw(ce(36), true, seq(tagged(0, []byte{2}))), "EXPLICIT9": raw(ce(36), true, seq(tagged(0, []byte{9}))), "NOMAP0": raw(ce(36), true, seq(tagged(1, []byte{0}))), "EXPLICITNEG": raw(ce(36), true, seq(tagged(0, []byte{0xff}))),
		"BOTH0": raw(ce(36), true, seq(tagged(0, []byte{0}), tagged(1, []byte{0}))), "emptypc": raw(ce(36), true, seq()), "textpc": raw(ce(36), true, ia5("x")),
		"map12": raw(ce(33), false, seq(seq(one, two))), "MAP12": raw(ce(33), true, seq(seq(one, two))), "mapany": raw(ce(33), false, seq(seq(anyPolicy, one))), "mapempty": raw(ce(33), false, seq()),
		"maptoany": raw(ce(33), false, seq(seq(one, anyPolicy))), "maptext": raw(ce(33), false, ia5("x")),
		"noany0": raw(ce(54), false, primitive(2, []byte{0})), "NOANY0": raw(ce(54), true, primitive(2, []byte{0})), "NOANY1": raw(ce(54), true, primitive(2, []byte{1})), "NOANYNEG": raw(ce(54), true, primitive(2, []byte{0xff})), "NOANYTEXT": raw(ce(54), true, ia5("x")),
	}
	var all []extension
	for w := range strings.FieldsSeq(word) {
		all = append(all, values[w])
	}
	return all
}

func policies(word string) change {
	return func(c *certificate) { c.extensions = append(c.extensions, oddPolicy(word)...) }
}

// policies are paths in which each certificate speaks about policies.
func (o *odd) policies() {
	seen := map[string]bool{}
	made := func(kind, word string, forge func(name string, changes ...change)) string {
		name := fmt.Sprintf("policy %s-%s", word, kind)
		name = strings.ReplaceAll(name, " ", "-")
		if !seen[name] {
			seen[name] = true
			forge(name, policies(word))
		}
		return name
	}
	ask := func(root, sub, leaf string) {
		r := made("root", root, func(name string, changes ...change) {
			o.root(name, "fixed256:root", append([]change{namedRoot(cn("Odd root"))}, changes...)...)
		})
		s := made("sub", sub, func(name string, changes ...change) {
			o.sub(name, "fixed256:sub", oddRoot, append([]change{named(cn("Odd sub"))}, changes...)...)
		})
		l := made("leaf", leaf, func(name string, changes ...change) { o.leaf(name, leafKey, oddSub, changes...) })
		o.ask(fmt.Sprintf("Policies of root, subordinate and leaf: %q, %q, %q.", root, sub, leaf), []string{l, s, r}, r)
	}
	subs := []string{
		"", "one", "two", "any", "ONE", "EXPLICIT0", "one EXPLICIT0", "any EXPLICIT0", "one EXPLICIT1", "any EXPLICIT1", "EXPLICIT2", "explicit0", "one explicit0", "any NOANY0 EXPLICIT0",
		"one MAP12 EXPLICIT0", "one map12 explicit0", "any map12 EXPLICIT0", "one MAP12", "one mapany", "one maptoany", "one NOMAP0", "one MAP12 NOMAP0 EXPLICIT0",
	}
	for _, sub := range subs {
		for _, leaf := range []string{"", "one", "two", "any", "one-two", "ONE"} {
			ask("", sub, leaf)
		}
	}
	for _, root := range []string{"EXPLICIT0", "EXPLICIT1", "EXPLICIT2", "explicit0", "one EXPLICIT0", "NOANY0 EXPLICIT0", "NOANY1", "ONE"} {
		for _, rest := range [][2]string{{"", ""}, {"one", "one"}, {"any", "one"}, {"any", "any"}, {"two", "one"}, {"one MAP12", "two"}} {
			ask(root, rest[0], rest[1])
		}
	}
	for _, word := range []string{
		"cps", "notice", "strange", "CPS", "NOTICE", "STRANGE", "ANY", "ANYCPS", "EMPTY", "empty", "one-one", "text", "emptypc", "textpc", "NOANY0", "noany0", "NOANYNEG", "NOANYTEXT",
		"EXPLICIT0", "EXPLICIT1", "EXPLICIT9", "EXPLICITNEG", "BOTH0", "NOMAP0", "mapempty", "maptext", "MAP12", "one MAP12", "mapany", "explicit0", "one EXPLICIT0", "any EXPLICIT0", "any NOANY0 EXPLICIT0",
	} {
		ask("", "", word)
		ask("", word, "")
		ask("", word, "one")
		ask(word, "", "")
	}
}
