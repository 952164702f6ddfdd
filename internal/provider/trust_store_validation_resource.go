package provider

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/gate"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

var (
	_ resource.ResourceWithConfigure      = (*trustStoreValidationResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*trustStoreValidationResource)(nil)
	_ resource.ResourceWithValidateConfig = (*trustStoreValidationResource)(nil)
)

// trustStoreValidationResource is the gate. It exists in the state only: what
// it "creates" is the verdict.
type trustStoreValidationResource struct{ managed }

// gateName is the name of the gate's type, without the provider's.
const gateName = "trust_store_validation"

func (r *trustStoreValidationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	all := judgementAttributes()
	for _, name := range detailNames() {
		detail := all[name]
		detail.description += " Null with `details = false`."
		all[name] = detail
	}
	clients := all["clients"]
	clients.description += " In the plan for a new gate, Terraform prints every client, with a dozen lines or more for each; with `clients = sensitive(…)`, it prints a single line for all clients."
	clients.nested = clients.nested.unmarked()
	all["clients"] = clients
	resp.Schema = schema.Schema{
		Version: gateVersion,
		MarkdownDescription: "A gate for a switch of the CA. It judges the declared clients against the target CA in every plan, and again in the apply. As long as the switch would break a client, the gate fails the run (`on_unready = \"error\"`) or keeps the current CA (`on_unready = \"hold\"`). " +
			"Let the DB instance take its `ca_cert_identifier` from the gate, so that nothing in the configuration bypasses the gate. Once the DB instance is on the target CA, there is nothing to hold back, and clients that are not ready only cause warnings." + judgementPermissions,
		Attributes: schemaOf[schema.Attribute](all),
	}
}

func (r *trustStoreValidationResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	model := readModel(ctx, req.Config.Schema.Type(), req.Config.Raw, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(validateJudgement(model)...)
	}
}

// ModifyPlan judges from the configuration, where write-only values still
// are, and plans the outputs. It does nothing on destroy.
func (r *trustStoreValidationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	configured, err := givenClients(ctx, req.Config.Raw)
	prior, otherErr := priorClients(ctx, req.State.Raw)
	config := readModel(ctx, req.Config.Schema.Type(), configured, &resp.Diagnostics)
	known, knownErr := inputsKnown(configured)
	if err = errors.Join(err, otherErr, knownErr); err != nil {
		resp.Diagnostics.AddError(titleNotStored, readiness.Sentence(err.Error()))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !known || !r.services.known() {
		resp.Diagnostics.Append(config.named(diag.Diagnostics{diag.NewWarningDiagnostic("Judged at Apply",
			"Some arguments are not known yet. The clients are judged during the apply, before the DB instance is touched.")})...)
		resp.Plan.Raw = fill(req.Plan.Raw, unknownOutputs(req.Plan.Raw), &resp.Diagnostics)
		return
	}
	region := r.services.effectiveRegion(ctx, config)
	if r.replaced(config, region, req.State, resp) {
		return // Terraform plans again, as for a gate that is new.
	}
	before := recall(ctx, req.Private, config.text("db_instance_identifier"))
	judged, diags := judge(ctx, r.services, config, before)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Terraform plans again in the apply, and expects the same: what the
	// refresh found of the DB instance still holds then.
	instance := judged.instance
	if before != nil {
		instance = gate.Instance{CA: before.CA, PendingCA: before.PendingCA}
	}
	found := foundByRefresh(ctx, req.Private, config.text("target_ca_cert_identifier"), configured, prior)
	judged.decide(config, instance, lastOf(config, req.State, &resp.Diagnostics), found)
	judged.promises(config, before != nil)
	resp.Diagnostics.Append(judged.diagnostics(config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if len(judged.deferred) > 0 {
		values := unknownOutputs(req.Plan.Raw)
		values["region"] = textValue(region)
		resp.Plan.Raw = fill(req.Plan.Raw, values, &resp.Diagnostics)
		return
	}
	now := outputValues(ctx, req.Plan.Raw, judged.lasting())
	if !changed(req.Plan.Raw, req.State.Raw, now, judged.arrived(config), &resp.Diagnostics) {
		return // The plan has the outputs of the state.
	}
	values := judged.promised(now)
	values["region"] = textValue(region)
	resp.Plan.Raw = fill(req.Plan.Raw, values, &resp.Diagnostics)
}

// promised are the outputs of a plan that is not empty: what the apply comes to
// as well is known, and the rest with the apply. Terraform prints the old value
// of what is not known yet, line by line.
func (j judgement) promised(now map[string]tftypes.Value) map[string]tftypes.Value {
	kept := map[string]bool{"ready": j.promise.Ready != nil, "ca_cert_identifier": j.promise.CA != nil}
	for _, name := range detailNames() {
		kept[name] = j.brief // They are null, whatever the apply finds.
	}
	values := make(map[string]tftypes.Value, len(now))
	for name, value := range now {
		if !kept[name] {
			value = tftypes.NewValue(value.Type(), tftypes.UnknownValue)
		}
		values[name] = value
	}
	return values
}

func unknownOutputs(plan tftypes.Value) map[string]tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, kind := range outputTypes(plan) {
		values[name] = tftypes.NewValue(kind, tftypes.UnknownValue)
	}
	return values
}

// changed says whether there is anything to apply: an input has changed, or an
// output that is compared. Where the DB instance has arrived at the target that
// the gate let through, what its clients did before is past.
func changed(plan, state tftypes.Value, now map[string]tftypes.Value, arrived bool, diags *diag.Diagnostics) bool {
	planned, err := elementsOf(plan)
	if err != nil {
		diags.AddError(titleNotStored, readiness.Sentence(err.Error()))
	}
	if state.IsNull() || !planned["ready"].IsKnown() { // The framework's sign for a changed input.
		return true
	}
	all := outputs()
	for name, value := range now {
		standing := all[name].standing
		past := arrived && standing == reported && name != "target_root_sha256"
		if standing != moving && !past && !value.Equal(planned[name]) {
			return true
		}
	}
	return false
}

// arrived says whether the DB instance is on the target, and everybody ready.
func (j judgement) arrived(m judgementModel) bool {
	return j.report.Ready && j.instance == gate.Instance{CA: m.text("target_ca_cert_identifier")}
}

// lastOf is what the gate said last of this DB instance; nil for one that is
// new to it.
func lastOf(config judgementModel, state tfsdk.State, diags *diag.Diagnostics) *gate.Last {
	if state.Raw.IsNull() {
		return nil
	}
	said := textsOf(state.Raw, diags)
	if said["target_ca_cert_identifier"] == "" || !strings.EqualFold(said["db_instance_identifier"], config.text("db_instance_identifier")) {
		return nil // Imported, and nothing was decided; or another one.
	}
	return &gate.Last{Target: said["target_ca_cert_identifier"], CA: said["ca_cert_identifier"], Given: said["current_ca_cert_identifier"]}
}

// lasting leaves out what one reading of RDS missed: the next one, in the same
// apply, may not miss it, and a plan must not hang on that. Neither must it on who
// is refused, which moves with each try of the client: a warning says it.
func (j judgement) lasting() judgement {
	j.report.Findings = slices.DeleteFunc(slices.Clone(j.report.Findings), func(f readiness.Finding) bool {
		return f.Code == readiness.FindingFactNotRead || tellsOfRefusal(f)
	})
	return j
}

// Create judges again: time has passed since the plan, and values that were
// unknown then are known now. The DB instance depends on this resource and is
// not touched before it.
func (r *trustStoreValidationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = r.confirm(ctx, req.Config, req.Plan, nil, nil, resp.Identity, &resp.Diagnostics)
	r.services.memory.changed(r.services.now())
}

// Update judges again, as Create does.
func (r *trustStoreValidationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	applied := r.confirm(ctx, req.Config, req.Plan, req.Private, &req.State, resp.Identity, &resp.Diagnostics)
	r.services.memory.changed(r.services.now())
	if !resp.Diagnostics.HasError() {
		resp.State.Raw = applied
	}
}

// confirm judges in the apply, and returns the new state. What was planned
// stays, and an answer that contradicts it is an error. A gate without an
// identity gets one.
func (r *trustStoreValidationResource) confirm(ctx context.Context, configured tfsdk.Config, plan tfsdk.Plan, private privateState, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) tftypes.Value {
	none := tftypes.NewValue(plan.Raw.Type(), nil)
	config := readModel(ctx, configured.Schema.Type(), configured.Raw, diags)
	if diags.HasError() {
		return none
	}
	var before *seenInstance
	var last *gate.Last
	if state != nil {
		before = recall(ctx, private, config.text("db_instance_identifier"))
		last = lastOf(config, *state, diags)
	}
	judged, more := judge(ctx, r.services, config, before)
	if diags.Append(more...); diags.HasError() {
		return none
	}
	judged.decide(config, judged.instance, last, nil)
	now := outputValues(ctx, plan.Raw, judged.lasting())
	planned, err := elementsOf(plan.Raw)
	if err != nil {
		diags.AddError(titleNotStored, readiness.Sentence(err.Error()))
		return none
	}
	judged.keepPromise(ctx, config, plan, diags)
	diags.Append(judged.diagnostics(config)...)
	if diags.HasError() {
		return none
	}
	region := r.services.effectiveRegion(ctx, config)
	diags.Append(identify(ctx, identity, config.text("db_instance_identifier"), region, judged.account)...)
	now["region"] = textValue(region)
	for name := range now {
		if planned[name].IsKnown() {
			now[name] = planned[name]
		}
	}
	return fill(plan.Raw, now, diags)
}

// keepPromise holds a judgement of the apply to what the plan said.
func (j *judgement) keepPromise(ctx context.Context, config judgementModel, plan tfsdk.Plan, diags *diag.Diagnostics) {
	var ready types.Bool
	var ca types.String
	diags.Append(plan.GetAttribute(ctx, path.Root("ready"), &ready)...)
	diags.Append(plan.GetAttribute(ctx, path.Root("ca_cert_identifier"), &ca)...)
	var planned gate.Promise
	if promised := ready.ValueBool(); !ready.IsUnknown() {
		planned.Ready = &promised
	}
	if promised := ca.ValueString(); !ca.IsUnknown() {
		planned.CA = &promised
	}
	target := config.text("target_ca_cert_identifier")
	why := j.decision.Contradiction(j.instance.CA, target, planned)
	if why == "" {
		if late := j.decision.Late(target, planned); late != "" {
			diags.Append(config.named(diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("target_ca_cert_identifier"), "Ready Since the Plan", late)})...)
		}
		return
	}
	diags.Append(config.named(diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("target_ca_cert_identifier"), "Verdict Changed Since the Plan",
		why+" "+j.report.Summary+" The DB instance was not touched. Plan again.")})...)
	j.decision.State = gate.Refused // Who blocks is named by errors.
}

// Read keeps the state as it is, and remembers the DB instance and who was
// ready. A refresh has no write-only password, and must not fail because a store
// got worse, or RDS does not answer: the next plan speaks.
func (r *trustStoreValidationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	stored, err := givenClients(ctx, req.State.Raw)
	if err != nil {
		resp.Diagnostics.AddError(titleNotStored, readiness.Sentence(err.Error()))
	}
	state := readModel(ctx, req.State.Schema.Type(), stored, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	account := ""
	defer func() { // Whatever else is not known, a gate has an identity.
		resp.Diagnostics.Append(identify(ctx, resp.Identity, state.text("db_instance_identifier"), field[types.String](state.fields, "region"), account)...)
	}()
	if !r.services.known() {
		return
	}
	r.services.refresh(strings.Join([]string{"gate", state.text("region"), state.text("db_instance_identifier"), state.text("host"), state.text("target_ca_cert_identifier")}, "\x00"))
	if !state.isSet("region") { // Of an earlier version, or imported.
		region := r.services.effectiveRegion(ctx, state)
		state.fields["region"] = region
		resp.State.Raw = fill(req.State.Raw, map[string]tftypes.Value{"region": textValue(region)}, &resp.Diagnostics)
	}
	identifier := state.text("db_instance_identifier")
	if identifier != "" {
		if found, err := look(ctx, r.services, identifier, state.text("region")); err == nil {
			account = found.AccountID
			resp.Diagnostics.Append(found.remember(ctx, resp.Private)...)
		}
	}
	if !state.isSet("target_ca_cert_identifier") {
		return // Imported: nothing is declared yet.
	}
	resp.Diagnostics.Append(rememberReadiness(ctx, r.services, state, recall(ctx, resp.Private, identifier), resp.Private)...)
}

// Delete forgets the verdict. There is nothing else to remove.
func (r *trustStoreValidationResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
	r.services.memory.changed(r.services.now())
}
