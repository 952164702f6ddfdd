package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// rotationAttribute is what a switch of the CA would do now.
func rotationAttribute() attribute {
	return attribute{kind: object, computed: true, description: "What a switch of the DB instance to the target CA would do. In `sslready_readiness`, this is as of now; in `sslready_trust_store_validation`, as of `evaluated_at`. Null when `db_instance_identifier` is not set.", nested: attributes{
		"state":                      {kind: text, description: "Where the DB instance stands: `not_created` (it does not exist yet), `needed` (it must be switched), `pending` (the switch waits for the maintenance window) or `on_target`."},
		"resource":                   {kind: text, description: "Identifier of what is switched: the DB instance, or a Multi-AZ DB cluster as a whole. Null when it does not exist yet."},
		"on_cluster":                 {kind: boolean, description: "Whether a whole DB cluster is switched, with all its DB instances."},
		"applied":                    {kind: text, description: "When the switch is applied: `" + string(readiness.AppliedAtOnce) + "` or `" + string(readiness.AppliedInWindow) + "`, depending on `apply_immediately`. Null when there is nothing to switch."},
		"maintenance_window":         {kind: text, description: "Maintenance window in UTC, such as `sun:05:00-sun:05:30`. Null when RDS does not report it, or the DB instance does not exist yet."},
		"restarts":                   {kind: boolean, description: "Whether the switch restarts a server. Null when that is not known, or there is nothing to switch."},
		"restart_reason":             {kind: text, description: "Why the switch does or does not restart a server; the reason is the engine version or Babelfish. Null when RDS does not report the reason, or there is nothing to switch."},
		"pending_ca_cert_identifier": {kind: text, description: "CA to which the DB instance is already due to switch in the next maintenance window. Null when no switch is pending, or the DB instance does not exist yet."},
		"pending_actions": {kind: objects, description: "Maintenance actions that will replace the server certificate. Null when they could not be read, or the DB instance does not exist yet.", nested: attributes{
			"action":             {kind: text, description: "`ca-certificate-rotation` or `server-certificate-rotation`."},
			"opt_in_status":      {kind: text, description: "Opt-in status, such as `next-maintenance`; null when nobody has opted in."},
			"auto_applied_after": {kind: text, description: "RDS applies the action automatically in the first maintenance window after this time, RFC 3339; null when RDS reports no such time."},
			"current_apply":      {kind: text, description: "When RDS will apply the action, RFC 3339; null when RDS reports no such time."},
			"forced_apply":       {kind: text, description: "Deadline, RFC 3339: RDS applies the action by then, even outside the maintenance window. Null when RDS reports no deadline."},
		}},
		"next_renewal":    {kind: text, description: "Approximate time, RFC 3339, at which RDS automatically renews the current server certificate under the same root. This is about halfway through the certificate's validity period. Null when the CA, the certificate's expiry time or its validity period is not known, or the DB instance does not exist yet."},
		"mixed_cas":       {kind: boolean, description: "Whether the members of the DB cluster have different CAs now. Null outside a cluster, when the cluster could not be read, or when a member's CA is not known and all other members have the same CA."},
		"mixed_cas_after": {kind: boolean, description: "Whether the members of the DB cluster would have different CAs if this switch were the only one. Null outside a cluster, when the cluster could not be read, or when it is not known which CA a member would have and all other members would have the same CA."},
		"members": {kind: objects, description: "The DB instance, the other members of its cluster, the read replicas of the DB instance, and the instance from which the DB instance itself replicates; ordered by identifier.", nested: attributes{
			"identifier":                 {kind: text, description: "Identifier of the listed DB instance; its ARN if it is in another Region."},
			"role":                       {kind: text, description: codeList(readiness.Roles(), " or ") + ". Null when the cluster could not be read."},
			"ca_cert_identifier":         {kind: text, description: "Current CA. Null when RDS does not report it, and for a DB instance in another Region."},
			"pending_ca_cert_identifier": {kind: text, description: "CA to which the listed DB instance switches in the next maintenance window. Null when no switch is pending."},
			"follows":                    {kind: boolean, description: "Whether this switch moves the listed DB instance to the target CA. If not, that DB instance is already on the target CA, or must be switched separately."},
			"restarts":                   {kind: boolean, description: "Whether a new server certificate restarts the listed DB instance. Null when that is not known."},
			"restart_reason":             {kind: text, description: "Why a new server certificate restarts the listed DB instance, or does not. Null when the reason is not known."},
		}},
		"clients": {kind: byName, description: "What the switch means for each client, by client name.", nested: attributes{
			"affected": {kind: text, description: "Whether and when the server presents the new server certificate to the client: " + codeList(readiness.AffectedCodes(), " or ") + ". `now` means as soon as the switch is applied."},
			"endpoint": {kind: text, description: "What kind of endpoint the client's host is: " + codeList(readiness.EndpointKinds(), " or ") + ". `elsewhere` is an RDS endpoint of another DB instance or cluster; `other` is any other host, such as an alias, an address or a tunnel, or a host that is not known; `several` means that the client's hosts are of different kinds."},
			"members":  {kind: texts, description: "DB instances that the client can reach through the host name that it connects to, now or after a failover."},
		}},
		"summary": {kind: text, description: "What the switch does, in a few sentences."},
	}}
}

// rotationOf translates a rotation. Nil is null.
func rotationOf(r *readiness.Rotation) types.Object {
	as := rotationAttribute().nested
	if r == nil {
		return types.ObjectNull(as.objectType().AttrTypes)
	}
	f := fields{
		"state": shown(string(r.State)), "resource": optionalText(r.Resource), "on_cluster": types.BoolValue(r.OnCluster),
		"applied": optionalText(string(r.Applied)), "maintenance_window": optionalText(r.MaintenanceWindow),
		"restarts": types.BoolPointerValue(r.Restarts), "restart_reason": optionalText(r.RestartReason),
		"pending_ca_cert_identifier": optionalText(r.PendingCA), "next_renewal": optionalTime(r.NextRenewal),
		"mixed_cas": types.BoolPointerValue(r.MixedCAs), "mixed_cas_after": types.BoolPointerValue(r.MixedCAsAfter), "summary": shown(r.Summary),
		"members": as["members"].nested.list(each(r.Members, func(member readiness.RotationMember) fields {
			return fields{
				"identifier": shown(member.Identifier), "role": optionalText(string(member.Role)),
				"ca_cert_identifier": optionalText(member.CAIdentifier), "pending_ca_cert_identifier": optionalText(member.PendingCA), "follows": types.BoolValue(member.Follows),
				"restarts": types.BoolPointerValue(member.Restarts), "restart_reason": optionalText(member.Reason),
			}
		})),
		"clients": as["clients"].nested.byName(eachOf(r.Clients, func(client readiness.AffectedClient) fields {
			return fields{"affected": shown(string(client.Affected)), "endpoint": shown(string(client.Endpoint)), "members": textList(client.Members)}
		})),
	}
	if r.PendingActions != nil {
		f["pending_actions"] = as["pending_actions"].nested.list(each(r.PendingActions, func(a readiness.PendingAction) fields {
			return fields{
				"action": shown(a.Action), "opt_in_status": optionalText(a.OptInStatus), "auto_applied_after": optionalTime(a.AutoAppliedAfter),
				"current_apply": optionalTime(a.CurrentApply), "forced_apply": optionalTime(a.ForcedApply),
			}
		}))
	}
	return as.object(f)
}
