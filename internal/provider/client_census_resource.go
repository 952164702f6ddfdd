package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/census"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

var (
	_ resource.ResourceWithModifyPlan  = (*clientCensusResource)(nil)
	_ resource.ResourceWithImportState = (*clientCensusResource)(nil)
)

// clientCensusResource remembers clients over many runs.
type clientCensusResource struct{ managed }

func (r *clientCensusResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Remembers, over many runs, who connected to a DB instance. A monthly reporting job, for example, connects for only a few minutes, and RDS keeps the log for only a few days, so a single run would probably miss that job. " +
			"Each run merges new observations into the census. The resource changes only when a client is added or forgotten, when `complete` changes, or when a day has passed since its last change; otherwise, the plan is empty. " +
			"The census stores up to 10,000 groups of clients, but no individual sessions. Clients that differ only in their address become one group without an address if there are more than 64 addresses. " +
			"The resource makes no network calls, and all its times come from the observations. Destroying the resource forgets all clients.",
		Attributes: schemaOf[schema.Attribute](censusAttributes()),
	}
}

func censusAttributes() attributes {
	return attributes{
		"name":         {kind: text, required: true, replaces: true, strings: notEmpty(), description: "Name of the census, such as the DB instance identifier. Import the census by this name."},
		"forget_after": {kind: text, strings: oneDuration(), description: "How long a client is remembered after it was last seen, measured up to the end of the newest observation; a Go duration such as `2160h` (ninety days). Default: forever."},
		"observations": {kind: objects, required: true, writeOnly: true, description: "The clients that were seen: `observation` outputs of `sslready_connection_log` and `sslready_clients`. Write-only: only the merged result is stored.", nested: attributes{
			"source":   {kind: text, description: "Where the observation comes from, such as `sslready_connection_log`."},
			"from":     {kind: text, strings: oneTimestamp(), description: "Start of the period, RFC 3339."},
			"to":       {kind: text, strings: oneTimestamp(), description: "End of the period, RFC 3339."},
			"complete": {kind: boolean, description: "Whether the observation includes every client that was connected. Default: `false`."},
			"sessions": {kind: objects, description: "The clients that were seen. Default: none.", nested: attributes{
				"username":         {kind: text, description: "User."},
				"database":         {kind: text, description: "Database."},
				"application_name": {kind: text, description: "`application_name` of the session."},
				"client_addr":      {kind: text, description: "Address of the client."},
				"ssl":              {kind: boolean, description: "Whether the session used TLS. Default: unknown."},
				"first_seen":       {kind: text, strings: oneTimestamp(), description: "When the client was first seen, RFC 3339. If you do not set it, the client counts as first seen at the end of the period."},
				"last_seen":        {kind: text, strings: oneTimestamp(), description: "When the client was last seen, RFC 3339. Default: the end of the period."},
			}},
		}},
		"clients": {kind: objects, computed: true, description: "The remembered clients, in a stable order.", nested: attributes{
			"username":         {kind: text, description: "User; null when not known."},
			"database":         {kind: text, description: "Database; null when not known, and for a replication session."},
			"application_name": {kind: text, description: "`application_name` of the session; null when the client sets none, or when it is not known."},
			"client_addr":      {kind: text, description: "Address of the client; null when not known, for a Unix socket, and for clients that connect from more than 64 addresses."},
			"ssl":              {kind: boolean, description: "Whether the client's sessions use TLS; null when not known."},
			"first_seen":       {kind: text, description: describesFirst},
			"last_seen":        {kind: text, description: "When the client was last seen, RFC 3339; may lag behind the latest observed session by up to a day."},
		}},
		"from":        {kind: text, computed: true, description: "Start of the period that logs cover without a gap, RFC 3339. Null when the census has seen no log."},
		"to":          {kind: text, computed: true, description: "End of the period that starts at `from`, RFC 3339; may lag behind the newest observation by up to a day. Null when the census has seen no log."},
		"complete":    {kind: boolean, computed: true, description: "Whether every observation between `from` and `to` was complete. Only if this is `true` does the absence of a client prove anything."},
		"observation": {kind: object, computed: true, nested: logObservationAttributes(), description: "What the census remembers, in the form required by the `observations` argument of `sslready_trust_store_validation` (the gate) and of `sslready_readiness`."},
	}
}

// ModifyPlan merges what was seen. It is the same in the plan and in the apply,
// since it reads no clock.
func (r *clientCensusResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !req.Plan.Raw.IsNull() { // Else it is being destroyed.
		resp.Plan.Raw = mergedCensus(ctx, req.Config.Schema.Type(), req.Config.Raw, req.Plan.Raw, req.State.Raw, &resp.Diagnostics)
	}
}

// mergedCensus is a plan with what is remembered after the run. While not
// everything is known, what is computed stays unknown, and the apply merges.
func mergedCensus(ctx context.Context, schema attr.Type, config, plan, state tftypes.Value, diags *diag.Diagnostics) tftypes.Value {
	given, before := fieldsIn(ctx, schema, config, diags), fieldsIn(ctx, schema, state, diags)
	if diags.HasError() || !whollyKnown(given["observations"]) || given["forget_after"].IsUnknown() {
		return plan
	}
	change, err := census.Merge(censusOf(before), each(fieldsOfEach(given["observations"]), censusObservation), given.duration("forget_after"))
	if err != nil {
		diags.AddAttributeError(path.Root("forget_after"), fmt.Sprintf("Too Many Clients in the Census of %q", given.text("name")), fmt.Sprintf(
			"%s A census that leaves clients out would prove nothing. Set a shorter forget_after, or give clients of the same kind the same application_name.", readiness.Sentence(err.Error())))
		return plan
	}
	after := remembered(change.Census)
	if !change.Needed && before.isSet("complete") {
		for name := range after {
			after[name] = before[name]
		}
	}
	after["observations"] = types.ListNull(field[types.List](given, "observations").ElementType(ctx))
	return fill(plan, after.raw(ctx), diags)
}

// remembered is what is computed.
func remembered(c census.Census) fields {
	var clients []fields
	for _, client := range slices.SortedFunc(maps.Keys(c.Clients), census.Compare) {
		seen := c.Clients[client]
		f := fields{
			"username": optionalText(client.Username), "database": optionalText(client.Database), "application_name": optionalText(client.ApplicationName),
			"client_addr": optionalText(client.Address), "first_seen": optionalTime(seen.First), "last_seen": optionalTime(seen.Last),
		}
		if client.SSL != "" {
			f["ssl"] = types.BoolValue(client.SSL == "true")
		}
		clients = append(clients, f)
	}
	why := ""
	if !c.Complete {
		why = "not every observation in the census was complete"
	}
	span := fields{"from": optionalTime(c.From), "to": optionalTime(c.To), "complete": types.BoolValue(c.Complete)}
	after := fields{"clients": censusAttributes()["clients"].nested.list(clients), "observation": logObservation("sslready_client_census", why, span, clients, nil)}
	maps.Copy(after, span)
	return after
}

// Create keeps what was planned, or merges what was not known then.
func (r *clientCensusResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	if after := mergedCensus(ctx, req.Config.Schema.Type(), req.Config.Raw, req.Plan.Raw, resp.State.Raw, &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.State.Raw = after
	}
}

// Update merges into what is remembered.
func (r *clientCensusResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if after := mergedCensus(ctx, req.Config.Schema.Type(), req.Config.Raw, req.Plan.Raw, req.State.Raw, &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.State.Raw = after
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

// censusOf is what the state remembers.
func censusOf(state fields) census.Census {
	c := census.Census{Clients: map[census.Client]census.Seen{}, From: state.time("from"), To: state.time("to"), Complete: state.flag("complete")}
	for _, client := range fieldsOfEach(state["clients"]) {
		c.Clients[censusClient(client)] = census.Seen{First: client.time("first_seen"), Last: client.time("last_seen")}
	}
	return c
}

func censusClient(f fields) census.Client {
	c := census.Client{Username: f.text("username"), Database: f.text("database"), ApplicationName: f.text("application_name"), Address: f.text("client_addr")}
	if ssl := field[types.Bool](f, "ssl"); !ssl.IsNull() {
		c.SSL = ssl.String()
	}
	return c
}

// censusObservation translates what was seen.
func censusObservation(f fields) census.Observation {
	o := census.Observation{
		From: f.time("from"), To: f.time("to"), Complete: f.flag("complete"),
		Moments: f.text("source") == "sslready_clients", Clients: map[census.Client]census.Seen{},
	}
	for _, s := range fieldsOfEach(f["sessions"]) {
		client := censusClient(s)
		seen := census.Seen{First: timeOf(cmp.Or(s.text("first_seen"), f.text("to"))), Last: timeOf(cmp.Or(s.text("last_seen"), f.text("to")))}
		if known, twice := o.Clients[client]; twice {
			if known.First.Before(seen.First) {
				seen.First = known.First
			}
			if known.Last.After(seen.Last) {
				seen.Last = known.Last
			}
		}
		o.Clients[client] = seen
	}
	return o
}
