package paths

import (
	"encoding/asn1"
	"fmt"
	"time"
)

// times are validities in forms that RFC 5280 does not have, or at its edges.
func (o *odd) times() {
	utc := func(s string) []byte { return primitive(asn1.TagUTCTime, []byte(s)) }
	general := func(s string) []byte { return primitive(asn1.TagGeneralizedTime, []byte(s)) }
	good, end := utc("200101000000Z"), utc("400101000000Z")
	cases := []struct {
		id, what      string
		before, after []byte
	}{
		{"general", "GeneralizedTime before 2050", general("20200101000000Z"), general("20400101000000Z")},
		{"general-fraction", "a fraction of a second", general("20200101000000.5Z"), general("20400101000000.5Z")},
		{"general-offset", "a GeneralizedTime with an offset", general("20200101000000+0100"), general("20400101000000+0100")},
		{"general-minutes", "a GeneralizedTime without seconds", general("202001010000Z"), general("204001010000Z")},
		{"general-local", "a GeneralizedTime without a zone", general("20200101000000"), general("20400101000000")},
		{"utc-minutes", "a UTCTime without seconds", utc("2001010000Z"), utc("4001010000Z")},
		{"utc-offset", "a UTCTime with an offset", utc("200101000000+0100"), utc("400101000000+0100")},
		{"utc-zero-offset", "a UTCTime with an offset of zero", utc("200101000000+0000"), utc("400101000000+0000")},
		{"utc-1950", "a start in 1950", utc("500101000000Z"), end},
		{"utc-2049", "an end in 2049", good, utc("491231235959Z")},
		{"year-2050", "an end in 2050 as GeneralizedTime", good, general("20500101000000Z")},
		{"year-9999", "an end in 9999", good, general("99991231235959Z")},
		{"year-0000", "a start in the year 0", general("00000101000000Z"), end},
		{"year-1900", "a start in 1900", general("19000101000000Z"), end},
		{"second-60", "a second of 60", utc("200101000060Z"), end},
		{"hour-24", "an hour of 24", utc("200101240000Z"), end},
		{"month-13", "a month of 13", utc("201301000000Z"), end},
		{"february-30", "February 30", utc("200230000000Z"), end},
		{"end-month-13", "an end in the month 13", good, utc("401301000000Z")},
		{"february-29", "February 29 of a year that has none", utc("210229000000Z"), end},
		{"reversed", "an end before the start", end, good},
		{"reversed-now", "a start and an end that are both over, in the wrong order", utc("210101000000Z"), good},
		{"equal", "an end at the start", good, good},
		{"lower-z", "a small z", utc("200101000000z"), end},
		{"blank", "a blank in a time", utc("2001 1000000Z"), end},
		{"empty", "an empty time", utc(""), end},
		{"end-empty", "an empty end", good, utc("")},
		{"trailing", "something after the Z", utc("200101000000Z0"), end},
		{"text", "a time that is text", ia5("200101000000Z"), end},
		{"number", "a time that is a number", primitive(2, []byte{1}), end},
		{"missing-end", "no end", good, nil},
		{"three", "a third time", good, append(append([]byte{}, end...), end...)},
		{"letters", "letters in a time", utc("20O1O1000000Z"), end},
		{"end-now", "an end at this very second", good, utc("260601120000Z")},
		{"start-now", "a start at this very second", utc("260601120000Z"), end},
		{"end-second-ago", "an end one second ago", good, utc("260601115959Z")},
		{"start-in-second", "a start in one second", utc("260601120001Z"), end},
	}
	for _, c := range cases {
		o.everywhere("time-"+c.id, c.what, forged(func(f *fields) { f.validity = seq(c.before, c.after) }))
	}
	for _, at := range []time.Time{now.AddDate(0, 0, -1), past.AddDate(-80, 0, 0), time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2050, 1, 1, 0, 0, 1, 0, time.UTC)} {
		o.askAt(at, "A server certificate to 9999, at another time.", []string{"time-year-9999-leaf", oddSub, oddRoot}, oddRoot)
		o.askAt(at, "An end in 2050, at another time.", []string{oddLeaf, "time-year-2050-sub", oddRoot}, oddRoot)
	}
}

// numbers are versions, serial numbers and unique identifiers.
func (o *odd) numbers() {
	version := func(n ...byte) []byte { return explicit(0, primitive(2, n)) }
	cases := []struct {
		id, what string
		change   func(*fields)
	}{
		{"version-1-written", "version 1 written out", func(f *fields) { f.version = version(0) }},
		{"version-1-extensions", "version 1 with extensions", func(f *fields) { f.version = nil }},
		{"version-1-plain", "version 1 without extensions", func(f *fields) { f.version, f.extensions = nil, nil }},
		{"version-2", "version 2 with extensions", func(f *fields) { f.version = version(1) }},
		{"version-2-plain", "version 2 without extensions", func(f *fields) { f.version, f.extensions = version(1), nil }},
		{"version-4", "version 4", func(f *fields) { f.version = version(3) }},
		{"version-200", "version 201", func(f *fields) { f.version = version(0, 200) }},
		{"version-negative", "a negative version", func(f *fields) { f.version = version(255) }},
		{"version-padded", "version 3 in two octets", func(f *fields) { f.version = version(0, 2) }},
		{"version-text", "a version that is text", func(f *fields) { f.version = explicit(0, ia5("3")) }},
		{"serial-0", "the serial number 0", func(f *fields) { f.serial = primitive(2, []byte{0}) }},
		{"serial-negative", "a negative serial number", func(f *fields) { f.serial = primitive(2, []byte{0xfe}) }},
		{"serial-21", "a serial number of 21 octets", func(f *fields) { f.serial = primitive(2, append([]byte{1}, make([]byte, 20)...)) }},
		{"serial-100", "a serial number of 100 octets", func(f *fields) { f.serial = primitive(2, append([]byte{1}, make([]byte, 99)...)) }},
		{"serial-padded", "a serial number with a needless zero", func(f *fields) { f.serial = primitive(2, []byte{0, 1}) }},
		{"serial-empty", "an empty serial number", func(f *fields) { f.serial = primitive(2, nil) }},
		{"serial-text", "a serial number that is text", func(f *fields) { f.serial = ia5("1") }},
		{"unique-issuer", "an issuerUniqueID", func(f *fields) { f.unique = tagged(1, []byte{0, 1}) }},
		{"unique-subject", "a subjectUniqueID", func(f *fields) { f.unique = tagged(2, []byte{0, 1}) }},
		{"unique-both", "both unique identifiers", func(f *fields) { f.unique = append(tagged(1, []byte{0, 1}), tagged(2, []byte{0, 1})...) }},
		{"field-4", "a field that RFC 5280 does not have", func(f *fields) { f.extensions = append(f.extensions, explicit(4, asn1Null)...) }},
		{"surplus", "an element after the extensions", func(f *fields) { f.extensions = append(f.extensions, asn1Null...) }},
		{"validity-set", "a validity that is a SET", func(f *fields) { f.validity[0] = 0x31 }},
	}
	for _, c := range cases {
		o.everywhere(c.id, c.what, forged(c.change))
	}
}

// subjects are odd names of leaves, and names of issuers written otherwise
// than by the issuer itself.
func (o *odd) subjects() {
	typed := func(tag int, name string) rdn {
		return rdn{{oid: oidOrganization, tag: tag, value: "sslready lab"}, {oid: oidCommonName, tag: tag, value: name}}
	}
	wide := func(s string, size int) string {
		var out []byte
		for _, r := range s {
			for i := size - 1; i > 0; i-- {
				out = append(out, 0)
			}
			out = append(out, byte(r))
		}
		return string(out)
	}
	subjects := []struct {
		id, what string
		name     rdn
	}{
		{"empty", "an empty subject", rdn{}},
		{"printable", "a PrintableString", typed(19, "db.example.test")},
		{"ia5", "an IA5String", typed(22, "db.example.test")},
		{"t61", "a T61String", typed(20, "db.example.test")},
		{"visible", "a VisibleString", typed(26, "db.example.test")},
		{"numeric", "a NumericString", rdn{{oid: oidCommonName, tag: 18, value: "123"}}},
		{"bmp", "a BMPString", rdn{{oid: oidCommonName, tag: 30, value: wide("db.example.test", 2)}}},
		{"universal", "a UniversalString", rdn{{oid: oidCommonName, tag: 28, value: wide("db.example.test", 4)}}},
		{"bmp-odd", "a BMPString of an odd length", rdn{{oid: oidCommonName, tag: 30, value: "abc"}}},
		{"utf8-broken", "broken UTF-8", rdn{{oid: oidCommonName, value: "db\xff\xfe"}}},
		{"printable-broken", "a PrintableString with an at sign", typed(19, "db@example.test")},
		{"printable-star", "a PrintableString with an asterisk", typed(19, "*.example.test")},
		{"ia5-broken", "an IA5String that is not ASCII", typed(22, "b\xfccher")},
		{"nul", "a NUL in the common name", cn("db\x00.example.test")},
		{"empty-cn", "an empty common name", cn("")},
		{"integer", "a common name that is an INTEGER", rdn{{oid: oidCommonName, tag: 2, value: "\x01"}}},
		{"octets", "a common name that is an OCTET STRING", rdn{{oid: oidCommonName, tag: 4, value: "x"}}},
		{"bits", "a common name that is a BIT STRING", rdn{{oid: oidCommonName, tag: 3, value: "\x00x"}}},
		{"long", "a common name of 300 letters", cn(fmt.Sprintf("%0300d", 7))},
		{"two", "two common names", append(cn("a.example.test"), attribute{oid: oidCommonName, value: "b.example.test"})},
		{"address", "an address as common name", cn("10.1.2.3")},
		{"mail", "a mailbox in the subject", append(cn("db.example.test"), attribute{oid: oidMail, tag: 22, value: "dba@example.test"})},
		{"mail-utf8", "a mailbox as UTF8String", append(cn("db.example.test"), attribute{oid: oidMail, value: "dba@example.test"})},
		{"mail-odd", "a mailbox that is none", append(cn("db.example.test"), attribute{oid: oidMail, tag: 22, value: "none"})},
		{"unknown-type", "an attribute that nobody knows", append(cn("db.example.test"), attribute{oid: asn1.ObjectIdentifier{1, 2, 3, 4}, value: "x"})},
		{"country", "a country of three letters", append(rdn{{oid: asn1.ObjectIdentifier{2, 5, 4, 6}, tag: 19, value: "ABC"}}, cn("db.example.test")...)},
	}
	for _, s := range subjects {
		o.inLeaf("subject-"+s.id, s.what+" as subject", named(s.name))
		o.inLeaf("subject-"+s.id+"-alt-critical", s.what+" as subject, and critical alternative names", named(s.name), critical(idAltName))
		o.inLeaf("subject-"+s.id+"-no-alt", s.what+" as subject, and no alternative names", named(s.name), without(idAltName))
	}
	o.everywhere("subject-set-empty", "a relative name without an attribute", forged(func(f *fields) {
		f.subject = seq(constructed(asn1.TagSet), constructed(asn1.TagSet, seq(oid(2, 5, 4, 3), ia5("x"))))
	}))
	o.inLeaf("subject-sequence", "a relative name that is a SEQUENCE", forged(func(f *fields) { f.subject = seq(seq(seq(oid(2, 5, 4, 3), ia5("x")))) }))
	o.inLeaf("subject-three", "an attribute of three elements", forged(func(f *fields) { f.subject = seq(constructed(asn1.TagSet, seq(oid(2, 5, 4, 3), ia5("x"), ia5("y")))) }))
	o.issuers()
}

// nameForms are one name, and a few others, in many encodings.
func nameForms() map[string][]byte {
	one := func(attribute []byte) []byte { return seq(constructed(asn1.TagSet, attribute)) }
	common := func(tag int, text string) []byte { return one(seq(oid(2, 5, 4, 3), primitive(tag, []byte(text)))) }
	domain := func(text string) []byte { return one(seq(oid(0, 9, 2342, 19200300, 100, 1, 25), ia5(text))) }
	pair := func(first, second []byte) []byte { return seq(constructed(asn1.TagSet, first, second)) }
	org, multi := seq(oid(2, 5, 4, 10), primitive(12, []byte("lab"))), seq(oid(2, 5, 4, 3), primitive(12, []byte("Multi sub")))
	const name = "Odd Name"
	return map[string][]byte{
		"utf8": common(12, name), "printable": common(19, name), "ia5": common(22, name), "t61": common(20, name), "visible": common(26, name),
		"bmp": common(30, "\x00O\x00d\x00d\x00 \x00N\x00a\x00m\x00e"), "universal": common(28, "\x00\x00\x00O\x00\x00\x00d\x00\x00\x00d\x00\x00\x00 \x00\x00\x00N\x00\x00\x00a\x00\x00\x00m\x00\x00\x00e"),
		"case": common(12, "ODD name"), "blanks": common(12, " Odd   Name "), "tab": common(12, "Odd\tName"), "other": common(12, "Other Name"),
		"sorted": pair(multi, org), "unsorted": pair(org, multi), "empty": seq(),
		"umlaut": common(12, "Ödd Näme"), "umlaut-lower": common(12, "ödd näme"), "umlaut-t61": common(20, "\xd6dd N\xe4me"),
		"domain": domain("Test"), "domain-lower": domain("test"),
	}
}

// namePairs are how an issuer is called in its own certificate and in one that
// it signed.
func namePairs() [][2]string {
	pairs := [][2]string{
		{"sorted", "unsorted"},
		{"unsorted", "sorted"},
		{"unsorted", "unsorted"},
		{"umlaut", "umlaut-lower"},
		{"umlaut", "umlaut-t61"},
		{"umlaut-t61", "umlaut"},
		{"domain", "domain-lower"},
		{"domain", "domain"},
		{"empty", "empty"},
	}
	for _, first := range []string{"utf8", "printable", "bmp", "t61"} {
		for _, second := range []string{"utf8", "printable", "ia5", "t61", "visible", "bmp", "universal", "case", "blanks", "tab", "other"} {
			pairs = append(pairs, [2]string{first, second})
		}
	}
	return pairs
}

func calledAs(form []byte) change { return forged(func(f *fields) { f.subject = form }) }
func calls(form []byte) change    { return forged(func(f *fields) { f.issuer = form }) }

// issuers are names that a subordinate has and its leaf writes otherwise.
func (o *odd) issuers() {
	forms := nameForms()
	done := map[string]bool{}
	for _, a := range namePairs() {
		sub, leaf, root := "name-"+a[0]+"-as-sub", "name-"+a[1]+"-as-leaf", "name-"+a[0]+"-as-root"
		if !done[sub] {
			o.sub(sub, "fixed256:sub", oddRoot, calledAs(forms[a[0]]))
			o.root(root, "fixed256:sub", calledAs(forms[a[0]]), calls(forms[a[0]]))
		}
		if !done[leaf] {
			o.leaf(leaf, leafKey, oddSub, calls(forms[a[1]]))
		}
		done[sub], done[leaf] = true, true
		what := fmt.Sprintf("The issuer's name is %s in the issuer and %s in the server certificate.", a[0], a[1])
		o.ask(what, []string{leaf, sub, oddRoot}, oddRoot)
		o.ask(what+" The issuer is the anchor.", []string{leaf}, root)
	}
}
