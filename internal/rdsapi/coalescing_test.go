package rdsapi_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// inWaves calls read for 0 to count-1, at most parallelism at a time, as
// Terraform walks a graph.
func inWaves(t *testing.T, count, parallelism int, read func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	slots := make(chan struct{}, parallelism)
	for i := range count {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := read(i); err != nil {
				t.Errorf("read %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

func TestManyLookupsShareCalls(t *testing.T) {
	t.Parallel()
	const groups = 7
	tests := map[string]struct {
		region, wanted, parallelism int
		faults                      rdsserver.Faults
		most                        int
	}{
		"two hundred at once":                             {region: 200, wanted: 200, parallelism: 200, most: 10 + groups},
		"two hundred in Terraform's waves of ten":         {region: 200, wanted: 200, parallelism: 10, most: 10 + groups},
		"two hundred one after the other":                 {region: 200, wanted: 200, parallelism: 1, most: 10 + groups},
		"two hundred of three hundred in waves":           {region: 300, wanted: 200, parallelism: 10, most: 10 + groups},
		"two hundred where filters are ignored":           {region: 200, wanted: 200, parallelism: 10, faults: rdsserver.Faults{IgnoreFilters: true}, most: 10 + 3*groups},
		"one alone":                                       {region: 5000, wanted: 1, parallelism: 1, most: 2},
		"ten of five thousand":                            {region: 5000, wanted: 10, parallelism: 10, most: 10 + groups},
		"where only single instances may be described":    {region: 40, wanted: 40, parallelism: 10, faults: rdsserver.Faults{DenyListing: true}, most: 42 + groups},
		"where the endpoint rejects filters, with paging": {region: 200, wanted: 200, parallelism: 10, faults: rdsserver.Faults{RejectFilters: true}, most: 15 + 2*10 + 3*groups},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{Instances: tc.region, ParameterGroups: groups})
			tc.faults.Latency = 2 * time.Millisecond
			server.SetFaults(tc.faults)
			reader := newReader(url)
			inWaves(t, tc.wanted, tc.parallelism, func(i int) error {
				setting, err := reader.ForceSSL(t.Context(), fmt.Sprintf("db-%05d", i))
				if want := fmt.Sprintf("pg-%02d", i%groups); err == nil && setting.ParameterGroupName != want {
					return fmt.Errorf("group %s, want %s", setting.ParameterGroupName, want)
				}
				return err
			})
			if calls := server.RDSCalls(); calls > tc.most {
				t.Errorf("%d calls, want at most %d: %v", calls, tc.most, server.Counts())
			}
			if peak := server.PeakConcurrency(); peak > rdsapi.DefaultConcurrency {
				t.Errorf("%d calls at once, want at most %d", peak, rdsapi.DefaultConcurrency)
			}
		})
	}
}

func TestFiveHundredMixedReadsOverFiveHundredInstances(t *testing.T) {
	t.Parallel()
	const groups, versions = 12, 20
	server, url := startLab(t, rdsserver.Scale{Instances: 497, ParameterGroups: groups, EngineVersions: versions, Pending: 30, Clusters: 1})
	server.SetFaults(rdsserver.Faults{Latency: 2 * time.Millisecond})
	reader := newReader(url)
	ctx := t.Context()
	inWaves(t, 500, 10, func(i int) error {
		id := fmt.Sprintf("db-%05d", i)
		if i >= 497 {
			id = fmt.Sprintf("cluster-000-%d", i-496)
		}
		switch i % 5 {
		case 0:
			_, err := reader.ForceSSL(ctx, id)
			return err
		case 1:
			_, err := reader.Certificates(ctx)
			return err
		case 2:
			instance, err := reader.DBInstance(ctx, id)
			if err != nil {
				return err
			}
			_, err = reader.EngineVersion(ctx, instance.Engine, instance.EngineVersion)
			return err
		case 3:
			instance, err := reader.DBInstance(ctx, id)
			if err != nil {
				return err
			}
			_, err = reader.PendingMaintenance(ctx, instance.ARN)
			return err
		default:
			_, err := reader.Fleet(ctx, rdsapi.FleetQuery{ForceSSL: true, EngineVersions: true, PendingMaintenance: true})
			return err
		}
	})
	// The Aurora cluster brings one group and one engine version of its own.
	if calls, most := server.RDSCalls(), 5+(groups+1)+(versions+1)+5; calls > most {
		t.Errorf("%d calls, want at most %d: %v", calls, most, server.Counts())
	}
}

// TestFiveHundredCostTwoCallsAboveTheirPages whatever the waves are: single
// ones, and then all others in waves of ten.
func TestFiveHundredCostTwoCallsAboveTheirPages(t *testing.T) {
	t.Parallel()
	for singles := range 6 {
		t.Run(fmt.Sprint(singles), func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{Instances: 500})
			reader := newReader(url)
			read := func(i int) error {
				_, err := reader.DBInstance(t.Context(), fmt.Sprintf("db-%05d", i))
				return err
			}
			inWaves(t, singles, 1, func(i int) error { return read(499 - i) }) // They come last in the list.
			inWaves(t, 500, 10, read)                                          // As Terraform walks.
			if calls := server.RDSCalls(); calls > 7 {
				t.Errorf("%d calls, want at most 7", calls)
			}
		})
	}
}

func TestACallerThatGivesUpDoesNotDisturbTheOthers(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 3, ParameterGroups: 1})
	server.SetFaults(rdsserver.Faults{Latency: 150 * time.Millisecond})
	reader := newReader(url)
	impatient, cancel := context.WithTimeout(t.Context(), 40*time.Millisecond)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := reader.ForceSSL(impatient, "db-00001"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the impatient caller got %v", err)
		}
	})
	wg.Go(func() {
		if _, err := reader.ForceSSL(t.Context(), "db-00001"); err != nil {
			t.Errorf("the patient caller got %v", err)
		}
	})
	wg.Wait()
	// Three, if the patient caller came when the other was gone already.
	if calls := server.RDSCalls(); calls > 3 {
		t.Errorf("%d calls, want 2: %v", calls, server.Counts())
	}
}

func TestCancellationEndsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 50, ParameterGroups: 20})
	server.SetFaults(rdsserver.Faults{Latency: 30 * time.Second})
	reader := newReader(url)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	started := time.Now() //nolint:forbidigo // measures how long cancellation takes
	inWaves(t, 50, 50, func(i int) error {
		if _, err := reader.ForceSSL(ctx, fmt.Sprintf("db-%05d", i)); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("error = %w, want %w", err, context.Canceled)
		}
		return nil
	})
	if took := time.Since(started); took > 15*time.Second {
		t.Errorf("cancellation took %v", took)
	}
}

func TestForgetReadsAgain(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 1})
	reader := newReader(url)
	ca := func() string {
		instance, err := reader.DBInstance(t.Context(), "db-00000")
		if err != nil {
			t.Fatal(err)
		}
		return instance.CAIdentifier
	}
	before := ca()
	changed, _ := server.Instance("db-00000")
	changed.CAIdentifier = "rds-ca-ecc384-g1"
	server.PutInstance(changed)
	if got := ca(); got != before {
		t.Errorf("the Reader asked again: %s", got)
	}
	reader.Forget()
	if got := ca(); got != "rds-ca-ecc384-g1" {
		t.Errorf("after Forget the CA is %s", got)
	}
}

func TestAnInstanceCreatedLaterIsFound(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 20})
	reader := newReader(url)
	if _, err := reader.DBInstance(t.Context(), "new"); !errors.Is(err, rdsapi.ErrDBInstanceNotFound) {
		t.Fatalf("error = %v", err)
	}
	if _, err := reader.Fleet(t.Context(), rdsapi.FleetQuery{}); err != nil {
		t.Fatal(err)
	}
	server.PutInstance(rdsserver.Instance{Identifier: "new", Engine: "postgres", EngineVersion: "15.18"})
	if _, err := reader.DBInstance(t.Context(), "new"); err != nil {
		t.Errorf("after its creation: %v", err)
	}
}
