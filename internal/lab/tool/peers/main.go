// Command peers plants problems in a fleet on loopback, asks the provider, and
// other tools that people use, what they find, and writes the table of the guide
// "Compared with other tools".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

func main() {
	guide := flag.String("guide", "templates/guides/peers.md", "the guide whose table is written; empty writes none")
	flag.Parse()
	command.Main("peers", func(ctx context.Context, dir string) error { return run(ctx, dir, *guide) })
}

func run(ctx context.Context, dir, guide string) (err error) {
	fleet, err := StartFleet(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fleet.Stop()) }()
	table, err := Compare(ctx, fleet)
	fmt.Println(table)
	if err != nil || guide == "" {
		return err
	}
	content, err := os.ReadFile(guide) //nolint:gosec // Named by who runs it.
	if err != nil {
		return err
	}
	text, err := WithTable(string(content), table)
	if err != nil {
		return fmt.Errorf("%s: %w", guide, err)
	}
	return os.WriteFile(guide, []byte(text), 0o644) //nolint:gosec // A page of the docs.
}

// tool is a column of the table.
type tool struct {
	title string
	ask   func(context.Context) (Complaints, error)
	said  Complaints
}

// found is what the tool says of a problem and does not say of what is right.
func (t tool) found(p Problem) []string {
	var all, ofRight []string
	for _, name := range controls() {
		ofRight = append(ofRight, t.said[name]...)
	}
	for _, name := range append([]string{p.Name}, p.instances()...) {
		for _, what := range t.said[name] {
			if !slices.Contains(ofRight, what) && !slices.Contains(all, what) {
				all = append(all, what)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Missed are the problems that the provider does not find.
func Missed(said Complaints) []string {
	var missed []string
	for _, p := range Problems() {
		if !slices.Contains((tool{said: said}).found(p), p.Code) {
			missed = append(missed, fmt.Sprintf("%s: the provider says %q, want %q", p.Name, said[p.Name], p.Code))
		}
	}
	return missed
}

// Compare asks everybody, and returns the table in Markdown. A problem that the
// provider does not find is an error.
func Compare(ctx context.Context, f *Fleet) (string, error) {
	ours, err := f.Provider(ctx)
	if err != nil {
		return "", err
	}
	others := []tool{{title: "shell script", ask: f.Shell}, {title: "prowler", ask: f.Prowler}, {title: "checkov", ask: f.Checkov}}
	for i := range others {
		if others[i].said, err = others[i].ask(ctx); err != nil {
			return "", err
		}
		if len(others[i].said[Control]) == 0 && others[i].title != "shell script" {
			return "", fmt.Errorf("%s says nothing at all of %s: it has not looked", others[i].title, Control)
		}
	}
	var b strings.Builder
	b.WriteString("| planted problem | where it shows | this provider |")
	for _, t := range others {
		b.WriteString(strings.TrimRight(" "+t.title+" "+release(t.title), " ") + " |")
	}
	b.WriteString(" hashicorp/aws, from source |\n|" + strings.Repeat(" --- |", 4+len(others)) + "\n")
	count, inAWS := make([]int, len(others)), 0
	for _, p := range Problems() {
		fmt.Fprintf(&b, "| %s | %s | `%s` |", p.Wrong, p.Carrier, p.Code)
		for i, t := range others {
			found := t.found(p)
			b.WriteString(cell(found))
			if len(found) > 0 {
				count[i]++
			}
		}
		if p.AWS != "" {
			inAWS++
		}
		b.WriteString(strings.TrimRight(" "+p.AWS, " ") + " |\n")
	}
	missed := Missed(ours)
	fmt.Fprintf(&b, "| **of %d** | | **%d** |", len(Problems()), len(Problems())-len(missed))
	for _, n := range count {
		fmt.Fprintf(&b, " **%d** |", n)
	}
	fmt.Fprintf(&b, " **%d** |\n", inAWS)
	if len(missed) > 0 {
		return b.String(), errors.New(strings.Join(missed, "\n"))
	}
	return b.String(), nil
}

func cell(found []string) string {
	if len(found) == 0 {
		return " |"
	}
	return " " + strings.Join(found, "; ") + " |"
}

// WithTable writes the table between the two markers of a guide.
func WithTable(guide, table string) (string, error) {
	const begin, end = "<!-- peers -->\n", "<!-- /peers -->"
	before, rest, begun := strings.Cut(guide, begin)
	_, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return "", fmt.Errorf("there are no markers %q and %q", begin, end)
	}
	return before + begin + table + end + after, nil
}

func (p Problem) target() string {
	if p.Target != "" {
		return p.Target
	}
	return targetCA
}

// instances are the DB instances of a problem of RDS.
func (p Problem) instances() []string {
	switch {
	case p.Name == "mixed-cas":
		return []string{"mixed-cas-1", "mixed-cas-2"}
	case p.Carrier == "RDS", p.Name == Control, p.Name == "refused-since-switch":
		return []string{p.Name}
	}
	return nil
}

// asPeopleWriteIt is the fleet as Terraform configurations have it: DB instances
// with their parameter groups, and clients as task definitions.
func asPeopleWriteIt() string {
	var b strings.Builder
	for _, p := range append(Problems(), Healthy()) {
		if len(p.instances()) > 0 {
			server(&b, p)
		}
		if p.Setting != "" {
			fmt.Fprintf(&b, `
resource "aws_ecs_task_definition" %[1]q {
  family = %[1]q
  container_definitions = jsonencode([{
    name        = %[1]q
    image       = "registry.example.com/%[1]s:1.0.0"
    environment = [{ name = "DATABASE_URL", value = %[2]q }]
  }])
}
`, p.Name, p.Setting)
		}
	}
	return b.String()
}

// server writes a DB instance. What waits or has failed is in no configuration.
func server(b *strings.Builder, p Problem) {
	forceSSL, version, more := "1", engineVersion, ""
	switch p.Name {
	case "force-ssl-off":
		forceSSL = "0"
	case "switch-restarts":
		version = "12.9"
	case "target-not-offered":
		version = "11.22"
	case "rsa-suites-only":
		more = "\n  parameter {\n    name  = \"ssl_max_protocol_version\"\n    value = \"TLSv1.2\"\n  }\n" +
			"  parameter {\n    name  = \"ssl_ciphers\"\n    value = \"ECDHE-RSA-AES256-GCM-SHA384\"\n  }\n"
	}
	fmt.Fprintf(b, `
resource "aws_db_parameter_group" %[1]q {
  name   = %[1]q
  family = "postgres15"
  parameter {
    name  = "rds.force_ssl"
    value = %[2]q
  }%[3]s
}

resource "aws_db_instance" %[1]q {
  identifier           = %[1]q
  engine               = "postgres"
  engine_version       = %[4]q
  instance_class       = "db.t4g.medium"
  allocated_storage    = 20
  parameter_group_name = aws_db_parameter_group.%[1]s.name
  ca_cert_identifier   = %[5]q
}
`, p.Name, forceSSL, more, version, p.target())
}
