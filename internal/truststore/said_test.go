package truststore_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const saidTable = "testdata/said.tsv"

// asked are who is asked about a store of the corpus: of one that is no text,
// only who can read it.
func asked(store string) map[string]truststore.Options {
	switch filepath.Ext(store) {
	case ".pem", ".p7b", ".der", ".crl":
		return map[string]truststore.Options{
			"openssl":       {Reader: truststore.OpenSSLFile},
			"openssl 1.1.1": {Reader: truststore.OpenSSLFile, Version: "1.1.1"},
			"java":          {Reader: truststore.JavaCertificateFactory},
			"java first":    {Reader: truststore.JavaFirstCertificate},
			"go":            {Reader: truststore.GoCertPool},
			"node":          {Reader: truststore.NodeCA},
			"node extra":    {Reader: truststore.NodeExtraCACerts},
			"rustls":        {Reader: truststore.RustlsPEM},
			"rustls 1":      {Reader: truststore.RustlsPEM, Version: "1"},
			"native-tls":    {Reader: truststore.NativeTLSPEM},
			"dotnet":        {Reader: truststore.DotNetPEM},
			"netty":         {Reader: truststore.NettyPEM},
			"vertx":         {Reader: truststore.VertxPEM},
		}
	case ".jceks":
		return map[string]truststore.Options{"java store": {Reader: truststore.JavaKeyStore, Password: new("changeit"), StoreType: "JCEKS"}}
	}
	return map[string]truststore.Options{"java store": {Reader: truststore.JavaKeyStore}}
}

// said gathers what is said of stores, by who says it, and the words of every
// problem.
type said map[string][]string

func (s said) note(asked, store string, anchors int, problems []truststore.Problem, err error) {
	of := append([]string{fmt.Sprint(anchors)}, codes(problems)...)
	if failed := (*truststore.ReadError)(nil); errors.As(err, &failed) {
		of = append(of[1:], failure(failed))
	}
	key := asked + "\t" + strings.Join(of, "; ")
	s[key] = append(s[key], store)
	for _, p := range problems {
		s["problem "+p.Code+"\t"+numbers.ReplaceAllString(p.Detail+" "+p.Remedy, "N")] = nil
	}
}

var numbers = regexp.MustCompile(`[0-9]+`)

// TestWhatIsSaidOfStores holds what readers say of the stores of the corpus
// against a table, which was reviewed.
func TestWhatIsSaidOfStores(t *testing.T) {
	t.Parallel()

	stores, err := filepath.Glob(filepath.Join(corpus, "stores", "*"))
	if err != nil {
		t.Fatal(err)
	}
	got := make(said)
	for _, path := range stores {
		name := filepath.Base(path)
		if strings.Contains(name, "manyiter") {
			continue // It takes long.
		}
		content := store(t, name)
		for asked, opt := range asked(name) {
			taken, err := truststore.Read(content, opt)
			got.note(asked, name, len(taken.Anchors), taken.Problems, err)
		}
	}
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(got)) {
		lines = append(lines, key+"\t"+strings.Join(got[key], " "))
	}
	if *update {
		if err := os.WriteFile(saidTable, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table, err := os.ReadFile(saidTable)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(table)), "\n"), trimmed(lines)); diff != "" {
		t.Errorf("what is said differs (-table +said):\n%s", diff)
	}
}

func trimmed(lines []string) []string {
	return strings.Split(strings.TrimSpace(strings.Join(lines, "\n")), "\n")
}
