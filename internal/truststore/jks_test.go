package truststore_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// jks is a key store of version 2 with entries, as [parseJKS] takes it without a
// password.
func jks(magic string, count int32, entries ...[]byte) []byte {
	out := binary.BigEndian.AppendUint32([]byte(magic+"\x00\x00\x00\x02"), uint32(count))
	return slices.Concat(out, slices.Concat(entries...))
}

func text(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

func counted(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
}

func jksEntry(tag byte, alias string, rest ...[]byte) []byte {
	return slices.Concat([]byte{0, 0, 0, tag}, text(alias), make([]byte, 8), slices.Concat(rest...))
}

// TestKeyStoresOfJava: what DataInputStream and JavaKeyStore.engineLoad make of
// odd ones. Nothing protects them here, as no password is given.
func TestKeyStoresOfJava(t *testing.T) {
	t.Parallel()

	const magic, jceks = "\xfe\xed\xfe\xed", "\xce\xce\xce\xce"
	der := certificate(t, "root-ec").Raw
	typed := func(kind string) []byte { return slices.Concat(text(kind), counted(der)) }
	trusted := func(alias string) []byte { return jksEntry(2, alias, typed("X.509")) }
	key := func(alias string, chain int32, certificates ...[]byte) []byte {
		return jksEntry(1, alias, counted([]byte("key")), binary.BigEndian.AppendUint32(nil, uint32(chain)), slices.Concat(certificates...))
	}
	version := func(n byte, content []byte) []byte { content[7] = n; return content }
	const (
		one      = `v3 26 46 3 3 ECDSA CA `
		cut      = `unreadable: it is cut off (entry 1) []`
		nothing  = `trust store contains no usable trust anchor: it holds no certificate [the trustAnchors parameter must be non-empty]`
		noType   = `unreadable: it is not a key store of the expected type [Invalid keystore format]`
		noEntry  = `unreadable: it holds an entry of an unknown kind (entry 1) [Unrecognized keystore entry]`
		noAlias  = `unreadable: it is cut off, or an alias is not text (entry 1) []`
		noDecode = `unreadable: it holds a certificate that Java cannot decode (entry 1) []`
		noTrust  = `trust store contains no usable trust anchor: it holds certificates, but none of them as a trusted entry [the trustAnchors parameter must be non-empty]`
		tooMany  = `trust store is too large: it claims to have 12001 entries, but the limit is 12000 []`
		typeless = `unreadable: it holds a certificate of a type other than X.509 (entry 1) [PGP not found]`
	)
	for name, tc := range map[string]struct {
		kind    string
		content []byte
		want    string
	}{
		"one":                               {"", jks(magic, 1, trusted("a")), one + `"a"`},
		"one, and what is behind it":        {"", jks(magic, 1, trusted("a"), []byte("more")), one + `"a"`},
		"fewer than it says":                {"", jks(magic, 2, trusted("a")), strings.Replace(cut, "1)", "2)", 1)},
		"less than none":                    {"", jks(magic, -1), nothing},
		"too many":                          {"", jks(magic, 12001), tooMany},
		"just not too many":                 {"", jks(magic, 12000), cut},
		"without a count":                   {"", jks(magic, 0)[:11], `unreadable: it is cut off []`},
		"version 1":                         {"", version(1, jks(magic, 1, jksEntry(2, "a", counted(der)))), one + `"a"`},
		"version 3":                         {"", version(3, jks(magic, 1, trusted("a"))), noType},
		"version 0":                         {"", version(0, jks(magic, 1, trusted("a"))), noType},
		"JCEKS as the default":              {"", jks(jceks, 1, trusted("a")), `unreadable: it is not a PKCS#12 store, or it is cut off []`},
		"JCEKS as JCEKS":                    {"jceks", jks(jceks, 1, trusted("a")), one + `"a"`},
		"JKS as JCEKS":                      {"JCEKS", jks(magic, 1, trusted("a")), one + `"a"`},
		"JCEKS as CaseExactJKS":             {"caseexactjks", jks(jceks, 1, trusted("a")), noType},
		"another type":                      {"Windows-ROOT", jks(jceks, 1, trusted("a")), `format of the trust store is not supported: the JVM has no key store of the type that the settings name [Windows-ROOT not found]`},
		"something else as JCEKS":           {"JCEKS", jks("\xce\xce\xce\xcf", 1, trusted("a")), noType},
		"capital letters":                   {"", jks(magic, 1, trusted("A")), `hidden_alias; ` + noTrust},
		"capital letters as CaseExactJKS":   {"CaseExactJKS", jks(magic, 1, trusted("A")), one + `"A"`},
		"an alias of two":                   {"", jks(magic, 2, trusted("a"), trusted("a")), one + `"a"; replaced_entry`},
		"no tag":                            {"", jks(magic, 1, []byte{0, 0, 0}), cut},
		"an unknown tag":                    {"", jks(magic, 1, jksEntry(4, "a")), noEntry},
		"a secret key in a JKS":             {"", jks(magic, 1, jksEntry(3, "a")), noEntry},
		"a secret key that is none":         {"JCEKS", jks(jceks, 1, jksEntry(3, "a")), `format of the trust store is not supported: it holds a secret key in a form that the provider does not read (entry 1) []`},
		"no time":                           {"", jks(magic, 1, trusted("a")[:12]), noAlias},
		"no alias":                          {"", jks(magic, 1, trusted("a")[:4]), noAlias},
		"a type in small letters":           {"", jks(magic, 1, jksEntry(2, "a", typed("x.509"))), one + `"a"`},
		"a type without a dot":              {"", jks(magic, 1, jksEntry(2, "a", typed("X509"))), one + `"a"`},
		"another type of certificate":       {"", jks(magic, 1, jksEntry(2, "a", typed("PGP"))), typeless},
		"no type of certificate":            {"", jks(magic, 1, jksEntry(2, "a")), cut},
		"a certificate cut off":             {"", jks(magic, 1, trusted("a"))[:200], cut},
		"a certificate that is none":        {"", jks(magic, 1, jksEntry(2, "a", text("X.509"), counted([]byte("MIIB")))), noDecode},
		"a certificate of a negative size":  {"", jks(magic, 1, jksEntry(2, "a", text("X.509"), []byte{0xff, 0xff, 0xff, 0xff})), cut},
		"a certificate in PEM":              {"", jks(magic, 1, jksEntry(2, "a", text("X.509"), counted(inPEM(t, certificate(t, "root-ec"))))), one + `"a"`},
		"a key":                             {"", jks(magic, 1, key("a", 1, typed("X.509"))), one + `"a"`},
		"a key and a chain":                 {"", jks(magic, 1, key("a", 2, typed("X.509"), typed("X.509"))), one + `"a"`},
		"a key and less than a chain":       {"", jks(magic, 1, key("a", 2, typed("X.509"))), cut},
		"a key without a chain":             {"", jks(magic, 1, key("a", 0)), nothing},
		"a key with a negative chain":       {"", jks(magic, 2, key("a", -1), trusted("b")), one + `"b"`},
		"a key with a negative one, JCEKS":  {"JCEKS", jks(jceks, 2, key("a", -1), trusted("b")), `unreadable: a certificate chain has a negative length (entry 1) [NegativeArraySizeException]`},
		"a key cut off":                     {"", jks(magic, 1, jksEntry(1, "a", []byte{0, 0, 0, 9})), `unreadable: it is cut off []`},
		"an alias of two bytes":             {"", jks(magic, 1, trusted("\xc3\xa4")), one + `"ä"`},
		"an alias of three bytes":           {"", jks(magic, 1, trusted("\xe2\x82\xac")), one + `"€"`},
		"an alias of surrogates":            {"", jks(magic, 1, trusted("\xed\xa0\xbd\xed\xb8\x80")), one + `"😀"`},
		"an alias with a coded zero":        {"", jks(magic, 1, trusted("a\xc0\x80")), one + `"a\x00"`},
		"an alias of four bytes":            {"", jks(magic, 1, trusted("\xf0\x9f\x98\x80")), noAlias},
		"an alias that begins in a middle":  {"", jks(magic, 1, trusted("\xa4")), noAlias},
		"an alias that ends too early":      {"", jks(magic, 1, trusted("\xc3")), noAlias},
		"an alias that goes on in ASCII":    {"", jks(magic, 1, trusted("\xc3a")), noAlias},
		"an alias that goes on with a lead": {"", jks(magic, 1, trusted("\xe2\x82\xc3\xa4")), noAlias},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := by(truststore.Options{Reader: truststore.JavaKeyStore, StoreType: tc.kind})(tc.content); got != tc.want {
				t.Errorf("%s\nwant %s", got, tc.want)
			}
		})
	}
	for size, want := range map[int]string{20: "the password does not open the trust store", 19: "it is cut off before its digest"} {
		content := slices.Concat(jks(magic, 1, trusted("a")), make([]byte, size))
		_, err := truststore.Read(content, truststore.Options{Reader: truststore.JavaKeyStore, Password: new("changeit")})
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("a digest of %d bytes: %v, want %s", size, err, want)
		}
	}
}
