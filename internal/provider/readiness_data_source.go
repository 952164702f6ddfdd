package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// judgingSource judges as the gate does, without failing.
type judgingSource struct{ dataSource }

var _ datasource.DataSourceWithValidateConfig = (*judgingSource)(nil)

func readinessDataSource() datasource.DataSource {
	return &judgingSource{dataSource{
		name: "readiness", attributes: judgementAttributes(),
		description: "Judges whether the declared clients of a DB instance can still connect after a switch of its CA: for each client, what its real driver does under the current CA and under the target CA. " +
			"A client that is not ready appears in the outputs but does not fail the plan, so use this data source in `check` blocks, preconditions and reports. To stop a plan, use the resource `sslready_trust_store_validation`." + judgementPermissions,
	}}
}

func (d *judgingSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	model := readModel(ctx, req.Config.Schema.Type(), req.Config.Raw, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(validateJudgement(model)...)
	}
}

// Read judges. Terraform calls it once everything is known.
func (d *judgingSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	model := readModel(ctx, req.Config.Schema.Type(), req.Config.Raw, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	d.services.readData(req.Config)
	judged, diags := judge(ctx, d.services, model, nil)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	values := outputValues(ctx, req.Config.Raw, judged)
	values["region"] = textValue(d.services.effectiveRegion(ctx, model))
	state, err := withoutStoreSecrets(req.Config.Raw)
	if err != nil {
		resp.Diagnostics.AddError(titleNotStored, readiness.Sentence(err.Error()))
		return
	}
	resp.State.Raw = fill(state, values, &resp.Diagnostics)
}

// withoutStoreSecrets empties the contents and passwords of trust stores before
// the data source's configuration is stored: data sources have no write-only
// attributes, and a keystore may hold private keys.
func withoutStoreSecrets(config tftypes.Value) (tftypes.Value, error) {
	attributes, err := elementsOf(config)
	if err != nil {
		return config, err
	}
	clients, err := elementsOf(attributes["clients"])
	if err != nil {
		return config, err
	}
	emptied := make(map[string]tftypes.Value, len(clients))
	for name, client := range clients {
		if emptied[name], err = withoutStoreSecret(client); err != nil {
			return config, err
		}
	}
	return with(config, map[string]tftypes.Value{"clients": tftypes.NewValue(attributes["clients"].Type(), emptied)})
}

func withoutStoreSecret(client tftypes.Value) (tftypes.Value, error) {
	attributes, err := elementsOf(client)
	if err != nil {
		return client, err
	}
	trustStore, err := elementsOf(attributes["trust_store"]) // None where it is null.
	if err != nil || trustStore["content"].IsNull() && trustStore["content_base64"].IsNull() && trustStore["password"].IsNull() {
		return client, err
	}
	none := tftypes.NewValue(tftypes.String, nil)
	emptied, err := with(attributes["trust_store"], map[string]tftypes.Value{"content": none, "content_base64": none, "password": none})
	if err != nil {
		return client, err
	}
	return with(client, map[string]tftypes.Value{"trust_store": emptied})
}
