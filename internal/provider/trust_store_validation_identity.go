package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

var (
	_ resource.ResourceWithIdentity    = (*trustStoreValidationResource)(nil)
	_ resource.ResourceWithImportState = (*trustStoreValidationResource)(nil)
)

// gateIdentity says which DB instance a gate is of. It never changes: a gate of
// another DB instance is another gate.
type gateIdentity struct {
	// DBInstanceIdentifier is empty for a gate that names none.
	DBInstanceIdentifier types.String `tfsdk:"db_instance_identifier"`
	// Region and AccountID are null where they were not known when the gate was
	// made.
	Region    types.String `tfsdk:"region"`
	AccountID types.String `tfsdk:"account_id"`
}

func (r *trustStoreValidationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"db_instance_identifier": identityschema.StringAttribute{RequiredForImport: true, Description: "Identifier of the DB instance; empty for a gate without one."},
		"region":                 identityschema.StringAttribute{OptionalForImport: true, Description: "AWS Region of the DB instance. Default: the provider's Region."},
		"account_id":             identityschema.StringAttribute{OptionalForImport: true, Description: "AWS account of the DB instance. Default: the account of the provider's credentials; imports from any other account are refused."},
	}}
}

// identify gives a gate its identity, unless it has one.
func identify(ctx context.Context, identity *tfsdk.ResourceIdentity, identifier string, region types.String, account string) diag.Diagnostics {
	if identity == nil || !identity.Raw.IsFullyNull() {
		return nil
	}
	return identity.Set(ctx, gateIdentity{DBInstanceIdentifier: types.StringValue(identifier), Region: region, AccountID: optionalText(account)})
}

// replaced plans a new gate for another DB instance: what the gate has let
// through, and what it remembers, is of the one that it had.
func (r *trustStoreValidationResource) replaced(config judgementModel, region types.String, state tfsdk.State, resp *resource.ModifyPlanResponse) bool {
	if state.Raw.IsNull() {
		return false
	}
	had := textsOf(state.Raw, &resp.Diagnostics)
	if !strings.EqualFold(had["db_instance_identifier"], config.text("db_instance_identifier")) {
		resp.RequiresReplace.Append(path.Root("db_instance_identifier"))
	}
	if had["region"] != "" && !region.IsNull() && had["region"] != region.ValueString() {
		resp.RequiresReplace.Append(path.Root("region"))
	}
	if len(resp.RequiresReplace) == 0 {
		return false
	}
	values := unknownOutputs(resp.Plan.Raw)
	values["region"] = textValue(region)
	resp.Plan.Raw = fill(resp.Plan.Raw, values, &resp.Diagnostics)
	return true
}

// ImportState takes over a DB instance: the gate holds its identity, and
// nothing decided. The next plan judges.
func (r *trustStoreValidationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	at := path.Root("db_instance_identifier")
	given, diags := importedIdentity(ctx, req)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	identifier := given.DBInstanceIdentifier.ValueString()
	title := fmt.Sprintf("Cannot Import the Gate of %q", identifier)
	found, err := look(ctx, r.services, identifier, given.Region.ValueString())
	switch {
	case errors.Is(err, rdsapi.ErrDBInstanceNotFound):
		resp.Diagnostics.AddAttributeError(at, title, fmt.Sprintf(
			"No DB instance %q exists in this account and Region. An import needs the DB instance that the gate is for. Correct the identifier, add its Region (as in orders-prod@eu-west-1), or remove the import and let Terraform create the gate.", identifier))
		return
	case err != nil:
		resp.Diagnostics.Append(awsDiagnostic(at, title, err))
		return
	}
	region := types.StringValue(r.services.region(ctx, given.Region.ValueString()))
	if account := given.AccountID.ValueString(); account != "" && account != found.AccountID {
		resp.Diagnostics.AddAttributeError(at, title, fmt.Sprintf(
			"The DB instance that was found is in the account %q, but the identity specifies %q, so this is not the DB instance that the identity refers to. Import with a provider for the account that the identity specifies, or correct account_id.", found.AccountID, account))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, at, found.Identifier)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("region"), region)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, gateIdentity{
			DBInstanceIdentifier: types.StringValue(found.Identifier), Region: region, AccountID: optionalText(found.AccountID),
		})...)
	}
}

// importedIdentity is what an import names: an identity, or a text such as
// orders-prod or, as hashicorp/aws takes it, orders-prod@eu-west-1.
func importedIdentity(ctx context.Context, req resource.ImportStateRequest) (given gateIdentity, diags diag.Diagnostics) {
	if req.ID == "" && req.Identity != nil {
		diags.Append(req.Identity.Get(ctx, &given)...)
	} else {
		identifier, region, _ := strings.Cut(req.ID, "@")
		given = gateIdentity{DBInstanceIdentifier: types.StringValue(identifier), Region: optionalText(region)}
	}
	if given.DBInstanceIdentifier.ValueString() == "" {
		diags.AddAttributeError(path.Root("db_instance_identifier"), "No DB Instance to Import", "The import names no DB instance, and without one, a gate cannot be imported. Import with the identifier of a DB instance, such as orders-prod or orders-prod@eu-west-1.")
	}
	if region := given.Region.ValueString(); region != "" && !regionPattern.MatchString(region) {
		diags.AddAttributeError(path.Root("region"), "Invalid Region", fmt.Sprintf("%q is not the name of an AWS Region, so RDS cannot be called. Use a name such as eu-west-1.", region))
	}
	return given, diags
}
