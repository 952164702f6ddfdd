package rdsapi_test

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
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

// BenchmarkFleet reads 10,000 instances with all their facts, and again where a
// fifth of the calls is throttled. It reports the calls that RDS answered, the
// wall time in multiples of pages times latency, and the peak of the heap above
// what the stand-in itself holds. The stand-in is in the same process: what it
// takes of the machine while it serves counts against the time and the heap.
func BenchmarkFleet(b *testing.B) {
	for name, faults := range map[string]rdsserver.Faults{
		"plain":     {Latency: callLatency},
		"throttled": {Latency: callLatency, ThrottleRate: 0.2, Seed: 1},
	} {
		b.Run(name, func(b *testing.B) {
			server, url := startLab(b, rdsserver.Scale{
				Instances: fleetInstances, ParameterGroups: fleetGroups, EngineVersions: fleetVersions, Pending: 250,
			})
			server.SetFaults(faults)
			var slowest, total time.Duration
			var peak uint64
			for b.Loop() {
				server.ResetRequests()
				stop := watchHeap()
				started := time.Now() //nolint:forbidigo // a benchmark measures
				fleet, err := newReader(url).Fleet(b.Context(), everyFact())
				took := time.Since(started)
				slowest, total, peak = max(slowest, took), total+took, max(peak, stop())
				if err != nil {
					b.Fatal(err)
				}
				if len(fleet.Instances) != fleetInstances || len(fleet.Gaps) > 0 {
					b.Fatalf("%d instances, %d gaps", len(fleet.Instances), len(fleet.Gaps))
				}
			}
			const limit = float64(fleetPages * callLatency)
			b.ReportMetric(float64(server.RDSCalls()), "calls")
			b.ReportMetric(float64(server.Throttled()), "throttled")
			b.ReportMetric(float64(total)/float64(b.N)/limit, "x-paging-limit")
			b.ReportMetric(float64(slowest)/limit, "x-at-worst")
			b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
		})
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

// TestTheFleetBar holds what does not depend on how busy the machine is: the
// number of calls and the memory. BenchmarkFleet measures the time.
func TestTheFleetBar(t *testing.T) { //nolint:paralleltest // measures the heap
	server, url := startLab(t, rdsserver.Scale{
		Instances: fleetInstances, ParameterGroups: fleetGroups, EngineVersions: fleetVersions, Pending: 250,
	})
	stop := watchHeap()
	fleet, err := newReader(url).Fleet(t.Context(), everyFact())
	peak := stop()
	if err != nil {
		t.Fatal(err)
	}
	if len(fleet.Instances) != fleetInstances || len(fleet.Gaps) > 0 {
		t.Errorf("%d instances, gaps %v", len(fleet.Instances), fleet.Gaps)
	}
	if calls, most := server.RDSCalls(), fleetPages+fleetGroups+fleetVersions+5; calls > most {
		t.Errorf("%d calls, want at most %d: %v", calls, most, server.Counts())
	}
	const limit = 150 << 20
	t.Logf("%d calls, %d MiB at the peak, %d calls at once", server.RDSCalls(), peak>>20, server.PeakConcurrency())
	if peak > limit {
		t.Errorf("the heap rose by %d MiB, want at most %d", peak>>20, limit>>20)
	}
}

// TestThrottlingCostsRetriesOnly throttles a fifth of the calls.
func TestThrottlingCostsRetriesOnly(t *testing.T) {
	t.Parallel()
	const instances, groups, versions = 2000, 60, 20
	for _, seed := range []uint64{1, 2} {
		server, url := startLab(t, rdsserver.Scale{Instances: instances, ParameterGroups: groups, EngineVersions: versions})
		server.SetFaults(rdsserver.Faults{ThrottleRate: 0.2, Seed: seed})
		fleet, err := newReader(url).Fleet(t.Context(), everyFact())
		if err != nil {
			t.Fatal(err)
		}
		if len(fleet.Instances) != instances || len(fleet.Gaps) > 0 {
			t.Errorf("%d instances, gaps %v", len(fleet.Instances), fleet.Gaps)
		}
		if calls, want := server.RDSCalls(), instances/100+groups+versions+1; calls != want {
			t.Errorf("%d calls besides the %d throttled, want %d", calls, server.Throttled(), want)
		}
		if server.Throttled() < 10 {
			t.Errorf("only %d calls were throttled", server.Throttled())
		}
	}
}
