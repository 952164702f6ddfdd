package truststore_test

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const corpus = "testdata/corpus"

// reading is one line of testdata/corpus/readings.jsonl: what a real reader
// took from a store. Package stores wrote it.
type reading struct {
	Store, Reader, Version, Type string
	Password                     *string
	OK                           bool
	Anchors, Entries             []string
	Error                        string
}

// readers are the names of readers in the listing.
var readers = map[string]truststore.Reader{
	"openssl_file":  truststore.OpenSSLFile,
	"openssl_aux":   truststore.NodeCA,
	"openssl_plain": truststore.NodeExtraCACerts,
	"openssl_first": truststore.NativeTLSPEM,
	"java_factory":  truststore.JavaCertificateFactory,
	"java_store":    truststore.JavaKeyStore,
	"node_ca":       truststore.NodeCA,
}

func readings(t *testing.T) []reading {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(corpus, "readings.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []reading
	scanner := bufio.NewScanner(bytes.NewReader(content))
	for scanner.Scan() {
		var r reading
		if err := json.Unmarshal(scanner.Bytes(), &r); err != nil {
			t.Fatalf("line %d: %v", len(all)+1, err)
		}
		all = append(all, r)
	}
	return all
}

// names returns the names of the corpus's certificates by SHA-256.
func names(t *testing.T) map[string]string {
	t.Helper()
	byFingerprint := make(map[string]string)
	for _, name := range certificateNames(t) {
		byFingerprint[sha256Hex(certificate(t, name).Raw)] = name
	}
	return byFingerprint
}

// subjects returns the names of the corpus's certificates by subject, the first
// where several have the same.
func subjects(t *testing.T) map[string]string {
	t.Helper()
	bySubject := make(map[string]string)
	for _, name := range certificateNames(t) {
		if subject := string(certificate(t, name).RawSubject); bySubject[subject] == "" {
			bySubject[subject] = name
		}
	}
	return bySubject
}

// certificate reads one of the corpus, also where Go does not decode it.
func certificate(t *testing.T, name string) *x509.Certificate {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(corpus, "certificates", name+".pem"))
	if err != nil {
		t.Fatal(err)
	}
	taken, err := truststore.Read(content, truststore.Options{Reader: truststore.OpenSSLFile})
	if err != nil {
		t.Fatal(err)
	}
	return taken.Anchors[0].Certificate
}

func certificateNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus, "certificates", "*.pem"))
	if err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(files))
	for i, file := range files {
		all[i] = strings.TrimSuffix(filepath.Base(file), ".pem")
	}
	slices.Sort(all)
	return all
}

func store(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(corpus, "stores", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestEveryReaderTakesWhatTheRealOneTakes(t *testing.T) {
	t.Parallel()

	known := known(t)
	agreed := make(map[string]int)
	for _, r := range readings(t) {
		if fault := r.fault(t, known); fault != "" {
			t.Errorf("%s %s: %s", r.label(), r.Store, fault)
			continue
		}
		agreed[r.Reader+r.Version]++
	}
	t.Logf("readings that agree: %v", agreed)
}

// certificates are the names of the corpus's certificates.
type certificates struct{ byFingerprint, bySubject map[string]string }

func known(t *testing.T) certificates {
	t.Helper()
	return certificates{names(t), subjects(t)}
}

// fault reads the store, and says what differs from the real reading; empty is
// nothing.
func (r reading) fault(t *testing.T, known certificates) string {
	t.Helper()
	reader, is := readers[r.Reader]
	if !is {
		t.Fatalf("the listing has an unknown reader %q", r.Reader)
	}
	taken, err := truststore.Read(store(t, r.Store), truststore.Options{
		Reader: reader, Version: r.Version, StoreType: r.Type, Password: r.Password,
	})
	var anchors []string
	for _, anchor := range taken.Anchors {
		name, is := known.byFingerprint[anchor.SHA256]
		if r.Reader == "node_ca" { // Node shows subjects only
			name, is = known.bySubject[string(anchor.Certificate.RawSubject)]
		}
		if !is { // a certificate that was spoiled
			name = anchor.SHA256
		}
		anchors = append(anchors, name)
	}
	slices.Sort(anchors)
	if r.Reader == "node_ca" {
		anchors = slices.Compact(anchors)
	}
	if diff := cmp.Diff(r.Anchors, anchors); diff != "" {
		return fmt.Sprintf("anchors differ (-real +read), error %v, real %q:\n%s", err, r.Error, diff)
	}
	if reason := r.disagrees(err); reason != "" {
		return fmt.Sprintf("%s: read %v, real %t %q", reason, err, r.OK, r.Error)
	}
	return ""
}

func (r reading) label() string {
	password := "no password"
	if r.Password != nil {
		password = "password " + *r.Password
	}
	return r.Reader + r.Version + " " + r.Type + " (" + password + ")"
}

// disagrees compares an error with the real reader's; empty is agreement.
func (r reading) disagrees(err error) string {
	var failed *truststore.ReadError
	errors.As(err, &failed)
	unreadable := err != nil && !errors.Is(err, truststore.ErrNoAnchors)
	switch r.Reader {
	case "openssl_aux", "openssl_plain", "openssl_first", "node_ca":
		return ""
	case "openssl_file":
		if unreadable == r.OK {
			return "one fails and the other does not"
		}
		if unreadable && failed.Client != "" && failed.Client != r.Error {
			return "the client's text differs: " + failed.Client
		}
		return ""
	}
	failing := !r.OK && !strings.Contains(r.Error, "trustAnchors parameter must be non-empty")
	if unreadable != failing {
		return "one fails and the other does not"
	}
	if wrong := strings.Contains(r.Error, "password was incorrect") || strings.Contains(r.Error, "UnrecoverableKeyException"); wrong && r.genuine() && !errors.Is(err, truststore.ErrWrongPassword) && !errors.Is(err, truststore.ErrUnsupportedFormat) {
		return "the real reader says that the password is wrong"
	}
	if unreadable && failed.Client != "" && !strings.Contains(r.Error, failed.Client) && r.genuine() {
		return "the client's text differs: " + failed.Client
	}
	return ""
}

// genuine is false for stores that were spoiled on purpose: there Java's text
// depends on where its decoder trips.
func (r reading) genuine() bool { return !strings.HasPrefix(r.Store, "broken-") }

func TestEntriesOfKeyStoresAreThoseThatJavaLists(t *testing.T) {
	t.Parallel()

	known := known(t)
	compared := 0
	for _, r := range readings(t) {
		if !r.lists() {
			continue
		}
		if fault := r.listingFault(t, known); fault != "" {
			t.Errorf("%s %s: %s", r.label(), r.Store, fault)
		}
		compared++
	}
	t.Logf("listings compared: %d", compared)
}

// lists reports whether the reading is one of which the entries are compared.
func (r reading) lists() bool {
	return r.Reader == "java_store" && len(r.Entries) > 0 && (r.Type != "JCEKS" || strings.HasSuffix(r.Store, ".jceks")) && r.Type != "CaseExactJKS"
}

// listingFault inspects the store, and says what differs from the real listing.
func (r reading) listingFault(t *testing.T, known certificates) string {
	t.Helper()
	contents, err := truststore.Inspect(store(t, r.Store), truststore.InspectOptions{Password: r.Password})
	if err != nil {
		return err.Error()
	}
	var listed []string
	for _, entry := range contents.Entries {
		if entry.Kind != truststore.EntryNone {
			name, is := known.byFingerprint[entry.SHA256]
			if !is { // of a key that keytool made
				name = entry.SHA256
			}
			listed = append(listed, entry.Alias+" "+string(entry.Kind)+" "+name)
		}
	}
	var want []string
	for _, line := range r.Entries { // entries without a certificate are none of ours
		if !strings.HasSuffix(line, " ") && !strings.Contains(line, " none ") {
			want = append(want, line)
		}
	}
	slices.Sort(listed)
	slices.Sort(want)
	if diff := cmp.Diff(want, listed); diff != "" {
		return fmt.Sprintf("entries differ (-keytool +read):\n%s", diff)
	}
	return ""
}
