package conformance_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/conformance"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/oracle"
)

const settingsDir = "testdata/settings"

func TestEveryRecordedCaseIsPredictedAsItWasSeen(t *testing.T) {
	t.Parallel()

	world, err := conformance.NewWorld(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	runs, err := conformance.Replay(world, "testdata/observed", settingsDir)
	if err != nil {
		t.Fatal(err)
	}
	report := conformance.NewReport(runs, nil)
	cases, agreed, drivers := report.Totals()
	t.Logf("%d of %d recorded cases agree, %d clients, %d drivers", agreed, cases, len(runs), drivers)
	for _, run := range runs {
		fail(t, run)
	}
}

// fail reports the first few wrong predictions of a run.
func fail(t *testing.T, run conformance.Run) {
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

	clients, err := oracle.Discover("../oracle/runners")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := oracle.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	present := installed(t, clients, cache)
	dir := sharedDir(t)
	world, err := conformance.NewWorld(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := conformance.StartCluster(t.Context(), world, filepath.Join(dir, "servers"), conformance.ServerKinds())
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Stop()
	bench, err := conformance.NewBench(world, cluster, settingsDir, cache, filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	bench.PerClient = smokeCases
	cases := 0
	bench.All(t.Context(), present, 3, func(c oracle.Client, run conformance.Run, err error, _ time.Duration) {
		if err != nil {
			t.Errorf("%s: %v", c.Name(), err)
			return
		}
		cases += len(run.Comparisons)
		fail(t, run)
	})
	t.Logf("%d cases, %d of %d clients", cases, len(present), len(clients))
}

// installed leaves missing clients out, but not in silence, and in CI not at
// all.
func installed(t *testing.T, clients []oracle.Client, cache string) []oracle.Client {
	t.Helper()
	var present []oracle.Client
	for _, c := range clients {
		missing := c.Missing(context.WithoutCancel(t.Context()), cache)
		switch {
		case len(missing) == 0:
			present = append(present, c)
		case oracle.InCI():
			t.Errorf("%s is not installed: %v", c.Name(), missing)
		default:
			judge.Missing(t, c.Name(), fmt.Sprintf("it lacks %v", missing))
		}
	}
	return present
}

// sharedDir is a folder that the servers' user may enter.
func sharedDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sslready-conformance-") //nolint:usetesting // the folders of t.TempDir are closed to the servers' user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
