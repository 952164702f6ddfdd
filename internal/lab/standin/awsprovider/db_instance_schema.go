package awsprovider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// dbInstanceSchema has the arguments of hashicorp/aws's aws_db_instance that
// the lab supports, optional, computed and sensitive as there.
func dbInstanceSchema() schema.Schema {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	return schema.Schema{
		MarkdownDescription: "A DB instance of the lab's stand-in for RDS.",
		Attributes: map[string]schema.Attribute{
			"identifier":     schema.StringAttribute{Required: true, PlanModifiers: replace, MarkdownDescription: "DB instance identifier."},
			"engine":         schema.StringAttribute{Required: true, PlanModifiers: replace, MarkdownDescription: "Engine."},
			"instance_class": schema.StringAttribute{Required: true, MarkdownDescription: "DB instance class."},
			"engine_version": optionalComputed("Engine version."),
			"db_name": schema.StringAttribute{
				Optional: true, Computed: true, MarkdownDescription: "First database.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplaceIfConfigured()},
			},
			"username": schema.StringAttribute{
				Optional: true, Computed: true, MarkdownDescription: "Master user.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplaceIfConfigured()},
			},
			"password":                            schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Password of the master user."},
			"ca_cert_identifier":                  optionalComputed("CA of the server certificate."),
			"parameter_group_name":                optionalComputed("DB parameter group."),
			"maintenance_window":                  optionalComputed("Maintenance window."),
			"allocated_storage":                   optionalComputedNumber("GiB of storage."),
			"port":                                optionalComputedNumber("TCP port."),
			"publicly_accessible":                 optionalFlag("Whether it has a public address."),
			"iam_database_authentication_enabled": optionalFlag("Whether IAM authentication works."),
			"deletion_protection":                 optionalFlag("Whether it refuses to be deleted."),
			"apply_immediately": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether changes wait for the maintenance window (`false`) or not.",
			},
			"skip_final_snapshot":       schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false), MarkdownDescription: "Delete without a snapshot."},
			"final_snapshot_identifier": schema.StringAttribute{Optional: true, MarkdownDescription: "Snapshot to take before deletion."},
			"tags":                      schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Tags."},
			"tags_all":                  schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "All tags.", PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown()}},
			"id":                        schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "DBI resource ID."},
			"address":                   schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "Host name."},
			"endpoint":                  schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "Host name and port."},
			"arn":                       schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "ARN."},
			"status":                    schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "Status."},
			"resource_id":               schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "Resource ID."},
			"engine_version_actual":     schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "Running engine version."},
		},
	}
}

func optionalComputed(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func optionalComputedNumber(description string) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
	}
}

func optionalFlag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}
