package rdsapi_test

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// The fleet that the bars speak of.
const (
	fleetInstances = 10_000
	fleetGroups    = 60
	fleetVersions  = 20
	fleetPages     = fleetInstances / 100
	callLatency    = 20 * time.Millisecond
)

func everyFact() rdsapi.FleetQuery {
	return rdsapi.FleetQuery{ForceSSL: true, EngineVersions: true, PendingMaintenance: true}
}

// BenchmarkFleet reads 10,000 instances with all their facts. It reports the
// calls, the wall time in multiples of pages times latency, and the peak of
// the heap above what the stand-in itself holds.
func BenchmarkFleet(b *testing.B) {
	server, url := startLab(b, rdsserver.Scale{
		Instances: fleetInstances, ParameterGroups: fleetGroups, EngineVersions: fleetVersions, Pending: 250,
	})
	server.SetFaults(rdsserver.Faults{Latency: callLatency})
	for b.Loop() {
		server.ResetRequests()
		stop := watchHeap()
		started := time.Now() //nolint:forbidigo // a benchmark measures
		fleet, err := newReader(url).Fleet(b.Context(), everyFact())
		took := time.Since(started)
		peak := stop()
		if err != nil {
			b.Fatal(err)
		}
		if len(fleet.Instances) != fleetInstances || len(fleet.Gaps) > 0 {
			b.Fatalf("%d instances, %d gaps", len(fleet.Instances), len(fleet.Gaps))
		}
		b.ReportMetric(float64(server.RDSCalls()), "calls")
		b.ReportMetric(float64(took)/float64(fleetPages*callLatency), "x-paging-limit")
		b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
	}
}

// watchHeap samples the heap until stop, which returns how far it rose above
// where it began, in bytes.
func watchHeap() (stop func() uint64) {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before, peak := read(), uint64(0)
	done, finished := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(finished)
		for {
			peak = max(peak, read())
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-finished
		return peak - min(before, peak)
	}
}
