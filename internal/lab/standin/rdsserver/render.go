package rdsserver

import (
	"maps"
	"slices"
	"strings"
)

func renderInstance(i Instance) []byte {
	var out fragment
	out.open("DBInstance")
	out.text("DBInstanceIdentifier", i.Identifier)
	out.text("DBInstanceClass", or(i.Class, "db.t4g.micro"))
	out.text("Engine", i.Engine)
	out.text("DBInstanceStatus", or(i.Status, "available"))
	out.text("MasterUsername", i.MasterUsername)
	out.text("DBName", i.DBName)
	if i.Host != "" {
		out.open("Endpoint")
		out.text("Address", i.Host)
		out.number("Port", i.Port)
		out.text("HostedZoneId", "Z2R2ITUGPM61AM")
		out.close("Endpoint")
	}
	out.number("AllocatedStorage", max(i.AllocatedStorage, 20))
	out.instant("InstanceCreateTime", i.Created)
	out.text("PreferredBackupWindow", "04:00-04:30")
	out.number("BackupRetentionPeriod", 7)
	out.texts("DBSecurityGroups", "DBSecurityGroup", nil)
	out.open("VpcSecurityGroups")
	out.open("VpcSecurityGroupMembership")
	out.text("VpcSecurityGroupId", "sg-0b9130572daf3dc16")
	out.text("Status", "active")
	out.close("VpcSecurityGroupMembership")
	out.close("VpcSecurityGroups")
	out.open("DBParameterGroups")
	if i.ParameterGroup != "" {
		out.open("DBParameterGroup")
		out.text("DBParameterGroupName", i.ParameterGroup)
		out.text("ParameterApplyStatus", or(i.ParameterApplyStatus, "in-sync"))
		out.close("DBParameterGroup")
	}
	out.close("DBParameterGroups")
	out.text("PreferredMaintenanceWindow", or(i.MaintenanceWindow, "sun:05:00-sun:05:30"))
	renderPending(&out, i.PendingCA)
	out.flag("MultiAZ", i.MultiAZ)
	out.text("EngineVersion", i.EngineVersion)
	out.flag("AutoMinorVersionUpgrade", true)
	out.text("ReadReplicaSourceDBInstanceIdentifier", i.ReplicaSource)
	out.texts("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBInstanceIdentifier", nil)
	out.text("LicenseModel", "postgresql-license")
	out.flag("PubliclyAccessible", i.PubliclyAccessible)
	out.text("StorageType", "gp3")
	out.number("DbInstancePort", 0)
	out.text("DBClusterIdentifier", i.ClusterIdentifier)
	out.flag("StorageEncrypted", true)
	out.text("DbiResourceId", "db-"+strings.ToUpper(i.Identifier))
	out.text("CACertificateIdentifier", i.CAIdentifier)
	out.flag("CopyTagsToSnapshot", false)
	out.text("DBInstanceArn", i.ARN)
	out.flag("IAMDatabaseAuthenticationEnabled", i.IAMAuthentication)
	if len(i.LogExports) > 0 {
		out.open("EnabledCloudwatchLogsExports")
		for _, name := range i.LogExports {
			out.text("member", name)
		}
		out.close("EnabledCloudwatchLogsExports")
	}
	out.flag("PerformanceInsightsEnabled", false)
	out.flag("DeletionProtection", i.DeletionProtection)
	renderTags(&out, i.Tags)
	if i.CAIdentifier != "" {
		out.open("CertificateDetails")
		out.text("CAIdentifier", i.CAIdentifier)
		out.instant("ValidTill", i.ServerCertificateValidTill)
		out.close("CertificateDetails")
	}
	out.close("DBInstance")
	return out.buffer.Bytes()
}

// renderPending writes PendingModifiedValues, empty where nothing waits.
func renderPending(out *fragment, ca string) {
	out.open("PendingModifiedValues")
	out.text("CACertificateIdentifier", ca)
	out.close("PendingModifiedValues")
}

func renderTags(out *fragment, tags map[string]string) {
	out.open("TagList")
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out.open("Tag")
		out.text("Key", key)
		out.text("Value", tags[key])
		out.close("Tag")
	}
	out.close("TagList")
}

func renderCluster(out *fragment, c Cluster) {
	out.open("DBCluster")
	out.text("DBClusterIdentifier", c.Identifier)
	out.text("DBClusterParameterGroup", c.ParameterGroup)
	out.text("Status", or(c.Status, "available"))
	out.text("Endpoint", c.Endpoint)
	out.text("ReaderEndpoint", c.ReaderEndpoint)
	out.flag("MultiAZ", c.MultiAZ)
	out.text("Engine", c.Engine)
	out.text("EngineVersion", c.EngineVersion)
	out.number("Port", c.Port)
	out.text("PreferredMaintenanceWindow", or(c.MaintenanceWindow, "sun:05:00-sun:05:30"))
	out.open("DBClusterMembers")
	for _, member := range c.Members {
		out.open("DBClusterMember")
		out.text("DBInstanceIdentifier", member.Identifier)
		out.flag("IsClusterWriter", member.Writer)
		out.text("DBClusterParameterGroupStatus", or(member.ParameterGroupStatus, "in-sync"))
		out.number("PromotionTier", 1)
		out.close("DBClusterMember")
	}
	out.close("DBClusterMembers")
	out.text("DBClusterArn", c.ARN)
	out.flag("IAMDatabaseAuthenticationEnabled", c.IAMAuthentication)
	out.text("EngineMode", or(c.EngineMode, "provisioned"))
	renderTags(out, c.Tags)
	if c.CAIdentifier != "" {
		out.open("CertificateDetails")
		out.text("CAIdentifier", c.CAIdentifier)
		out.instant("ValidTill", c.ServerCertificateValidTill)
		out.close("CertificateDetails")
	}
	if c.PendingCA != "" {
		out.open("PendingModifiedValues")
		out.open("CertificateDetails")
		out.text("CAIdentifier", c.PendingCA)
		out.close("CertificateDetails")
		out.close("PendingModifiedValues")
	}
	out.close("DBCluster")
}

func renderCertificate(out *fragment, c Certificate, region string) {
	out.open("Certificate")
	out.text("CertificateIdentifier", c.Identifier)
	out.text("CertificateType", "CA")
	out.text("Thumbprint", c.Thumbprint)
	out.instant("ValidFrom", c.ValidFrom)
	out.instant("ValidTill", c.ValidTill)
	out.text("CertificateArn", "arn:aws:rds:"+region+"::cert:"+c.Identifier)
	out.flag("CustomerOverride", c.CustomerOverride)
	out.instant("CustomerOverrideValidTill", c.CustomerOverrideValidTill)
	out.close("Certificate")
}
