package main

import (
	"os"
	"strings"
	"testing"
)

// TestTheGuideIsUpToDate: who reads a code in a plan finds it in the guide.
func TestTheGuideIsUpToDate(t *testing.T) {
	t.Parallel()
	template, err := os.ReadFile("../../../../templates/guides/verdicts.md")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../../../docs/guides/verdicts.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := filled(string(template))
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(want) != strings.TrimSpace(string(guide)) {
		t.Error("docs/guides/verdicts.md is not what the template and the lists of codes make: run make generate")
	}
	if strings.Contains(want, "<!-- table") {
		t.Error("a marker has no table")
	}
}
