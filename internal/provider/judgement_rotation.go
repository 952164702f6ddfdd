package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// rotationAttribute is what a switch of the CA would do now.
func rotationAttribute() attribute {
	return attribute{kind: object, computed: true, description: "What switching the DB instance to the target CA would do now (in `sslready_trust_store_validation`: as of `evaluated_at`). Null when `db_instance_identifier` is not set.", nested: attributes{
		"state":                      {kind: text, computed: true, description: "State of the DB instance: " + codeList(readiness.RotationStates()) + "."},
		"resource":                   {kind: text, computed: true, description: "Identifier of what is switched: the DB instance, or a Multi-AZ DB cluster as a whole. Null when it does not exist yet."},
		"on_cluster":                 {kind: boolean, computed: true, description: "Whether a whole DB cluster is switched, with all its DB instances."},
		"applied":                    {kind: text, computed: true, description: "`" + string(readiness.AppliedAtOnce) + "` or `" + string(readiness.AppliedInWindow) + "`, depending on `apply_immediately`. Null when there is nothing to switch."},
		"maintenance_window":         {kind: text, computed: true, description: "Maintenance window in UTC, such as `sun:05:00-sun:05:30`. Null when RDS does not report it, or the DB instance does not exist yet."},
		"restarts":                   {kind: boolean, computed: true, description: "Whether the switch restarts a server. Null when that is not known, or there is nothing to switch."},
		"restart_reason":             {kind: text, computed: true, description: "Why the switch restarts a server, or does not: the engine version, or Babelfish. Null when RDS does not report the reason, or there is nothing to switch."},
		"pending_ca_cert_identifier": {kind: text, computed: true, description: "CA to which the DB instance is already due to switch in the next maintenance window. Null when no switch is pending, or the DB instance does not exist yet."},
		"pending_actions": {kind: objects, computed: true, description: "Maintenance actions that will replace the server certificate. Null when they could not be read, or the DB instance does not exist yet.", nested: attributes{
			"action":             {kind: text, computed: true, description: "`ca-certificate-rotation` or `server-certificate-rotation`."},
			"opt_in_status":      {kind: text, computed: true, description: "Opt-in status, such as `next-maintenance`; null when nobody has opted in."},
			"auto_applied_after": {kind: text, computed: true, description: "When RDS may apply it in a maintenance window, RFC 3339; null when RDS does not report it."},
			"current_apply":      {kind: text, computed: true, description: "When it will be applied, RFC 3339; null when RDS does not report it."},
			"forced_apply":       {kind: text, computed: true, description: "Latest time at which RDS applies it, even outside the maintenance window, RFC 3339; null when RDS does not report it."},
		}},
		"next_renewal":    {kind: text, computed: true, description: "Approximate time at which RDS renews the current server certificate by itself, under the same root, RFC 3339. That is about halfway through its validity period. Null when the CA, the certificate's expiry time or its validity period is not known, or the DB instance does not exist yet."},
		"mixed_cas":       {kind: boolean, computed: true, description: "Whether the members of the DB cluster have different CAs now. Null outside a cluster, or when a member's CA is not known."},
		"mixed_cas_after": {kind: boolean, computed: true, description: "Whether the members of the DB cluster have different CAs after this switch alone. Null outside a cluster, or when a member's CA is not known."},
		"members":         {kind: objects, computed: true, nested: rotationMemberAttributes(), description: "The DB instance, the members of its cluster, its read replicas and the instance it replicates from, ordered by identifier."},
		"clients": {kind: byName, computed: true, description: "What the switch means for each client, by client name.", nested: attributes{
			"affected": {kind: text, computed: true, description: "When the client gets the new server certificate: " + codeList(readiness.AffectedCodes()) + "."},
			"endpoint": {kind: text, computed: true, description: "What kind of endpoint its host is: " + codeList(readiness.EndpointKinds()) + ". `elsewhere` is an RDS endpoint of another DB instance or cluster; `other` is any other host, such as an alias, an address or a tunnel, or a host that is not known; `several` means that its hosts are of different kinds."},
			"members":  {kind: texts, computed: true, description: "DB instances that its host can reach, now or after a failover."},
		}},
		"summary": {kind: text, computed: true, description: "What the switch does, in a few sentences."},
	}}
}

func rotationMemberAttributes() attributes {
	return attributes{
		"identifier":                 {kind: text, computed: true, description: "Identifier of the DB instance; its ARN if it is in another Region."},
		"role":                       {kind: text, computed: true, description: codeList(readiness.Roles()) + ". Null when the cluster could not be read."},
		"ca_cert_identifier":         {kind: text, computed: true, description: "Current CA. Null when RDS does not report it, and for a DB instance in another Region."},
		"pending_ca_cert_identifier": {kind: text, computed: true, description: "CA to which it switches in the next maintenance window. Null when no switch is pending."},
		"follows":                    {kind: boolean, computed: true, description: "Whether this switch also moves it to the target CA. If not, it has a CA of its own and must be switched separately."},
		"restarts":                   {kind: boolean, computed: true, description: "Whether a new server certificate restarts it. Null when that is not known."},
		"restart_reason":             {kind: text, computed: true, description: "Why a new server certificate restarts it, or does not. Null when RDS does not report it."},
	}
}

type (
	rotationModel struct {
		State             types.String                   `tfsdk:"state"`
		Resource          types.String                   `tfsdk:"resource"`
		OnCluster         types.Bool                     `tfsdk:"on_cluster"`
		Applied           types.String                   `tfsdk:"applied"`
		MaintenanceWindow types.String                   `tfsdk:"maintenance_window"`
		Restarts          types.Bool                     `tfsdk:"restarts"`
		RestartReason     types.String                   `tfsdk:"restart_reason"`
		PendingCA         types.String                   `tfsdk:"pending_ca_cert_identifier"`
		PendingActions    []pendingActionModel           `tfsdk:"pending_actions"`
		NextRenewal       types.String                   `tfsdk:"next_renewal"`
		MixedCAs          types.Bool                     `tfsdk:"mixed_cas"`
		MixedCAsAfter     types.Bool                     `tfsdk:"mixed_cas_after"`
		Members           []rotationMemberModel          `tfsdk:"members"`
		Clients           map[string]affectedClientModel `tfsdk:"clients"`
		Summary           types.String                   `tfsdk:"summary"`
	}
	pendingActionModel struct {
		Action           types.String `tfsdk:"action"`
		OptInStatus      types.String `tfsdk:"opt_in_status"`
		AutoAppliedAfter types.String `tfsdk:"auto_applied_after"`
		CurrentApply     types.String `tfsdk:"current_apply"`
		ForcedApply      types.String `tfsdk:"forced_apply"`
	}
	rotationMemberModel struct {
		Identifier    types.String `tfsdk:"identifier"`
		Role          types.String `tfsdk:"role"`
		CA            types.String `tfsdk:"ca_cert_identifier"`
		PendingCA     types.String `tfsdk:"pending_ca_cert_identifier"`
		Follows       types.Bool   `tfsdk:"follows"`
		Restarts      types.Bool   `tfsdk:"restarts"`
		RestartReason types.String `tfsdk:"restart_reason"`
	}
	affectedClientModel struct {
		Affected types.String   `tfsdk:"affected"`
		Endpoint types.String   `tfsdk:"endpoint"`
		Members  []types.String `tfsdk:"members"`
	}
)

// rotationOf translates a rotation. Nil is null.
func rotationOf(ctx context.Context, r *readiness.Rotation) (types.Object, diag.Diagnostics) {
	kinds := rotationAttribute().nested.types()
	if r == nil {
		return types.ObjectNull(kinds), nil
	}
	m := rotationModel{
		State: shown(string(r.State)), Resource: optionalText(r.Resource), OnCluster: types.BoolValue(r.OnCluster),
		Applied: optionalText(string(r.Applied)), MaintenanceWindow: optionalText(r.MaintenanceWindow),
		Restarts: types.BoolPointerValue(r.Restarts), RestartReason: optionalText(r.RestartReason),
		PendingCA: optionalText(r.PendingCA), NextRenewal: optionalTime(r.NextRenewal),
		MixedCAs: types.BoolPointerValue(r.MixedCAs), MixedCAsAfter: types.BoolPointerValue(r.MixedCAsAfter),
		Members: make([]rotationMemberModel, len(r.Members)), Clients: make(map[string]affectedClientModel, len(r.Clients)),
		Summary: shown(r.Summary),
	}
	if r.PendingActions != nil {
		m.PendingActions = make([]pendingActionModel, len(r.PendingActions))
	}
	for i, a := range r.PendingActions {
		m.PendingActions[i] = pendingActionModel{
			Action: shown(a.Action), OptInStatus: optionalText(a.OptInStatus), AutoAppliedAfter: optionalTime(a.AutoAppliedAfter),
			CurrentApply: optionalTime(a.CurrentApply), ForcedApply: optionalTime(a.ForcedApply),
		}
	}
	for i, member := range r.Members {
		m.Members[i] = rotationMemberModel{
			Identifier: shown(member.Identifier), Role: optionalText(string(member.Role)),
			CA: optionalText(member.CAIdentifier), PendingCA: optionalText(member.PendingCA), Follows: types.BoolValue(member.Follows),
			Restarts: types.BoolPointerValue(member.Restarts), RestartReason: optionalText(member.Reason),
		}
	}
	for name, client := range r.Clients {
		m.Clients[name] = affectedClientModel{
			Affected: shown(string(client.Affected)), Endpoint: shown(string(client.Endpoint)), Members: texted(client.Members),
		}
	}
	return types.ObjectValueFrom(ctx, kinds, m)
}
