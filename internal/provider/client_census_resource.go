package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/census"
)

var (
	_ resource.ResourceWithModifyPlan  = (*clientCensusResource)(nil)
	_ resource.ResourceWithImportState = (*clientCensusResource)(nil)
)

// clientCensusResource remembers clients over many runs.
type clientCensusResource struct{}

type clientCensusModel struct {
	Name        types.String         `tfsdk:"name"`
	ForgetAfter types.String         `tfsdk:"forget_after"`
	Observed    types.List           `tfsdk:"observations"`
	Clients     []censusClientModel  `tfsdk:"clients"`
	From        types.String         `tfsdk:"from"`
	To          types.String         `tfsdk:"to"`
	Complete    types.Bool           `tfsdk:"complete"`
	Observation *logObservationModel `tfsdk:"observation"`
}

type censusClientModel struct {
	Username        types.String `tfsdk:"username"`
	Database        types.String `tfsdk:"database"`
	ApplicationName types.String `tfsdk:"application_name"`
	ClientAddr      types.String `tfsdk:"client_addr"`
	SSL             types.Bool   `tfsdk:"ssl"`
	FirstSeen       types.String `tfsdk:"first_seen"`
	LastSeen        types.String `tfsdk:"last_seen"`
}

func (r *clientCensusResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_client_census"
}

func (r *clientCensusResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Remembers over many runs who connected to a DB instance. A monthly report connects for only a few minutes, and RDS keeps its log for only a few days, so a single run would probably miss it. " +
			"Each run merges new observations into the census. The resource changes only when a client is added or forgotten, when `complete` changes, or when a day has passed; otherwise, the plan is empty. " +
			"It stores up to 10,000 groups of clients, but no individual sessions. Clients that are alike but connect from more than 64 addresses become one group without an address. " +
			"It makes no network calls, and all its times come from the observations. Destroying it forgets all clients.",
		Attributes: map[string]schema.Attribute{
			"name":         schema.StringAttribute{Required: true, Validators: notEmpty(), PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()}, MarkdownDescription: "Name of the census, such as the DB instance identifier. Import the census by this name."},
			"forget_after": schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "How long a client is remembered after it was last seen, such as `2160h` (ninety days), counted back from the newest observation. Default: forever."},
			"observations": schema.ListNestedAttribute{Required: true, WriteOnly: true, NestedObject: schema.NestedAttributeObject{Attributes: censusInputAttributes()}, MarkdownDescription: "The clients that were seen: `observation` outputs of `sslready_connection_log` and `sslready_clients`. Write-only: only `clients` is stored."},
			"clients":      schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: censusClientAttributes()}, MarkdownDescription: "The remembered clients, in a stable order."},
			"from":         schema.StringAttribute{Computed: true, MarkdownDescription: "Start of the period that logs cover without a gap, RFC 3339. Null without a log."},
			"to":           schema.StringAttribute{Computed: true, MarkdownDescription: "End of that period, RFC 3339; may lag by up to a day. Null without a log."},
			"complete":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether every observation between `from` and `to` was complete. Only then does the absence of a client prove anything."},
			"observation":  schema.SingleNestedAttribute{Computed: true, Attributes: resourceAttributes(logObservationAttributes()), MarkdownDescription: "The same data, in the form that `observations` of `sslready_trust_store_validation` (the gate) and of `sslready_readiness` takes."},
		},
	}
}

func censusInputAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Optional: true, WriteOnly: true, MarkdownDescription: description}
	}
	moment := func(description string) schema.Attribute {
		return schema.StringAttribute{Optional: true, WriteOnly: true, Validators: oneTimestamp(), MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"source":   text("Where the observation comes from, such as `sslready_connection_log`."),
		"from":     moment("Start of the period, RFC 3339."),
		"to":       moment("End of the period, RFC 3339."),
		"complete": schema.BoolAttribute{Optional: true, WriteOnly: true, MarkdownDescription: "Whether it includes every client that was connected. Default: `false`."},
		"sessions": schema.ListNestedAttribute{Optional: true, WriteOnly: true, MarkdownDescription: "The clients that were seen. Default: none.", NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"username":         text("User."),
			"database":         text("Database."),
			"application_name": text("`application_name` of the session."),
			"client_addr":      text("Address of the client."),
			"ssl":              schema.BoolAttribute{Optional: true, WriteOnly: true, MarkdownDescription: "Whether the session used TLS. Default: unknown."},
			"first_seen":       moment("When it was first seen, RFC 3339. Default: the end of the period."),
			"last_seen":        moment("When it was last seen, RFC 3339. Default: the end of the period."),
		}}},
	}
}

func censusClientAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"username":         schema.StringAttribute{Computed: true, MarkdownDescription: "User; null when not known."},
		"database":         schema.StringAttribute{Computed: true, MarkdownDescription: "Database; null when not known, and for a replication session."},
		"application_name": schema.StringAttribute{Computed: true, MarkdownDescription: "`application_name` of the session; null when the client sets none, or when it is not known."},
		"client_addr":      schema.StringAttribute{Computed: true, MarkdownDescription: "Address of the client; null when not known, for a Unix socket, and for clients that connect from too many addresses."},
		"ssl":              schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether its sessions use TLS; null when not known."},
		"first_seen":       schema.StringAttribute{Computed: true, MarkdownDescription: describesFirst},
		"last_seen":        schema.StringAttribute{Computed: true, MarkdownDescription: "When it was last seen, RFC 3339; may lag by up to a day."},
	}
}

// ModifyPlan merges what was seen. It is the same in the plan and in the apply,
// since it reads no clock.
func (r *clientCensusResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return // Being destroyed.
	}
	var config, state clientCensusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !whollyKnown(config.Observed) || config.ForgetAfter.IsUnknown() {
		return // Computed attributes stay unknown; the apply merges.
	}
	merged := config.merged(state, !req.State.Raw.IsNull(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &merged)...)
}

// merged is the state after a run.
func (m clientCensusModel) merged(state clientCensusModel, exists bool, diags interface {
	AddAttributeError(path.Path, string, string)
},
) clientCensusModel {
	before := state.census()
	change, err := census.Merge(before, censusObservations(m.Observed), durationOf(m.ForgetAfter.ValueString()))
	if err != nil {
		diags.AddAttributeError(path.Root("forget_after"), fmt.Sprintf("Too Many Clients in the Census of %q", m.Name.ValueString()), fmt.Sprintf(
			"%v. A census that leaves clients out would prove nothing. Set a shorter forget_after, or give clients of the same kind the same application_name.", err))
		return m
	}
	if exists && !change.Needed && !state.Complete.IsNull() {
		state.Name, state.ForgetAfter, state.Observed = m.Name, m.ForgetAfter, types.ListNull(m.Observed.ElementType(context.Background()))
		return state
	}
	return m.remembering(change.Census)
}

// remembering fills in what is computed.
func (m clientCensusModel) remembering(c census.Census) clientCensusModel {
	m.Observed = types.ListNull(m.Observed.ElementType(context.Background()))
	m.From, m.To, m.Complete = secondOf(c.From), secondOf(c.To), types.BoolValue(c.Complete)
	m.Clients = []censusClientModel{}
	m.Observation = &logObservationModel{
		Source: types.StringValue("sslready_client_census"), From: m.From, To: m.To, Complete: m.Complete,
		Sessions: []loggedSessionModel{}, Refused: []loggedRefusalModel{},
	}
	if !c.Complete {
		m.Observation.Why = types.StringValue("the observations in the census were not complete")
	}
	for _, client := range sortedCensus(c) {
		seen := c.Clients[client]
		model := censusClientModel{
			Username: optionalText(client.Username), Database: optionalText(client.Database), ApplicationName: optionalText(client.ApplicationName),
			ClientAddr: optionalText(client.Address), SSL: types.BoolNull(), FirstSeen: secondOf(seen.First), LastSeen: secondOf(seen.Last),
		}
		if client.SSL != "" {
			model.SSL = types.BoolValue(client.SSL == "true")
		}
		m.Clients = append(m.Clients, model)
		m.Observation.Sessions = append(m.Observation.Sessions, loggedSessionModel{
			Username: model.Username, Database: model.Database, ApplicationName: model.ApplicationName, ClientAddr: model.ClientAddr,
			SSL: model.SSL, FirstSeen: model.FirstSeen, LastSeen: model.LastSeen,
		})
	}
	return m
}

// Create keeps what was planned, or merges what was not known then.
func (r *clientCensusResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config clientCensusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	merged := config.merged(clientCensusModel{}, false, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &merged)...)
	}
}

// Update merges into what is remembered.
func (r *clientCensusResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, state clientCensusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	merged := config.merged(state, true, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &merged)...)
	}
}

// Read has nothing to look at: what is remembered is in the state alone.
func (r *clientCensusResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Delete forgets everybody.
func (r *clientCensusResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// ImportState begins a census that remembers nobody; the next run merges.
func (r *clientCensusResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("name"), req, resp)
}
