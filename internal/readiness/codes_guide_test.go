package readiness_test

import (
	"os"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestTheGuideHasEveryMeaning: the guide is generated from the lists, so a row
// that it lacks was changed without it.
func TestTheGuideHasEveryMeaning(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/guides/verdicts.md")
	if err != nil {
		t.Fatal(err)
	}
	for kind, list := range map[string]struct {
		meanings []readiness.Meaning
		cells    func(readiness.Meaning) []string
	}{
		"outcome": {readiness.OutcomeMeanings(), func(m readiness.Meaning) []string { return []string{m.Meaning, m.Severity} }},
		"reason":  {readiness.ReasonMeanings(), func(m readiness.Meaning) []string { return []string{m.Meaning, m.LookAt} }},
		"finding": {readiness.FindingMeanings(), func(m readiness.Meaning) []string { return []string{m.Severity, m.Meaning} }},
	} {
		for _, m := range list.meanings {
			row := "\n| " + strings.Join(append([]string{"`" + m.Code + "`"}, list.cells(m)...), " | ") + " |\n"
			if row = strings.ReplaceAll(row, "|  |", "| |"); !strings.Contains(string(guide), row) {
				t.Errorf("the guide lacks the row of the %s %s:%s", kind, m.Code, row)
			}
		}
	}
}
