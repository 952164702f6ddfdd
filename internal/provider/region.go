package provider

import (
	"context"
	"regexp"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// regionDescription is the same wherever AWS is asked, and its meaning is that
// of hashicorp/aws from version 6 on.
const regionDescription = "AWS Region whose API the provider calls. The provider uses the same credentials in every Region. Default: the provider's Region."

// regionalAttribute is the Region of a data source.
func regionalAttribute(more string) attribute {
	return attribute{kind: text, filled: true, strings: regionNames(), description: regionDescription + more}
}

// regionalWithoutAWS is what regionalAttribute adds where AWS is not always asked.
const regionalWithoutAWS = " Null when AWS is not called and no Region is set."

func regionNames() []validator.String { return append(notEmpty(), regionName()) }

var regionPattern = regexp.MustCompile(`^[a-z]{2,16}(-[a-z]{1,16}){0,4}-?[0-9]{1,2}$`)

// regionName accepts what can be the name of a Region: it becomes part of the
// name of a host. Whether there is such a Region is asked when it is needed.
func regionName() rule {
	return rule{title: "Invalid Region", description: "value must be the name of an AWS Region such as eu-west-1", accepts: regionPattern.MatchString}
}

// region is the Region in which a type asks AWS: the given one, else the
// provider's; empty where there is no access to AWS.
func (s *services) region(ctx context.Context, given string) string {
	if given != "" {
		return given
	}
	session, err := s.aws.Session(ctx, "")
	if err != nil {
		return ""
	}
	return session.Region()
}

// effectiveRegion is the Region of what is judged: the given one, else that in
// which RDS is asked, else that in the name of the host. Null is not known.
func (s *services) effectiveRegion(ctx context.Context, m judgementModel) types.String {
	switch {
	case m.isSet("region"):
		return field[types.String](m.fields, "region")
	case m.isSet("db_instance_identifier"):
		return optionalText(s.region(ctx, ""))
	}
	endpoint, _ := rdsca.ParseEndpoint(m.text("host"))
	return optionalText(endpoint.Region)
}

// textValue is a text as Terraform has it.
func textValue(text types.String) tftypes.Value {
	return tftypes.NewValue(tftypes.String, text.ValueStringPointer())
}

// allRegions stands for all Regions that the account has enabled.
const allRegions = "*"

// regionLists are what a list of Regions may be.
func regionLists() []validator.List {
	return []validator.List{listvalidator.SizeAtLeast(1), listvalidator.UniqueValues(), listvalidator.NoNullValues(), listvalidator.Any(
		listvalidator.ValueStringsAre(regionName()),
		listvalidator.All(listvalidator.SizeAtMost(1), listvalidator.ValueStringsAre(oneOf(allRegions)...)),
	)}
}

// regions are those that a list gives, for allRegions those of the account, and
// else the one in which a type asks AWS.
func (s *services) regions(ctx context.Context, given fields) ([]string, error) {
	regions := given.texts("regions")
	switch {
	case !given.isSet("regions"):
		return []string{s.region(ctx, given.text("region"))}, nil
	case !slices.Equal(regions, []string{allRegions}):
		return regions, nil
	case s.deferred:
		return nil, errProviderNotKnown
	}
	session, err := s.aws.Session(ctx, "")
	if err != nil {
		return nil, err
	}
	return session.EnabledRegions(ctx, s.awsTimeout)
}

// regionalFleet is the fleet of a Region, or why it could not be read.
type regionalFleet struct {
	rdsapi.Fleet

	region string // empty where there is no access to AWS
	err    error
}

// regionsAtOnce bounds the Regions that are read at the same time.
const regionsAtOnce = 8

// fleets reads the fleets of several Regions, in their order. Each has its own
// time, and what goes wrong in one is in its answer alone.
func (s *services) fleets(ctx context.Context, regions []string, query rdsapi.FleetQuery) []regionalFleet {
	all := make([]regionalFleet, len(regions))
	free := make(chan struct{}, regionsAtOnce)
	var wait sync.WaitGroup
	for i, region := range regions {
		wait.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			all[i].region = region
			reader, err := s.rds(ctx, region)
			if err == nil {
				all[i].Fleet, err = reader.Fleet(ctx, query)
			}
			all[i].err = err
		})
	}
	wait.Wait()
	return all
}
