package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// codesIn are the codes that the sources of a package give names or write into
// findings, by the expressions below.
var codesIn = map[string]*regexp.Regexp{
	"../certpath":  regexp.MustCompile(`Reason += "([a-z0-9_]+)"`),
	"../driver":    regexp.MustCompile(`Reason[A-Z][A-Za-z]+ += "([a-z0-9_]+)"`),
	"../readiness": regexp.MustCompile(`(?:Reason += |Code: |note\([A-Z][a-z]+, |code, what :?= )"([a-z0-9_]+)"`),
	".":            regexp.MustCompile(`(?:code[A-Z][A-Za-z]+ +=|find\(readiness\.[A-Z][a-z]+,) "([a-z0-9_]+)"`),
}

// TestTheGuideExplainsEveryCode holds the guide to the sources: who reads a code
// in a plan finds it there.
func TestTheGuideExplainsEveryCode(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../templates/guides/verdicts.md")
	must(t, err)
	explained := func(code string) bool { return strings.Contains(string(guide), "`"+code+"`") }
	for _, outcome := range readiness.Outcomes() {
		if !explained(outcome) {
			t.Errorf("the outcome %s is not in the guide", outcome)
		}
	}
	for folder, written := range codesIn {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		must(t, err)
		found := 0
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			must(t, err)
			for _, match := range written.FindAllStringSubmatch(string(source), -1) {
				if found++; !explained(match[1]) {
					t.Errorf("%s: the code %s is not in the guide", file, match[1])
				}
			}
		}
		if found == 0 {
			t.Errorf("no code was found in %s", folder)
		}
	}
}
