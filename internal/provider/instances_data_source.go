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
		name: "instances", attributes: instancesAttributes,
		description: "Reads the PostgreSQL and Aurora PostgreSQL instances of the Region: the CA of each, its pending changes, whether a rotation restarts it, and whether it enforces TLS. It makes as few API calls as the API allows. " +
			"Needs `rds:DescribeDBInstances`; without `rds:DescribeDBClusters`, `rds:DescribeDBParameters`, `rds:DescribeDBClusterParameters`, `rds:DescribeDBEngineVersions` or `rds:DescribePendingMaintenanceActions`, the facts they would give are null, and a finding names the missing permission.",
		rules: []datasource.ConfigValidator{
			datasourcevalidator.Conflicting(path.MatchRoot("region"), path.MatchRoot("regions")),
			datasourcevalidator.Conflicting(path.MatchRoot("identifiers"), path.MatchRoot("regions")),
		},
	}}
}

func instancesAttributes() attributes {
	return attributes{
		"region":              regionalAttribute(" Null when `regions` is given."),
		"regions":             {kind: texts, lists: regionLists(), description: "AWS Regions to read, several at a time, or `[\"*\"]` for all Regions that the account has enabled, which needs `account:ListRegions`. A Region that cannot be read is listed in `unread`, with a warning, and the results of the others are kept. Default: `region` alone."},
		"identifiers":         {kind: texts, description: "DB instances to read; one that does not exist is an error. Default: all."},
		"engines":             {kind: texts, lists: []validator.List{listvalidator.ValueStringsAre(stringvalidator.OneOf("postgres", "aurora-postgresql"))}, description: "Engines to read: `postgres`, `aurora-postgresql`. Default: both."},
		"ca_cert_identifiers": {kind: texts, description: "Current CAs of the DB instances to read. Default: any."},
		"tags":                {kind: textMap, description: "Tags that an instance must have; an empty value matches any value. Default: none."},
		"instances":           {kind: objects, computed: true, nested: instanceAttributes(), description: "The DB instances, sorted by Region (in the order of `regions`) and then by identifier."},
		"clusters":            {kind: objects, computed: true, nested: clusterAttributes(), description: "The DB clusters of these instances, in the same order."},
		"total":               {kind: number, computed: true, description: "Number of DB instances."},
		"by_ca":               {kind: counts, computed: true, description: "Number of DB instances by current CA; the empty key counts those for which RDS reports none."},
		"by_state":            {kind: counts, computed: true, description: "Number of DB instances by state: `settled`, `pending` when a change of the certificate is waiting, and `unknown` when the permission to read that is missing."},
		"complete":            {kind: boolean, computed: true, description: "Whether every fact of every Region could be read."},
		"unread":              {kind: objects, computed: true, nested: unreadAttributes(), description: "The Regions of `regions` that could not be read: their DB instances are not in `instances`, and not counted. Empty when all could be read."},
		"findings":            {kind: objects, computed: true, nested: findingAttributes(), description: "What could not be read, and why."},
	}
}

func instanceAttributes() attributes {
	return attributes{
		"identifier":                    {kind: text, description: "Identifier of the DB instance."},
		"region":                        {kind: text, description: "AWS Region of the DB instance."},
		"account_id":                    {kind: text, description: "AWS account of the DB instance; null when RDS reports no ARN."},
		"arn":                           {kind: text, description: "ARN; null when RDS does not say."},
		"engine":                        {kind: text, description: "Engine: `postgres` or `aurora-postgresql`."},
		"engine_version":                {kind: text, description: "Engine version."},
		"status":                        {kind: text, description: "Status, such as `available`; null when RDS does not say."},
		"host":                          {kind: text, description: "Endpoint; null while the instance is being created."},
		"port":                          {kind: number, description: "Port; null while the instance is being created."},
		"ca_cert_identifier":            {kind: text, description: "CA of the current server certificate; null when RDS does not say."},
		"pending_ca_cert_identifier":    {kind: text, description: "CA that is waiting for the maintenance window; null when none is."},
		"pending_maintenance":           {kind: texts, description: "Pending maintenance actions, such as `ca-certificate-rotation`; null when the permission to read it is missing."},
		"server_certificate_valid_till": {kind: text, description: "When the server certificate expires, RFC 3339; null when RDS does not say."},
		"supported_ca_cert_identifiers": {kind: texts, description: "CAs that the engine version can use; null when RDS does not say, or the permission to read it is missing."},
		"rotation_restarts":             {kind: boolean, description: "Whether a new server certificate restarts the server, which depends on the engine version and on Babelfish; null when RDS does not say, or the permission to read it is missing."},
		"rotation_restart_reason":       {kind: text, description: "Why a new server certificate restarts the server, or does not; null when that is not known."},
		"maintenance_window":            {kind: text, description: "Maintenance window in UTC; null when RDS does not say."},
		"force_ssl_value":               {kind: text, description: "Value of `rds.force_ssl` in the parameter group; null when the group shows none, or the permission to read it is missing."},
		"force_ssl_enforced":            {kind: boolean, description: "Whether plaintext is refused now; null when that is uncertain, or the permission to read it is missing."},
		"force_ssl_certainty":           {kind: text, description: "`in_force` or `uncertain`; null when the permission to read it is missing."},
		"db_cluster_identifier":         {kind: text, description: "DB cluster that it belongs to; null outside a cluster."},
		"cluster_role":                  {kind: text, description: "`writer` or `reader`; null outside a cluster, or when the permission to read it is missing."},
	}
}

func clusterAttributes() attributes {
	return attributes{
		"identifier":                    {kind: text, description: "Identifier of the DB cluster."},
		"region":                        {kind: text, description: "AWS Region of the DB cluster."},
		"arn":                           {kind: text, description: "ARN; null when RDS does not say."},
		"engine":                        {kind: text, description: "Engine: `aurora-postgresql`, or `postgres` for a Multi-AZ DB cluster."},
		"engine_version":                {kind: text, description: "Engine version; null when RDS does not say."},
		"members":                       {kind: texts, description: "DB instances of the cluster."},
		"ca_cert_identifiers":           {kind: texts, description: "The CAs of the members that were read, including those that the filters leave out."},
		"mixed_cas":                     {kind: boolean, description: "Whether the members have different CAs, so that the certificate behind the cluster endpoint can change with a failover. Null when not every member was read and those that were have the same CA."},
		"ca_cert_identifier":            {kind: text, description: "CA of a Multi-AZ DB cluster. Null for Aurora, where every DB instance has its own."},
		"pending_ca_cert_identifier":    {kind: text, description: "CA that is waiting for the maintenance window of a Multi-AZ DB cluster; null when none is, and for Aurora."},
		"pending_maintenance":           {kind: texts, description: "Maintenance actions that are pending for the cluster itself; null when the permission to read it is missing."},
		"server_certificate_valid_till": {kind: text, description: "When the server certificate of a Multi-AZ DB cluster expires, RFC 3339; null when RDS does not say, and for Aurora."},
		"maintenance_window":            {kind: text, description: "Maintenance window of the cluster in UTC; null when RDS does not say."},
	}
}

func unreadAttributes() attributes {
	return attributes{
		"region": {kind: text, description: "AWS Region."},
		"detail": {kind: text, description: "Why it could not be read, and what to do."},
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
