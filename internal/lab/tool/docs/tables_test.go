package main

import (
	"os"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestTheGuidesAreUpToDate: who reads a code in a plan finds it in the guide, and
// who has a driver finds what proves its rules.
func TestTheGuidesAreUpToDate(t *testing.T) {
	t.Parallel()
	for guide := range tables() {
		want, err := filled(guide, read(t, "templates/guides/"+guide))
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(want) != strings.TrimSpace(read(t, "docs/guides/"+guide)) {
			t.Errorf("docs/guides/%s is not what the template and the lists make: run make generate", guide)
		}
		if strings.Contains(want, "<!-- table") {
			t.Errorf("a marker of %s has no table", guide)
		}
	}
}

// TestTroubleshootingHasEveryCode: who reads a code in a plan finds out what to
// do about it.
func TestTroubleshootingHasEveryCode(t *testing.T) {
	t.Parallel()
	guide := read(t, "templates/guides/troubleshooting.md")
	for _, m := range append(readiness.ReasonMeanings(), readiness.FindingMeanings()...) {
		if m.Code != string(certpath.Accepted) && !strings.Contains(guide, "`"+m.Code+"`") {
			t.Errorf("templates/guides/troubleshooting.md does not say what to do about %s", m.Code)
		}
	}
}

func TestTheReadmeNamesEveryDriver(t *testing.T) {
	t.Parallel()
	readme := read(t, "README.md")
	want, err := withDrivers(readme)
	if err != nil {
		t.Fatal(err)
	}
	if want != readme {
		t.Error("README.md does not name the drivers of the registry: run make generate")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile("../../../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
