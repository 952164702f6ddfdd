package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

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
		return "any client: you declare what it does"
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
	return "run with " + strings.Join(d.Proof, ", ")
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
			"<!-- table: drivers -->": table(driver.All(), column[driver.Driver]{"driver", name}, column[driver.Driver]{"releases that the rules cover", covers}, column[driver.Driver]{"how tested", proof}, column[driver.Driver]{"documentation", ownPage}),
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
