package truststore_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const timesTable = "testdata/times.tsv"

// times are texts of both types: good ones, and each of those spoiled at every
// place.
func times() []string {
	offsets := strings.Fields("Z z +0000 -0000 +0130 -0130 *0130 +2359 -2359 +2400 +0060 +0099 +013 +01300 +0a30 +a130 +010a +01:0 /0130 Z0 +")
	good := map[string][]string{
		"utc":         {"200102030405", "2001020304", "490101000000", "500101000000", "991231235959", "000229000000", "200230010203"},
		"generalized": {"20200102030405", "202001020304", "00000101000000", "99991231235959", "20200102030405.5", "20200102030405,25", "20200102030405.123456"},
	}
	fields := strings.Fields("200001030405 201301030405 200100030405 200132030405 200131030405 200102240405 200102230405 200102036005 200102035905 200102030460 200102030459")
	for kind := range good {
		for _, text := range fields {
			good[kind] = append(good[kind], map[string]string{"utc": "", "generalized": "20"}[kind]+text)
		}
	}
	good["generalized"] = append(good["generalized"], "20200102030405.", "20200102030405;5", "20200102030405.a", "20200102030405.5.5", "2020010203.5", "202001020304.5")
	all := map[string]bool{"utc\t": true, "generalized\t": true}
	for kind, texts := range good {
		for n, text := range texts {
			for _, offset := range append(offsets, "") {
				all[kind+"\t"+text+offset] = true
			}
			for i := range text {
				if n > 1 && n != 4 {
					break // One of each length is spoiled.
				}
				for _, c := range "/0189:Zax +-" {
					all[kind+"\t"+text[:i]+string(c)+text[i+1:]+"Z"] = true
				}
				all[kind+"\t"+text[:i]] = true
				all[kind+"\t"+text[:i]+"Z"] = true
				all[kind+"\t"+text[:i]+"0"+text[i:]+"Z"] = true
			}
		}
	}
	var sorted []string
	for text := range all {
		sorted = append(sorted, text)
	}
	slices.Sort(sorted)
	return sorted
}

// TestJavaTime holds the times that Java reads, and their values, against a table.
// Package stores asks the real Java whether it takes each of them.
func TestJavaTime(t *testing.T) {
	t.Parallel()

	var lines []string
	for _, one := range times() {
		kind, text, _ := strings.Cut(one, "\t")
		value := "none"
		if got, ok := truststore.JavaTime(kind == "generalized", text); ok {
			value = got.Format(time.RFC3339Nano)
		}
		lines = append(lines, one+"\t"+value)
	}
	if *update {
		if err := os.WriteFile(timesTable, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table, err := os.ReadFile(timesTable)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSuffix(string(table), "\n"), "\n"), lines); diff != "" {
		t.Errorf("times differ (-table +read):\n%s", diff)
	}
}
