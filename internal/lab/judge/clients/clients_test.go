package clients_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients"
)

const settingsDir = "testdata/settings"

func TestEveryRecordedCaseIsPredictedAsItWasSeen(t *testing.T) {
	t.Parallel()

	world, err := clients.NewWorld(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	runs, err := clients.Replay(world, "testdata/observed", settingsDir)
	if err != nil {
		t.Fatal(err)
	}
	report := clients.NewReport(runs, nil)
	cases, agreed, drivers := report.Totals()
	t.Logf("%d of %d recorded cases agree, %d clients, %d drivers", agreed, cases, len(runs), drivers)
	known := textDifferences(t)
	var differ []string
	for _, run := range runs {
		fail(t, run)
		for _, c := range run.Comparisons {
			if c.TextAgreed() {
				continue
			}
			name := run.Client + "\t" + c.Case.ID()
			differ = append(differ, name)
			if !known[name] {
				t.Errorf("%s: the text is another one: %s", run.Client, c)
			}
			delete(known, name)
		}
	}
	if *update {
		slices.Sort(differ)
		content, err := report.JSON()
		if err == nil {
			err = os.WriteFile("testdata/report.json", content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(textDifferencesFile, []byte(strings.Join(differ, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Log("\n" + report.Markdown())
		return
	}
	for name := range known {
		t.Errorf("%s: the text is right now: take it off %s, or run with -update", name, textDifferencesFile)
	}
}

var update = flag.Bool("update", false, "write the list of error texts that differ")

// textDifferencesFile lists the cases of which the predicted error text is known
// not to be the client's: the name of the client, a tab, the case's ID. It may
// only get shorter.
const textDifferencesFile = "testdata/text_differences.tsv"

func textDifferences(t *testing.T) map[string]bool {
	t.Helper()
	content, err := os.ReadFile(textDifferencesFile)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(content)) {
		known[strings.TrimSuffix(line, "\n")] = true
	}
	return known
}

// fail reports the first few wrong predictions of a run.
func fail(t *testing.T, run clients.Run) {
	t.Helper()
	wrong := run.Disagreements()
	for _, c := range wrong[:min(len(wrong), 5)] {
		t.Errorf("%s: %s", run.Client, c)
	}
	if more := len(wrong) - 5; more > 0 {
		t.Errorf("%s: and %d more", run.Client, more)
	}
}

// smokeCases is how many cases of each client the tests judge: fewer than the
// command's full run, on another sample of them.
const smokeCases = 24

func TestRealClientsDoWhatIsPredicted(t *testing.T) {
	t.Parallel()

	all, err := clients.Discover("runners")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := judge.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(c clients.Client) bool { return c.Full })
	present, missing := clients.Present(context.WithoutCancel(t.Context()), all, cache, false, t.Output())
	for name, lacks := range missing {
		judge.Missing(t, name, fmt.Sprintf("it lacks %v", lacks))
	}
	bench, err := clients.NewBench(t.Context(), settingsDir, cache)
	if err != nil {
		t.Fatal(err)
	}
	defer bench.Close()
	bench.PerClient = smokeCases
	cases := 0
	bench.All(t.Context(), present, 3, func(c clients.Client, run clients.Run, err error, _ time.Duration) {
		if err != nil {
			t.Errorf("%s: %v", c.Name(), err)
			return
		}
		cases += len(run.Comparisons)
		fail(t, run)
	})
	t.Logf("%d cases, %d of %d clients", cases, len(present), len(all))
}

func TestRecordsThatAreLostAreNoticed(t *testing.T) {
	t.Parallel()

	const empty = `{"driver": "pgx", "settings": "pgx", "cases": {}, "failures": []}`
	for name, files := range map[string]map[string]string{
		"a judge without cases":       {"index.json": `{"pgx-5.12.0": 450}`, "pgx-5.12.0.json": empty},
		"a judge that is gone":        {"index.json": `{"pgx-5.12.0": 0, "pgx-5.10.0": 0}`, "pgx-5.12.0.json": empty},
		"a judge that is not listed":  {"index.json": `{"pgx-5.12.0": 0}`, "pgx-5.12.0.json": empty, "pgx-5.10.0.json": empty},
		"an empty index":              {"index.json": `{}`},
		"an index that is unreadable": {"index.json": `[]`},
	} {
		dir := t.TempDir()
		for file, content := range files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := clients.Recall(dir, settingsDir); !errors.Is(err, clients.ErrRecords) {
			t.Errorf("%s: error = %v, want ErrRecords", name, err)
		}
	}
}

func TestEveryClientIsRecorded(t *testing.T) {
	t.Parallel()

	all, err := clients.Discover("runners")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("testdata/observed/index.json")
	if err != nil {
		t.Fatal(err)
	}
	var index map[string]int
	if err := json.Unmarshal(content, &index); err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if index[c.Name()] == 0 {
			t.Errorf("%s has a recipe and no recorded case: record it with make conformance TESTARGS='-driver %s -record'", c.Name(), c.Name())
		}
	}
}
