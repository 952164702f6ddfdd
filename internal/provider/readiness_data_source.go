package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ datasource.DataSourceWithConfigure      = (*readinessDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*readinessDataSource)(nil)
)

// readinessDataSource judges as the resource does, without failing.
type readinessDataSource struct{ services *services }

func (d *readinessDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_readiness"
}

func (d *readinessDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *readinessDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Judges whether the declared clients of a DB instance keep their connections when its CA is switched: for each client, what its real driver does under the present CA and under the target. " +
			"An unready client is told in the outputs and does not fail the plan: for `check` blocks, preconditions and reports. To stop a plan, use the resource `sslready_trust_store_validation`." + judgementPermissions,
		Attributes: judgementAttributes().dataSource(),
	}
}

func (d *readinessDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var model judgementModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(validateJudgement(model)...)
	}
}

// Read judges. Terraform calls it once everything is known.
func (d *readinessDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model judgementModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	judged, diags := judge(ctx, d.services, model, nil)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.judgementOutcome, diags = outcomeOf(ctx, judged)
	resp.Diagnostics.Append(diags...)
	model.Clients, diags = withoutStoreContents(ctx, model.Clients)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// withoutStoreContents empties the contents of trust stores before the data
// source's configuration is stored: data sources have no write-only
// attributes, and a keystore may hold private keys.
func withoutStoreContents(ctx context.Context, clients types.Map) (types.Map, diag.Diagnostics) {
	elements := make(map[string]attr.Value, len(clients.Elements()))
	var diags diag.Diagnostics
	for name, value := range clients.Elements() {
		client, isObject := value.(types.Object)
		trustStore, declared := fieldsOf(value)["trust_store"].(types.Object)
		if !isObject || !declared || trustStore.IsNull() {
			elements[name] = value
			continue
		}
		inner := trustStore.Attributes()
		inner["content"], inner["content_base64"] = types.StringNull(), types.StringNull()
		emptied, more := types.ObjectValue(trustStore.AttributeTypes(ctx), inner)
		diags.Append(more...)
		outer := client.Attributes()
		outer["trust_store"] = emptied
		elements[name], more = types.ObjectValue(client.AttributeTypes(ctx), outer)
		diags.Append(more...)
	}
	emptied, more := types.MapValue(clients.ElementType(ctx), elements)
	diags.Append(more...)
	return emptied, diags
}
