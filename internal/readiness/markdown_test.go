package readiness_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestMarkdown has every kind of row: totals come first, and those who are not
// ready before the others.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	const settings = "sslmode=verify-full sslrootcert=/r.pem"
	in := s.input(
		libpq("ready", settings, s.old.Root, s.next.Root),
		libpq("billing", settings, s.old.Root),
		libpq("waived", settings, s.old.Root),
		libpq("unverified", "sslmode=require"),
	)
	in.Waivers = map[string]readiness.Waiver{"waived": {Reason: "gone in May | @ops", Expires: in.At.Add(24 * time.Hour)}}
	in.Observations = []readiness.Observation{{Source: "sslready_clients", Complete: true, Sessions: []readiness.Session{{Username: "x|y\n# z", Database: "app", Sessions: 1}}}}
	got := readiness.Evaluate(in).Markdown("orders-prod")
	const root = `"CN=Amazon RDS us-east-1 Root CA RSA2048 G1,OU=Amazon RDS,O=Amazon Web Services&#92;, Inc.,L=Seattle,ST=WA,C=US"`
	const add = "Add the root CA of rds-ca-rsa2048-g1 to the client's trust store, and keep the old root until after the switch."
	want := strings.Join([]string{
		"### `orders-prod`: not ready",
		"",
		"Clients ready for rds-ca-rsa2048-g1: 2 of 4, 1 waived; 1 undeclared session blocks the switch.",
		"",
		"- `undeclared_client`: The observed session (user \"x&#124;y&#92;n# z\", database \"app\", TLS status unknown) matches no declared client. Declare the client, or widen the \"match\" of the client to which the session belongs.",
		"",
		"| client | now | after the switch | why | what to do |",
		"| --- | --- | --- | --- | --- |",
		"| `billing` | connects | **fails** | `unknown_authority`: The chain ends in the root " + root + ", which the trust store does not hold. | " + add + " |",
		"| `waived` | connects | fails | `waived`: Not ready (unknown_authority), but waived until 2026-06-02. The waiver's reason: gone in May &#124; @&#8203;ops | " + add + " |",
		"| `ready` | connects | connects | `accepted` | nothing |",
		"| `unverified` | connects_unverified | connects_unverified | `not_verified` | nothing |",
		"",
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, got)
	}
}

// TestMarkdownIsSafe: whatever a client is called, it has one row of five cells.
func TestMarkdownIsSafe(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"billing":           "`billing`",
		"team/billing 2.1":  "`team/billing 2.1`",
		"a|b":               "a&#124;b",
		`a\|b`:              "a&#92;&#124;b",
		"a\r\nb":            "a b",
		"a\n| x | y |":      "a &#124; x &#124; y &#124;",
		"`rm`":              "&#96;rm&#96;",
		"<img src=x>":       "&lt;img src=x>",
		"[x](https://evil)": "&#91;x](https://evil)",
		"@everyone":         "@&#8203;everyone",
		"\x1b[31mred\u202e": "\ufffd&#91;31mred\ufffd",
		"*bold* & ~/.x":     "\\*bold\\* &amp; \\~/.x",
		" ":                 "",
	} {
		report := readiness.Report{Counts: "1 of 1.", Ready: true, Verdicts: map[string]readiness.ClientVerdict{name: {Ready: true}}}
		lines := strings.Split(strings.TrimSpace(report.Markdown("")), "\n")
		last := lines[len(lines)-1]
		if wanted := fmt.Sprintf("| %s | indeterminate | indeterminate |  | nothing |", want); last != wanted || len(lines) != 7 {
			t.Errorf("%q: %d lines, row %q, want %q", name, len(lines), last, wanted)
		}
	}
}

// TestMarkdownHasABound: those who are not ready are in it.
func TestMarkdownHasABound(t *testing.T) {
	t.Parallel()
	report := readiness.Report{Verdicts: map[string]readiness.ClientVerdict{"zz-unready": {}}}
	for i := range 999 {
		report.Verdicts[fmt.Sprintf("client-%03d", i)] = readiness.ClientVerdict{Ready: true}
	}
	got := report.Markdown("")
	if rows := strings.Count(got, "\n| "); rows != 202 || !strings.Contains(got, "`zz-unready`") || !strings.HasSuffix(got, "\nand 800 more: `verdicts` lists them all.\n") {
		t.Errorf("%d rows: %s", rows, got)
	}
}

// TestMarkdownWithoutThePresentPath does not say that nobody can tell what the
// client does now.
func TestMarkdownWithoutThePresentPath(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	in := s.input(libpq("known", "sslmode=verify-ca sslrootcert=/r.pem", s.next.Root))
	in.Current = readiness.Evidence{}
	if got := readiness.Evaluate(in).Markdown(""); !strings.HasSuffix(got, "\n| `known` | not known | connects | `accepted` | nothing |\n") {
		t.Errorf("the table is:\n%s", got)
	}
}
