package layering_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAReleaseIsMadeOfWhatIsPinned: actions by commit, containers by digest,
// programs by version; tests and a protected environment come before, and
// archives, their lists of parts and their provenance are what comes out.
func TestAReleaseIsMadeOfWhatIsPinned(t *testing.T) {
	t.Parallel()
	workflows, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(workflows) < 2 {
		t.Fatalf("%d workflows, %v", len(workflows), err)
	}
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses: (\S+)`)
	container := regexp.MustCompile(`(?m)^\s*(?:container|image): (\S+)`)
	pinned := map[*regexp.Regexp]*regexp.Regexp{
		uses:      regexp.MustCompile(`^(?:\./|[\w./-]+@[0-9a-f]{40}$)`),
		container: regexp.MustCompile(`@sha256:[0-9a-f]{64}$`),
	}
	seen := 0
	for _, name := range workflows {
		for what, form := range pinned {
			for _, found := range what.FindAllStringSubmatch(read(t, name), -1) {
				if seen++; !form.MatchString(found[1]) {
					t.Errorf("%s: %s is not pinned", filepath.Base(name), found[1])
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d actions and containers were looked at", seen)
	}
	for file, wanted := range map[string][]string{
		"../../.github/workflows/release.yml": {
			"uses: ./.github/workflows/test.yml", "needs: test", "environment: release", "id-token: write", "attestations: write", "subject-checksums:", "gh attestation verify",
		},
		"../../.github/workflows/test.yml": {"VULN_UNCHECKED: fail"},
		"../../.goreleaser.yml":            {"sboms:", "-trimpath", "CGO_ENABLED=0", "algorithm: sha256"},
		"../../go.mod":                     {"\ntoolchain go1."},
	} {
		for _, words := range wanted {
			if !strings.Contains(read(t, file), words) {
				t.Errorf("%s has no %q", filepath.Base(file), words)
			}
		}
	}
	if !regexp.MustCompile(`(?m)^\s*version: v\d+\.\d+\.\d+$`).MatchString(read(t, "../../.github/workflows/release.yml")) {
		t.Error("the version of goreleaser is not pinned")
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
