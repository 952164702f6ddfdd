package readiness_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestDrafts: one for each pair of names, with a guess where the name is a
// driver's own.
func TestDrafts(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	on, off := true, false
	in := s.input(libpq("reports", "sslmode=verify-full sslrootcert=/r.pem", s.next.Root))
	in.Observations = seen(
		readiness.Session{Username: "reports", ApplicationName: "PostgreSQL JDBC Driver", Database: "a", ClientAddr: "10.0.0.1", SSL: &on},
		readiness.Session{Username: "reports", ApplicationName: "PostgreSQL JDBC Driver", Database: "b", ClientAddr: "10.0.0.2", SSL: &on},
		readiness.Session{Username: "app", ApplicationName: "nightly job", SSL: &on},
		readiness.Session{ClientAddr: "10.0.0.9"},
		readiness.Session{SSL: &on},
		readiness.Session{Username: "plain", SSL: &off},
	)
	drafts := readiness.Evaluate(in).Coverage.Drafts
	want := []readiness.Draft{
		{Name: "reports_2", Driver: "pgjdbc", Guess: `The sessions have the application_name "PostgreSQL JDBC Driver", which is this driver's default, but any client can use that name.`},
		{Name: "nightly_job", Driver: "other"},
		{Name: "client_10_0_0_9", Driver: "other"},
	}
	parts := []string{
		"reports_2 = {\n  driver = \"pgjdbc\" # A guess, based on the application_name \"PostgreSQL JDBC Driver\".\n",
		"    usernames = [\"app\"]\n    application_names = [\"nightly job\"]\n", "    client_cidrs = [\"10.0.0.9/32\"]\n",
	}
	for i := range drafts {
		if i < len(parts) && !strings.Contains(drafts[i].Configuration, parts[i]) {
			t.Errorf("%q is not in:\n%s", parts[i], drafts[i].Configuration)
		}
		attributes(t, drafts[i].Configuration)
		drafts[i].Configuration = ""
	}
	if diff := cmp.Diff(want, drafts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// attributes parses a draft as Terraform does, and returns the names in match.
func attributes(t *testing.T, text string) map[string]string {
	t.Helper()
	file, diags := hclparse.NewParser().ParseHCL([]byte(text), "draft.tf")
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, text)
	}
	body, _ := file.Body.(*hclsyntax.Body)
	if len(body.Attributes) != 1 || len(body.Blocks) != 0 {
		t.Fatalf("a draft of %d attributes and %d blocks:\n%s", len(body.Attributes), len(body.Blocks), text)
	}
	all := map[string]string{}
	for name, attribute := range body.Attributes {
		value, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, text)
		}
		all["name"], all["driver"] = name, value.GetAttr("driver").AsString()
		for kind, list := range value.GetAttr("match").AsValueMap() {
			all[kind] = list.AsValueSlice()[0].AsString()
		}
	}
	return all
}

// TestADraftIsNoCode: whatever a client calls itself, the draft is one client
// whose match is that name.
func TestADraftIsNoCode(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	on := true
	for _, name := range []string{
		`"] } } evil = { driver = "psql" } #`, "${file(\"/etc/passwd\")}", "%{ if true }x%{ endif }", "$${x}", "a\nb\r\n}", "\\", `\"`, "*/ /* # //", "é ж 日本 \U0001f600 \u202e \x7f", "1st", "", "$", "%", "a$", "${", "x\x00y",
	} {
		in := s.input(libpq("billing", "sslmode=verify-full sslrootcert=/r.pem", s.next.Root))
		in.Observations = seen(readiness.Session{Username: "app", ApplicationName: name, SSL: &on})
		drafts := readiness.Evaluate(in).Coverage.Drafts
		if len(drafts) != 1 {
			t.Fatalf("%q: %d drafts", name, len(drafts))
		}
		got := attributes(t, drafts[0].Configuration)
		if got["usernames"] != "app" || got["application_names"] != name || got["name"] != drafts[0].Name {
			t.Errorf("%q becomes %q:\n%s", name, got, drafts[0].Configuration)
		}
	}
}

// TestCoverageSaysWhenEachClientWasSeen joins several observations.
func TestCoverageSaysWhenEachClientWasSeen(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	client := func(name string, users ...string) readiness.Client {
		c := libpq(name, "sslmode=verify-full sslrootcert=/r.pem", s.next.Root)
		c.Match.Usernames = users
		return c
	}
	in := s.input(client("billing", "billing"), client("monthly", "monthly"), client("nobody"))
	on := true
	in.Observations = []readiness.Observation{
		{Source: "sslready_connection_log", From: at.Add(-71*time.Hour - 40*time.Minute), To: at, Complete: true, Sessions: []readiness.Session{
			{Username: "billing", SSL: &on, First: at.Add(-70 * time.Hour), Last: at.Add(-60 * time.Hour)},
		}},
		{Source: "sslready_clients", From: at, To: at.Add(time.Second), Sessions: []readiness.Session{{Username: "billing", SSL: &on}}},
	}
	report := readiness.Evaluate(in)
	want := map[string]readiness.Seen{"billing": {Observed: true, First: at.Add(-70 * time.Hour), Last: at.Add(time.Second)}, "monthly": {}}
	if diff := cmp.Diff(want, report.Coverage.Seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var never []readiness.Finding
	for _, f := range report.Findings {
		if f.Code == "client_never_seen" {
			never = append(never, f)
		}
	}
	if diff := cmp.Diff([]readiness.Finding{{
		Severity: readiness.Info, Code: "client_never_seen", Client: "monthly",
		Detail: "No observed session matches this client. Observed by: sslready_connection_log (3 days), sslready_clients (less than 2 minutes, incomplete). Either the client was not connected then, or its \"match\" is wrong.",
	}}, never); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	in.Observations = nil
	if report := readiness.Evaluate(in); report.Coverage.Seen != nil {
		t.Errorf("nobody looked, and it says %v", report.Coverage.Seen)
	}
}
