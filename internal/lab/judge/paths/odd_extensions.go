package paths

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
)

func ce(last int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 5, 29, last} }
func pe(last int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, last} }

var (
	oidNetscapeType    = asn1.ObjectIdentifier{2, 16, 840, 1, 113730, 1, 1}
	oidNetscapeComment = asn1.ObjectIdentifier{2, 16, 840, 1, 113730, 1, 13}
	oidSCTs            = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
	oidPoison          = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 3}
	oidNoCheck         = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	oidMicrosoftCA     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 21, 1}
)

// oddExtensions are extensions in forms that some validators treat in their own
// way.
type oddExtensions []oddExtension

type oddExtension struct {
	id, what string
	ext      extension
}

func (all *oddExtensions) add(id, what string, oid asn1.ObjectIdentifier, value []byte) {
	*all = append(*all, oddExtension{id, what, extension{ID: oid, Value: value}})
}

// each adds the forms of one extension by their names.
func (all *oddExtensions) each(id, what string, oid asn1.ObjectIdentifier, values map[string][]byte) {
	for _, name := range sorted(values) {
		all.add(id+name, what+name, oid, values[name])
	}
}

// extensions puts odd extensions into each place, critical and not.
func (o *odd) extensions() {
	for _, e := range allExtensions() {
		for _, isCritical := range []bool{false, true} {
			e.ext.Critical = isCritical
			word, mark := "not critical", ""
			if isCritical {
				word, mark = "critical", "-critical"
			}
			o.everywhere(e.id+mark, e.what+", "+word, with(e.ext))
		}
	}
	for _, e := range []extension{
		keyUsage(x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature), basicConstraints(true, 0, true), extKeyUsage(false, purposeServer),
		altNames("db.example.test"), raw(ce(14), false, primitive(4, []byte("id"))), raw(ce(35), false, seq()),
		nameConstraints([][]byte{dnsTree("example.test")}, nil), raw(ce(32), false, seq(seq(oid(1, 2, 3)))), unknownExtension(false),
	} {
		o.everywhere(fmt.Sprintf("twice-%d", e.ID[len(e.ID)-1]), fmt.Sprintf("the extension %v a second time", e.ID), with(e), twice(e))
	}
	for _, last := range []int{idSubjectKey, idKeyUsage, idAltName, idBasicConstraints, idAuthorityKey, idExtKeyUsage} {
		o.everywhere(fmt.Sprintf("without-%d", last), fmt.Sprintf("no extension 2.5.29.%d", last), without(last))
	}
	o.everywhere("no-extensions", "no extensions at all", func(c *certificate) { c.extensions = nil })
	o.everywhere("empty-extensions", "an empty list of extensions", forged(func(f *fields) { f.extensions = explicit(3, seq()) }))
}

func allExtensions() oddExtensions {
	var all oddExtensions
	bits := func(octets ...byte) []byte { return primitive(asn1.TagBitString, octets) }
	for bit, usage := range []string{"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly"} {
		all.add(fmt.Sprintf("usage-%d", bit), "keyUsage is "+usage+" alone", ce(15), bits(byte(7-bit), 0x80>>bit))
	}
	all.add("usage-8", "keyUsage is decipherOnly alone", ce(15), bits(7, 0, 0x80))
	all.add("usage-all", "keyUsage has all bits", ce(15), bits(7, 0xff, 0x80))
	all.add("usage-none", "keyUsage has no bits", ce(15), bits(0))
	all.add("usage-zeros", "keyUsage has only zeros", ce(15), bits(0, 0))
	all.add("usage-unused-bits", "keyUsage has set bits where they should be zero", ce(15), bits(4, 0xaf))
	all.add("usage-integer", "keyUsage is an INTEGER", ce(15), primitive(2, []byte{5}))
	all.add("usage-trailing", "octets after keyUsage", ce(15), append(bits(2, 0x84), 5, 0))
	all.add("usage-nothing", "keyUsage without a value", ce(15), nil)
	purposes := map[string][]byte{
		"empty": seq(), "unknown": seq(oid(1, 2, 3, 4)), "any": seq(oid(2, 5, 29, 37, 0)), "server": seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1)),
		"client": seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 2)), "client-and-any": seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 2), oid(2, 5, 29, 37, 0)),
		"server-and-unknown": seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1), oid(1, 2, 3, 4)), "microsoft": seq(oid(1, 3, 6, 1, 4, 1, 311, 10, 3, 3)),
		"netscape": seq(oid(2, 16, 840, 1, 113730, 4, 1)), "code": seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 3)), "ocsp": seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 9)),
		"stamping": seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 8)), "not-a-list": oid(1, 3, 6, 1, 5, 5, 7, 3, 1), "integers": seq(primitive(2, []byte{1})),
		"trailing": append(seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1)), 5, 0), "twice": seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1), oid(1, 3, 6, 1, 5, 5, 7, 3, 1)),
	}
	all.each("purpose-", "extKeyUsage: ", ce(37), purposes)
	yes, no, ber := primitive(1, []byte{0xff}), primitive(1, []byte{0}), primitive(1, []byte{1})
	number := func(n ...byte) []byte { return primitive(2, n) }
	constraints := map[string][]byte{
		"empty": seq(), "ca": seq(yes), "not-ca": seq(no), "ca-ber": seq(ber), "ca-0": seq(yes, number(0)), "ca-1": seq(yes, number(1)),
		"ca-2": seq(yes, number(2)), "ca-127": seq(yes, number(127)), "ca-255": seq(yes, number(0, 255)), "ca-256": seq(yes, number(1, 0)),
		"ca-big": seq(yes, number(1, 0, 0, 0, 0)), "ca-huge": seq(yes, number(1, 0, 0, 0, 0, 0, 0, 0, 0)), "ca-negative": seq(yes, number(255)),
		"ca-padded": seq(yes, number(0, 0)), "length-only": seq(number(0)), "not-ca-length": seq(no, number(0)), "text": ia5("CA"),
		"trailing": append(seq(yes), 5, 0), "surplus": seq(yes, number(0), number(0)), "nothing": nil,
	}
	all.each("constraints-", "basicConstraints: ", ce(19), constraints)
	all.addNames()
	identifiers := map[string][]byte{
		"empty": primitive(4, nil), "other": primitive(4, []byte("other")), "long": primitive(4, make([]byte, 200)), "text": ia5("id"),
		"trailing": append(primitive(4, []byte("other")), 5, 0), "nothing": nil,
	}
	all.each("subject-id-", "subjectKeyIdentifier: ", ce(14), identifiers)
	directory := explicit(1, explicit(4, cn("Odd root").encode()))
	authorities := map[string][]byte{
		"empty": seq(), "empty-id": seq(tagged(0, nil)), "other-id": seq(tagged(0, []byte("other"))), "name-only": seq(directory),
		"serial-only": seq(tagged(2, []byte{7})), "name-and-serial": seq(directory, tagged(2, []byte{7})), "text": ia5("id"),
		"other-name": seq(explicit(1, explicit(4, cn("Somebody else").encode())), tagged(2, []byte{1})), "field-3": seq(tagged(3, []byte{1})),
		"trailing": append(seq(), 5, 0), "nothing": nil, "dns-name": seq(explicit(1, tagged(2, []byte("root.example"))), tagged(2, []byte{1})),
	}
	all.each("authority-id-", "authorityKeyIdentifier: ", ce(35), authorities)
	all.addRare()
	return all
}

// brokenNames are names and constraints that are no DER, or not those of
// RFC 5280.
func (o *odd) brokenNames() {
	dns := tagged(2, []byte("db.example.test"))
	names := map[string][]byte{
		"integer": primitive(2, []byte{7}), "other-text-type": explicit(0, join([][]byte{ia5("x"), explicit(0, ia5("x"))})), "other-no-type": explicit(0, explicit(0, ia5("x"))), "other-no-value": explicit(0, oid(1, 2, 3)), "registered-empty": tagged(8, nil), "no-end": {0x82, 5, 0},
		"directory-empty": explicit(4, nil), "directory-primitive": tagged(4, rdn{}.encode()),
	}
	for _, id := range sorted(names) {
		o.inLeaf("names-broken-"+id, "a subjectAltName: broken, "+id, with(raw(ce(17), false, seq(dns, names[id]))))
	}
	tree := func(more ...[]byte) []byte {
		return explicit(0, seq(append([][]byte{tagged(2, []byte("example.test"))}, more...)...))
	}
	constraints := map[string][]byte{
		"nothing": nil, "text": ia5("x"), "trailing": append(seq(tree()), asn1Null...), "permitted-no-end": seq([]byte{0xa0, 5, 0}), "excluded-no-end": seq([]byte{0xa1, 5, 0}), "field-2": seq(tree(), explicit(2, nil)),
		"permitted-empty": seq(explicit(0, nil)), "excluded-empty": seq(explicit(1, nil)), "no-tree": seq(explicit(0, asn1Null)), "excluded-no-tree": seq(explicit(1, asn1Null)), "no-base": seq(explicit(0, seq())), "octets": seq(explicit(0, primitive(4, tagged(2, []byte("example.test"))))),
		"minimum-no-end": seq(tree([]byte{0x80, 5, 0})), "maximum-no-end": seq(tree([]byte{0x81, 5, 0})), "field-3": seq(tree(tagged(2, []byte{1}))),
		"other-no-value": seq(explicit(1, seq(explicit(0, oid(1, 2, 3))))), "minimum-empty": seq(tree(tagged(0, nil))),
	}
	for _, id := range sorted(constraints) {
		o.everywhere("constraint-broken-"+id, "nameConstraints: broken, "+id, with(raw(ce(30), false, constraints[id])))
		o.inSub("constraint-broken-critical-"+id, "critical nameConstraints: broken, "+id, with(raw(ce(30), true, constraints[id])))
	}
}

// addNames are alternative names.
func (all *oddExtensions) addNames() {
	dns := tagged(2, []byte("db.example.test"))
	names := map[string][]byte{
		"empty": seq(), "text": ia5("db"), "set": constructed(asn1.TagSet, dns), "universal": seq(ia5("db.example.test")), "trailing": append(seq(dns), 5, 0),
		"tag-9": seq(dns, tagged(9, []byte("x"))), "tag-30": seq(dns, tagged(30, []byte("x"))), "other": seq(dns, explicit(0, join([][]byte{oid(1, 2, 3), explicit(0, ia5("x"))}))),
		"other-primitive": seq(dns, tagged(0, []byte("x"))), "mail": seq(dns, tagged(1, []byte("dba@example.test"))), "mail-odd": seq(dns, tagged(1, []byte("not mail"))),
		"x400": seq(dns, explicit(3, seq())), "directory": seq(dns, explicit(4, cn("x").encode())), "directory-broken": seq(dns, tagged(4, []byte("x"))),
		"party": seq(dns, explicit(5, explicit(1, primitive(12, []byte("x"))))), "uri": seq(dns, tagged(6, []byte("https://db.example.test/"))),
		"uri-odd": seq(dns, tagged(6, []byte("http://[bad"))), "uri-relative": seq(dns, tagged(6, []byte("/x"))), "registered": seq(dns, tagged(8, []byte{42, 3, 4})), "registered-broken": seq(dns, tagged(8, []byte{0x80})),
		"address": seq(dns, tagged(7, []byte{10, 1, 2, 3})), "address-3": seq(dns, tagged(7, []byte{10, 1, 2})), "address-0": seq(dns, tagged(7, nil)),
		"address-8": seq(dns, tagged(7, []byte{10, 1, 2, 3, 255, 0, 0, 0})), "dns-nul": seq(dns, tagged(2, []byte("db\x00.example.test"))),
		"dns-latin": seq(dns, tagged(2, []byte("b\xfccher.example.test"))), "dns-utf8": seq(dns, tagged(2, []byte("bücher.example.test"))), "dns-empty": seq(dns, tagged(2, nil)),
		"dns-blank": seq(dns, tagged(2, []byte("a b"))), "dns-dot": seq(dns, tagged(2, []byte(".example.test"))), "dns-wildcard": seq(dns, tagged(2, []byte("*.example.test"))),
		"dns-long": seq(dns, tagged(2, []byte(fmt.Sprintf("%0300d.test", 0)))), "dns-constructed": seq(dns, explicit(2, ia5("x"))), "dns-underscore": seq(dns, tagged(2, []byte("my_db.example.test"))), "nothing": nil,
	}
	all.each("names-", "subjectAltName: ", ce(17), names)
	all.add("issuer-names", "an issuerAltName", ce(18), seq(dns))
	all.add("issuer-names-broken", "an issuerAltName that is no list", ce(18), ia5("x"))
}

// addRare are extensions that few certificates have.
func (all *oddExtensions) addRare() {
	uri := tagged(6, []byte("http://crl.example.test/x.crl"))
	point := seq(explicit(0, explicit(0, uri)))
	points := map[string][]byte{
		"one": seq(point), "empty": seq(), "nothing-named": seq(seq()), "reasons": seq(seq(explicit(0, explicit(0, uri)), tagged(1, []byte{1, 2}))),
		"issuer-only": seq(seq(explicit(2, explicit(4, cn("x").encode())))), "text": ia5("x"), "trailing": append(seq(point), 5, 0),
		"relative": seq(seq(explicit(0, explicit(1, join([][]byte{seq(oid(2, 5, 4, 3), ia5("x"))}))))), "directory": seq(seq(explicit(0, explicit(0, explicit(4, cn("x").encode()))))),
	}
	all.each("crl-points-", "cRLDistributionPoints: ", ce(31), points)
	all.add("freshest-crl", "a freshestCRL", ce(46), seq(point))
	all.add("key-period", "a privateKeyUsagePeriod that is over", ce(16), seq(tagged(1, []byte("20210101000000Z"))))
	all.add("directory-attributes", "subjectDirectoryAttributes", ce(9), seq(seq(oid(1, 2, 3), constructed(asn1.TagSet, ia5("x")))))
	all.add("unknown", "an extension that nobody knows", unknownExtension(false).ID, []byte{5, 0})
	all.add("unknown-empty", "an extension that nobody knows, without a value", unknownExtension(false).ID, nil)
	all.add("unknown-standard", "the extension 2.5.29.99, which is not assigned", ce(99), []byte{5, 0})
	all.add("issuing-point", "an issuingDistributionPoint, which is for CRLs", ce(28), seq())
	all.add("authority-access", "authorityInfoAccess", pe(1), seq(seq(oid(1, 3, 6, 1, 5, 5, 7, 48, 1), tagged(6, []byte("http://ocsp.example.test/")))))
	all.add("authority-access-text", "authorityInfoAccess that is no list", pe(1), ia5("x"))
	all.add("authority-access-empty", "an empty authorityInfoAccess", pe(1), seq())
	all.add("subject-access", "subjectInfoAccess", pe(11), seq(seq(oid(1, 3, 6, 1, 5, 5, 7, 48, 5), tagged(6, []byte("http://x.example.test/")))))
	all.add("biometric", "biometricInfo", pe(2), seq())
	all.add("statements", "qcStatements", pe(3), seq(seq(oid(0, 4, 0, 1862, 1, 1))))
	all.add("addresses", "RFC 3779 address blocks", pe(7), seq(seq(primitive(4, []byte{0, 1}), primitive(5, nil))))
	all.add("systems", "RFC 3779 autonomous systems", pe(8), seq(explicit(0, primitive(5, nil))))
	all.add("tls-feature", "TLS feature: must staple", pe(24), seq(primitive(2, []byte{5})))
	all.add("proxy", "proxyCertInfo", pe(14), seq(seq(oid(1, 3, 6, 1, 5, 5, 7, 21, 1))))
	for bit, kind := range []string{"client", "server", "mail", "objects", "reserved", "CA of TLS", "CA of mail", "CA of objects"} {
		all.add(fmt.Sprintf("netscape-%d", bit), "Netscape's certificate type: "+kind, oidNetscapeType, primitive(3, []byte{byte(7 - bit), 0x80 >> bit}))
	}
	all.add("netscape-both", "Netscape's certificate type: server, and CA of TLS", oidNetscapeType, primitive(3, []byte{2, 0x44}))
	all.add("netscape-none", "Netscape's certificate type: none", oidNetscapeType, primitive(3, []byte{0}))
	all.add("netscape-text", "Netscape's certificate type that is text", oidNetscapeType, ia5("x"))
	all.add("netscape-comment", "Netscape's comment", oidNetscapeComment, ia5("hello"))
	all.add("scts", "a list of certificate timestamps", oidSCTs, primitive(4, []byte{0, 0}))
	all.add("scts-broken", "a list of certificate timestamps that cannot be read", oidSCTs, []byte{1})
	all.add("poison", "the mark of a precertificate", oidPoison, asn1Null)
	all.add("no-check", "OCSP no check", oidNoCheck, asn1Null)
	all.add("microsoft", "Microsoft's CA version", oidMicrosoftCA, primitive(2, []byte{0}))
}
