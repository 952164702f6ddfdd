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
	ID               types.String `tfsdk:"id"`
	Address          types.String `tfsdk:"address"`
	Port             types.Int64  `tfsdk:"port"`
	Endpoint         types.String `tfsdk:"endpoint"`
	ARN              types.String `tfsdk:"db_instance_arn"`
	Engine           types.String `tfsdk:"engine"`
	EngineVersion    types.String `tfsdk:"engine_version"`
	CACertIdentifier types.String `tfsdk:"ca_cert_identifier"`
}

func (*dbInstanceDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "aws_db_instance"
}

func (*dbInstanceDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A DB instance of the lab's stand-in for RDS.",
		Attributes: map[string]schema.Attribute{
			"db_instance_identifier": schema.StringAttribute{Required: true, MarkdownDescription: "DB instance identifier."},
			"port":                   schema.Int64Attribute{Computed: true, MarkdownDescription: "TCP port."},
			"id":                     text("DBI resource ID."),
			"address":                text("Host name."),
			"endpoint":               text("Host name and port."),
			"db_instance_arn":        text("ARN."),
			"engine":                 text("Engine."),
			"engine_version":         text("Engine version."),
			"ca_cert_identifier":     text("CA of the server certificate."),
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
	var read dbInstanceModel
	read.read(instance)
	model.ID, model.Address, model.Port, model.Endpoint = read.ID, read.Address, read.Port, read.Endpoint
	model.ARN, model.Engine, model.EngineVersion, model.CACertIdentifier = read.ARN, read.Engine, read.EngineActual, read.CACertIdentifier
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}
