package provider

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

var (
	_ resource.ResourceWithConfigure      = (*trustStoreValidationResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*trustStoreValidationResource)(nil)
	_ resource.ResourceWithValidateConfig = (*trustStoreValidationResource)(nil)
)

// trustStoreValidationResource is the gate. It exists in the state only: what
// it "creates" is the verdict.
type trustStoreValidationResource struct{ services *services }

type trustStoreValidationModel struct {
	judgementModel

	OnUnready        types.String `tfsdk:"on_unready"`
	CACertIdentifier types.String `tfsdk:"ca_cert_identifier"`
}

func (r *trustStoreValidationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_trust_store_validation"
}

func (r *trustStoreValidationResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *trustStoreValidationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	all := judgementAttributes()
	all["ca_cert_identifier"] = attribute{kind: text, computed: true, description: "The CA that the DB instance should have now: the target once every client is ready, else the present one. Null for a DB instance that is held back and whose present CA is not known: one that exists keeps its CA, and a new one gets RDS's own default. Assign it to `aws_db_instance.ca_cert_identifier`."}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The gate before a switch of the CA: judges the declared clients against the target CA in every plan, and again in the apply, and fails (`on_unready = \"error\"`) or keeps the present CA (`on_unready = \"hold\"`) while a client would break. " +
			"The DB instance takes its `ca_cert_identifier` from here, so it cannot be switched around the gate. Where the DB instance is on the target already there is nothing to hold back, and unready clients are warnings." + judgementPermissions,
		Attributes: all.resource(),
	}
}

func (r *trustStoreValidationResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var model trustStoreValidationModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(validateJudgement(model.judgementModel)...)
	}
}

// ModifyPlan judges from the configuration, where write-only values still
// are, and plans the outputs. It does nothing on destroy.
func (r *trustStoreValidationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, plan trustStoreValidationModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !config.inputsKnown() || !r.services.known() {
		plan.judgementOutcome, plan.CACertIdentifier = unknownOutcome(), types.StringUnknown()
		resp.Plan.Raw = plan.into(ctx, req.Plan.Raw, &resp.Diagnostics)
		return
	}
	judged, diags := judge(ctx, r.services, config.judgementModel, recall(ctx, req.Private, config.DBInstanceIdentifier.ValueString()))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(judged.tell(config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if len(judged.deferred) > 0 {
		judged.tellWaitingClients(&resp.Diagnostics)
		plan.judgementOutcome, plan.CACertIdentifier = unknownOutcome(), types.StringUnknown()
		resp.Plan.Raw = plan.into(ctx, req.Plan.Raw, &resp.Diagnostics)
		return
	}
	inputsChanged := plan.Ready.IsUnknown() // The framework has seen to it.
	resp.Diagnostics.Append(plan.settle(ctx, judged)...)
	// Terraform plans again in the apply and expects the same: the time of a
	// new verdict is known only then, and so is where the DB instance stands,
	// which the same apply may replace.
	plan.EvaluatedAt = types.StringUnknown()
	if !plan.Rotation.IsNull() {
		plan.Rotation = unknownOutcome().Rotation
	}
	if !req.State.Raw.IsNull() {
		var state trustStoreValidationModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		rotation := plan.Rotation
		plan.keepUnchanged(state, judged)
		if inputsChanged { // The rotation answers to them, too.
			plan.Rotation = rotation
		}
	}
	resp.Plan.Raw = plan.into(ctx, req.Plan.Raw, &resp.Diagnostics)
}

// into fills the outputs into the plan.
func (m *trustStoreValidationModel) into(ctx context.Context, plan tftypes.Value, diags *diag.Diagnostics) tftypes.Value {
	outputs := m.outputs()
	outputs["ca_cert_identifier"] = m.CACertIdentifier
	return fill(ctx, plan, outputs, diags)
}

// settle fills in the outputs.
func (m *trustStoreValidationModel) settle(ctx context.Context, judged judgement) diag.Diagnostics {
	outcome, diags := outcomeOf(ctx, judged.lasting())
	m.judgementOutcome = outcome
	m.CACertIdentifier = judged.caCertIdentifier(m.TargetCACertIdentifier.ValueString())
	return diags
}

// lasting leaves out what one reading of RDS missed: the next one, in the same
// apply, may not miss it, and a plan must not hang on that.
func (j judgement) lasting() judgement {
	j.report.Findings = slices.DeleteFunc(slices.Clone(j.report.Findings), func(f readiness.Finding) bool { return f.Code == readiness.FindingFactNotRead })
	return j
}

// keepUnchanged leaves the plan empty where nothing new is to be told: the
// verdicts are as before, or the DB instance has arrived at the target that
// they let through, and what was before that is past.
func (m *trustStoreValidationModel) keepUnchanged(state trustStoreValidationModel, judged judgement) {
	if !m.CACertIdentifier.Equal(state.CACertIdentifier) {
		return
	}
	arrived := judged.facts.onTarget && state.Ready.ValueBool() && judged.report.Ready &&
		m.TargetCACertIdentifier.Equal(state.TargetCACertIdentifier) && m.Clients.Equal(state.Clients) &&
		m.TargetRootSHA256.Equal(state.TargetRootSHA256)
	if m.same(state.judgementOutcome) || arrived {
		m.judgementOutcome = state.judgementOutcome
	}
}

// tell gives the judgement's diagnostics: unready clients are errors, unless
// they are held back or there is nothing to hold back.
func (j judgement) tell(m trustStoreValidationModel) diag.Diagnostics {
	hold := m.OnUnready.ValueString() == unreadyHold
	diags := j.blockers(m.judgementModel, hold || j.facts.onTarget)
	if hold && !j.report.Ready && !j.facts.onTarget {
		diags.AddAttributeWarning(path.Root("on_unready"), "CA Switch Held Back", j.report.Summary+" "+j.heldBack(m.TargetCACertIdentifier.ValueString()))
	}
	diags.Append(j.remarks()...)
	return diags
}

// heldBack says what a hold comes to. One switch it cannot hold: that which
// waits for the maintenance window already, since RDS lists the DB instance's
// present CA until then, and Terraform has nothing to change.
func (j judgement) heldBack(target string) string {
	if j.rotation != nil && j.rotation.State == readiness.SwitchPending {
		return fmt.Sprintf("A switch to %s waits for the maintenance window already, and RDS will make it there whatever this gate says. To keep the DB instance on %s, modify it back to that before the window, with the AWS CLI.",
			target, j.facts.presentCA)
	}
	return heldAt(j.facts) + " until every client is ready; the switch then happens in the next plan by itself."
}

func heldAt(facts instanceFacts) string {
	if facts.presentCA == "" {
		return "ca_cert_identifier stays null (a DB instance that exists keeps its CA, and a new one gets RDS's default CA)"
	}
	return "The DB instance stays on " + facts.presentCA
}

// Create judges again: time has passed since the plan, and values that were
// unknown then are known now. The DB instance depends on this resource and is
// not touched before it.
func (r *trustStoreValidationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan trustStoreValidationModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.confirm(ctx, config, &plan, nil)...)
	if !resp.Diagnostics.HasError() {
		resp.State.Raw = plan.into(ctx, req.Plan.Raw, &resp.Diagnostics)
	}
}

// Update judges again, as Create does.
func (r *trustStoreValidationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan trustStoreValidationModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.confirm(ctx, config, &plan, recall(ctx, req.Private, config.DBInstanceIdentifier.ValueString()))...)
	if !resp.Diagnostics.HasError() {
		resp.State.Raw = plan.into(ctx, req.Plan.Raw, &resp.Diagnostics)
	}
}

// confirm judges in the apply. Outputs that were planned stay as planned, and
// an answer that would contradict the plan is an error.
func (r *trustStoreValidationResource) confirm(ctx context.Context, config trustStoreValidationModel, plan *trustStoreValidationModel, before *seenInstance) diag.Diagnostics {
	judged, diags := judge(ctx, r.services, config.judgementModel, before)
	if diags.HasError() {
		return diags
	}
	diags.Append(judged.tell(config)...)
	if diags.HasError() {
		return diags
	}
	if plan.Ready.IsUnknown() {
		diags.Append(plan.settle(ctx, judged)...)
		return diags
	}
	if plan.Rotation.IsUnknown() {
		rotation, more := rotationOf(ctx, judged.rotation)
		diags.Append(more...)
		plan.Rotation = rotation
	}
	if plan.EvaluatedAt.IsUnknown() {
		plan.EvaluatedAt = types.StringValue(judged.at.UTC().Format(time.RFC3339))
	}
	now := judged.caCertIdentifier(plan.TargetCACertIdentifier.ValueString())
	if !plan.CACertIdentifier.Equal(now) && plan.CACertIdentifier.Equal(plan.TargetCACertIdentifier) {
		diags.Append(judged.blockers(config.judgementModel, false)...)
		diags.AddAttributeError(path.Root("target_ca_cert_identifier"), "Verdict Changed Since the Plan", fmt.Sprintf(
			"The plan lets the DB instance switch to %s, but now a client is not ready for it: %s The DB instance was not touched. Plan again.",
			plan.TargetCACertIdentifier.ValueString(), judged.report.Summary))
	}
	return diags
}

// Read keeps the state as it is, and remembers the DB instance. A refresh has
// no write-only password, and must not fail because a store got worse, or RDS
// does not answer: the next plan speaks.
func (r *trustStoreValidationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state trustStoreValidationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || state.DBInstanceIdentifier.IsNull() || !r.services.known() {
		return
	}
	if found, err := look(ctx, r.services, state.DBInstanceIdentifier.ValueString()); err == nil {
		resp.Diagnostics.Append(found.remember(ctx, resp.Private)...)
	}
}

// Delete forgets the verdict. There is nothing else to remove.
func (r *trustStoreValidationResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}
