package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// column is a column of a table of the guide Verdicts.
type column struct {
	title string
	of    func(readiness.Meaning) string
}

func code(m readiness.Meaning) string     { return "`" + m.Code + "`" }
func meaning(m readiness.Meaning) string  { return m.Meaning }
func lookAt(m readiness.Meaning) string   { return m.LookAt }
func severity(m readiness.Meaning) string { return m.Severity }

// tables are what the markers of the guide's template stand for.
func tables() map[string]string {
	var problems []readiness.Meaning
	for _, p := range truststore.ProblemMeanings() {
		problems = append(problems, readiness.Meaning{Code: p.Code, Meaning: p.Meaning})
	}
	return map[string]string{
		"<!-- table: outcomes -->": table(readiness.OutcomeMeanings(), column{"outcome", code}, column{"meaning", meaning}, column{"blocks the switch", severity}),
		"<!-- table: reasons -->":  table(readiness.ReasonMeanings(), column{"reason", code}, column{"meaning", meaning}, column{"first thing to look at", lookAt}),
		"<!-- table: findings -->": table(readiness.FindingMeanings(), column{"code", code}, column{"severity", severity}, column{"meaning", meaning}),
		"<!-- table: problems -->": table(problems, column{"code", code}, column{"meaning", meaning}),
	}
}

func table(rows []readiness.Meaning, columns ...column) string {
	var b strings.Builder
	line := func(cell func(column) string) {
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
	line(func(c column) string { return c.title })
	line(func(column) string { return "---" })
	for _, row := range rows {
		line(func(c column) string { return c.of(row) })
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// fillGuide puts the tables into the guide that tfplugindocs copied.
func fillGuide(docs string) error {
	path := filepath.Join(docs, "guides", "verdicts.md")
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the guide: %w", err)
	}
	guide, err := filled(string(content))
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(guide), 0o644)
}

// filled replaces every marker, each of which has to be there once.
func filled(guide string) (string, error) {
	for marker, text := range tables() {
		if n := strings.Count(guide, marker); n != 1 {
			return "", fmt.Errorf("the template of the guide has the marker %s %d times", marker, n)
		}
		guide = strings.Replace(guide, marker, text, 1)
	}
	return guide, nil
}
