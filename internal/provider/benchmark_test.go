package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sslready/terraform-provider-sslready/internal/lab/pki"
)

// BenchmarkReadiness reads sslready_readiness with 10,000 declared clients
// through the provider's protocol, as Terraform calls it: decoding,
// judging and encoding. The bar is one second and 200 MiB.
func BenchmarkReadiness(b *testing.B) {
	for name, distinct := range map[string]bool{"one_store": false, "distinct_stores": true} {
		b.Run(name, func(b *testing.B) {
			a := newAccount(b)
			p := newProtocol(b, always(judgedAt), values{})
			config := manyClients(b, a, distinct)
			request := &tfprotov6.ReadDataSourceRequest{
				TypeName: readinessType, Config: p.encode(b, p.schemas.DataSourceSchemas[readinessType].ValueType(), config),
			}
			read := func() {
				answer, err := p.server.ReadDataSource(b.Context(), request)
				must(b, err)
				if told := diagnosticsOf(answer.Diagnostics); told.failed() {
					b.Fatal(told)
				}
			}
			for b.Loop() {
				read()
			}
			b.ReportMetric(peakMiB(read), "peak-MiB")
		})
	}
}

// manyClients declares 10,000 clients, whose stores are one file, or one each.
func manyClients(b *testing.B, a *account, distinct bool) values {
	b.Helper()
	chain, err := a.cas.Chain(targetCA, pki.Options{DNSNames: []string{"db.example"}})
	must(b, err)
	dir, root := b.TempDir(), a.roots(b, targetCA)
	clients := values{}
	for i := range 10_000 {
		file := filepath.Join(dir, "rds.pem")
		if distinct {
			file = filepath.Join(dir, fmt.Sprintf("rds-%05d.pem", i))
		}
		if distinct || i == 0 {
			must(b, os.WriteFile(file, []byte(strings.Repeat("#", i%100)+"\n"+root+fmt.Sprintf("# %d\n", i)), 0o600))
		}
		clients[fmt.Sprintf("client-%05d", i)] = values{
			"driver": "psql", "connection": "host=db.example sslmode=verify-full sslrootcert=/rds.pem",
			"trust_store": values{"path": file}, "match": values{"usernames": []any{fmt.Sprintf("user-%05d", i)}},
		}
	}
	return values{
		"target_ca_cert_identifier": targetCA, "region": "us-east-1", "force_ssl": true, "host": "db.example",
		"server_certificate_chain_pem": string(chain.PEM()), "clients": clients,
	}
}

// peakMiB is the most that the heap grows to while f runs.
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
			case <-time.After(2 * time.Millisecond):
				runtime.ReadMemStats(&during)
				peak = max(peak, during.HeapInuse)
			}
		}
	}()
	f()
	close(stop)
	return (float64(<-stopped) - float64(before.HeapInuse)) / (1 << 20)
}
