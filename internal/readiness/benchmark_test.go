package readiness_test

import (
	"fmt"
	"net/netip"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

const many = 10_000

var benchmarkAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fleet is many clients of several drivers; with distinct, no two have the
// same store.
func fleet(tb testing.TB, distinct bool) readiness.Input {
	tb.Helper()
	chain, err := pki.NewRegion("us-east-1", benchmarkAt).Chain(pki.CARSA2048, pki.Options{DNSNames: []string{"db.example"}})
	if err != nil {
		tb.Fatal(err)
	}
	settings := []policy.Settings{
		{Driver: "libpq", Connection: "host=db.example sslmode=verify-full sslrootcert=/rds.pem"},
		{Driver: "pgjdbc", Version: "42.7.13", Runtime: "21", Connection: "jdbc:postgresql://db.example/orders?sslmode=verify-full&sslrootcert=/rds.pem"},
		{Driver: "node-postgres", Version: "8.23.1", Runtime: "20", Connection: "postgres://app@db.example/orders?sslmode=verify-full&sslrootcert=/rds.pem"},
		{Driver: "pgx", Version: "5.12.0", Runtime: "", Connection: "postgres://app@db.example/orders?sslmode=verify-full&sslrootcert=/rds.pem"},
		{Driver: "asyncpg", Version: "0.31.0", Runtime: "3.11", Connection: "postgres://app@db.example/orders?sslmode=verify-full&sslrootcert=/rds.pem"},
	}
	force := true
	evidence := readiness.Evidence{Presented: certpath.Presented{Certificates: chain.Presented()}}
	in := readiness.Input{Target: evidence, Current: evidence, ForceSSL: &force, At: benchmarkAt}
	shared := chain.RootPEM()
	for i := range many {
		c := readiness.Client{Name: fmt.Sprintf("client-%05d", i), Settings: settings[i%len(settings)]}
		c.Settings.StoreDeclared, c.Store.Content = true, shared
		if distinct {
			c.Store.Content = fmt.Appendf(nil, "# store %d\n%s", i, shared)
		}
		c.Match.Usernames = []string{fmt.Sprintf("user-%05d", i)}
		in.Clients = append(in.Clients, c)
	}
	return in
}

// BenchmarkEvaluate judges 10,000 clients. The bar is one second.
func BenchmarkEvaluate(b *testing.B) {
	for name, distinct := range map[string]bool{"one_store": false, "distinct_stores": true} {
		b.Run(name, func(b *testing.B) {
			in := fleet(b, distinct)
			var report readiness.Report
			b.ResetTimer()
			for b.Loop() {
				report = readiness.Evaluate(in)
			}
			b.StopTimer()
			b.ReportMetric(peakMiB(func() { report = readiness.Evaluate(in) }), "peak-MiB")
			if !report.Ready {
				b.Fatalf("not ready: %s %+v", report.Summary, report.Findings[0])
			}
		})
	}
}

// BenchmarkCoverage compares 10,000 clients with 10,000 sessions, where user
// names tell clients apart, and where only the other kinds do.
func BenchmarkCoverage(b *testing.B) {
	kinds := map[string]func(*readiness.Match, *readiness.Session, int){
		"users": func(m *readiness.Match, s *readiness.Session, i int) {
			*m, s.Username = readiness.Match{Usernames: []string{fmt.Sprint("u", i)}}, fmt.Sprint("u", i)
		},
		"one_user_many_applications": func(m *readiness.Match, s *readiness.Session, i int) {
			name := fmt.Sprint("a", i)
			*m, s.Username, s.ApplicationName = readiness.Match{Usernames: []string{"app"}, ApplicationNames: []string{name}}, "app", name
		},
		"applications": func(m *readiness.Match, s *readiness.Session, i int) {
			*m, s.ApplicationName = readiness.Match{ApplicationNames: []string{fmt.Sprint("a", i)}}, fmt.Sprint("a", i)
		},
		"databases": func(m *readiness.Match, s *readiness.Session, i int) {
			*m, s.Database = readiness.Match{Databases: []string{fmt.Sprint("d", i)}}, fmt.Sprint("d", i)
		},
		"addresses": func(m *readiness.Match, s *readiness.Session, i int) {
			address := fmt.Sprintf("10.%d.%d.1", i/250, i%250)
			*m, s.ClientAddr = readiness.Match{ClientCIDRs: prefixes(address + "/24")}, address
		},
	}
	for name, kind := range kinds {
		b.Run(name, func(b *testing.B) {
			in := fleet(b, false)
			in.Observations = seen(make([]readiness.Session, many)...)
			for i := range in.Clients {
				kind(&in.Clients[i].Match, &in.Observations[0].Sessions[i], i)
			}
			var report readiness.Report
			for b.Loop() {
				report = readiness.Evaluate(in)
			}
			if !report.Ready || len(report.Findings) > 0 {
				b.Fatalf("%s %+v", report.Summary, report.Findings[:1])
			}
		})
	}
}

// peakMiB is the most that the heap grows to while f runs, collected as
// seldom as by default.
func peakMiB(f func()) float64 {
	debug.FreeOSMemory()
	var before, during runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, stopped := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		for {
			select {
			case <-stop:
				stopped <- peak
				return
			case <-time.After(time.Millisecond):
				runtime.ReadMemStats(&during)
				peak = max(peak, during.HeapInuse)
			}
		}
	}()
	f()
	close(stop)
	return (float64(<-stopped) - float64(before.HeapInuse)) / (1 << 20)
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}
