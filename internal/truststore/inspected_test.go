package truststore_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pavlo-v-chernykh/keystore-go/v4"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/elements"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const inspectedTable = "testdata/inspected.tsv"

// looks are the ways to inspect a store.
func looks() map[string]truststore.InspectOptions {
	const year = 365 * 24 * time.Hour
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	return map[string]truststore.InspectOptions{
		"":                  {},
		"now":               {At: now},
		"50 years":          {At: now, MinimumValidity: 50 * year},
		"50 years, no time": {MinimumValidity: 50 * year},
		"in 100 years":      {At: now.AddDate(100, 0, 0), MinimumValidity: year},
		"us-east-1":         {Region: "us-east-1"},
		"af-south-1":        {Region: "af-south-1", At: now},
		"no Region":         {Region: "xx-none-1"},
	}
}

// forced are the stores that are also inspected as what they may not be.
var forced = []string{"PEM: two roots", "JKS: two roots", "DER: two and a byte", "broken-half-pkcs7-two.der.p7b", "nothing 0"}

// looksAt are those at a store: at most of the corpus, one is enough.
func looksAt(store string) map[string]truststore.InspectOptions {
	all := looks()
	if slices.Contains(forced, store) {
		for _, format := range append(truststore.Formats(), truststore.FormatBKS, "zip") {
			all["as "+string(format)] = truststore.InspectOptions{Format: format}
		}
		return all
	}
	if strings.Contains(store, ".") && !strings.HasPrefix(store, "pem-") {
		return map[string]truststore.InspectOptions{"": all[""]}
	}
	return all
}

// inspectedStores are the stores of the corpus, and some with certificates of RDS.
func inspectedStores(t *testing.T) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	paths, err := filepath.Glob(filepath.Join(corpus, "stores", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if name := filepath.Base(path); !strings.Contains(name, "manyiter") { // It takes long.
			all[name] = store(t, name)
		}
	}
	roots, sub, lab := rdsCertificates(t, "roots"), rdsCertificates(t, "subordinate"), certificate(t, "root-ec")
	for name, certificates := range map[string][]*x509.Certificate{
		"first root": roots[:1], "second root": roots[1:2], "two roots": roots[:2], "all roots": roots, "subordinate": sub,
		"root and subordinate": append(slices.Clone(sub), roots...), "another root": {lab}, "another root, and one of RDS": {lab, roots[0]},
		"a root twice": {roots[0], roots[0]},
	} {
		all["PEM: "+name] = inPEM(t, certificates...)
		all["JKS: "+name] = inJKS(t, certificates...)
	}
	// Certificates that say less than others.
	unnamed, timeless, noCA := elements.Read(lab.Raw, elements.Never), elements.Read(lab.Raw, elements.Never), elements.Read(lab.Raw, elements.Never)
	unnamed.Parts[0].Parts[5].Parts = nil
	organization := elements.Read(lab.Raw, elements.Never)
	for i := range organization.Parts[0].Parts[5].Parts {
		organization.At([]int{0, 5, i, 0, 0}).Contents = []byte{0x55, 4, 10}
	}
	timeless.Parts[0].Parts[4].Parts[1].Contents = []byte("tomorrow")
	noCA.Parts[0].Parts = noCA.Parts[0].Parts[:7]
	for name, e := range map[string]elements.Element{"without a subject": unnamed, "without a common name": organization, "without an end": timeless, "without extensions": noCA} {
		all[name] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.Encode()})
	}
	// Go does not read this one, and whether it is a CA is read here.
	for what, constraints := range map[string]*elements.Element{
		"a CA": {Head: 0x30, Parts: []elements.Element{{Head: 0x01, Contents: []byte{0xff}}}}, "no CA": {Head: 0x30}, "no CA, in words": {Head: 0x30, Parts: []elements.Element{{Head: 0x01, Contents: []byte{0}}}},
		"no constraints": nil, "constraints that are no list": {Head: 0x01, Contents: []byte{0xff}}, "another number": {Head: 0x30, Parts: []elements.Element{{Head: 0x01, Contents: []byte{1}}}},
	} {
		odd := elements.Read(certificate(t, "root-brainpool").Raw, elements.Never)
		tbs := odd.Parts[0].Parts
		tbs[3].Parts[0].Parts[0].Parts[1].Contents = []byte("Other")
		list := &tbs[7].Parts[0]
		list.Parts = slices.DeleteFunc(list.Parts, func(e elements.Element) bool { return string(e.Parts[0].Contents) == "\x55\x1d\x13" })
		if constraints != nil {
			list.Parts = append(list.Parts, elements.Element{Head: 0x30, Parts: []elements.Element{{Head: 0x06, Contents: []byte("\x55\x1d\x13")}, {Head: 0x04, Parts: []elements.Element{*constraints}}}})
		}
		all["odd, "+what] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: odd.Encode()})
	}
	unusual, bad, unknown := store(t, "pem-root-brainpool.pem"), store(t, "text-bad-first.pem"), []byte("-----BEGIN THING-----\nAAAA\n-----END THING-----\n")
	all["PEM: a root twice, and an unusual one"] = slices.Concat(all["PEM: first root"], all["PEM: first root"], unusual)
	all["PEM: an unknown block, and an unusual root"] = slices.Concat(unknown, unusual)
	all["PEM: a broken root, an unknown block, and an unusual root"] = slices.Concat(bad, unknown, unusual)
	all["PEM: many broken roots, and an unusual one"] = append(bytes.Repeat(bad, 200), unusual...)
	all["JKS: a key with a root"], all["JKS: a root, and a key with a root"] = withKey(t, roots[0]), withKey(t, roots[0], roots[1])
	server := certificate(t, "server").Raw
	all["DER: two and a byte"] = append(slices.Concat(lab.Raw, server), 0)
	all["DER: two and a half"] = slices.Concat(lab.Raw, server, server[:40])
	all["DER: no certificate"] = []byte{0x30, 0x03, 0x30, 0x01, 0x00}
	all["PKCS#7 in a length beyond its end"] = append([]byte{0x30, 0x83, 0x7f, 0xff, 0xff}, store(t, "pkcs7-two.der.p7b")[4:]...)
	all["a web page without a type"] = []byte(" <HTML>\n")
	all["a web page after a comment"] = []byte("<!-- --><html>")
	all["an error of S3"] = []byte("<Error><Code>")
	for i, content := range [][]byte{nil, {0x30}, {0x30, 0x01}, {0x30, 0x82, 0x01}, {0x30, 0x80}, {0x31, 0x7f}, []byte("0\n")} {
		all[fmt.Sprintf("nothing %d", i)] = content
	}
	return all
}

// withKey is a JKS with a private key for the first certificate, and the others
// trusted.
func withKey(t *testing.T, first *x509.Certificate, trusted ...*x509.Certificate) []byte {
	t.Helper()
	written := keystore.New(keystore.WithOrderedAliases())
	entry := keystore.PrivateKeyEntry{CreationTime: first.NotBefore, PrivateKey: []byte("key"), CertificateChain: []keystore.Certificate{{Type: "X.509", Content: first.Raw}}}
	if err := written.SetPrivateKeyEntry("key", entry, []byte("changeit")); err != nil {
		t.Fatal(err)
	}
	for i, certificate := range trusted {
		if err := written.SetTrustedCertificateEntry(fmt.Sprint(i), keystore.TrustedCertificateEntry{CreationTime: first.NotBefore, Certificate: keystore.Certificate{Type: "X.509", Content: certificate.Raw}}); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := written.Store(&out, []byte("changeit")); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWhatInspectSays holds all that Inspect says of stores against a table,
// which was reviewed.
func TestWhatInspectSays(t *testing.T) {
	t.Parallel()

	var lines []string
	remedies := make(map[string]bool)
	for name, content := range inspectedStores(t) {
		said := make(map[string][]string) // the looks, by what is said
		for look, opt := range looksAt(name) {
			opt.Password = new("changeit")
			contents, err := truststore.Inspect(content, opt)
			for _, p := range contents.Problems {
				remedies["remedy\t"+p.Code+"\t"+p.Remedy] = true
			}
			answer := inspection(contents, err)
			said[answer] = append(said[answer], look)
		}
		for answer, looks := range said {
			slices.Sort(looks)
			lines = append(lines, name+"\t"+strings.Join(looks, ", ")+"\t"+answer)
		}
	}
	lines = slices.Sorted(slices.Values(slices.AppendSeq(lines, maps.Keys(remedies))))
	if *update {
		if err := os.WriteFile(inspectedTable, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table, err := os.ReadFile(inspectedTable)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(trimmed([]string{string(table)}), trimmed(lines)); diff != "" {
		t.Errorf("what is said differs (-table +said):\n%s", diff)
	}
}

func inspection(contents truststore.Contents, err error) string {
	words := []string{string(contents.Format)}
	for _, entry := range contents.Entries {
		words = append(words, strings.TrimSpace(string(entry.Kind)+" "+entry.Alias))
	}
	taken := contents.Anchors
	words = append(words, fmt.Sprintf("anchors %d %d %d, %d roots missing", len(taken.OpenSSL), len(taken.Java), len(taken.Go), len(contents.MissingRoots)))
	for _, p := range contents.Problems {
		words = append(words, p.Code+": "+p.Detail)
	}
	if err != nil {
		words = append(words, err.Error())
	}
	return strings.ReplaceAll(strings.Join(words, "; "), "\n", `\n`)
}
