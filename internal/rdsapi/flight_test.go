package rdsapi_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// slowAPI takes ten seconds for every call, of the test's own time, unless its
// context ends.
type slowAPI struct {
	rdsapi.API

	calls, ended, underWay, peak atomic.Int32
}

const slowCall = 10 * time.Second

func (a *slowAPI) take(ctx context.Context) error {
	a.calls.Add(1)
	now := a.underWay.Add(1)
	defer a.underWay.Add(-1)
	for {
		peak := a.peak.Load()
		if now <= peak || a.peak.CompareAndSwap(peak, now) {
			break
		}
	}
	select {
	case <-time.After(slowCall):
		return nil
	case <-ctx.Done():
		a.ended.Add(1)
		return ctx.Err()
	}
}

func (a *slowAPI) DescribeCertificates(ctx context.Context, _ *rds.DescribeCertificatesInput, _ ...func(*rds.Options)) (*rds.DescribeCertificatesOutput, error) {
	return &rds.DescribeCertificatesOutput{Certificates: []types.Certificate{{CertificateIdentifier: aws.String("rds-ca-rsa2048-g1")}}}, a.take(ctx)
}

func (a *slowAPI) DescribeDBInstances(ctx context.Context, _ *rds.DescribeDBInstancesInput, _ ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error) {
	return &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{{DBInstanceIdentifier: aws.String("orders"), Engine: aws.String("postgres")}}}, a.take(ctx)
}

func (a *slowAPI) DescribeDBEngineVersions(ctx context.Context, in *rds.DescribeDBEngineVersionsInput, _ ...func(*rds.Options)) (*rds.DescribeDBEngineVersionsOutput, error) {
	return &rds.DescribeDBEngineVersionsOutput{DBEngineVersions: []types.DBEngineVersion{{Engine: in.Engine, EngineVersion: in.EngineVersion}}}, a.take(ctx)
}

// reads are lookups that several callers share: one that is remembered by its
// key, and one of the directory.
func reads() map[string]func(context.Context, *rdsapi.Reader) error {
	return map[string]func(context.Context, *rdsapi.Reader) error{
		"certificates": func(ctx context.Context, r *rdsapi.Reader) error { _, err := r.Certificates(ctx); return err },
		"instance":     func(ctx context.Context, r *rdsapi.Reader) error { _, err := r.DBInstance(ctx, "orders"); return err },
	}
}

// TestOneThatGivesUpReturnsAtOnceAndTheOthersGoOn: the call is one, and whoever
// still waits gets its answer.
func TestOneThatGivesUpReturnsAtOnceAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	for name, read := range reads() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				defer time.Sleep(time.Second) // Whoever collects lookups waits for more.
				api := &slowAPI{}
				reader := rdsapi.New(api)
				impatient, giveUp := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				ask := func(ctx context.Context, want error, after time.Duration) {
					started := time.Now() //nolint:forbidigo // the bubble's own clock
					wg.Go(func() {
						if err := read(ctx, reader); !errors.Is(err, want) {
							t.Errorf("error = %v, want %v", err, want)
						}
						if took := time.Since(started); took < after || took > after+time.Second {
							t.Errorf("it took %v, want %v", took, after)
						}
					})
				}
				ask(impatient, context.Canceled, 3*time.Second)
				ask(t.Context(), nil, slowCall)
				time.Sleep(3 * time.Second)
				giveUp()
				wg.Wait()
				if api.calls.Load() != 1 || api.ended.Load() != 0 {
					t.Errorf("%d calls, %d of them ended early; want one whole one", api.calls.Load(), api.ended.Load())
				}
			})
		})
	}
}

// TestTheLastThatGivesUpEndsTheCall, and the next caller asks anew.
func TestTheLastThatGivesUpEndsTheCall(t *testing.T) {
	t.Parallel()
	for name, read := range reads() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				defer time.Sleep(time.Second) // Whoever collects lookups waits for more.
				api := &slowAPI{}
				reader := rdsapi.New(api)
				ctx, giveUp := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						if err := read(ctx, reader); !errors.Is(err, context.Canceled) {
							t.Errorf("error = %v", err)
						}
					})
				}
				time.Sleep(time.Second)
				giveUp()
				wg.Wait()
				synctest.Wait()
				if api.calls.Load() != 1 || api.ended.Load() != 1 {
					t.Errorf("%d calls, %d of them ended; want one that ended", api.calls.Load(), api.ended.Load())
				}
				if err := read(t.Context(), reader); err != nil || api.calls.Load() != 2 {
					t.Errorf("the next caller: %v, after %d calls", err, api.calls.Load())
				}
			})
		})
	}
}

// TestCallsUnderWayAreBounded: fifty questions, eight at once, seven rounds.
func TestCallsUnderWayAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &slowAPI{}
		reader := rdsapi.New(api)
		started := time.Now() //nolint:forbidigo // the bubble's own clock
		inWaves(t, 50, 50, func(i int) error {
			_, err := reader.EngineVersion(t.Context(), "postgres", fmt.Sprintf("15.%d", i))
			return err
		})
		if took := time.Since(started); took != 7*slowCall || api.peak.Load() != rdsapi.DefaultConcurrency || api.calls.Load() != 50 {
			t.Errorf("%d calls, at most %d at once, in %v; want 50, %d, %v", api.calls.Load(), api.peak.Load(), took, rdsapi.DefaultConcurrency, 7*slowCall)
		}
	})
}
