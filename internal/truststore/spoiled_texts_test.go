package truststore_test

import (
	"cmp"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores/spoiled"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// leastTexts is how many spoiled texts there must be at least.
const leastTexts = 4000

func spoiledTexts(t *testing.T) ([]spoiled.Text, spoiled.Certificates) {
	t.Helper()
	certificates, err := spoiled.Corpus(corpus)
	if err != nil {
		t.Fatal(err)
	}
	texts := spoiled.Texts(certificates)
	if len(texts) < leastTexts {
		t.Fatalf("only %d texts", len(texts))
	}
	return texts, certificates
}

func answers(t *testing.T, path string, texts []spoiled.Text) spoiled.Answers {
	t.Helper()
	all, err := spoiled.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(texts) {
		t.Fatalf("%s: answers to %d texts, there are %d", path, len(all), len(texts))
	}
	return all
}

// stricter are the texts of which nothing is taken though the real readers take
// something, each with their names. No tool writes them.
var stricter = map[string]string{
	"block\thead of a certificate\t3":          "OpenSSL Node", // a length of five bytes
	"trusted block\thead of a certificate\t3":  "OpenSSL Node",
	"block\thead of a certificate\t17":         "OpenSSL Node", // a tag of two bytes
	"trusted block\thead of a certificate\t17": "OpenSSL Node",
	"two\treplace \"A\"\t91":                   "rustls-pki-types rustls-pemfile", // a broken certificate, whose parts rustls does not look at
	"two\treplace \"A\"\t156":                  "rustls-pki-types rustls-pemfile",
}

// TestSpoiledTextsAreReadAsTheRealReadersDo holds what is read of spoiled texts
// against what the real readers said.
func TestSpoiledTextsAreReadAsTheRealReadersDo(t *testing.T) {
	t.Parallel()

	texts, certificates := spoiledTexts(t)
	said := answers(t, filepath.Join(corpus, "spoiled-texts.tsv"), texts)
	for reader, opt := range map[string]truststore.Options{
		"OpenSSL 3 file":     {Reader: truststore.OpenSSLFile},
		"OpenSSL 1.1.1 file": {Reader: truststore.OpenSSLFile, Version: "1.1.1"},
		"OpenSSL 3 aux":      {Reader: truststore.NodeCA},
		"OpenSSL 3 plain":    {Reader: truststore.NodeExtraCACerts},
		"OpenSSL 3 first":    {Reader: truststore.NativeTLSPEM},
		"Node ca":            {Reader: truststore.NodeCA},
		"Java factory":       {Reader: truststore.JavaCertificateFactory},
		"Java certificate":   {Reader: truststore.JavaFirstCertificate},
		"Netty":              {Reader: truststore.NettyPEM},
		"Vert.x":             {Reader: truststore.VertxPEM},
		"rustls-pki-types":   {Reader: truststore.RustlsPEM},
		"rustls-pemfile 1":   {Reader: truststore.RustlsPEM, Version: "1"},
	} {
		t.Run(reader, func(t *testing.T) {
			t.Parallel()
			for _, text := range texts {
				want, known := said[text.Name()][reader]
				if !known {
					t.Fatalf("%s: no answer", text.Name())
				}
				taken, err := truststore.Read(text.Content, opt)
				got := fingerprints(taken.Anchors)
				if reader == "Node ca" { // Node shows subjects only.
					got = bySubject(taken.Anchors, certificates)
				}
				if len(got) == 0 && strings.Contains(stricter[text.Name()], strings.Fields(reader)[0]) {
					continue
				}
				if fault := fault(want, certificates.Names(got), err, opt.Reader); fault != "" {
					t.Errorf("%s: %s; the real reader: %s", text.Name(), fault, want)
				}
			}
		})
	}
}

func fingerprints(anchors []truststore.Anchor) []string {
	all := make([]string, len(anchors))
	for i, anchor := range anchors {
		all[i] = anchor.SHA256
	}
	return all
}

// bySubject names anchors as the answers of Node do: by the certificates that
// have the subject.
func bySubject(anchors []truststore.Anchor, certificates spoiled.Certificates) []string {
	all := make([]string, len(anchors))
	for i, anchor := range anchors {
		all[i] = hex.EncodeToString(anchor.Certificate.RawSubject)
		for _, der := range certificates.All() {
			if certificate, err := x509.ParseCertificate(der); err == nil && slices.Equal(certificate.RawSubject, anchor.Certificate.RawSubject) {
				all[i] = spoiled.Fingerprint(der)
			}
		}
	}
	return all
}

// fault says how an answer differs from that of the real reader; empty is not at
// all. Three of them fail without a word.
func fault(want, got string, err error, reader truststore.Reader) string {
	words, refused := strings.CutPrefix(want, spoiled.Refused)
	if refused {
		want = ""
	}
	silent := reader == truststore.NodeCA || reader == truststore.NodeExtraCACerts || reader == truststore.NativeTLSPEM
	unreadable := err != nil && !errors.Is(err, truststore.ErrNoAnchors)
	var failed *truststore.ReadError
	switch {
	case got != want:
		return "taken are " + cmp.Or(got, "none")
	case silent:
		return ""
	case unreadable != refused:
		return "one fails and the other does not"
	case errors.As(err, &failed) && refused && !strings.Contains(words, failed.Client):
		return "the client's text is " + failed.Client
	}
	return ""
}

// TestSpoiledTextsAreReadAsGoDoes asks Go itself.
func TestSpoiledTextsAreReadAsGoDoes(t *testing.T) {
	t.Parallel()

	texts, _ := spoiledTexts(t)
	for _, text := range texts {
		taken, err := truststore.Read(text.Content, truststore.Options{Reader: truststore.GoCertPool})
		got, want := x509.NewCertPool(), x509.NewCertPool()
		for _, anchor := range taken.Anchors {
			got.AddCert(anchor.Certificate)
		}
		if ok := want.AppendCertsFromPEM(text.Content); !got.Equal(want) || ok != (err == nil) { //nolint:forbidigo // the real reader
			t.Errorf("%s: taken are %d, error %v; Go takes some: %t", text.Name(), len(taken.Anchors), err, ok)
		}
	}
}

// TestSpoiledTextsWithoutARealReader holds what is read against a table that was
// reviewed: there is no other program like Inspect, and .NET's rules are from
// its source.
func TestSpoiledTextsWithoutARealReader(t *testing.T) {
	t.Parallel()

	const table, inspect, dotnet = "testdata/spoiled-texts.tsv", "Inspect", ".NET, from source"
	texts, certificates := spoiledTexts(t)
	got := make(spoiled.Answers, len(texts))
	for _, text := range texts {
		contents, err := truststore.Inspect(text.Content, truststore.InspectOptions{})
		var entries []string
		for _, entry := range contents.Entries {
			entries = append(entries, entry.SHA256)
		}
		taken, refused := truststore.Read(text.Content, truststore.Options{Reader: truststore.DotNetPEM})
		got[text.Name()] = map[string]string{
			inspect: strings.Join(append([]string{string(contents.Format), certificates.Names(entries)}, inWords(contents.Problems, err)...), "; "),
			dotnet:  strings.Join(append([]string{certificates.Names(fingerprints(taken.Anchors))}, inWords(taken.Problems, refused)...), "; "),
		}
	}
	if *update {
		if err := got.Write(table, []string{inspect, dotnet}); err != nil {
			t.Fatal(err)
		}
	}
	for name, by := range answers(t, table, texts) {
		for reader, want := range by {
			if got[name][reader] != want {
				t.Errorf("%s: %s: %s, want %s", name, reader, got[name][reader], want)
			}
		}
	}
}
