package connlog_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// FuzzLog reads anything, cut anywhere, in bounded time and memory.
func FuzzLog(f *testing.F) {
	files, err := filepath.Glob("testdata/recorded/*")
	must(f, err)
	for _, name := range files {
		content, err := os.ReadFile(name)
		must(f, err)
		f.Add(content[:min(len(content), 8<<10)], rdsPrefix, filepath.Ext(name), uint16(700))
		f.Add(content[max(0, len(content)-8<<10):], rdsPrefix, filepath.Ext(name), uint16(700))
	}
	f.Add(lines(received, comes), auroraPrefix, ".log", uint16(1))
	f.Fuzz(func(t *testing.T, content []byte, prefix, ext string, cut uint16) {
		fuzzing.Limit(t)
		p, err := connlog.ParsePrefix(prefix)
		if err != nil {
			return
		}
		log := connlog.New(connlog.Options{Prefix: p})
		file := log.File("x" + ext)
		at := min(int(cut), len(content))
		for _, part := range [][]byte{content[:at], content[at:]} {
			if n, err := file.Write(part); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
		_ = file.Close()
		report := log.Report()
		for c, times := range report.Clients {
			if times.Count < 1 || times.Last.Before(times.First) {
				t.Errorf("%+v: %+v", c, times)
			}
		}
	})
}

// chosen is what the server keeps of a name in a startup packet.
func chosen(name string) string {
	name, _, _ = strings.Cut(name, "\x00")
	return name[:min(len(name), 63)]
}

// FuzzSeries: of what RDS lists, each file is read once, and no hour is left out.
func FuzzSeries(f *testing.F) {
	f.Add("error/postgresql.log.2026-01-02-02\nerror/postgresql.log.2026-01-02-02.csv\nerror/postgresql.log.2026-01-02-0400\npostgresql.log")
	f.Fuzz(func(t *testing.T, listed string) {
		fuzzing.Limit(t)
		names := strings.Split(listed, "\n")
		chosen, missing, _ := connlog.Series(names)
		for _, name := range names {
			stderr := strings.TrimSuffix(strings.TrimSuffix(name, ".csv"), ".json")
			if strings.HasPrefix(name, "postgresql.log") && !slices.Contains(chosen, name) && !slices.Contains(chosen, stderr) && !slices.Contains(chosen, stderr+".csv") && !slices.Contains(chosen, stderr+".json") && !strings.HasPrefix(stderr, "postgresql.log.") {
				t.Fatalf("%q is left out of %q", name, chosen)
			}
		}
		if len(chosen) > len(names) || len(missing) > connlog.MaxGroups {
			t.Fatalf("%d of %d, %d missing", len(chosen), len(names), len(missing))
		}
	})
}
