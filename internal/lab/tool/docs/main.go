// Command docs writes the reference documentation: it builds the provider,
// asks Terraform or OpenTofu for its schema, and gives that to tfplugindocs
// with the prose of templates and the configurations of examples. The tables of
// codes and drivers it makes from the domain's lists. It then validates what came out.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

func main() {
	tool := flag.String("tfplugindocs", "tfplugindocs", "path of tfplugindocs")
	flag.Parse()
	command.Main("docs", func(ctx context.Context, dir string) error { return generate(ctx, dir, *tool) })
}

const configuration = `terraform {
  required_providers {
    sslready = { source = "registry.terraform.io/sslready/sslready" }
  }
}
`

func generate(ctx context.Context, dir, tool string) error {
	plugins := filepath.Join(dir, "plugins")
	if err := tfcli.BuildProviders(ctx, plugins, tfcli.SSLReady); err != nil {
		return err
	}
	workspace, err := tfcli.NewWorkspace(ctx, dir, plugins, []byte(configuration))
	if err != nil {
		return err
	}
	output, _, err := command.Measure(workspace.Command(ctx, "providers", "schema", "-json"))
	if err != nil {
		return err
	}
	schemaFile := filepath.Join(dir, "schema.json")
	// The object starts after what development overrides warn of; tfplugindocs
	// looks for the provider among HashiCorp's.
	document := string(output[max(0, bytes.IndexByte(output, '{')):])
	document = strings.Replace(document, "registry.terraform.io/sslready/sslready", "registry.terraform.io/hashicorp/sslready", 1)
	if err := os.WriteFile(schemaFile, []byte(document), 0o600); err != nil {
		return err
	}
	for _, arguments := range [][]string{
		{"generate", "--provider-name", "sslready", "--rendered-provider-name", "sslready", "--providers-schema", schemaFile},
		{"validate", "--provider-name", "sslready", "--providers-schema", schemaFile},
	} {
		if _, _, err := command.Measure(exec.CommandContext(ctx, tool, arguments...)); err != nil {
			return fmt.Errorf("%s: %w", arguments[0], err)
		}
		if arguments[0] == "generate" {
			if err := errors.Join(fill("docs"), groupArguments("docs")); err != nil {
				return err
			}
		}
	}
	return nil
}

// column is a column of a table of a guide.
type column[T any] struct {
	title string
	of    func(T) string
}

func code(m readiness.Meaning) string     { return "`" + m.Code + "`" }
func meaning(m readiness.Meaning) string  { return m.Meaning }
func lookAt(m readiness.Meaning) string   { return m.LookAt }
func severity(m readiness.Meaning) string { return m.Severity }

func name(d driver.Driver) string { return "`" + d.Name + "`" }

func ownPage(d driver.Driver) string {
	if d.Page == "" {
		return ""
	}
	_, site, _ := strings.Cut(d.Page, "://")
	site, _, _ = strings.Cut(site, "/")
	return "[" + site + "](" + d.Page + ")"
}

func covers(d driver.Driver) string {
	if d.Covers == nil {
		return "what its owner declares"
	}
	return d.Covers.Name + " " + d.Covers.Covered()
}

func proof(d driver.Driver) string {
	if d.Covers == nil {
		return "—"
	}
	if slices.Contains(d.Proof, driver.FromSource) {
		return driver.FromSource
	}
	return "run in " + strings.Join(d.Proof, ", ")
}

// tables are what the markers of each guide's template stand for.
func tables() map[string]map[string]string {
	type words = column[readiness.Meaning]
	var problems []readiness.Meaning
	for _, p := range truststore.ProblemMeanings() {
		problems = append(problems, readiness.Meaning{Code: p.Code, Meaning: p.Meaning})
	}
	return map[string]map[string]string{
		"verdicts.md": {
			"<!-- table: outcomes -->": table(readiness.OutcomeMeanings(), words{"outcome", code}, words{"meaning", meaning}, words{"blocks the switch", severity}),
			"<!-- table: reasons -->":  table(readiness.ReasonMeanings(), words{"reason", code}, words{"meaning", meaning}, words{"where to start", lookAt}),
			"<!-- table: findings -->": table(readiness.FindingMeanings(), words{"code", code}, words{"severity", severity}, words{"meaning", meaning}),
			"<!-- table: problems -->": table(problems, words{"code", code}, words{"meaning", meaning}),
		},
		"conformance.md": {
			"<!-- table: drivers -->": table(driver.All(), column[driver.Driver]{"driver", name}, column[driver.Driver]{"releases that the rules cover", covers}, column[driver.Driver]{"proof", proof}, column[driver.Driver]{"its own page", ownPage}),
		},
	}
}

func table[T any](rows []T, columns ...column[T]) string {
	var b strings.Builder
	line := func(cell func(column[T]) string) {
		b.WriteByte('|')
		for _, c := range columns {
			b.WriteByte(' ')
			if text := cell(c); text != "" {
				b.WriteString(text + " ")
			}
			b.WriteByte('|')
		}
		b.WriteByte('\n')
	}
	line(func(c column[T]) string { return c.title })
	line(func(column[T]) string { return "---" })
	for _, row := range rows {
		line(func(c column[T]) string { return c.of(row) })
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// fill puts the tables into the guides that tfplugindocs copied, and the names
// of the drivers into the file README.md beside their folder.
func fill(docs string) error {
	for guide := range tables() {
		if err := rewrite(filepath.Join(docs, "guides", guide), func(text string) (string, error) { return filled(guide, text) }); err != nil {
			return err
		}
	}
	return rewrite(filepath.Join(docs, "..", "README.md"), withDrivers)
}

func rewrite(path string, with func(string) (string, error)) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	text, err := with(string(content))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// filled replaces every marker of a guide, each of which has to be there once.
func filled(guide, text string) (string, error) {
	for marker, table := range tables()[guide] {
		if n := strings.Count(text, marker); n != 1 {
			return "", fmt.Errorf("the template has the marker %s %d times", marker, n)
		}
		text = strings.Replace(text, marker, table, 1)
	}
	return text, nil
}

// withDrivers writes the names of all drivers between their two markers.
func withDrivers(readme string) (string, error) {
	const begin, end = "<!-- drivers -->\n", "\n<!-- /drivers -->"
	before, rest, begun := strings.Cut(readme, begin)
	_, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return "", fmt.Errorf("there are no markers %q and %q", begin, end)
	}
	var names []string
	for _, d := range driver.All() {
		names = append(names, name(d))
	}
	return before + begin + strings.Join(names, ", ") + end + after, nil
}

// group are arguments or outputs that belong together.
type group struct {
	title string
	names []string
}

// section is a list of a page, which begins after these lines, one after the
// other.
type section struct {
	after  []string
	groups []group
}

// judgementPages are of what has too many arguments for one list.
var judgementPages = []string{"resources/trust_store_validation.md", "data-sources/readiness.md"}

func judgementSections() []section {
	return []section{
		{[]string{"### Optional\n"}, []group{
			{"The DB instance", []string{"db_instance_identifier", "region", "host", "current_ca_cert_identifier", "force_ssl", "server_tls"}},
			{"What blocks the switch", []string{"on_unready", "on_undeclared", "on_indeterminate", "waivers", "minimum_validity"}},
			{"Who was seen", []string{"observations"}},
			{"What the server presents, if you know more than RDS reports", []string{"canary_server_certificate_chain_pem", "server_certificate_chain_pem", "current_server_certificate_chain_pem"}},
			{"What is reported", []string{"details", "apply_immediately", "evaluation_time"}},
		}},
		{[]string{"### Read-Only\n"}, []group{
			{"The decision", []string{"ready", "ca_cert_identifier", "summary"}},
			{"The clients", []string{"verdicts", "findings", "report", "coverage", "drafts"}},
			{"The switch", []string{"rotation", "target_root_sha256", "evaluated_at"}},
		}},
		{[]string{"### Nested Schema for `clients`\n", "Optional:\n"}, []group{
			{"Settings", []string{"connection", "environment", "properties", "framework"}},
			{"Files", []string{"trust_store", "files"}},
			{"Versions", []string{"driver_version", "runtime_version"}},
			{"What is deployed", []string{"image", "archives", "platform", "command", "limits"}},
			{"How it connects, and which sessions are its own", []string{"via", "match"}},
		}},
	}
}

// groupArguments puts the long lists of the reference into groups.
func groupArguments(docs string) error {
	for _, page := range judgementPages {
		if err := rewrite(filepath.Join(docs, filepath.FromSlash(page)), func(text string) (string, error) {
			var err error
			for _, s := range judgementSections() {
				if text, err = s.grouped(text); err != nil {
					return "", err
				}
			}
			return text, nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// grouped is a page whose list is in groups. What the page does not have is left
// out, and what is in no group is an error.
func (s section) grouped(page string) (string, error) {
	at := 0
	for _, line := range s.after {
		found := strings.Index(page[at:], line)
		if found < 0 {
			return "", fmt.Errorf("the page has no %q", line)
		}
		at += found + len(line)
	}
	begin := strings.Index(page[at:], "\n- `")
	if begin < 0 {
		return "", fmt.Errorf("the page has no list after %q", s.after)
	}
	begin += at + 1
	end, items := begin, map[string]string{}
	for line := range strings.Lines(page[begin:]) {
		name, _, found := strings.Cut(strings.TrimPrefix(line, "- `"), "`")
		if !strings.HasPrefix(line, "- `") || !found {
			break
		}
		items[name], end = line, end+len(line)
	}
	var b strings.Builder
	for _, g := range s.groups {
		var list strings.Builder
		for _, name := range g.names {
			list.WriteString(items[name])
			delete(items, name)
		}
		if list.Len() > 0 {
			fmt.Fprintf(&b, "**%s**\n\n%s\n", g.title, list.String())
		}
	}
	for name := range items {
		return "", fmt.Errorf("%s is in no group of %q", name, s.after)
	}
	return page[:begin] + strings.TrimSuffix(b.String(), "\n") + page[end:], nil
}
