package fuzzing_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// TestASlowCaseFails runs itself as a process that burns 3 s and more.
func TestASlowCaseFails(t *testing.T) {
	t.Parallel()
	if os.Getenv("SSLREADY_TEST_BURN") != "" {
		fuzzing.Limit(t)
		var usage syscall.Rusage
		for usage.Utime.Sec+usage.Stime.Sec < 4 {
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	burning := exec.CommandContext(t.Context(), self, "-test.run", "^TestASlowCaseFails$", "-test.count=1")
	burning.Env = append(os.Environ(), "SSLREADY_TEST_BURN=1")
	written, err := burning.CombinedOutput()
	if err == nil || !strings.Contains(string(written), "the case took") {
		t.Errorf("a slow case: %v\n%s", err, written)
	}
}

// TestEveryTargetHasALimit finds the targets by looking.
func TestEveryTargetHasALimit(t *testing.T) {
	t.Parallel()
	target := regexp.MustCompile(`f\.Fuzz\(func\(t \*testing\.T[^\n]*\{\n([^\n]*)`)
	found := 0
	err := filepath.WalkDir("../../..", func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		content, err := os.ReadFile(name)
		for _, first := range target.FindAllStringSubmatch(string(content), -1) {
			if found++; strings.TrimSpace(first[1]) != "fuzzing.Limit(t)" {
				t.Errorf("%s: a fuzz target does not begin with fuzzing.Limit(t)", name)
			}
		}
		return err
	})
	if err != nil || found < 26 {
		t.Errorf("%d fuzz targets, %v", found, err)
	}
}
