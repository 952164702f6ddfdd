package awsprovider

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithConfigure   = (*dbInstanceResource)(nil)
	_ resource.ResourceWithImportState = (*dbInstanceResource)(nil)
)

// dbInstanceResource is aws_db_instance.
type dbInstanceResource struct{ client *rds.Client }

func (*dbInstanceResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "aws_db_instance"
}

// Schema has the arguments of hashicorp/aws's aws_db_instance that the examples
// use, optional and computed as there.
func (*dbInstanceResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	keepNumber := []planmodifier.Int64{int64planmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A DB instance of the lab's stand-in for RDS.",
		Attributes: map[string]schema.Attribute{
			"identifier":           schema.StringAttribute{Required: true, PlanModifiers: replace, MarkdownDescription: "DB instance identifier."},
			"engine":               schema.StringAttribute{Required: true, PlanModifiers: replace, MarkdownDescription: "Engine."},
			"instance_class":       schema.StringAttribute{Required: true, MarkdownDescription: "DB instance class."},
			"engine_version":       schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keep, MarkdownDescription: "Engine version."},
			"ca_cert_identifier":   schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keep, MarkdownDescription: "CA of the server certificate."},
			"parameter_group_name": schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keep, MarkdownDescription: "DB parameter group."},
			"allocated_storage":    schema.Int64Attribute{Optional: true, Computed: true, PlanModifiers: keepNumber, MarkdownDescription: "GiB of storage."},
			"apply_immediately":    schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false), MarkdownDescription: "Whether changes wait for the maintenance window (`false`) or not."},
			"skip_final_snapshot":  schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false), MarkdownDescription: "Delete without a snapshot."},
			"tags":                 schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Tags."},
			"id":                   schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "DBI resource ID."},
			"endpoint":             schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "Host name and port."},
			"arn":                  schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "ARN."},
		},
	}
}

func (r *dbInstanceResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if client, ok := req.ProviderData.(*rds.Client); ok {
		r.client = client
	}
}

// dbInstanceModel is aws_db_instance. Its id is the DBI resource ID, as with
// hashicorp/aws from version 5.
type dbInstanceModel struct {
	ID                 types.String `tfsdk:"id"`
	Identifier         types.String `tfsdk:"identifier"`
	Engine             types.String `tfsdk:"engine"`
	EngineVersion      types.String `tfsdk:"engine_version"`
	InstanceClass      types.String `tfsdk:"instance_class"`
	AllocatedStorage   types.Int64  `tfsdk:"allocated_storage"`
	CACertIdentifier   types.String `tfsdk:"ca_cert_identifier"`
	ParameterGroupName types.String `tfsdk:"parameter_group_name"`
	ApplyImmediately   types.Bool   `tfsdk:"apply_immediately"`
	SkipFinalSnapshot  types.Bool   `tfsdk:"skip_final_snapshot"`
	Tags               types.Map    `tfsdk:"tags"`
	Endpoint           types.String `tfsdk:"endpoint"`
	ARN                types.String `tfsdk:"arn"`
}

// read fills everything that RDS knows. What it does not return
// (apply_immediately, skip_final_snapshot) stays as it is.
func (m *dbInstanceModel) read(ctx context.Context, in *rdstypes.DBInstance) {
	m.ID = types.StringPointerValue(in.DbiResourceId)
	m.Identifier = types.StringPointerValue(in.DBInstanceIdentifier)
	m.Engine = types.StringPointerValue(in.Engine)
	if m.EngineVersion.IsNull() || m.EngineVersion.IsUnknown() {
		m.EngineVersion = types.StringPointerValue(in.EngineVersion)
	}
	m.InstanceClass = types.StringPointerValue(in.DBInstanceClass)
	m.AllocatedStorage = types.Int64Value(int64(aws.ToInt32(in.AllocatedStorage)))
	m.CACertIdentifier = types.StringPointerValue(in.CACertificateIdentifier)
	m.ARN = types.StringPointerValue(in.DBInstanceArn)
	m.ParameterGroupName, m.Endpoint, m.Tags = types.StringNull(), types.StringNull(), types.MapNull(types.StringType)
	if len(in.DBParameterGroups) > 0 {
		m.ParameterGroupName = types.StringPointerValue(in.DBParameterGroups[0].DBParameterGroupName)
	}
	if in.Endpoint != nil {
		m.Endpoint = types.StringValue(fmt.Sprintf("%s:%d", aws.ToString(in.Endpoint.Address), aws.ToInt32(in.Endpoint.Port)))
	}
	if len(in.TagList) > 0 {
		tags := make(map[string]string, len(in.TagList))
		for _, tag := range in.TagList {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		m.Tags, _ = types.MapValueFrom(ctx, types.StringType, tags) // Texts are no problem.
	}
}

func (r *dbInstanceResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan dbInstanceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	input := &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: plan.Identifier.ValueStringPointer(), Engine: plan.Engine.ValueStringPointer(), DBInstanceClass: plan.InstanceClass.ValueStringPointer(),
		EngineVersion: text(plan.EngineVersion), CACertificateIdentifier: text(plan.CACertIdentifier), DBParameterGroupName: text(plan.ParameterGroupName),
		AllocatedStorage: number(plan.AllocatedStorage), Tags: tagList(ctx, plan.Tags),
	}
	out, err := r.client.CreateDBInstance(ctx, input) // The stand-in's is available at once.
	if err != nil {
		resp.Diagnostics.AddError("creating RDS DB Instance", err.Error())
		return
	}
	plan.read(ctx, out.DBInstance)
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
	state.read(ctx, instance)
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
	plan.read(ctx, instance)
	// A change that waits for the maintenance window is not there yet, but
	// Terraform wants what it planned; the next refresh shows the truth.
	plan.CACertIdentifier, plan.ParameterGroupName = known(planned.CACertIdentifier, plan.CACertIdentifier), known(planned.ParameterGroupName, plan.ParameterGroupName)
	plan.EngineVersion, plan.Tags = known(planned.EngineVersion, plan.EngineVersion), planned.Tags
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func (r *dbInstanceResource) modify(ctx context.Context, plan, state dbInstanceModel) (*rdstypes.DBInstance, error) {
	input := &rds.ModifyDBInstanceInput{
		DBInstanceIdentifier:    plan.Identifier.ValueStringPointer(),
		ApplyImmediately:        aws.Bool(plan.ApplyImmediately.ValueBool()),
		CACertificateIdentifier: changed(plan.CACertIdentifier, state.CACertIdentifier),
		DBParameterGroupName:    changed(plan.ParameterGroupName, state.ParameterGroupName),
		EngineVersion:           changed(plan.EngineVersion, state.EngineVersion),
		DBInstanceClass:         changed(plan.InstanceClass, state.InstanceClass),
		AllocatedStorage:        number(plan.AllocatedStorage),
	}
	out, err := r.client.ModifyDBInstance(ctx, input)
	if err != nil {
		return nil, err
	}
	return out.DBInstance, r.retag(ctx, plan, state)
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

// text and number are nil for what the configuration leaves open.
func text(value types.String) *string {
	if value.IsUnknown() {
		return nil
	}
	return value.ValueStringPointer()
}

func number(value types.Int64) *int32 {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	return aws.Int32(int32(value.ValueInt64())) //nolint:gosec // GiB fit
}

// changed is the planned value if it is known and differs from the state's.
func changed(plan, state types.String) *string {
	if plan.Equal(state) {
		return nil
	}
	return text(plan)
}

// known is the planned value, or what was read where the plan left it open.
func known(plan, read types.String) types.String {
	if plan.IsUnknown() {
		return read
	}
	return plan
}

// tagList turns tags into what the API takes; unknown values do not get here.
func tagList(ctx context.Context, tags types.Map) []rdstypes.Tag {
	values := map[string]string{}
	tags.ElementsAs(ctx, &values, false)
	list := make([]rdstypes.Tag, 0, len(values))
	for key, value := range values {
		list = append(list, rdstypes.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return list
}

// describe returns the instance, or nil if there is none.
func describe(ctx context.Context, client *rds.Client, identifier string) (*rdstypes.DBInstance, error) {
	out, err := client.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(identifier)})
	if _, missing := errors.AsType[*rdstypes.DBInstanceNotFoundFault](err); missing || err == nil && len(out.DBInstances) == 0 {
		return nil, nil //nolint:nilnil // See above.
	}
	if err != nil {
		return nil, err
	}
	return &out.DBInstances[0], nil
}
