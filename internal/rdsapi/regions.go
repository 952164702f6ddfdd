package rdsapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"
)

// maxRegions bounds the Regions of an account, many times what AWS has.
const maxRegions = 500

// EnabledRegions are the names of the Regions that the account has enabled,
// sorted. It asks AWS Account Management, which has one endpoint a partition.
//
// Errors are those of a call, with the action account:ListRegions.
//
// Source: AWS Account Management API Reference, ListRegions.
func (s *Session) EnabledRegions(ctx context.Context) ([]string, error) {
	const action = "account:ListRegions"
	client := account.NewFromConfig(s.config, func(o *account.Options) {
		if s.accountEndpoint != "" {
			o.BaseEndpoint = &s.accountEndpoint
		}
	})
	in := &account.ListRegionsInput{
		MaxResults:              aws.Int32(50),
		RegionOptStatusContains: []types.RegionOptStatus{types.RegionOptStatusEnabled, types.RegionOptStatusEnabledByDefault},
	}
	var names []string
	for range maxRegions {
		page, err := client.ListRegions(ctx, in)
		if err != nil {
			return nil, translate(ctx, action, err)
		}
		for _, region := range page.Regions {
			names = append(names, aws.ToString(region.RegionName))
		}
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			if len(names) == 0 { // Nobody has none: this is no answer.
				return nil, &CallError{Action: action, Err: ErrMalformedResponse}
			}
			slices.Sort(names)
			return slices.Compact(names), nil
		}
	}
	return nil, &CallError{Action: action, Err: &malformedError{cause: fmt.Errorf("more than %d pages of Regions", maxRegions)}}
}
