package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// instancesDataSource reads the fleet of a Region.
func instancesDataSource() datasource.DataSource {
	return &answeringSource{read: readInstances, dataSource: dataSource{
		name: "instances", attributes: instancesAttributes(),
		description: "Reads the PostgreSQL and Aurora PostgreSQL instances of one or more Regions: the CA of each instance, its pending changes, whether a switch of the CA restarts it, and whether it enforces TLS. The data source makes as few API calls as possible. " +
			"Requires `rds:DescribeDBInstances`. If `rds:DescribeDBClusters`, `rds:DescribeDBParameters`, `rds:DescribeDBClusterParameters`, `rds:DescribeDBEngineVersions` or `rds:DescribePendingMaintenanceActions` is missing, the attributes that depend on it are null, and a finding names the missing permission.",
		rules: []datasource.ConfigValidator{
			datasourcevalidator.Conflicting(path.MatchRoot("region"), path.MatchRoot("regions")),
			datasourcevalidator.Conflicting(path.MatchRoot("identifiers"), path.MatchRoot("regions")),
		},
	}}
}

func instancesAttributes() attributes {
	return attributes{
		"region":              regionalAttribute(" Null when `regions` is set."),
		"regions":             {kind: texts, lists: regionLists(), description: "AWS Regions to read, or `[\"*\"]` for all Regions that the account has enabled, which requires `account:ListRegions`. Several Regions are read in parallel. If a Region cannot be read, it is listed in `unread` and a warning says so; the other Regions are still read. Default: only `region`."},
		"identifiers":         {kind: texts, description: "Identifiers of the DB instances to read. It is an error if one of them does not exist. Default: all."},
		"engines":             {kind: texts, lists: []validator.List{listvalidator.ValueStringsAre(stringvalidator.OneOf("postgres", "aurora-postgresql"))}, description: "Engines to read: `postgres` or `aurora-postgresql`. Default: both."},
		"ca_cert_identifiers": {kind: texts, description: "Only DB instances that are currently on one of these CAs are listed. Default: any CA."},
		"tags":                {kind: textMap, description: "Only DB instances that have all of these tags are listed; an empty value matches any value. Default: no tags required."},
		"instances": {kind: objects, computed: true, description: "The DB instances, sorted by Region (in the order of `regions`) and then by identifier.", nested: attributes{
			"identifier":                    {kind: text, description: "Identifier of the DB instance."},
			"region":                        {kind: text, description: "AWS Region of the DB instance."},
			"account_id":                    {kind: text, description: "AWS account of the DB instance; null when RDS reports no ARN."},
			"arn":                           {kind: text, description: "ARN; null when RDS does not report it."},
			"engine":                        {kind: text, description: "Engine: `postgres` or `aurora-postgresql`."},
			"engine_version":                {kind: text, description: "Engine version."},
			"status":                        {kind: text, description: "Status, such as `available`; null when RDS does not report it."},
			"host":                          {kind: text, description: "Endpoint; null while the instance is being created."},
			"port":                          {kind: number, description: "Port; null while the instance is being created."},
			"ca_cert_identifier":            {kind: text, description: "CA of the current server certificate; null when RDS does not report it."},
			"pending_ca_cert_identifier":    {kind: text, description: "CA to which the DB instance switches in the next maintenance window; null when no switch is pending."},
			"pending_maintenance":           {kind: texts, description: "Pending maintenance actions, such as `ca-certificate-rotation`; null when they could not be read."},
			"server_certificate_valid_till": {kind: text, description: "When the server certificate expires, RFC 3339; null when RDS does not report it."},
			"supported_ca_cert_identifiers": {kind: texts, description: "CAs that the engine version can use; null when RDS does not report them, or when they could not be read."},
			"rotation_restarts":             {kind: boolean, description: "Whether a new server certificate restarts the server. This depends on the engine version and on Babelfish. Null when RDS does not report it, or when it could not be read."},
			"rotation_restart_reason":       {kind: text, description: "Why a new server certificate restarts the server, or does not; null when that is not known."},
			"maintenance_window":            {kind: text, description: "Maintenance window in UTC; null when RDS does not report it."},
			"force_ssl_value":               {kind: text, description: "Value of `rds.force_ssl` in the parameter group; null when the group has none, or when it could not be read."},
			"force_ssl_enforced":            {kind: boolean, description: "Whether the server currently refuses plaintext; null when that is uncertain, or when `rds.force_ssl` could not be read."},
			"force_ssl_certainty":           {kind: text, description: "How certain `force_ssl_enforced` is: `in_force` (RDS reports that the parameter group is in force on the server) or `uncertain`; null when `rds.force_ssl` could not be read."},
			"db_cluster_identifier":         {kind: text, description: "DB cluster that the DB instance belongs to; null outside a cluster."},
			"cluster_role":                  {kind: text, description: "`writer` or `reader`; null outside a cluster, or when the role could not be read."},
		}},
		"clusters": {kind: objects, computed: true, description: "The DB clusters that the listed DB instances belong to, sorted by Region and then by identifier, like `instances`.", nested: attributes{
			"identifier":                    {kind: text, description: "Identifier of the DB cluster."},
			"region":                        {kind: text, description: "AWS Region of the DB cluster."},
			"arn":                           {kind: text, description: "ARN; null when RDS does not report it."},
			"engine":                        {kind: text, description: "Engine: `aurora-postgresql`, or `postgres` for a Multi-AZ DB cluster."},
			"engine_version":                {kind: text, description: "Engine version; null when RDS does not report it."},
			"members":                       {kind: texts, description: "DB instances of the cluster."},
			"ca_cert_identifiers":           {kind: texts, description: "The CAs of the cluster's members, including those of members that the filters leave out, but not those of members that could not be read."},
			"mixed_cas":                     {kind: boolean, description: "Whether the members have different CAs, so that the certificate behind the cluster endpoint can change with a failover. Null when some members could not be read and all others have the same CA."},
			"ca_cert_identifier":            {kind: text, description: "CA of a Multi-AZ DB cluster. Null for Aurora, where every DB instance has its own."},
			"pending_ca_cert_identifier":    {kind: text, description: "CA to which a Multi-AZ DB cluster switches in the next maintenance window; null when no switch is pending, and for Aurora."},
			"pending_maintenance":           {kind: texts, description: "Maintenance actions that are pending for the cluster itself; null when they could not be read."},
			"server_certificate_valid_till": {kind: text, description: "When the server certificate of a Multi-AZ DB cluster expires, RFC 3339; null when RDS does not report it, and for Aurora."},
			"maintenance_window":            {kind: text, description: "Maintenance window of the cluster in UTC; null when RDS does not report it."},
		}},
		"total":    {kind: number, computed: true, description: "Number of DB instances."},
		"by_ca":    {kind: counts, computed: true, description: "Number of DB instances by current CA; those for which RDS reports no CA are counted under the empty key."},
		"by_state": {kind: counts, computed: true, description: "Number of DB instances by state: `pending` (a certificate change is scheduled), `settled` (no change is scheduled) and `unknown` (the pending changes could not be read)."},
		"complete": {kind: boolean, computed: true, description: "Whether every fact about every Region could be read."},
		"unread": {kind: objects, computed: true, description: "The Regions that could not be read. Their DB instances are neither listed in `instances` nor counted. Empty when all Regions could be read.", nested: attributes{
			"region": {kind: text, description: "AWS Region."},
			"detail": {kind: text, description: "Why the Region could not be read, and what to do."},
		}},
		"findings": {kind: objects, computed: true, nested: findingAttributes(), description: "What could not be read, and why."},
	}
}

// readInstances asks for the whole fleet at once.
func readInstances(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields {
	regions, err := s.regions(ctx, given)
	if err != nil {
		diags.Append(awsDiagnostic(path.Root("regions"), titleInstances, err))
		return nil
	}
	fleets := s.fleets(ctx, regions, rdsapi.FleetQuery{
		Identifiers: given.texts("identifiers"), Engines: given.texts("engines"), CAIdentifiers: given.texts("ca_cert_identifiers"), Tags: given.textMap("tags"),
		ForceSSL: true, EngineVersions: true, Babelfish: true, PendingMaintenance: true,
	})
	answer := mergedFleets(fleets, diags)
	if !given.isSet("regions") {
		answer["region"] = optionalText(regions[0])
	}
	return answer
}

const titleInstances = "Cannot Read the DB Instances"
