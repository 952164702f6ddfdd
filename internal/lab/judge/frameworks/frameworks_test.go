package frameworks_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/framework"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/frameworks"
)

func judges(t *testing.T) []frameworks.Judge {
	t.Helper()
	all, err := frameworks.Judges(".")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func cases(t *testing.T, j frameworks.Judge) []frameworks.Case {
	t.Helper()
	all, err := frameworks.Cases(".", j.Framework)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// compare asserts what a framework did, and counts what is not decided.
func compare(t *testing.T, j frameworks.Judge, all []frameworks.Case, answers []frameworks.Answer) {
	t.Helper()
	differences, undecided, err := j.Compare(all, answers)
	if err != nil {
		t.Fatal(err)
	}
	for _, difference := range differences {
		t.Errorf("%s, %s", j.Name, difference)
	}
	if undecided*10 > len(all) {
		t.Errorf("%s: %d of %d cases are not decided", j.Name, undecided, len(all))
	}
}

// TestReplay compares the predictions with what the frameworks did when they
// were last run.
func TestReplay(t *testing.T) {
	t.Parallel()
	replayed, proved := 0, map[string]bool{}
	for _, j := range judges(t) {
		all, answers := cases(t, j), recorded(t, j)
		if len(all) < 30 || len(answers) != len(all) {
			t.Errorf("%s: %d cases and %d recorded answers, at least 30 each", j.Name, len(all), len(answers))
			continue
		}
		compare(t, j, all, answers)
		replayed, proved[j.Framework] = replayed+len(answers), true
	}
	if len(proved) < 12 || replayed < 12*30 {
		t.Errorf("%d frameworks in %d cases were replayed", len(proved), replayed)
	}
	for _, f := range framework.All() {
		if proved[f.Name] != (f.Judge != "") {
			t.Errorf("%s: judged %v, and the registry says %q", f.Name, proved[f.Name], f.Judge)
		}
	}
}

func recorded(t *testing.T, j frameworks.Judge) (answers []frameworks.Answer) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "recorded", j.Name+".jsonl"))
	if err != nil {
		t.Error(err)
		return nil
	}
	defer file.Close() //nolint:errcheck // It was only read.
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var a frameworks.Answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	return answers
}

// smokeCases is how many configurations each framework gets in a smoke.
const smokeCases = 6

// TestSmoke runs the frameworks that are installed on a few cases each.
func TestSmoke(t *testing.T) {
	t.Parallel()
	cache, err := judge.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	started := map[string]bool{}
	for _, j := range judges(t) {
		if started[j.Framework] {
			continue // One version is enough here.
		}
		if lacks := j.Missing(t.Context(), cache); len(lacks) > 0 {
			judge.Missing(t, j.Name, lacks[0])
			continue
		}
		started[j.Framework] = true
		all := cases(t, j)[:smokeCases]
		answers, err := j.Ask(t.Context(), ".", cache, t.TempDir(), all)
		if err != nil {
			t.Error(err)
			continue
		}
		compare(t, j, all, answers)
	}
}

// TestVerdictNotices spoils an answer in every way.
func TestVerdictNotices(t *testing.T) {
	t.Parallel()
	settings := map[string]any{"adapter": "postgresql", "host": "h", "sslmode": "require"}
	predicted, err := framework.Resolve("rails", settings, framework.Options{Version: "6.1"})
	if err != nil {
		t.Fatal(err)
	}
	right := frameworks.Answer{Driver: "ruby-pg", Properties: map[string]string{"host": "h", "sslmode": "require"}}
	if got := frameworks.Verdict(predicted, right); got != "" {
		t.Errorf("the right answer: %s", got)
	}
	for name, wrong := range map[string]frameworks.Answer{
		"driver":     {Driver: "pgx", Properties: right.Properties},
		"value":      {Driver: "ruby-pg", Properties: map[string]string{"host": "h", "sslmode": "prefer"}},
		"dropped":    {Driver: "ruby-pg", Properties: map[string]string{"host": "h"}},
		"more":       {Driver: "ruby-pg", Properties: map[string]string{"host": "h", "sslmode": "require", "sslca": "x"}},
		"connection": {Driver: "ruby-pg", Connection: "host=h", Properties: right.Properties},
		"error":      {Error: "does not start"},
	} {
		if frameworks.Verdict(predicted, wrong) == "" {
			t.Errorf("a wrong %s is not noticed", name)
		}
	}
}
