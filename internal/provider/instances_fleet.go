package provider

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// fill translates the fleet. What a gap hides is null, never empty.
func (m *instancesModel) fill(fleet rdsapi.Fleet) {
	roles, cas := map[string]string{}, map[string][]string{}
	m.Clusters = make([]clusterModel, len(fleet.Clusters))
	for _, cluster := range fleet.Clusters {
		for _, member := range cluster.Members {
			roles[member.InstanceIdentifier] = "reader"
			if member.Writer {
				roles[member.InstanceIdentifier] = "writer"
			}
		}
	}
	byCA, byState := map[string]int64{}, map[string]int64{"settled": 0, "pending": 0}
	m.Instances = make([]instanceModel, len(fleet.Instances))
	for i, instance := range fleet.Instances {
		m.Instances[i] = instanceOf(instance, roles[instance.Identifier])
		byCA[instance.CAIdentifier]++
		if waits(instance) {
			byState["pending"]++
		} else {
			byState["settled"]++
		}
		if id := instance.ClusterIdentifier; id != "" && !slices.Contains(cas[id], instance.CAIdentifier) {
			cas[id] = append(cas[id], instance.CAIdentifier)
		}
	}
	for i, cluster := range fleet.Clusters {
		m.Clusters[i] = clusterOf(cluster, cas[cluster.Identifier])
	}
	m.Total, m.Complete = types.Int64Value(int64(len(fleet.Instances))), types.BoolValue(len(fleet.Gaps) == 0)
	m.ByCA, m.ByState = counts(byCA), counts(byState)
	m.Findings = make([]findingModel, len(fleet.Gaps))
	for i, gap := range fleet.Gaps {
		m.Findings[i] = findingModel{
			Severity: types.StringValue(string(readiness.Warning)), Code: types.StringValue("fact_not_read"), Client: types.StringNull(),
			Detail: types.StringValue(fmt.Sprintf("%s, for %d DB instances. %s", awsCause(gap.Err), len(gap.Instances), awsRemedy(gap.Err))),
		}
	}
}

// waits says whether a change of the server certificate is pending.
func waits(instance rdsapi.FleetInstance) bool {
	return instance.PendingCAIdentifier != "" || slices.ContainsFunc(instance.Pending, rdsapi.MaintenanceAction.IsCertificateRotation)
}

func instanceOf(instance rdsapi.FleetInstance, role string) instanceModel {
	m := instanceModel{
		Identifier: types.StringValue(instance.Identifier), ARN: optionalText(instance.ARN),
		Engine: types.StringValue(instance.Engine), EngineVersion: types.StringValue(instance.DBInstance.EngineVersion), Status: optionalText(instance.Status),
		Host: types.StringNull(), Port: types.Int64Null(),
		CACertIdentifier: optionalText(instance.CAIdentifier), PendingCACertIdentifier: optionalText(instance.PendingCAIdentifier),
		PendingMaintenance:         types.ListNull(types.StringType),
		ServerCertificateValidTill: optionalTime(instance.ServerCertificateValidTill),
		SupportedCACertIdentifiers: types.ListNull(types.StringType),
		MaintenanceWindow:          optionalText(instance.MaintenanceWindow),
		ClusterIdentifier:          optionalText(instance.ClusterIdentifier), ClusterRole: optionalText(role),
	}
	if instance.Endpoint != nil {
		m.Host, m.Port = types.StringValue(instance.Endpoint.Host), types.Int64Value(int64(instance.Endpoint.Port))
	}
	if instance.Pending != nil {
		actions := make([]string, len(instance.Pending))
		for i, action := range instance.Pending {
			actions[i] = action.Action
		}
		m.PendingMaintenance = textList(actions)
	}
	m.versioned(instance.EngineVersion)
	if setting := instance.ForceSSL; setting != nil {
		m.ForceSSLValue, m.ForceSSLCertainty = optionalText(setting.Value), types.StringValue(certaintyUncertain)
		if enforced, certain := effectiveForceSSL(*setting); certain && setting.Effect == rdsapi.EffectInForce {
			m.ForceSSLEnforced, m.ForceSSLCertainty = types.BoolValue(enforced), types.StringValue(certaintyInForce)
		}
	}
	return m
}

// versioned fills in what depends on the engine version.
func (m *instanceModel) versioned(version *rdsapi.EngineVersion) {
	if version == nil {
		return
	}
	m.SupportedCACertIdentifiers = textList(version.SupportedCAs)
	if version.RotationWithoutRestart == nil {
		return
	}
	m.RotationRestarts = types.BoolValue(!*version.RotationWithoutRestart)
	reason := fmt.Sprintf("%s %s takes a new server certificate while it runs", version.Engine, version.Version)
	switch {
	case !*version.RotationWithoutRestart:
		reason = fmt.Sprintf("%s %s takes a new server certificate only with a restart", version.Engine, version.Version)
	case version.SupportsBabelfish:
		reason += ", unless Babelfish is turned on in the cluster, which RDS does not report here"
	}
	m.RotationRestartReason = types.StringValue(reason)
}

func clusterOf(cluster rdsapi.DBCluster, cas []string) clusterModel {
	members := make([]string, len(cluster.Members))
	for i, member := range cluster.Members {
		members[i] = member.InstanceIdentifier
	}
	slices.Sort(members)
	slices.Sort(cas)
	return clusterModel{
		Identifier: types.StringValue(cluster.Identifier), Engine: types.StringValue(cluster.Engine),
		Members: textList(members), CAs: textList(cas), MixedCAs: types.BoolValue(len(cas) > 1),
	}
}

func counts(values map[string]int64) types.Map {
	elements := make(map[string]attr.Value, len(values))
	for key, n := range values {
		elements[key] = types.Int64Value(n)
	}
	return types.MapValueMust(types.Int64Type, elements)
}
