package rdsapi

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"
)

// EnabledRegions are the names of the Regions that the account has enabled,
// sorted. It asks AWS Account Management, which has one endpoint a partition.
//
// All calls together end after within, with ErrTimeout; zero is no bound. Errors
// are those of a call, with the action account:ListRegions.
//
// Source: AWS Account Management API Reference, ListRegions.
func (s *Session) EnabledRegions(ctx context.Context, within time.Duration) (_ []string, err error) {
	const action = "account:ListRegions"
	ctx, ended := newBudget(within).bound(ctx)
	defer func() { ended(&err) }()
	client := account.NewFromConfig(s.config, func(o *account.Options) {
		o.HTTPClient = steady{o.HTTPClient}
		s.guard(s.given.AccountEndpoint, &o.BaseEndpoint, &o.Retryer, &o.APIOptions)
	})
	in := &account.ListRegionsInput{
		MaxResults:              aws.Int32(50),
		RegionOptStatusContains: []types.RegionOptStatus{types.RegionOptStatusEnabled, types.RegionOptStatusEnabledByDefault},
	}
	var names []string
	ask := func() (*account.ListRegionsOutput, error) { return client.ListRegions(withAttempts(ctx), in) }
	for page, err := range pages(walk{of: "Regions", action: action, most: maxCatalogPages}, &in.NextToken, ask) {
		if err != nil {
			return nil, translate(ctx, action, err)
		}
		in.NextToken = page.NextToken
		if page.Regions == nil {
			return nil, malformed(action, "a response without a list of Regions")
		}
		for _, region := range page.Regions {
			if aws.ToString(region.RegionName) == "" {
				return nil, malformed(action, "a Region without a name")
			}
			names = append(names, *region.RegionName)
		}
	}
	if len(names) == 0 { // Nobody has none.
		return nil, malformed(action, "a list of Regions without an entry")
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
