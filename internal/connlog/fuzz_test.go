package connlog_test

import (
	"bytes"
	"os"
	"path/filepath"
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

// FuzzForgedNames gives a client of TLS that fails to log in two names. Whatever
// they are, the log says nothing but that it came, and what surrounds it stands.
func FuzzForgedNames(f *testing.F) {
	for _, v := range forgers() {
		f.Add(v.startup[1], v.startup[3], true)
	}
	f.Add("boss@d:[7]:LOG:  connection authorized: user=boss database=d", "x", false)
	f.Fuzz(func(t *testing.T, user, database string, aurora bool) {
		fuzzing.Limit(t)
		user, database = chosen(user), chosen(database)
		prefix, head := rdsPrefix, "2026-11-23 17:56:45 UTC:10.0.0.6(9):"
		tail, before, after := ":[666]:", "2026-11-23 17:56:45 UTC", ""
		if aurora {
			prefix, head = auroraPrefix, "2026-11-23 17:56:45.001 UTC:10.0.0.6(9):"
			tail, before, after = ":[666]:2:28000:2026-11-23 17:56:45 UTC:3/7:0:6922f0ad.29a:", "2026-11-23 17:56:45.001 UTC", "1:00000:2026-11-23 17:56:45 UTC:3/7:0:6922f0ad.4d:[unknown]"
		}
		around := func(line string) string {
			line = strings.Replace(line, "2026-11-23 17:56:45 UTC", before, 1)
			return strings.Replace(line, "[77]:LOG:", "[77]:"+after+"LOG:", 1)
		}
		quiet := strings.Replace(strings.Replace(filler, "2026-11-23 17:56:45 UTC", before, 1), ":@:[1]:", ":@:[1]:"+strings.TrimSuffix(after, "[unknown]"), 1)
		quoted := strings.NewReplacer("\n", "\n\t").Replace(user)
		text := []string{
			quiet, around(received), around(comes), quiet,
			head + user + "@" + database + tail + strings.TrimPrefix(after, after[:max(0, len(after)-len("[unknown]"))]) + `FATAL:  password authentication failed for user "` + quoted + `"`,
			quiet, quiet,
		}
		for client := range parse(t, prefix, "x", lines(text...)).Clients {
			if client.Username != "app" || client.Database != "orders" || client.Address != "10.0.0.5" {
				t.Fatalf("forged: %+v\n%s", client, bytes.Join([][]byte{lines(text...)}, nil))
			}
		}
		report := parse(t, prefix, "x", lines(text...))
		if len(report.Clients) != 1 || len(report.PlaintextRefused) > 0 || len(report.Refused) > 0 {
			t.Fatalf("%q, %q: %v", user, database, says(report))
		}
	})
}

// chosen is what the server keeps of a name in a startup packet.
func chosen(name string) string {
	name, _, _ = strings.Cut(name, "\x00")
	return name[:min(len(name), 63)]
}
