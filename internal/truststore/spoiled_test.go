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
