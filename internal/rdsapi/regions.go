package rdsapi

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"
)

const listRegions = "ListRegions"

// EnabledRegions are the names of the Regions that the account has enabled,
// sorted. It asks AWS Account Management, which has one endpoint a partition.
//
// All calls together end after within, with ErrTimeout; zero is no bound. Errors
// are those of a call, with the action account:ListRegions.
//
// Source: AWS Account Management API Reference, ListRegions.
func (s *Session) EnabledRegions(ctx context.Context, within time.Duration) (_ []string, err error) {
	const action = "account:" + listRegions
	ctx, ended := newBudget(within).bound(ctx)
	defer func() { ended(&err) }()
	client := account.NewFromConfig(s.config, func(o *account.Options) {
		if s.accountEndpoint != "" {
			o.BaseEndpoint = &s.accountEndpoint
		}
		o.Retryer, o.APIOptions = s.guarded(o.Retryer, o.APIOptions)
	})
	in := &account.ListRegionsInput{
		MaxResults:              aws.Int32(50),
		RegionOptStatusContains: []types.RegionOptStatus{types.RegionOptStatusEnabled, types.RegionOptStatusEnabledByDefault},
	}
	var names []string
	for pages := (walk{of: "Regions", most: maxCatalogPages}); ; {
		page, err := client.ListRegions(withAttempts(ctx), in)
		if err != nil {
			return nil, translate(ctx, action, err)
		}
		if page.Regions == nil {
			return nil, &CallError{Action: action, Err: incomplete("list of Regions", "its element")}
		}
		for _, region := range page.Regions {
			if aws.ToString(region.RegionName) == "" {
				return nil, &CallError{Action: action, Err: incomplete("Region", "a name")}
			}
			names = append(names, *region.RegionName)
		}
		next := aws.ToString(page.NextToken)
		if next == "" {
			if len(names) == 0 { // Nobody has none.
				return nil, &CallError{Action: action, Err: incomplete("list of Regions", "any")}
			}
			slices.Sort(names)
			return slices.Compact(names), nil
		}
		if err := pages.next(next); err != nil {
			return nil, &CallError{Action: action, Err: err}
		}
		in.NextToken = aws.String(next)
	}
}
