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

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	sslready "github.com/sslready/terraform-provider-sslready/internal/provider"
)

// BenchmarkReadiness reads sslready_readiness with 10,000 declared clients. The
// bar is one second and 200 MiB of the provider's own: from the decoded request
// that Terraform's framework hands over to the filled response, which
// own-read-ms and own-MiB report. own-validate-ms is the same for
// ValidateConfig, which Terraform calls before.
//
// call-ms and call-MiB are the whole ReadDataSource, decoding, copying,
// comparing and encoding by terraform-plugin-framework included: what is more
// than the provider's own is not in this repository to make faster.
func BenchmarkReadiness(b *testing.B) {
	for name, distinct := range map[string]bool{"one_store": false, "distinct_stores": true} {
		b.Run(name, func(b *testing.B) {
			p := newProtocol(b, always(judgedAt), values{})
			schema := p.schemas.DataSourceSchemas[readinessType].ValueType()
			config := valueOf(schema, manyClients(b, newAccount(b), 10_000, distinct))
			request := &tfprotov6.ReadDataSourceRequest{TypeName: readinessType, Config: p.encode(b, schema, config)}
			own := newOwnReadiness(b, config)
			var validating, reading, calling time.Duration
			for b.Loop() {
				validating += timed(func() { own.validate(b) })
				reading += timed(func() { own.read(b) })
				calling += timed(func() {
					answer, err := p.server.ReadDataSource(b.Context(), request)
					must(b, err)
					if told := diagnosticsOf(answer.Diagnostics); told.failed() {
						b.Fatal(told)
					}
				})
			}
			perRun := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(b.N) }
			b.ReportMetric(perRun(validating), "own-validate-ms")
			b.ReportMetric(perRun(reading), "own-read-ms")
			b.ReportMetric(perRun(calling), "call-ms")
			b.ReportMetric(peakMiB(func() { own.read(b) }), "own-MiB")
			b.ReportMetric(peakMiB(func() { _, _ = p.server.ReadDataSource(b.Context(), request) }), "call-MiB")
		})
	}
}

func timed(f func()) time.Duration {
	started := time.Now() //nolint:forbidigo // a benchmark measures
	f()
	return time.Since(started)
}

// validatedDataSource is a data source that takes part in both calls.
type validatedDataSource interface {
	datasource.DataSourceWithConfigure
	datasource.DataSourceWithValidateConfig
}

// ownReadiness is the data source without the framework's server around it.
type ownReadiness struct {
	source validatedDataSource
	config tfsdk.Config
}

func newOwnReadiness(b *testing.B, config tftypes.Value) ownReadiness {
	b.Helper()
	p := sslready.NewAt("test", always(judgedAt))()
	var arguments provider.SchemaResponse
	p.Schema(b.Context(), provider.SchemaRequest{}, &arguments)
	var configured provider.ConfigureResponse
	p.Configure(b.Context(), provider.ConfigureRequest{Config: tfsdk.Config{
		Raw: valueOf(arguments.Schema.Type().TerraformType(b.Context()), values{}), Schema: arguments.Schema,
	}}, &configured)
	for _, construct := range p.DataSources(b.Context()) {
		source, is := construct().(validatedDataSource)
		var name datasource.MetadataResponse
		if is {
			source.Metadata(b.Context(), datasource.MetadataRequest{ProviderTypeName: "sslready"}, &name)
		}
		if name.TypeName != readinessType {
			continue
		}
		var schema datasource.SchemaResponse
		source.Schema(b.Context(), datasource.SchemaRequest{}, &schema)
		source.Configure(b.Context(), datasource.ConfigureRequest{ProviderData: configured.DataSourceData}, &datasource.ConfigureResponse{})
		return ownReadiness{source: source, config: tfsdk.Config{Raw: config, Schema: schema.Schema}}
	}
	b.Fatal("there is no " + readinessType)
	return ownReadiness{}
}

func (o ownReadiness) validate(b *testing.B) {
	b.Helper()
	var resp datasource.ValidateConfigResponse
	o.source.ValidateConfig(b.Context(), datasource.ValidateConfigRequest{Config: o.config}, &resp)
	if resp.Diagnostics.HasError() {
		b.Fatal(resp.Diagnostics)
	}
}

func (o ownReadiness) read(b *testing.B) {
	b.Helper()
	resp := datasource.ReadResponse{State: tfsdk.State{Raw: o.config.Raw, Schema: o.config.Schema}}
	o.source.Read(b.Context(), datasource.ReadRequest{Config: o.config}, &resp)
	if resp.Diagnostics.HasError() {
		b.Fatal(resp.Diagnostics)
	}
}

// manyClients declares clients, whose stores are one file, or one each.
func manyClients(b testing.TB, a *account, count int, distinct bool) values {
	b.Helper()
	chain, err := a.cas.Chain(targetCA, pki.Options{DNSNames: []string{"db.example"}})
	must(b, err)
	dir, root := b.TempDir(), a.roots(b, targetCA)
	clients := values{}
	for i := range count {
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
