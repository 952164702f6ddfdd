package stores_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// spoiledStores is how many variants each reader is asked about. The seeds are
// fixed: a change of the readers is compared on the same stores.
const spoiledStores = 1500

func corpusFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(corpus, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func fingerprints(anchors []truststore.Anchor) []string {
	var all []string
	for _, anchor := range anchors {
		all = append(all, anchor.SHA256)
	}
	slices.Sort(all)
	return all
}

func sameAnchors(a, b []string) bool { return slices.Equal(a, b) || len(a)+len(b) == 0 }

// TestSpoiledTextsAreReadAsTheRealReadersDo compares on texts that no person
// thought of.
func TestSpoiledTextsAreReadAsTheRealReadersDo(t *testing.T) {
	t.Parallel()

	bases := [][]byte{corpusFile(t, "certificates/root-rsa.pem"), corpusFile(t, "stores/text-two.pem"), corpusFile(t, "stores/text-comment-between.pem")}
	dir := t.TempDir()
	contents, paths := make([][]byte, spoiledStores), make([]string, spoiledStores)
	for i := range contents {
		contents[i] = stores.Mutate(bases[i%len(bases)], uint64(i))
		paths[i] = filepath.Join(dir, fmt.Sprintf("%d.pem", i))
		if err := os.WriteFile(paths[i], contents[i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		reader truststore.Reader
		prefix string
	}{
		"SSL_CTX_load_verify_locations": {truststore.OpenSSLFile, "file "},
		"PEM_read_bio_X509_AUX":         {truststore.NodeCA, "aux "},
		"PEM_read_bio_X509 of a file":   {truststore.NodeExtraCACerts, "plain "},
		"PEM_read_bio_X509 once":        {truststore.NativeTLSPEM, "first "},
		"CertificateFactory":            {truststore.JavaCertificateFactory, "factory\t"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			requests := make([]string, len(paths))
			for i, path := range paths {
				requests[i] = tc.prefix + path
			}
			var answers []stores.Answer
			var err error
			if tc.reader == truststore.JavaCertificateFactory {
				answers, err = stores.Java(t.Context(), requests)
			} else {
				answers, err = stores.OpenSSL(t.Context(), "", requests)
			}
			if !judged(t, err) {
				return
			}
			for i, answer := range answers {
				taken, err := truststore.Read(contents[i], truststore.Options{Reader: tc.reader})
				if got := fingerprints(taken.Anchors); !sameAnchors(got, answer.Anchors) {
					t.Errorf("seed %d: read %d anchors (%v), real %d (%s)", i, len(got), err, len(answer.Anchors), answer.Error)
				}
			}
			t.Logf("%d spoiled texts", len(answers))
		})
	}
}

// TestSpoiledKeyStoresAreReadAsJavaDoes compares the anchors only: in which
// words Java gives up depends on where its decoder trips.
func TestSpoiledKeyStoresAreReadAsJavaDoes(t *testing.T) {
	t.Parallel()

	var contents [][]byte
	var requests []string
	var options []truststore.Options
	dir := t.TempDir()
	for _, name := range []string{
		"keytool-two.jks", "keytool-two.jceks", "keytool-two.pkcs12", "keytool-key-and-root.jks", "java-passwordless.pkcs12",
		"p12-key-default.p12", "p12-key-plain-nomac.p12", "java-plainmac.pkcs12",
	} {
		kind := ""
		if strings.HasSuffix(name, "jceks") {
			kind = "JCEKS"
		}
		for seed := range spoiledStores / 15 {
			content := spoil(corpusFile(t, "stores/"+name), uint64(seed))
			path := filepath.Join(dir, fmt.Sprintf("%d-%s", seed, name))
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, password := range []string{"null", "=changeit"} {
				opt := truststore.Options{Reader: truststore.JavaKeyStore, StoreType: kind}
				if given, ok := strings.CutPrefix(password, "="); ok {
					opt.Password = &given
				}
				contents, options = append(contents, content), append(options, opt)
				requests = append(requests, strings.Join([]string{"store", orDefault(kind), password, path}, "\t"))
			}
		}
	}

	answers, err := stores.Java(t.Context(), requests)
	if !judged(t, err) {
		return
	}

	for i, answer := range answers {
		taken, err := truststore.Read(contents[i], options[i])
		if got := fingerprints(taken.Anchors); !sameAnchors(got, answer.Anchors) {
			t.Errorf("%s: read %d anchors (%v), real %d (%s)", filepath.Base(requests[i]), len(got), err, len(answer.Anchors), answer.Error)
		}
		if err == nil && len(taken.Anchors) == 0 || err != nil && errors.Is(err, truststore.ErrUnknownReader) {
			t.Errorf("%s: neither anchors nor a reason: %v", filepath.Base(requests[i]), err)
		}
	}
	t.Logf("%d spoiled key stores", len(answers))
}

func orDefault(kind string) string {
	if kind == "" {
		return "default"
	}
	return kind
}

// spoil cuts, widens or changes a binary store; the same seed does the same.
func spoil(content []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 3))
	out := bytes.Clone(content)
	switch r.IntN(4) {
	case 0:
		return out[:r.IntN(len(out)+1)]
	case 1:
		return slices.Insert(out, r.IntN(len(out)), byte(r.IntN(256)))
	}
	for range 1 + r.IntN(2) {
		limit := len(out)
		if r.IntN(2) == 0 {
			limit = min(limit, 100)
		}
		out[r.IntN(limit)] = byte(r.IntN(256))
	}
	return out
}
