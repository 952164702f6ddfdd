package truststore_test

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/elements"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// update writes what is read now into the tables; the difference is to be
// reviewed, against the real readers where they can be asked.
var update = flag.Bool("update", false, "write what is read into the tables of testdata")

const spoiledTable = "testdata/spoiled.tsv"

// spoiledBase is a good store that is spoiled, and who reads it then.
type spoiledBase struct {
	stores map[string][]byte // the spoiled ones by what was done to them
	read   map[string]func([]byte) string
}

// spoiledBases are the stores that are spoiled.
func spoiledBases(t *testing.T) map[string]spoiledBase {
	t.Helper()
	inFile := func(label string) map[string]func([]byte) string {
		block := func(read func([]byte) string) func([]byte) string {
			return func(der []byte) string { return read(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})) }
		}
		return map[string]func([]byte) string{
			"openssl": block(by(truststore.Options{Reader: truststore.OpenSSLFile})),
			"java":    block(by(truststore.Options{Reader: truststore.JavaCertificateFactory})),
		}
	}
	all := make(map[string]spoiledBase)
	for _, name := range []string{"root-ec", "root-v1", "sub-dh", "root-dsa", "root-psskey", "root-brainpool"} {
		good := elements.Read(certificate(t, name).Raw, elements.Never)
		if name == "root-brainpool" { // with both unique identifiers
			tbs := &good.Parts[0]
			tbs.Parts = slices.Insert(tbs.Parts, 7, elements.Element{Head: 0x81, Contents: []byte{0, 1}}, elements.Element{Head: 0x82, Contents: []byte{0, 1}})
		}
		all[name] = spoiledBase{elements.Spoiled(good.Encode(), elements.Never), inFile("CERTIFICATE")}
	}
	all["tails"] = spoiledBase{tails(t), inFile("CERTIFICATE")}
	all["extensions"] = spoiledBase{extensions(t), inFile("CERTIFICATE")}
	all["keys"] = spoiledBase{keys(t), inFile("CERTIFICATE")}
	all["list"] = spoiledBase{elements.Spoiled(store(t, "der-crl.crl"), elements.Never), inFile("X509 CRL")}
	for _, name := range []string{"pem-key-pkcs8.pem", "pem-key-rsa.pem"} {
		text := store(t, name)
		block, _ := pem.Decode(text[bytes.Index(text, []byte("-----BEGIN")):])
		for block != nil && !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			text = text[bytes.Index(text, []byte("-----END"))+10:]
			block, _ = pem.Decode(text)
		}
		all[name] = spoiledBase{elements.Spoiled(block.Bytes, elements.Never), inFile(block.Type)}
	}
	for _, name := range []string{"pkcs7-two.der.p7b", "pkcs7-crl.der.p7b", "pkcs7-signed.der.p7b"} {
		all[name] = spoiledBase{elements.Spoiled(store(t, name), isWhole), map[string]func([]byte) string{
			"java": by(truststore.Options{Reader: truststore.JavaCertificateFactory}), "inspect": inspected(nil),
		}}
	}
	for _, name := range []string{"java-passwordless.pkcs12", "p12-key-plain-nomac.p12", "keytool-iteration1.pkcs12", "p12-nokeys-noiter.p12"} {
		all[name] = spoiledBase{elements.Spoiled(store(t, name), isWhole), inKeyStore("")}
	}
	for _, name := range []string{"p12-nokeys-pbe-PBE-SHA1-RC2-128.p12"} {
		all[name] = spoiledBase{elements.Spoiled(store(t, name), isWhole), map[string]func([]byte) string{
			"changeit": by(truststore.Options{Reader: truststore.JavaKeyStore, Password: new("changeit")}),
		}}
	}
	for name, most := range map[string]int{"keytool-two.jks": 70, "keytool-key-and-root.jceks": 50, "keytool-secret.jceks": 501} {
		all[name] = spoiledBase{spoiledBytes(store(t, name), most), inKeyStore(filepath.Ext(name))}
	}
	return all
}

// tails are certificates of each version with each end of the signed part.
func tails(t *testing.T) map[string][]byte {
	t.Helper()
	bits := func(tag byte, contents ...byte) elements.Element {
		return elements.Element{Head: tag, Contents: contents}
	}
	null := elements.Element{Head: 0x05}
	extensions := elements.Read(certificate(t, "root-ec").Raw, elements.Never).Parts[0].Parts[7]
	ends := map[string][]elements.Element{
		"nothing": nil, "extensions": {extensions}, "a NULL": {null}, "two NULLs": {null, null}, "a NULL that ends late": {{Head: 0x05, Form: elements.Beyond}},
		"extensions and a NULL": {extensions, null}, "a NULL and extensions": {null, extensions},
	}
	identifiers := map[string][]elements.Element{
		"no": nil, "an issuer's": {bits(0x81, 0, 1)}, "a subject's": {bits(0x82, 0, 1)}, "both": {bits(0x81, 0, 1), bits(0x82, 0, 1)},
		"the other order": {bits(0x82, 0, 1), bits(0x81, 0, 1)}, "an empty": {bits(0x81)},
	}
	all := make(map[string][]byte)
	for _, version := range []int{-1, 0, 1, 2, 3, 8, 9} { // 8 is an empty number, 9 none
		for id, identifiers := range identifiers {
			for end, parts := range ends {
				c := elements.Read(certificate(t, "root-ec").Raw, elements.Never)
				tbs := &c.Parts[0]
				tbs.Parts = slices.Concat(tbs.Parts[:7], identifiers, parts)
				number := &tbs.Parts[0].Parts[0]
				switch number.Contents = []byte{byte(version)}; version {
				case 8:
					number.Contents = nil
				case 9:
					tbs.Parts = tbs.Parts[1:]
				}
				all[fmt.Sprintf("v%d,_%s_identifier,_%s tail", version+1, strings.ReplaceAll(id, " ", "_"), strings.ReplaceAll(end, " ", "_"))] = c.Encode()
			}
		}
	}
	return all
}

// extensions are certificates with one more critical extension, of each identifier
// and with each value.
func extensions(t *testing.T) map[string][]byte {
	t.Helper()
	flag, number, null := "\x01\x01\xff", "\x02\x01\x05", "\x05\x00"
	list := func(contents string) string { return "\x30" + string(rune(len(contents))) + contents }
	values := map[string]string{
		"nothing": "", "a_head": "\x30", "too_little": "\x30\x05", "a_NULL": null, "two_NULLs": null + null, "a_list": list(""), "a_flag": flag, "bits": "\x03\x02\x01\x06", "no_bits": "\x03\x00",
		"a_list_with_a_head": list("\x30"), "a_flag_in_a_list": list(flag), "a_flag_and_a_number": list(flag + number), "a_flag_and_a_NULL": list(flag + null), "a_flag_and_an_empty_number": list(flag + "\x02\x00"),
		"a_flag_and_a_number_and_more": list(flag + number + null), "a_number": list(number), "a_long_flag": list("\x01\x02\xff\xff"), "a_flag_and_a_long_number": list(flag + "\x02\x05\x01\x00\x00\x00\x00"), "a_NULL_in_a_list": list(null),
		"a_name": list("\x82\x01x"), "a_name_and_a_NULL": list("\x82\x01x" + null), "a_name_that_ends_late": list("\x82\x05x"), "an_empty_name": list("\x82\x00"),
	}
	all := make(map[string][]byte)
	for id, oid := range map[string]string{
		"usage": "\x55\x1d\x0f", "names": "\x55\x1d\x11", "issuer_names": "\x55\x1d\x12", "constraints": "\x55\x1d\x13", "unknown": "\x55\x1d\x63", "purposes": "\x55\x1d\x25", "CRL_number": "\x55\x1d\x14", "attributes": "\x55\x1d\x09", "any_policy": "\x55\x1d\x36", "elsewhere": "\x2a\x03\x04\x13", "longer": "\x55\x1d\x13\x01", "another": "\x55\x1c\x13", "short": "\x55\x1d",
	} {
		for value, contents := range values {
			c := elements.Read(certificate(t, "root-ec").Raw, elements.Never)
			present := &c.At([]int{0, 7, 0}).Parts
			*present = slices.DeleteFunc(*present, func(e elements.Element) bool { return string(e.Parts[0].Contents) == oid })
			*present = append(*present, elements.Element{Head: 0x30, Parts: []elements.Element{
				{Head: 0x06, Contents: []byte(oid)}, {Head: 0x01, Contents: []byte{0xff}}, {Head: 0x04, Contents: []byte(contents)},
			}})
			all[id+" "+value] = c.Encode()
		}
	}
	return all
}

// keys are certificates with each kind of key, with each kind of parameters and of
// bits.
func keys(t *testing.T) map[string][]byte {
	t.Helper()
	null := elements.Element{Head: 0x05}
	number := func(contents ...byte) elements.Element { return elements.Element{Head: 0x02, Contents: contents} }
	list := func(parts ...elements.Element) elements.Element { return elements.Element{Head: 0x30, Parts: parts} }
	parameters := map[string][]elements.Element{
		"usual": nil, "none": nil, "a NULL": {null}, "two NULLs": {null, null}, "an empty list": {list()}, "a number": {number(5)},
		"an identifier": {{Head: 0x06, Contents: []byte{0x2a, 3}}}, "two numbers": {list(number(23), number(5))}, "three numbers": {list(number(23), number(11), number(5))},
		"three numbers, one empty": {list(number(23), number(), number(5))}, "a number and a NULL": {list(number(23), null)}, "four numbers": {list(number(23), number(11), number(5), number(6))},
		"a long third number": {list(number(23), number(5), number(1, 0, 0, 0, 0))}, "another curve": {{Head: 0x06, Contents: []byte("\x2b\x81\x04\x00\x22")}}, "a curve without numbers": {{Head: 0x06}},
	}
	bits := map[string]elements.Element{
		"usual": {}, "an unused bit": {}, "no": {Head: 0x03, Contents: []byte{0}}, "one": {Head: 0x03, Contents: []byte{0, 4}}, "unused": {Head: 0x03, Contents: []byte{1, 0x80}},
		"a number": {Head: 0x03, Before: []byte{0}, Parts: []elements.Element{number(9)}}, "two numbers": {Head: 0x03, Before: []byte{0}, Parts: []elements.Element{number(9), number(9)}},
		"an empty number": {Head: 0x03, Before: []byte{0}, Parts: []elements.Element{number()}}, "an unused number": {Head: 0x03, Before: []byte{1}, Parts: []elements.Element{number(2)}},
	}
	all := make(map[string][]byte)
	for _, name := range []string{"root-ec", "root-brainpool", "root-exponent3", "root-psskey", "root-dsa", "sub-dh", "sub-dhx", "sub-x25519", "root-ed", "root-ed448"} {
		for p, parameters := range parameters {
			for b, bits := range bits {
				c := elements.Read(certificate(t, name).Raw, elements.Never)
				key := c.At([]int{0, 6})
				if p != "usual" {
					key.Parts[0].Parts = append(slices.Clone(key.Parts[0].Parts[:1]), parameters...)
				}
				switch b {
				case "usual":
				case "an unused bit":
					if usual := &key.Parts[1]; len(usual.Parts) > 0 {
						usual.Before = []byte{1}
					} else {
						usual.Contents = append([]byte{1}, usual.Contents[1:]...)
					}
				default:
					key.Parts[1] = bits
				}
				all[strings.ReplaceAll(name+",_"+p, " ", "_")+" "+strings.ReplaceAll(b, " ", "_")] = c.Encode()
			}
		}
	}
	return all
}

// isWhole keeps certificates and keys as they are: they are spoiled by themselves.
func isWhole(e asn1.RawValue) bool {
	der := e.FullBytes
	if e.Tag == asn1.TagOctetString {
		der = e.Bytes
	}
	if len(der) == 0 || der[0] != 0x30 {
		return false
	}
	_, notCertificate := x509.ParseCertificate(der)
	_, notKey := x509.ParsePKCS8PrivateKey(der)
	return notCertificate == nil || notKey == nil
}

func inKeyStore(extension string) map[string]func([]byte) string {
	kind := map[string]string{".jceks": "JCEKS"}[extension]
	return map[string]func([]byte) string{
		"null":     by(truststore.Options{Reader: truststore.JavaKeyStore, StoreType: kind}),
		"changeit": by(truststore.Options{Reader: truststore.JavaKeyStore, StoreType: kind, Password: new("changeit")}),
		"inspect":  inspected(new("changeit")),
	}
}

// spoiledBytes cuts a store off at each byte, and changes each: the first ones
// and the last, as what is between them is encrypted or a certificate.
func spoiledBytes(content []byte, first int) map[string][]byte {
	all := make(map[string][]byte)
	for i := range content {
		if i >= first && i < len(content)-22 {
			continue
		}
		all[fmt.Sprintf("%d cut", i)] = content[:i]
		for way, value := range map[string]byte{"up": content[i] + 1, "high": 0xff} {
			if value != content[i] {
				changed := slices.Clone(content)
				changed[i] = value
				all[fmt.Sprintf("%d %s", i, way)] = changed
			}
		}
	}
	return all
}

// by says what a reader takes.
func by(opt truststore.Options) func([]byte) string {
	return func(content []byte) string {
		taken, err := truststore.Read(content, opt)
		var words []string
		for _, anchor := range taken.Anchors {
			words = append(words, described(anchor))
		}
		return strings.Join(append(words, inWords(taken.Problems, err)...), "; ")
	}
}

func inspected(password *string) func([]byte) string {
	return func(content []byte) string {
		contents, err := truststore.Inspect(content, truststore.InspectOptions{Password: password})
		words := []string{string(contents.Format)}
		for _, entry := range contents.Entries {
			words = append(words, string(entry.Kind))
		}
		return strings.Join(append(words, inWords(contents.Problems, err)...), "; ")
	}
}

func described(anchor truststore.Anchor) string {
	c := anchor.Certificate
	words := []string{fmt.Sprintf("v%d", c.Version), c.NotBefore.Format("06"), c.NotAfter.Format("06"), fmt.Sprint(len(c.Subject.Names)), fmt.Sprint(len(c.Extensions)), c.PublicKeyAlgorithm.String()}
	if c.IsCA {
		words = append(words, "CA")
	}
	if anchor.Alias != "" {
		words = append(words, fmt.Sprintf("%q", anchor.Alias))
	}
	return strings.Join(words, " ")
}

// inWords are the codes of problems, each once, and the error.
func inWords(problems []truststore.Problem, err error) []string {
	words := codes(problems)
	if failed := (*truststore.ReadError)(nil); errors.As(err, &failed) {
		words = append(words, failure(failed))
	}
	return words
}

// failure is short for an error, with the real client's words.
func failure(failed *truststore.ReadError) string {
	kind, _ := strings.CutPrefix(failed.Err.Error(), "the ")
	return strings.TrimSpace(fmt.Sprintf("%s: %s [%s]", strings.Replace(kind, truststore.ErrUnreadable.Error()[4:], "unreadable", 1), failed.Detail, failed.Client))
}

// TestSpoiledStores holds what is read from spoiled stores against a table,
// which was reviewed. The real readers were asked about the same stores: but for
// a few that no tool writes, they take what is taken here, and more.
func TestSpoiledStores(t *testing.T) {
	t.Parallel()

	want, lines := spoiledAnswers(t), []string(nil)
	for base, b := range spoiledBases(t) {
		for reader, read := range b.read {
			byAnswer := make(map[string]map[string][]string) // the places by answer and way
			for name, content := range b.stores {
				answer := read(content)
				if key := base + "\t" + reader + "\t" + name; !*update && want[key] != answer {
					t.Errorf("%s: %s, want %s", key, answer, cmp.Or(want[key], "a line in the table"))
				}
				place, way, _ := strings.Cut(name, " ")
				if byAnswer[answer] == nil {
					byAnswer[answer] = make(map[string][]string)
				}
				byAnswer[answer][way] = append(byAnswer[answer][way], place)
			}
			for answer, ways := range byAnswer {
				for way, places := range ways {
					slices.Sort(places)
					lines = append(lines, strings.Join([]string{base, reader, answer, way, strings.Join(places, " ")}, "\t"))
				}
			}
		}
	}
	if *update {
		slices.Sort(lines)
		if err := os.WriteFile(spoiledTable, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// spoiledAnswers is the table by store, reader and what was done to the store.
func spoiledAnswers(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile(spoiledTable)
	if err != nil {
		t.Fatal(err)
	}
	answers := make(map[string]string)
	for line := range strings.Lines(string(content)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for place := range strings.SplitSeq(fields[4], " ") {
			answers[fields[0]+"\t"+fields[1]+"\t"+place+" "+fields[3]] = fields[2]
		}
	}
	return answers
}
