// Package awsprovider is a small provider to be served, by a development
// override, under registry.terraform.io/hashicorp/aws, where the real one is
// not to be had. Its provider block and its aws_db_instance have the arguments
// of hashicorp/aws that the examples of this project use, so that what users
// copy from the README runs unchanged against the stand-in for RDS.
package awsprovider

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Address is the provider address to serve it under.
const Address = "registry.terraform.io/hashicorp/aws"

// maxAttempts is enough against a stand-in, and soon over.
const maxAttempts = 5

var _ provider.Provider = (*awsProvider)(nil)

type awsProvider struct{}

// New returns the provider.
func New() provider.Provider { return &awsProvider{} }

type providerModel struct {
	Region                    types.String    `tfsdk:"region"`
	AccessKey                 types.String    `tfsdk:"access_key"`
	SecretKey                 types.String    `tfsdk:"secret_key"`
	SkipCredentialsValidation types.Bool      `tfsdk:"skip_credentials_validation"`
	SkipRegionValidation      types.Bool      `tfsdk:"skip_region_validation"`
	SkipRequestingAccountID   types.Bool      `tfsdk:"skip_requesting_account_id"`
	Endpoints                 []endpointModel `tfsdk:"endpoints"`
}

type endpointModel struct {
	RDS types.String `tfsdk:"rds"`
	STS types.String `tfsdk:"sts"`
}

func (*awsProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "aws"
	resp.Version = "0.0.0-lab"
}

func (*awsProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{Optional: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A stand-in for hashicorp/aws that knows `aws_db_instance` only. For the lab.",
		Attributes: map[string]schema.Attribute{
			"region":                      text("AWS Region."),
			"access_key":                  text("AWS access key."),
			"secret_key":                  schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "AWS secret key."},
			"skip_credentials_validation": flag("Do not ask STS who calls."),
			"skip_region_validation":      flag("Take any Region."),
			"skip_requesting_account_id":  flag("Do not ask for the account."),
		},
		Blocks: map[string]schema.Block{
			"endpoints": schema.SetNestedBlock{
				MarkdownDescription: "Service endpoints.",
				NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
					"rds": text("URL of the RDS endpoint."),
					"sts": text("URL of the STS endpoint."),
				}},
			},
		},
	}
}

func (*awsProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	base := &awsbase.Config{
		Region: model.Region.ValueString(), AccessKey: model.AccessKey.ValueString(), SecretKey: model.SecretKey.ValueString(),
		MaxRetries: maxAttempts, SkipCredsValidation: true, SkipRequestingAccountId: true, SuppressDebugLog: true,
	}
	endpoint := ""
	for _, endpoints := range model.Endpoints {
		if url := endpoints.RDS.ValueString(); url != "" {
			endpoint = url
		}
		if url := endpoints.STS.ValueString(); url != "" {
			base.StsEndpoint = url
		}
	}
	_, config, diags := awsbase.GetAwsConfig(ctx, base)
	for _, problem := range diags.Errors() {
		resp.Diagnostics.AddError(problem.Summary(), problem.Detail())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	client := rds.NewFromConfig(config, func(o *rds.Options) {
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
	})
	resp.ResourceData = client
	resp.DataSourceData = client
}

func (*awsProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &dbInstanceResource{} }}
}

func (*awsProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return &dbInstanceDataSource{} }}
}
