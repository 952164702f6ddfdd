package rdsapi_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// pagedAPI lists three pages, the first of which names eighty engine versions.
type pagedAPI struct {
	slowAPI

	pages atomic.Int32
}

func (a *pagedAPI) DescribeDBInstances(ctx context.Context, _ *rds.DescribeDBInstancesInput, _ ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error) {
	page, versions := int(a.pages.Add(1)), 1
	out := &rds.DescribeDBInstancesOutput{}
	if page == 1 {
		versions = 80
	}
	if page < 3 {
		out.Marker = aws.String(fmt.Sprintf("page-%d", page+1))
	}
	for i := range versions {
		out.DBInstances = append(out.DBInstances, types.DBInstance{
			DBInstanceIdentifier: aws.String(fmt.Sprintf("db-%d-%d", page, i)), Engine: aws.String("postgres"), EngineVersion: aws.String(fmt.Sprintf("15.%d", i)),
		})
	}
	return out, a.take(ctx)
}

// TestTheNextPageDoesNotWaitForEveryFact: eighty calls for engine versions take
// ten rounds of eight, and the two pages that follow wait for the end of one
// round each, not of all.
func TestTheNextPageDoesNotWaitForEveryFact(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &pagedAPI{}
		reader := rdsapi.New(api)
		started, listed := time.Now(), make(chan time.Duration, 1) //nolint:forbidigo // the bubble's own clock
		go func() {
			for api.pages.Load() < 3 {
				time.Sleep(slowCall / 2)
			}
			listed <- time.Since(started)
		}()
		fleet, err := reader.Fleet(t.Context(), rdsapi.FleetQuery{EngineVersions: true})
		if err != nil || len(fleet.Instances) != 82 || len(fleet.Gaps) > 0 {
			t.Fatalf("%d instances, gaps %v, error %v", len(fleet.Instances), fleet.Gaps, err)
		}
		if after := <-listed; after > 5*slowCall {
			t.Errorf("the last page was asked for after %v, want at most %v", after, 5*slowCall)
		}
		if peak := api.peak.Load(); peak > rdsapi.DefaultConcurrency {
			t.Errorf("%d calls at once, want at most %d", peak, rdsapi.DefaultConcurrency)
		}
	})
}
