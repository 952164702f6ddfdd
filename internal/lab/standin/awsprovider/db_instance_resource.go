package awsprovider

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithConfigure   = (*dbInstanceResource)(nil)
	_ resource.ResourceWithImportState = (*dbInstanceResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*dbInstanceResource)(nil)
)

// dbInstanceResource is aws_db_instance.
type dbInstanceResource struct{ client *rds.Client }

func (*dbInstanceResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "aws_db_instance"
}

func (*dbInstanceResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = dbInstanceSchema()
}

func (r *dbInstanceResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if client, ok := req.ProviderData.(*rds.Client); ok {
		r.client = client
	}
}

// ModifyPlan keeps tags_all in step with tags, which the framework's defaults
// cannot.
func (*dbInstanceResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var tags types.Map
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("tags"), &tags)...)
	if tags.IsNull() {
		tags = types.MapValueMust(types.StringType, nil)
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("tags_all"), tags)...)
}

func (r *dbInstanceResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan dbInstanceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	input := &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: plan.Identifier.ValueStringPointer(), Engine: plan.Engine.ValueStringPointer(),
		DBInstanceClass: plan.InstanceClass.ValueStringPointer(), MasterUserPassword: text(plan.Password),
		EngineVersion: text(plan.EngineVersion), DBName: text(plan.DBName), MasterUsername: text(plan.Username),
		CACertificateIdentifier: text(plan.CACertIdentifier), DBParameterGroupName: text(plan.ParameterGroupName),
		PreferredMaintenanceWindow: text(plan.MaintenanceWindow), AllocatedStorage: number(plan.AllocatedStorage),
		Port: number(plan.Port), PubliclyAccessible: flag(plan.PubliclyAccessible),
		EnableIAMDatabaseAuthentication: flag(plan.IAMAuthentication), DeletionProtection: flag(plan.DeletionProtection),
		Tags: tagList(ctx, plan.Tags),
	}
	if _, err := r.client.CreateDBInstance(ctx, input); err != nil {
		resp.Diagnostics.AddError("creating RDS DB Instance", err.Error())
		return
	}
	instance, err := settle(ctx, r.client, plan.Identifier.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("waiting for RDS DB Instance create", err.Error())
		return
	}
	plan.read(instance)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func (r *dbInstanceResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state dbInstanceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	instance, err := describe(ctx, r.client, state.Identifier.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("reading RDS DB Instance", err.Error())
		return
	}
	if instance == nil {
		resp.State.RemoveResource(ctx)
		return
	}
	state.read(instance)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func (r *dbInstanceResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state dbInstanceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	instance, err := r.modify(ctx, plan, state)
	if err != nil {
		resp.Diagnostics.AddError("updating RDS DB Instance", err.Error())
		return
	}
	planned := plan
	plan.read(instance)
	// A change that waits for the maintenance window is not there yet, but
	// Terraform wants what it planned; the next refresh shows the truth.
	plan.CACertIdentifier, plan.ParameterGroupName = known(planned.CACertIdentifier, plan.CACertIdentifier), known(planned.ParameterGroupName, plan.ParameterGroupName)
	plan.EngineVersion, plan.Tags, plan.TagsAll = known(planned.EngineVersion, plan.EngineVersion), planned.Tags, planned.TagsAll
	plan.EngineActual = planned.EngineActual
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func (r *dbInstanceResource) modify(ctx context.Context, plan, state dbInstanceModel) (*rdstypes.DBInstance, error) {
	input := &rds.ModifyDBInstanceInput{
		DBInstanceIdentifier:            plan.Identifier.ValueStringPointer(),
		ApplyImmediately:                aws.Bool(plan.ApplyImmediately.ValueBool()),
		CACertificateIdentifier:         changed(plan.CACertIdentifier, state.CACertIdentifier),
		DBParameterGroupName:            changed(plan.ParameterGroupName, state.ParameterGroupName),
		EngineVersion:                   changed(plan.EngineVersion, state.EngineVersion),
		DBInstanceClass:                 changed(plan.InstanceClass, state.InstanceClass),
		PreferredMaintenanceWindow:      changed(plan.MaintenanceWindow, state.MaintenanceWindow),
		MasterUserPassword:              changed(plan.Password, state.Password),
		AllocatedStorage:                number(plan.AllocatedStorage),
		DeletionProtection:              flag(plan.DeletionProtection),
		PubliclyAccessible:              flag(plan.PubliclyAccessible),
		EnableIAMDatabaseAuthentication: flag(plan.IAMAuthentication),
	}
	if _, err := r.client.ModifyDBInstance(ctx, input); err != nil {
		return nil, err
	}
	if err := r.retag(ctx, plan, state); err != nil {
		return nil, err
	}
	return settle(ctx, r.client, plan.Identifier.ValueString())
}

// retag removes the tags that the plan no longer has, and sets the others.
func (r *dbInstanceResource) retag(ctx context.Context, plan, state dbInstanceModel) error {
	if plan.Tags.Equal(state.Tags) {
		return nil
	}
	var gone []string
	for key := range state.Tags.Elements() {
		if _, stays := plan.Tags.Elements()[key]; !stays {
			gone = append(gone, key)
		}
	}
	if len(gone) > 0 {
		_, err := r.client.RemoveTagsFromResource(ctx, &rds.RemoveTagsFromResourceInput{ResourceName: state.ARN.ValueStringPointer(), TagKeys: gone})
		if err != nil {
			return err
		}
	}
	if len(plan.Tags.Elements()) == 0 {
		return nil
	}
	_, err := r.client.AddTagsToResource(ctx, &rds.AddTagsToResourceInput{ResourceName: state.ARN.ValueStringPointer(), Tags: tagList(ctx, plan.Tags)})
	return err
}

func (r *dbInstanceResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state dbInstanceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	instance, err := describe(ctx, r.client, state.Identifier.ValueString())
	if err == nil && instance != nil {
		_, err = r.client.DeleteDBInstance(ctx, &rds.DeleteDBInstanceInput{
			DBInstanceIdentifier: state.Identifier.ValueStringPointer(), SkipFinalSnapshot: aws.Bool(state.SkipFinalSnapshot.ValueBool()),
			FinalDBSnapshotIdentifier: text(state.FinalSnapshot),
		})
	}
	if err != nil {
		resp.Diagnostics.AddError("deleting RDS DB Instance", err.Error())
	}
}

func (*dbInstanceResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("identifier"), req.ID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("apply_immediately"), false)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("skip_final_snapshot"), false)...)
}
