package rdsapi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

func TestLogFilesAreListedTheOldestFirst(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 2})
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for hour := range 150 {
		server.PutLogFile("db-00000", rdsserver.LogFile{
			Name: fmt.Sprintf("error/postgresql.log.%03d", 150-hour), LastWritten: noon.Add(time.Duration(hour) * time.Hour), Content: "x\n",
		})
	}
	server.PutLogFile("db-00001", rdsserver.LogFile{Name: "error/postgresql.log.other", LastWritten: noon})
	reader := newReader(url)

	all, err := reader.LogFiles(t.Context(), "db-00000", time.Time{})
	if err != nil || len(all) != 150 || all[0].Name != "error/postgresql.log.150" {
		t.Errorf("%d files, error = %v", len(all), err)
	}
	late, err := reader.LogFiles(t.Context(), "db-00000", noon.Add(148*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := []rdsapi.LogFile{
		{Name: "error/postgresql.log.002", LastWritten: noon.Add(148 * time.Hour)},
		{Name: "error/postgresql.log.001", LastWritten: noon.Add(149 * time.Hour)},
	}
	if diff := cmp.Diff(want, late); diff != "" {
		t.Errorf("files mismatch (-want +got):\n%s", diff)
	}
	if _, err := reader.LogFiles(t.Context(), "nobody", time.Time{}); !errors.Is(err, rdsapi.ErrDBInstanceNotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

func TestReadLogReturnsEveryByteOnce(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 1})
	var content strings.Builder
	for i := range 25_000 {
		fmt.Fprintf(&content, "2026-01-02 12:00:00 UTC:10.0.0.1(5%04d):app@orders:[%d]:LOG:  connection <authorized> & <so on>\n", i%10_000, i)
	}
	content.WriteString("a line without an end")
	server.PutLogFile("db-00000", rdsserver.LogFile{Name: "error/postgresql.log", Content: content.String()})
	reader := newReader(url)
	const unlimited = 1 << 40

	var got strings.Builder
	complete, err := reader.ReadLog(t.Context(), "db-00000", "error/postgresql.log", unlimited, func(text string) error {
		got.WriteString(text)
		return nil
	})
	if err != nil || !complete || got.String() != content.String() {
		t.Errorf("%d of %d bytes, complete %t, error = %v", got.Len(), content.Len(), complete, err)
	}
	complete, err = reader.ReadLog(t.Context(), "db-00000", "error/postgresql.log", 1, func(string) error { return nil })
	if err != nil || complete {
		t.Errorf("a limited reading: complete %t, error = %v", complete, err)
	}
	full := errors.New("full")
	if _, err = reader.ReadLog(t.Context(), "db-00000", "error/postgresql.log", unlimited, func(string) error { return full }); !errors.Is(err, full) {
		t.Errorf("a visitor that fails: %v", err)
	}
	if _, err = reader.ReadLog(t.Context(), "db-00000", "gone", unlimited, func(string) error { return nil }); !errors.Is(err, rdsapi.ErrLogFileNotFound) {
		t.Errorf("a file that was rotated away: %v", err)
	}
}

// TestALogFileThatChangesWhileItIsRead grows, goes, or is begun anew under the
// same name, after its first portion was read.
func TestALogFileThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	const name, line = "error/postgresql.log", "2026-01-02 12:00:00 UTC::@:[1]:LOG:  checkpoint starting: time\n"
	content := strings.Repeat(line, 15_000)
	first, more := strings.Repeat(line, 10_000), strings.Repeat(line, 20_000)
	for change, tc := range map[string]struct {
		then, want string
		err        error
	}{
		"it grows":         {content + more, content + more, nil},
		"it goes":          {"", first, rdsapi.ErrLogFileNotFound},
		"it is begun anew": {line, first, rdsapi.ErrLogFileNotFound},
	} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{Instances: 1})
			server.PutLogFile("db-00000", rdsserver.LogFile{Name: name, Content: content})
			var got strings.Builder
			complete, err := newReader(url).ReadLog(t.Context(), "db-00000", name, 1<<40, func(text string) error {
				if got.Len() == 0 && tc.then == "" {
					server.RemoveLogFile("db-00000", name)
				} else if got.Len() == 0 {
					server.PutLogFile("db-00000", rdsserver.LogFile{Name: name, Content: tc.then})
				}
				got.WriteString(text)
				return nil
			})
			if got.String() != tc.want || complete != (tc.err == nil) || !errors.Is(err, tc.err) {
				t.Errorf("%d octets, want %d; complete %t, error = %v", got.Len(), len(tc.want), complete, err)
			}
		})
	}
}
