package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// mergedFleets translates the fleets of all Regions. What a gap hides is null,
// never empty, and a Region that was not read is named.
func mergedFleets(fleets []regionalFleet, diags *diag.Diagnostics) fields {
	byCA, byState := map[string]int64{}, map[string]int64{stateSettled: 0, statePending: 0, stateUnknown: 0}
	var instances, clusters, unread []fields
	var findings []readiness.Finding
	for _, fleet := range fleets {
		if fleet.err != nil {
			unread = append(unread, fields{"region": optionalText(fleet.region), "detail": shown(awsCause(fleet.err) + " " + awsRemedy(fleet.err))})
			diags.Append(notRead(fleet, len(fleets)))
			continue
		}
		known := make(map[string]rdsapi.DBCluster, len(fleet.Clusters))
		for _, cluster := range fleet.Clusters {
			known[cluster.Identifier] = cluster.DBCluster
			clusters = append(clusters, clusterOf(cluster, fleet.region))
		}
		for _, instance := range fleet.Instances {
			cluster := known[instance.ClusterIdentifier]
			instances = append(instances, instanceOf(instance, cluster, fleet.region))
			byCA[instance.CAIdentifier]++
			byState[stateOf(instance, cluster)]++
		}
		for _, gap := range fleet.Gaps {
			findings = append(findings, readiness.Finding{Severity: readiness.Warning, Code: readiness.FindingFactNotRead, Detail: fmt.Sprintf(
				"%s Number of DB instances affected in Region %s: %d. %s", awsCause(gap.Err), fleet.region, len(gap.Instances), awsRemedy(gap.Err))})
			diags.AddAttributeWarning(path.Root("instances"), "Some Facts Could Not Be Read ("+fleet.region+")", fmt.Sprintf(
				"%s The attributes that depend on this AWS call are null. Number of DB instances affected: %d. %s", awsCause(gap.Err), len(gap.Instances), awsRemedy(gap.Err)))
		}
	}
	if len(unread) == len(fleets) {
		*diags = errorsOf(*diags) // Nothing was read at all.
	}
	as := instancesAttributes()
	return fields{
		"instances": as["instances"].nested.list(instances), "clusters": as["clusters"].nested.list(clusters), "unread": as["unread"].nested.list(unread),
		"findings": findingsOf(findings), "total": types.Int64Value(int64(len(instances))), "complete": types.BoolValue(len(findings) == 0 && len(unread) == 0),
		"by_ca": countsOf(byCA), "by_state": countsOf(byState),
	}
}

// notRead names a Region that was not read. It is a warning where others may have
// been, since what they said stays.
func notRead(fleet regionalFleet, of int) diag.Diagnostic {
	if of == 1 {
		return awsDiagnostic(path.Root("identifiers"), titleInstances, fleet.err)
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("regions"), "Region Could Not Be Read ("+fleet.region+")", fmt.Sprintf(
		"%s Nothing is known about the DB instances in this Region, and they are not counted, so the attribute \"complete\" is false. %s", awsCause(fleet.err), awsRemedy(fleet.err)))
}

// errorsOf are diagnostics, each as an error.
func errorsOf(diags diag.Diagnostics) diag.Diagnostics {
	failed := diags.Errors()
	for _, d := range diags.Warnings() {
		failed.AddAttributeError(path.Root("regions"), d.Summary(), d.Detail())
	}
	return failed
}

// The keys of by_state.
const (
	stateSettled = "settled"
	statePending = "pending"
	stateUnknown = "unknown"
)

// stateOf says whether a change of the server certificate waits. Without the
// list of pending maintenance, or the Multi-AZ DB cluster whose CA it has,
// nothing is settled.
func stateOf(instance rdsapi.FleetInstance, cluster rdsapi.DBCluster) string {
	switch {
	case instance.PendingCAIdentifier != "" || slices.ContainsFunc(instance.Pending, rdsapi.MaintenanceAction.IsCertificateRotation):
		return statePending
	case instance.Pending == nil, onMultiAZ(instance.DBInstance) && cluster.Identifier == "":
		return stateUnknown
	default:
		return stateSettled
	}
}

func instanceOf(instance rdsapi.FleetInstance, cluster rdsapi.DBCluster, region string) fields {
	restarts, reason := rdsca.Restart(engineFacts(instance))
	f := fields{
		"identifier": shown(instance.Identifier), "region": optionalText(region), "account_id": optionalText(instance.AccountID), "arn": optionalText(instance.ARN),
		"engine": shown(instance.Engine), "engine_version": shown(instance.DBInstance.EngineVersion), "status": optionalText(instance.Status),
		"ca_cert_identifier": optionalText(instance.CAIdentifier), "pending_ca_cert_identifier": optionalText(instance.PendingCAIdentifier),
		"pending_maintenance": actionNames(instance.Pending), "server_certificate_valid_till": optionalTime(instance.ServerCertificateValidTill),
		"rotation_restarts": types.BoolPointerValue(restarts), "rotation_restart_reason": optionalText(reason),
		"maintenance_window": optionalText(instance.MaintenanceWindow), "db_cluster_identifier": optionalText(instance.ClusterIdentifier),
	}
	if role := roleOf(instance.DBInstance, cluster); role == readiness.RoleWriter || role == readiness.RoleReader {
		f["cluster_role"] = types.StringValue(string(role))
	}
	if instance.Endpoint != nil {
		f["host"], f["port"] = shown(instance.Endpoint.Host), types.Int64Value(int64(instance.Endpoint.Port))
	}
	if version := instance.EngineVersion; version != nil && len(version.SupportedCAs) > 0 {
		f["supported_ca_cert_identifiers"] = textList(version.SupportedCAs)
	}
	if setting := instance.ForceSSL; setting != nil {
		f["force_ssl_value"], f["force_ssl_certainty"] = optionalText(setting.Value), types.StringValue(certaintyUncertain)
		if enforced, certain := effectiveForceSSL(*setting); certain && setting.Effect == rdsapi.EffectInForce {
			f["force_ssl_enforced"], f["force_ssl_certainty"] = types.BoolValue(enforced), types.StringValue(certaintyInForce)
		}
	}
	return f
}

// actionNames are the maintenance actions that wait. Nil is null.
func actionNames(pending []rdsapi.MaintenanceAction) types.List {
	if pending == nil {
		return types.ListNull(types.StringType)
	}
	return textList(each(pending, func(action rdsapi.MaintenanceAction) string { return action.Action }))
}

// clusterOf translates a cluster. Of members that were not seen it is not
// claimed that they are alike.
func clusterOf(cluster rdsapi.FleetCluster, region string) fields {
	members := slices.Sorted(slices.Values(memberNames(cluster.Members)))
	cas := slices.Compact(slices.Sorted(maps.Values(cluster.MemberCAs)))
	f := fields{
		"identifier": shown(cluster.Identifier), "region": optionalText(region), "arn": optionalText(cluster.ARN), "engine": shown(cluster.Engine),
		"engine_version": optionalText(cluster.EngineVersion), "members": textList(members), "ca_cert_identifiers": textList(cas),
		"ca_cert_identifier": optionalText(cluster.CAIdentifier), "pending_ca_cert_identifier": optionalText(cluster.PendingCAIdentifier),
		"pending_maintenance": actionNames(cluster.Pending), "server_certificate_valid_till": optionalTime(cluster.ServerCertificateValidTill),
		"maintenance_window": optionalText(cluster.MaintenanceWindow),
	}
	if len(cas) > 1 || len(cluster.MemberCAs) >= len(members) {
		f["mixed_cas"] = types.BoolValue(len(cas) > 1)
	}
	return f
}

func countsOf(values map[string]int64) types.Map {
	elements := make(map[string]attr.Value, len(values))
	for key, n := range values {
		elements[printable(key)] = types.Int64Value(n)
	}
	return types.MapValueMust(types.Int64Type, elements)
}
