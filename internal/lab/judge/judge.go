// Package judge holds what all judges have in common: a program is started
// and asked, and one that is missing is counted.
//
// A judge is a real program that says who is right: clients of PostgreSQL
// (package clients), validators of certification paths (package paths) and
// readers of trust stores (package stores).
package judge

import (
	"fmt"
	"os"
	"testing"
)

// ReportVariable names the environment variable with the file to which
// missing judges are added, one a line. `make test` sets it, and prints and
// counts them in the end. Without it they are in the test's own log only.
const ReportVariable = "SSLREADY_MISSING_JUDGES"

// InCI reports whether a missing judge is a failure: in CI, where the
// environment variable CI is "true", nothing is left out.
func InCI() bool { return os.Getenv("CI") == "true" }

// Missing reports that a test goes on without a judge, and what was not judged
// therefore. In CI the test fails.
//
// go test shows nothing of what a passing test logs, and a test that asked
// nobody would look like one that did: hence the report.
func Missing(tb testing.TB, judge, consequence string) {
	tb.Helper()
	line := fmt.Sprintf("MISSING JUDGE: %s: %s (%s)", judge, consequence, tb.Name())
	if InCI() {
		tb.Error(line)
	} else {
		tb.Log(line)
	}
	name := os.Getenv(ReportVariable)
	if name == "" {
		return
	}
	// Test programs run at the same time: one write in append mode is whole.
	report, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		tb.Fatalf("report of missing judges: %v", err)
	}
	if _, err := report.WriteString(line + "\n"); err != nil {
		tb.Errorf("report of missing judges: %v", err)
	}
	if err := report.Close(); err != nil {
		tb.Errorf("report of missing judges: %v", err)
	}
}
