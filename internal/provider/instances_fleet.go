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

// fill translates the fleets of all Regions. What a gap hides is null, never
// empty, and a Region that was not read is named.
func (m *instancesModel) fill(fleets []regionalFleet) diag.Diagnostics {
	byCA, byState := map[string]int64{}, map[string]int64{}
	for _, state := range []string{stateSettled, statePending, stateUnknown} {
		byState[state] = 0
	}
	m.Instances, m.Clusters, m.Findings, m.Unread = []instanceModel{}, []clusterModel{}, []findingModel{}, []unreadModel{}
	var diags diag.Diagnostics
	for _, fleet := range fleets {
		if fleet.err != nil {
			diags.Append(m.miss(fleet, len(fleets)))
			continue
		}
		clusters := make(map[string]rdsapi.DBCluster, len(fleet.Clusters))
		for _, cluster := range fleet.Clusters {
			clusters[cluster.Identifier] = cluster.DBCluster
			m.Clusters = append(m.Clusters, clusterOf(cluster, fleet.region))
		}
		for _, instance := range fleet.Instances {
			cluster := clusters[instance.ClusterIdentifier]
			m.Instances = append(m.Instances, instanceOf(instance, cluster, fleet.region))
			byCA[instance.CAIdentifier]++
			byState[stateOf(instance, cluster)]++
		}
		for _, gap := range fleet.Gaps {
			m.find(gap, fleet.region)
			diags.AddAttributeWarning(path.Root("instances"), "Some Facts Could Not Be Read ("+fleet.region.ValueString()+")", fmt.Sprintf(
				"%s. The attributes that depend on this call are null for %d DB instances. %s", awsCause(gap.Err), len(gap.Instances), awsRemedy(gap.Err)))
		}
	}
	if len(m.Unread) == len(fleets) {
		return errorsOf(diags) // Nothing was read at all.
	}
	m.Total, m.Complete = types.Int64Value(int64(len(m.Instances))), types.BoolValue(len(m.Findings) == 0 && len(m.Unread) == 0)
	m.ByCA, m.ByState = counts(byCA), counts(byState)
	return diags
}

// miss names a Region that was not read. It is a warning where others may have
// been, since what they said stays.
func (m *instancesModel) miss(fleet regionalFleet, of int) diag.Diagnostic {
	m.Unread = append(m.Unread, unreadModel{Region: fleet.region, Detail: shown(awsCause(fleet.err) + ". " + awsRemedy(fleet.err))})
	if of == 1 {
		return awsDiagnostic(path.Root("identifiers"), titleInstances, fleet.err)
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("regions"), "Region Could Not Be Read ("+fleet.region.ValueString()+")", fmt.Sprintf(
		"%s. Nothing is known about the DB instances in it, and they are not counted, so complete is false. %s", awsCause(fleet.err), awsRemedy(fleet.err)))
}

// errorsOf are diagnostics, each as an error.
func errorsOf(diags diag.Diagnostics) diag.Diagnostics {
	failed := diags.Errors()
	for _, d := range diags.Warnings() {
		failed.AddAttributeError(path.Root("regions"), d.Summary(), d.Detail())
	}
	return failed
}

// find keeps what a gap hides.
func (m *instancesModel) find(gap rdsapi.Gap, region types.String) {
	m.Findings = append(m.Findings, findingModel{
		Severity: types.StringValue(string(readiness.Warning)), Code: types.StringValue(readiness.FindingFactNotRead), Client: types.StringNull(),
		Detail: shown(fmt.Sprintf("%s, for %d DB instances of Region %s. %s", awsCause(gap.Err), len(gap.Instances), region.ValueString(), awsRemedy(gap.Err))),
	})
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

func instanceOf(instance rdsapi.FleetInstance, cluster rdsapi.DBCluster, region types.String) instanceModel {
	m := instanceModel{
		Identifier: shown(instance.Identifier), Region: region, AccountID: optionalText(instance.AccountID), ARN: optionalText(instance.ARN),
		Engine: shown(instance.Engine), EngineVersion: shown(instance.DBInstance.EngineVersion), Status: optionalText(instance.Status),
		Host: types.StringNull(), Port: types.Int64Null(),
		CACertIdentifier: optionalText(instance.CAIdentifier), PendingCACertIdentifier: optionalText(instance.PendingCAIdentifier),
		PendingMaintenance:         types.ListNull(types.StringType),
		ServerCertificateValidTill: optionalTime(instance.ServerCertificateValidTill),
		SupportedCACertIdentifiers: types.ListNull(types.StringType),
		MaintenanceWindow:          optionalText(instance.MaintenanceWindow),
		ClusterIdentifier:          optionalText(instance.ClusterIdentifier), ClusterRole: types.StringNull(),
	}
	if role := roleOf(instance.DBInstance, cluster); role == readiness.RoleWriter || role == readiness.RoleReader {
		m.ClusterRole = types.StringValue(string(role))
	}
	if instance.Endpoint != nil {
		m.Host, m.Port = shown(instance.Endpoint.Host), types.Int64Value(int64(instance.Endpoint.Port))
	}
	m.PendingMaintenance = actionNames(instance.Pending)
	m.versioned(instance)
	if setting := instance.ForceSSL; setting != nil {
		m.ForceSSLValue, m.ForceSSLCertainty = optionalText(setting.Value), types.StringValue(certaintyUncertain)
		if enforced, certain := effectiveForceSSL(*setting); certain && setting.Effect == rdsapi.EffectInForce {
			m.ForceSSLEnforced, m.ForceSSLCertainty = types.BoolValue(enforced), types.StringValue(certaintyInForce)
		}
	}
	return m
}

// versioned fills in what depends on the engine version.
func (m *instanceModel) versioned(instance rdsapi.FleetInstance) {
	restarts, reason := rdsca.Restart(engineFacts(instance))
	m.RotationRestarts, m.RotationRestartReason = types.BoolPointerValue(restarts), optionalText(reason)
	if version := instance.EngineVersion; version != nil && len(version.SupportedCAs) > 0 {
		m.SupportedCACertIdentifiers = textList(version.SupportedCAs)
	}
}

// actionNames are the maintenance actions that wait. Nil is null.
func actionNames(pending []rdsapi.MaintenanceAction) types.List {
	if pending == nil {
		return types.ListNull(types.StringType)
	}
	names := make([]string, len(pending))
	for i, action := range pending {
		names[i] = action.Action
	}
	return textList(names)
}

// clusterOf translates a cluster. Of members that were not seen it is not
// claimed that they are alike.
func clusterOf(cluster rdsapi.FleetCluster, region types.String) clusterModel {
	members := make([]string, len(cluster.Members))
	for i, member := range cluster.Members {
		members[i] = member.InstanceIdentifier
	}
	slices.Sort(members)
	cas := slices.Compact(slices.Sorted(maps.Values(cluster.MemberCAs)))
	mixed := types.BoolValue(len(cas) > 1)
	if len(cas) <= 1 && len(cluster.MemberCAs) < len(members) {
		mixed = types.BoolNull()
	}
	return clusterModel{
		Identifier: shown(cluster.Identifier), Region: region, ARN: optionalText(cluster.ARN), Engine: shown(cluster.Engine),
		EngineVersion: optionalText(cluster.EngineVersion), Members: textList(members), CAs: textList(cas), MixedCAs: mixed,
		CACertIdentifier: optionalText(cluster.CAIdentifier), PendingCACertIdentifier: optionalText(cluster.PendingCAIdentifier),
		PendingMaintenance: actionNames(cluster.Pending), ServerCertificateValidTill: optionalTime(cluster.ServerCertificateValidTill),
		MaintenanceWindow: optionalText(cluster.MaintenanceWindow),
	}
}

func counts(values map[string]int64) types.Map {
	elements := make(map[string]attr.Value, len(values))
	for key, n := range values {
		elements[printable(key)] = types.Int64Value(n)
	}
	return types.MapValueMust(types.Int64Type, elements)
}
