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
		o.HTTPClient = steady{o.HTTPClient}
		o.Retryer, o.APIOptions = s.guarded(o.Retryer, o.APIOptions)
	})
	in := &account.ListRegionsInput{
		MaxResults:              aws.Int32(50),
		RegionOptStatusContains: []types.RegionOptStatus{types.RegionOptStatusEnabled, types.RegionOptStatusEnabledByDefault},
	}
	var names []string
	err = walk{of: "Regions", most: maxCatalogPages}.pages(action, func(marker *string) (next string, err error) {
		in.NextToken = marker
		page, err := client.ListRegions(withAttempts(ctx), in)
		if err != nil {
			return "", translate(ctx, action, err)
		}
		if page.Regions == nil {
			return "", &CallError{Action: action, Err: incomplete("response", "a list of Regions")}
		}
		for _, region := range page.Regions {
			if aws.ToString(region.RegionName) == "" {
				return "", &CallError{Action: action, Err: incomplete("Region", "a name")}
			}
			names = append(names, *region.RegionName)
		}
		return aws.ToString(page.NextToken), nil
	})
	if err == nil && len(names) == 0 { // Nobody has none.
		err = &CallError{Action: action, Err: incomplete("list of Regions", "an entry")}
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
