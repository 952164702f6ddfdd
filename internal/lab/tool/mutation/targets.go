package mutation

import (
	_ "embed" // the reviewed survivors
	"path/filepath"
	"slices"
	"strings"
)

// Target is a package whose rules are spoiled, and what has to notice.
type Target struct {
	// Dir is the package's folder from the module's root, and Tests the folders
	// of the unit tests.
	Dir   string
	Tests []string
	// Replay: the recorded cases come by the package.
	Replay bool
	// Skip is a regular expression of tests that start other programs.
	Skip string
	// Quick leaves out tests that take more than a second, and most recorded
	// cases: what survives then may be noticed by the rest.
	Quick bool
}

// Targets returns all packages that are spoiled. A family of drivers is tested
// in its own folder and in that of all drivers.
//
// The error is that of a folder that cannot be read.
func Targets(root string) ([]Target, error) {
	targets := []Target{
		{Dir: "internal/conninfo", Replay: true, Skip: "AgreesWithLibpq"},
		{Dir: "internal/truststore", Replay: true},
		{Dir: "internal/rdsca", Tests: []string{"internal/readiness"}},
		{Dir: "internal/certpath", Replay: true},
		{Dir: "internal/driver", Replay: true},
		{Dir: "internal/policy", Replay: true, Tests: []string{"internal/driver"}},
		{Dir: "internal/readiness", Replay: true},
		{Dir: "internal/gate"},
	}
	families, err := filepath.Glob(filepath.Join(root, "internal", "driver", "*"))
	if err != nil {
		return nil, err //nolint:wrapcheck // a constant pattern
	}
	for _, family := range families {
		if sources, err := filepath.Glob(filepath.Join(family, "*.go")); err != nil || len(sources) == 0 {
			continue
		}
		targets = append(targets, Target{
			Dir: "internal/driver/" + filepath.Base(family), Tests: []string{"internal/driver"}, Replay: true,
		})
	}
	for i, t := range targets {
		if tests, err := filepath.Glob(filepath.Join(root, t.Dir, "*_test.go")); err == nil && len(tests) > 0 {
			targets[i].Tests = slices.Insert(t.Tests, 0, t.Dir)
		}
	}
	return targets, nil
}

//go:embed survivors.tsv
var reviewed string

// Reviewed returns why a mutant may survive, by its package's folder, a space
// and its name: each was looked at, and changes nothing that can be seen.
func Reviewed() map[string]string {
	why := map[string]string{}
	for line := range strings.Lines(reviewed) {
		if name, reason, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			why[name] = reason
		}
	}
	return why
}
