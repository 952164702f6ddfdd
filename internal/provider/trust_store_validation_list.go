package provider

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

var _ list.ListResourceWithConfigure = (*trustStoreValidationList)(nil)

// trustStoreValidationList finds the DB instances that need a gate.
type trustStoreValidationList struct{ managed }

func (l *trustStoreValidationList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the PostgreSQL and Aurora PostgreSQL instances that are not on the target CA yet, including every member of an Aurora cluster, and generates a gate (an `sslready_trust_store_validation` resource) for each of them, with `terraform query -generate-config-out` (Terraform 1.14 or later). A Multi-AZ DB cluster has one CA, so it gets one gate, on one of its members. " +
			"RDS does not know who connects, so each gate has a single client, `undeclared`, about which nothing is known. This client blocks the switch until you replace it with your own clients. " +
			"DB instances for which RDS reports no CA are listed with a warning. A Region that cannot be read also causes a warning. Requires `rds:DescribeDBInstances`; for clusters, `rds:DescribeDBClusters`; and for `regions = [\"*\"]`, `account:ListRegions`.",
		Attributes: schemaOf[schema.Attribute](attributes{
			"target_ca_cert_identifier": {kind: text, required: true, strings: notEmpty(), description: "CA to switch to: " + codeList(rdsca.Identifiers(), ", ") + ", or another one that RDS offers. DB instances that are already on the target CA are left out."},
			"region":                    {kind: text, strings: append(regionNames(), stringvalidator.ConflictsWith(path.MatchRoot("regions"))), description: regionDescription},
			"regions":                   {kind: texts, lists: regionLists(), description: "AWS Regions to read, or `[\"*\"]` for all Regions that the account has enabled. Default: only `region`."},
			"engines":                   {kind: texts, lists: []validator.List{listvalidator.ValueStringsAre(stringvalidator.OneOf(rdsapi.EnginePostgreSQL, rdsapi.EngineAuroraPostgreSQL))}, description: "Engines to list: `postgres` or `aurora-postgresql`. Default: both."},
			"tags":                      {kind: textMap, description: "List only DB instances with these tags; an empty value matches any value. Default: no tags required."},
			"on_unready":                {kind: text, strings: oneOf(unreadyError, unreadyHold), description: "`on_unready` of the generated gates. Default: `hold`."},
		}),
	}
}

// List reads the fleets, and streams a result for each DB instance.
func (l *trustStoreValidationList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	given := fieldsIn(ctx, req.Config.Schema.Type(), req.Config.Raw, &diags)
	regions, err := l.services.regions(ctx, given)
	if err != nil {
		diags.Append(awsDiagnostic(path.Root("regions"), titleInstances, err))
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	fleets := l.services.fleets(ctx, regions, rdsapi.FleetQuery{Engines: given.texts("engines"), Tags: given.textMap("tags")})
	stream.Results = func(push func(list.ListResult) bool) {
		sent := int64(0)
		for _, fleet := range fleets {
			if fleet.err != nil && !push(regionNotListed(fleet, len(fleets))) {
				return
			}
			gated := map[string]bool{} // by DB cluster: all members of a Multi-AZ one have its CA
			for _, instance := range fleet.Instances {
				if onTarget(instance.DBInstance, given.text("target_ca_cert_identifier")) || onMultiAZ(instance.DBInstance) && gated[instance.ClusterIdentifier] {
					continue
				}
				gated[instance.ClusterIdentifier] = true
				if req.Limit > 0 && sent >= req.Limit || !push(gateOf(ctx, req, given, fleet.region, instance.DBInstance)) {
					return
				}
				sent++
			}
		}
	}
}

// onTarget says whether a DB instance needs no gate: it has the CA, and no
// other one waits.
func onTarget(instance rdsapi.DBInstance, target string) bool {
	return instance.CAIdentifier == target && (instance.PendingCAIdentifier == "" || instance.PendingCAIdentifier == target)
}

// regionNotListed is a Region that could not be read. Where there are others,
// their results are worth having, and it is a warning.
func regionNotListed(fleet regionalFleet, of int) list.ListResult {
	title := fmt.Sprintf("Region Could Not Be Read (%s)", fleet.region)
	detail := fmt.Sprintf("%s The DB instances in this Region are not listed, but may need gates. %s", awsCause(fleet.err), awsRemedy(fleet.err))
	if of == 1 {
		return list.ListResult{Diagnostics: diag.Diagnostics{diag.NewErrorDiagnostic(title, detail)}}
	}
	return list.ListResult{Diagnostics: diag.Diagnostics{diag.NewWarningDiagnostic(title, detail)}}
}

// gateOf is the gate of one DB instance.
func gateOf(ctx context.Context, req list.ListRequest, given fields, region string, instance rdsapi.DBInstance) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = fmt.Sprintf("%s (%s, %s)", instance.Identifier, region, instance.Engine)
	if onMultiAZ(instance) {
		result.DisplayName = fmt.Sprintf("%s (%s, Multi-AZ DB cluster %s)", instance.Identifier, region, instance.ClusterIdentifier)
	}
	if instance.CAIdentifier == "" {
		result.Diagnostics.AddWarning(fmt.Sprintf("CA Not Known (%s)", instance.Identifier),
			"RDS does not report the CA of this DB instance, or the CA is set on the instance's cluster, which could not be read. It is therefore not known whether this DB instance needs a gate, so a gate is listed for it. Grant rds:DescribeDBClusters, or look the CA up with the AWS CLI.")
	}
	result.Diagnostics.Append(result.Identity.Set(ctx, gateIdentity{
		DBInstanceIdentifier: shown(instance.Identifier), Region: optionalText(region), AccountID: optionalText(instance.AccountID),
	})...)
	if req.IncludeResource {
		for name, value := range map[string]attr.Value{
			"db_instance_identifier": shown(instance.Identifier), "region": optionalText(region),
			"target_ca_cert_identifier": given["target_ca_cert_identifier"], "on_unready": types.StringValue(cmp.Or(given.text("on_unready"), unreadyHold)),
		} {
			result.Diagnostics.Append(result.Resource.SetAttribute(ctx, path.Root(name), value)...)
		}
		undeclared := path.Root("clients").AtMapKey("undeclared")
		result.Diagnostics.Append(result.Resource.SetAttribute(ctx, undeclared.AtName("driver"), types.StringValue("other"))...)
		// Terraform writes an empty connection as null, which says nothing.
		result.Diagnostics.Append(result.Resource.SetAttribute(ctx, undeclared.AtName("properties").AtMapKey("description"), types.StringValue(policy.PlaceholderClient))...)
	}
	return result
}
