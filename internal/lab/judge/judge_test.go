package judge_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// It sets the environment, so it is not parallel.
func TestMissingJudgesAreReported(t *testing.T) {
	file := filepath.Join(t.TempDir(), "missing")
	t.Setenv(judge.ReportVariable, file)
	t.Setenv("CI", "") // There it fails the test, as it should.
	judge.Missing(t, "one", "nothing was asked")
	judge.Missing(t, "two", "nothing was asked")
	report, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(report)), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "one: nothing was asked") || !strings.Contains(lines[1], t.Name()) {
		t.Errorf("report: %q", report)
	}
}
