package rdsapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// written keeps what was downloaded.
type written struct {
	strings.Builder

	closed *int
}

func (w *written) Close() error { *w.closed++; return nil }

const noLimit = 1 << 40

// logLab has a DB instance with files of so many lines each.
func logLab(t testing.TB, lines ...int) (*rdsserver.Server, *rdsapi.Reader, []string) {
	t.Helper()
	server, url := startLab(t, rdsserver.Scale{Instances: 1})
	contents := make([]string, len(lines))
	for i, n := range lines {
		var content strings.Builder
		for line := range n {
			fmt.Fprintf(&content, "2026-01-02 %02d:00:00 UTC:10.0.0.1(5):app@orders:[%d]:LOG:  connection authorized: user=app database=orders\n", i, line)
		}
		contents[i] = content.String()
		server.PutLogFile("db-00000", rdsserver.LogFile{
			Name: fmt.Sprintf("error/postgresql.log.2026-01-02-%02d", i), LastWritten: time.Date(2026, 1, 2, i, 59, 0, 0, time.UTC), Content: contents[i],
		})
	}
	return server, newReader(url), contents
}

func download(t testing.TB, reader *rdsapi.Reader, maxBytes int64) (got []string, failures []rdsapi.LogFailure, err error) {
	t.Helper()
	files, err := reader.LogFiles(t.Context(), "db-00000", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var all []*written
	closed := 0
	failures, err = reader.DownloadLogs(t.Context(), "db-00000", files, maxBytes, func(rdsapi.LogFile) io.WriteCloser {
		all = append(all, &written{closed: &closed})
		return all[len(all)-1]
	})
	for _, w := range all {
		got = append(got, w.String())
	}
	if closed != len(all) {
		t.Errorf("%d of %d writers were closed", closed, len(all))
	}
	return got, failures, err
}

func TestDownloadLogsKeepsTheOrder(t *testing.T) {
	t.Parallel()
	_, reader, contents := logLab(t, 30_000, 1, 0, 25_000, 12_000, 3, 10_000)
	got, failures, err := download(t, reader, noLimit)
	if err != nil || len(failures) > 0 {
		t.Fatal(failures, err)
	}
	for i := range contents {
		if got[i] != contents[i] {
			t.Errorf("file %d: %d of %d octets", i, len(got[i]), len(contents[i]))
		}
	}
}

func TestDownloadLogsSurvivesThrottling(t *testing.T) {
	t.Parallel()
	server, reader, contents := logLab(t, 25_000, 25_000)
	server.SetFaults(rdsserver.Faults{ThrottleRate: 0.5, Seed: 7})
	got, failures, err := download(t, reader, noLimit)
	if diff := cmp.Diff(contents, got); err != nil || len(failures) > 0 || diff != "" {
		t.Errorf("%v, %v, equal %t", failures, err, diff == "")
	}
}

// TestDownloadLogsAsksForSeveralFilesAtOnce: then portions × latency is an
// upper bound, whatever the machine does besides.
func TestDownloadLogsAsksForSeveralFilesAtOnce(t *testing.T) {
	t.Parallel()
	server, reader, _ := logLab(t, 30_000, 30_000, 30_000, 30_000)
	server.SetFaults(rdsserver.Faults{Latency: 200 * time.Millisecond})
	server.ResetRequests()
	if _, _, err := download(t, reader, noLimit); err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, request := range server.Requests() {
		if request.Action == "DownloadDBLogFilePortion" {
			calls++
		}
	}
	if most := server.PeakConcurrency(); calls != 16 || most < 3 || most > 4 {
		t.Errorf("%d portions, of %d files at once", calls, most)
	}
}

// TestDownloadLogsAsksForEachPortionOnce holds the bar, portions × latency × 1.3,
// without a clock: each portion is answered once, what was throttled is asked for
// again and nothing else is, and three or four calls are always under way. The
// clock is in BenchmarkDownloadLogs.
func TestDownloadLogsAsksForEachPortionOnce(t *testing.T) {
	t.Parallel()
	server, reader, contents := logLab(t, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000)
	server.SetFaults(rdsserver.Faults{Latency: 100 * time.Millisecond, ThrottleRate: 0.2, Seed: 7})
	server.ResetRequests()
	got, failures, err := download(t, reader, noLimit)
	if diff := cmp.Diff(contents, got); err != nil || len(failures) > 0 || diff != "" {
		t.Fatalf("%v, %v, equal %t", failures, err, diff == "")
	}
	answered, throttled := map[string]int{}, 0
	for _, request := range server.Requests() {
		switch {
		case request.Action != "DownloadDBLogFilePortion":
		case request.ErrorCode != "":
			throttled++
		default:
			answered[request.Params.Get("LogFileName")+" "+request.Params.Get("Marker")]++
		}
	}
	const portions = 6 * 4 // Three of 10,000 lines, and the one that says that there is no more.
	for portion, times := range answered {
		if times != 1 {
			t.Errorf("portion %q was answered %d times", portion, times)
		}
	}
	most := server.PeakConcurrency()
	if len(answered) != portions || throttled == 0 || most < 3 || float64(portions+throttled)/3 > 1.3*portions {
		t.Errorf("%d portions, %d calls throttled, %d at once", len(answered), throttled, most)
	}
}

// BenchmarkDownloadLogs reports how many latencies a portion costs, with a tenth
// of the calls throttled. The bar is 1.3.
func BenchmarkDownloadLogs(b *testing.B) {
	const latency, portions = 100 * time.Millisecond, 8 * 4
	server, reader, _ := logLab(b, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000)
	server.SetFaults(rdsserver.Faults{Latency: latency, ThrottleRate: 0.1, Seed: 3})
	for b.Loop() {
		if _, failures, err := download(b, reader, noLimit); err != nil || len(failures) > 0 {
			b.Fatal(failures, err)
		}
	}
	ratio := float64(b.Elapsed()) / float64(b.N) / float64(latency*portions)
	b.ReportMetric(ratio, "latencies/portion")
	if ratio > 1.3 {
		b.Errorf("%.2f latencies a portion", ratio)
	}
}

func TestAFileThatGoesIsNoError(t *testing.T) {
	t.Parallel()
	server, reader, contents := logLab(t, 30_000, 10)
	files, err := reader.LogFiles(t.Context(), "db-00000", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	files = append([]rdsapi.LogFile{{Name: "error/postgresql.log.2026-01-01-23"}}, files...)
	server.SetFaults(rdsserver.Faults{})
	closed := 0
	var last *written
	failures, err := reader.DownloadLogs(t.Context(), "db-00000", files, noLimit, func(rdsapi.LogFile) io.WriteCloser {
		last = &written{closed: &closed}
		return last
	})
	if err != nil || len(failures) != 1 || !errors.Is(failures[0].Err, rdsapi.ErrLogFileNotFound) || strings.Contains(failures[0].Err.Error(), "2026-01-01-23") || last.String() != contents[1] || closed != 3 {
		t.Errorf("%v, %v, %d closed", failures, err, closed)
	}
}

func TestMoreLogThanWanted(t *testing.T) {
	t.Parallel()
	_, reader, _ := logLab(t, 30_000, 10)
	got, failures, err := download(t, reader, 1<<20)
	if err != nil || len(failures) != 2 || failures[0].Err.Error() != rdsapi.ErrLogTooLong.Error() || !errors.Is(failures[1].Err, rdsapi.ErrLogTooLong) {
		t.Errorf("%v, %v", failures, err)
	}
	if sum := len(strings.Join(got, "")); sum > 2<<20 {
		t.Errorf("%d octets were handed over", sum)
	}
}

func TestDownloadLogsIsDenied(t *testing.T) {
	t.Parallel()
	server, reader, _ := logLab(t, 10)
	server.SetFaults(rdsserver.Faults{Denied: []string{"DownloadDBLogFilePortion"}})
	_, _, err := download(t, reader, noLimit)
	var denied *rdsapi.AccessDeniedError
	if !errors.As(err, &denied) || denied.Action != "rds:DownloadDBLogFilePortion" {
		t.Errorf("error = %v", err)
	}
}

// TestLogEventsAreTheSameRecords exports the log to CloudWatch Logs.
func TestLogEventsAreTheSameRecords(t *testing.T) {
	t.Parallel()
	server, _, contents := logLab(t, 1_200, 3)
	instance, _ := server.Instance("db-00000")
	instance.LogExports = []string{"postgresql"}
	server.PutInstance(instance)
	other := instance
	other.Identifier, other.ARN = "db-000001", ""
	server.PutInstance(other)
	server.PutLogFile("db-000001", rdsserver.LogFile{Name: "x", Content: "not ours\n"})
	url, stop, err := server.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	reader := newReaderWithLogs(url)
	found, err := reader.DBInstance(t.Context(), "db-00000")
	if err != nil || !found.ExportsLog() {
		t.Fatalf("%+v, %v", found, err)
	}
	until := time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)
	var got strings.Builder
	if err := reader.LogEvents(t.Context(), found, time.Time{}, until, noLimit, &got); err != nil || got.String() != contents[0]+contents[1] {
		t.Errorf("%d octets, %v", got.Len(), err)
	}
	got.Reset()
	if err := reader.LogEvents(t.Context(), found, until.Add(-23*time.Hour), until, noLimit, &got); err != nil || got.String() != contents[1] {
		t.Errorf("since an hour: %d octets, %v", got.Len(), err)
	}
	if err := reader.LogEvents(t.Context(), found, time.Time{}, until, 100, io.Discard); !errors.Is(err, rdsapi.ErrLogTooLong) {
		t.Errorf("more than wanted: %v", err)
	}
	instance.LogExports = nil
	server.PutInstance(instance)
	if err := reader.LogEvents(t.Context(), found, time.Time{}, until, noLimit, io.Discard); !errors.Is(err, rdsapi.ErrLogGroupNotFound) {
		t.Errorf("not exported: %v", err)
	}
	server.SetFaults(rdsserver.Faults{Denied: []string{"FilterLogEvents"}})
	if err := reader.LogEvents(t.Context(), found, time.Time{}, until, noLimit, io.Discard); !errors.Is(err, rdsapi.ErrAccessDenied) {
		t.Errorf("denied: %v", err)
	}
}

// TestLogSettingsHaveTheirTime: the reading of a parameter group ends with the
// time of the whole.
func TestLogSettingsHaveTheirTime(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 1, ParameterGroups: 1})
	server.SetFaults(rdsserver.Faults{Answers: map[string]rdsserver.Answer{"DescribeDBParameters": {Stall: true}}})
	err := patiently(t, 20*time.Second, func(ctx context.Context) error {
		_, err := newReader(url).Within(700*time.Millisecond).LogSettings(ctx, "db-00000")
		return err
	})
	if !errors.Is(err, rdsapi.ErrTimeout) {
		t.Errorf("got %v, want %v", err, rdsapi.ErrTimeout)
	}
}

func TestLogSettings(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{})
	server.PutParameterGroup(rdsserver.ParameterGroup{Name: "cluster", Family: "aurora-postgresql16", Cluster: true, Parameters: []rdsserver.Parameter{
		{Name: "log_connections", Value: "1", Source: "user"}, {Name: "log_line_prefix", Value: "%m [%p] ", Source: "user"}, {Name: "log_timezone", Value: "UTC", Source: "system"},
	}})
	server.PutParameterGroup(rdsserver.ParameterGroup{Name: "own", Family: "aurora-postgresql16", Parameters: []rdsserver.Parameter{
		{Name: "log_connections", Value: "0", Source: "engine-default"}, {Name: "log_line_prefix", Value: "%t:%r:%u@%d:[%p]:", Source: "user"}, {Name: "log_min_messages", Value: "warning", Source: "engine-default"},
	}})
	server.PutCluster(rdsserver.Cluster{Identifier: "c", Engine: "aurora-postgresql", ParameterGroup: "cluster", Members: []rdsserver.Member{{Identifier: "one"}}})
	server.PutInstance(rdsserver.Instance{Identifier: "one", Engine: "aurora-postgresql", EngineVersion: "16.3", ClusterIdentifier: "c", ParameterGroup: "own", ParameterApplyStatus: "pending-reboot"})
	server.PutInstance(rdsserver.Instance{Identifier: "alone", Engine: "postgres", EngineVersion: "16.3", ParameterGroup: "own"})

	for id, want := range map[string]rdsapi.LogSettings{
		"one":   {Connections: "1", LinePrefix: "%t:%r:%u@%d:[%p]:", Timezone: "UTC", MinMessages: "warning"},
		"alone": {Connections: "0", LinePrefix: "%t:%r:%u@%d:[%p]:", MinMessages: "warning", InForce: true},
	} {
		for _, faults := range []rdsserver.Faults{{}, {IgnoreFilters: true}, {RejectFilters: true}} {
			server.SetFaults(faults)
			got, err := newReader(url).LogSettings(t.Context(), id)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", id, err, diff)
			}
		}
	}
}
