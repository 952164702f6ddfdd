package connlog_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

var record = flag.Bool("record", false, "keep what the servers logged in testdata/recorded")

const (
	rdsPrefix    = "%t:%r:%u@%d:[%p]:"
	auroraPrefix = "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a"
)

// prefixes are log_line_prefixes, the first of which gets recorded.
func prefixes(major int) []string {
	all := []string{rdsPrefix, "%m [%p] ", "%m [%p] %q%u@%d ", "<%n>%-8l%c %20u|%-20d|%h %i %e %s %v %x ", "%d %u %r %c %t: "}
	if major >= 13 {
		all = append(all, auroraPrefix, "%t %p %b %P %h %q%a ")
	}
	return all
}

// TestServersOfEveryVersion lets the same clients visit real servers and reads
// what these wrote. Servers that are not installed are left out, unless
// recording; make test-logs installs them all.
func TestServersOfEveryVersion(t *testing.T) { //nolint:paralleltest,tparallel // One server at a time: each starts many processes.
	if os.Getenv("SSLREADY_ALL_PREFIXES") == "" {
		t.Skip("starts every server with every prefix: make test-logs; what they wrote is replayed by TestRecordedLogs")
	}
	ran := 0
	for _, major := range pgserver.EmbeddedMajors() { //nolint:paralleltest // See above.
		installation, err := pgserver.Find(t.Context(), fmt.Sprint(major))
		if err != nil {
			installation, err = pgserver.InstallEmbedded(t.Context(), pgserver.EmbeddedVersions()[major], "")
		}
		if err != nil {
			t.Logf("PostgreSQL %d is not here: %v", major, err)
			continue
		}
		ran++
		for i, prefix := range prefixes(major) {
			t.Run(fmt.Sprintf("%d %s", major, prefix), func(t *testing.T) {
				measure(t, installation, prefix, i == 0 && *record)
			})
		}
	}
	if ran == 0 {
		t.Skip("no PostgreSQL server is installed")
	}
}

func measure(t *testing.T, installation pgserver.Installation, prefix string, keep bool) {
	t.Helper()
	o := options(prefix)
	o.Installation = installation
	chain, err := pki.NewRegion("lab-local-1", pki.Today()).Chain(pki.CARSA2048, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o.Chain = chain
	o.Settings["log_destination"] = "stderr,csvlog"
	if installation.Major >= 15 {
		o.Settings["log_destination"] += ",jsonlog"
	}
	s, err := pgserver.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop() //nolint:errcheck // The test's own server.
	visitors, want := plan(installation.Major)
	for _, v := range append(visitors, forgers()...) {
		if v.visit(t, s) != v.comes {
			t.Errorf("%q: a session: %t", v.startup, !v.comes)
		}
	}
	if err := s.Exec(t.Context(), "SELECT pg_sleep(0.3)"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(s.SocketDir(), "data", "log", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d log files, %v", len(files), err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Ext(file), func(t *testing.T) {
			got := parse(t, prefix, file, content)
			want.knownBy(prefix, file).compare(t, got, file)
			// With other prefixes, the last to leave may stand beside the first that forges.
			if times := got.Unfinished[connlog.Unfinished{Address: pgserver.Host}]; keep && (times == nil || times.Count < 1) {
				t.Errorf("unfinished: %v", got.Unfinished)
			}
		})
		if keep {
			must(t, os.MkdirAll("testdata/recorded", 0o750))
			must(t, os.WriteFile(fmt.Sprintf("testdata/recorded/%d%s", installation.Major, filepath.Ext(file)), content, 0o600))
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func parse(t testing.TB, prefix, name string, contents ...[]byte) connlog.Report {
	t.Helper()
	p, err := connlog.ParsePrefix(prefix)
	must(t, err)
	log := connlog.New(connlog.Options{Prefix: p})
	for _, content := range contents {
		file := log.File(name)
		_, err = file.Write(content)
		must(t, err)
		must(t, file.Close())
	}
	return log.Report()
}

// knownBy leaves out what nobody can tell: without names in the prefix, a name
// that repeats the message's own words can be cut in several places.
func (want truth) knownBy(prefix, file string) truth {
	if strings.Contains(prefix, "u") || filepath.Ext(file) != ".log" {
		return want
	}
	clients := maps.Clone(want.clients)
	maps.DeleteFunc(clients, func(c connlog.Client, _ int64) bool { return c.Username == odd })
	return truth{clients: clients, refused: want.refused, plaintext: want.plaintext}
}

// compare finds what is not as it really was.
func (want truth) compare(t *testing.T, got connlog.Report, file string) {
	t.Helper()
	clients := map[connlog.Client]int64{}
	for c, times := range got.Clients {
		clients[c] = times.Count
		if times.First.IsZero() || times.Last.Before(times.First) || time.Since(times.First) < 0 {
			t.Errorf("%+v: %+v", c, times)
		}
	}
	if diff := cmp.Diff(want.clients, clients); diff != "" {
		t.Errorf("clients (-want +got):\n%s", diff)
	}
	refused := map[string]int64{}
	others := 0
	for r, times := range got.Refused {
		if r.Address != pgserver.Host {
			t.Errorf("refused: %+v", r)
		}
		if r.Alert == "" {
			others++ // The garbage.
			continue
		}
		refused[r.Alert] += times.Count
	}
	if diff := cmp.Diff(want.refused, refused); diff != "" || others != 1 {
		t.Errorf("refused, and %d without an alert (-want +got):\n%s", others, diff)
	}
	plaintext := map[connlog.PlaintextRefusal]int64{}
	for r, times := range got.PlaintextRefused {
		plaintext[r] = times.Count
	}
	if diff := cmp.Diff(want.plaintext, plaintext); diff != "" {
		t.Errorf("plaintext refused (-want +got):\n%s", diff)
	}
	for u, times := range got.Unfinished {
		if u.Address != pgserver.Host {
			t.Errorf("unfinished: %+v, %+v", u, times)
		}
	}
	quoted := strings.HasSuffix(file, ".csv") || strings.HasSuffix(file, ".json")
	if quoted && len(got.Gaps) > 0 {
		t.Errorf("gaps: %v", got.Gaps)
	}
}

// TestRecordedLogs reads what real servers of each version wrote.
func TestRecordedLogs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/recorded/*")
	if err != nil || len(files) < 9 {
		t.Fatalf("%d recorded logs, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			var major int
			if _, err := fmt.Sscan(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), &major); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(file)
			must(t, err)
			_, want := plan(major)
			got := parse(t, rdsPrefix, file, content)
			want.compare(t, got, file)
			if filepath.Ext(file) == ".log" && (len(got.Gaps) != 1 || got.Gaps[0].Kind != connlog.GapUnread) {
				t.Errorf("gaps: %v: the forged lines are not said", got.Gaps)
			}
			if bytes.Count(content, []byte("10.9.9.9")) == 0 {
				t.Error("no forged line was recorded")
			}
		})
	}
}
