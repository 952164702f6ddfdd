package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// dataSource is what all data sources have in common.
type dataSource struct {
	name        string // without the provider's
	description string
	attributes  attributes
	rules       []datasource.ConfigValidator

	services *services
}

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.name
}

func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: d.description, Attributes: schemaOf[schema.Attribute](d.attributes.readable())}
}

func (d *dataSource) ConfigValidators(context.Context) []datasource.ConfigValidator { return d.rules }

// answeringSource is a data source whose answer is made of its arguments.
type answeringSource struct {
	dataSource

	// local: it asks neither AWS nor a server, and is no sign of another plan.
	local bool
	// read gives the computed attributes; what it leaves out is null.
	read func(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields
}

func (d *answeringSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	given := fieldsIn(ctx, req.Config.Schema.Type(), req.Config.Raw, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if !d.local {
		d.services.readData(req.Config)
	}
	if answer := d.read(ctx, d.services, given, &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.State.Raw = fill(req.Config.Raw, answer.raw(ctx), &resp.Diagnostics)
	}
}
