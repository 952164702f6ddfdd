package awsprovider

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*dbInstanceDataSource)(nil)

// dbInstanceDataSource is data aws_db_instance.
type dbInstanceDataSource struct{ client *rds.Client }

type dbInstanceDataModel struct {
	Identifier       types.String `tfsdk:"db_instance_identifier"`
	CACertIdentifier types.String `tfsdk:"ca_cert_identifier"`
}

func (*dbInstanceDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "aws_db_instance"
}

func (*dbInstanceDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A DB instance of the lab's stand-in for RDS.",
		Attributes: map[string]schema.Attribute{
			"db_instance_identifier": schema.StringAttribute{Required: true, MarkdownDescription: "DB instance identifier."},
			"ca_cert_identifier":     schema.StringAttribute{Computed: true, MarkdownDescription: "CA of the server certificate."},
		},
	}
}

func (d *dbInstanceDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	if client, ok := req.ProviderData.(*rds.Client); ok {
		d.client = client
	}
}

func (d *dbInstanceDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model dbInstanceDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	instance, err := describe(ctx, d.client, model.Identifier.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("reading RDS DB Instance", err.Error())
		return
	}
	if instance == nil {
		resp.Diagnostics.AddAttributeError(path.Root("db_instance_identifier"), "no matching RDS DB Instance found",
			fmt.Sprintf("There is no DB instance %q.", model.Identifier.ValueString()))
		return
	}
	model.CACertIdentifier = types.StringPointerValue(instance.CACertificateIdentifier)
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}
