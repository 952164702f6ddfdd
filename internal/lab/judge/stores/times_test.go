package stores_test

import (
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
)

// TestTimesAreThoseThatJavaTakes asks Java about a certificate with each time of
// the table that package truststore reads.
func TestTimesAreThoseThatJavaTakes(t *testing.T) {
	t.Parallel()

	block, _ := pem.Decode(corpusFile(t, "certificates/root-ec.pem"))
	dir := t.TempDir()
	lines := strings.Split(strings.TrimSuffix(string(corpusFile(t, "../times.tsv")), "\n"), "\n")
	requests := make([]string, len(lines))
	for i, line := range lines {
		kind, text, _ := strings.Cut(line[:strings.LastIndexByte(line, '\t')], "\t")
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, endingAt(t, block.Bytes, map[string]int{"utc": asn1.TagUTCTime, "generalized": asn1.TagGeneralizedTime}[kind], text), 0o600); err != nil {
			t.Fatal(err)
		}
		requests[i] = "factory\t" + path
	}
	answers, err := stores.Java(t.Context(), requests)
	if !judged(t, err) {
		return
	}
	for i, answer := range answers {
		if want := !strings.HasSuffix(lines[i], "\tnone"); answer.OK != want {
			t.Errorf("%q: Java takes it %t (%s)", lines[i], answer.OK, answer.Error)
		}
	}
}

// endingAt is a certificate with another end of its validity.
func endingAt(t *testing.T, der []byte, tag int, text string) []byte {
	t.Helper()
	parts := func(der []byte) (all []asn1.RawValue) {
		if _, err := asn1.Unmarshal(der, &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	element := func(parts any) asn1.RawValue {
		der, err := asn1.Marshal(parts)
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{FullBytes: der}
	}
	whole := parts(der)
	tbs := parts(whole[0].FullBytes)
	dates := parts(tbs[4].FullBytes)
	dates[1] = asn1.RawValue{Tag: tag, Bytes: []byte(text)}
	tbs[4] = element(dates)
	whole[0] = element(tbs)
	return element(whole).FullBytes
}
