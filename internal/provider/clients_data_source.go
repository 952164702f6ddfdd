package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// clientsDataSource reads who is connected, and how.
func clientsDataSource() datasource.DataSource {
	return &answeringSource{read: readClients, dataSource: dataSource{
		name: "clients", attributes: clientsAttributes(),
		description: "Reads who is connected to a DB instance, or to any member of a DB cluster, and whether they use TLS (`pg_stat_ssl` joined with `pg_stat_activity`). " +
			"Each query is one sample, and shows only the sessions that are open at that moment; with `observe_for`, several samples are taken over a period of time. The provider's PostgreSQL role needs `pg_read_all_stats` to see all sessions. Without that privilege, `complete` is false, and `hidden_sessions` is the number of sessions that the role cannot see. " +
			"Sessions of `rdsadmin` (RDS's own user), the provider's own sessions (those with its role and the `application_name` `sslready`) and the server's background processes are left out; replication sessions are included. " +
			"Supports PostgreSQL 9.6 to 18; tested on servers of versions 10 to 18; for 9.6, only the definitions of its system views were checked. Requires `rds:DescribeDBInstances` (unless `host` is set), `rds:DescribeDBClusters` for clusters, and `rds-db:connect` if `postgres.iam_auth` is set in the provider.",
		rules: []datasource.ConfigValidator{
			datasourcevalidator.ExactlyOneOf(path.MatchRoot("db_instance_identifier"), path.MatchRoot("db_cluster_identifier"), path.MatchRoot("host")),
		},
	}}
}

func clientsAttributes() attributes {
	return attributes{
		"db_instance_identifier": {kind: text, strings: notEmpty(), description: "Identifier of the DB instance, whose endpoint is read from RDS. Set exactly one of `db_instance_identifier`, `db_cluster_identifier` and `host`."},
		"db_cluster_identifier":  {kind: text, strings: notEmpty(), description: "Identifier of the DB cluster. Every member is queried, since each one shows only its own sessions."},
		"region":                 regionalAttribute(" IAM tokens are created for this Region as well." + regionalWithoutAWS),
		"host":                   {kind: text, strings: notEmpty(), description: "Name or address of the server. With this argument, no AWS access is needed."},
		"port":                   {kind: number, numbers: []validator.Int64{int64validator.Between(1, 65535)}, description: "Port of the server. Default: what RDS reports, else 5432."},
		"observe_for":            {kind: text, strings: oneDuration(), description: "Time between the first and the last sample, such as `30s`. Default: a single sample."},
		"sample_interval":        {kind: text, strings: oneInterval(postgres.MinSampleInterval), description: "Time between two samples, at least `10ms`. Sessions shorter than the interval can be missed. Default: `1s`."},
		"timeout":                {kind: text, strings: oneDuration(), description: "Time limit for everything that is done on one server. Default: the provider's `postgres.connect_timeout`, plus twice its `postgres.statement_timeout`, plus `observe_for`."},
		"allow_unreachable":      {kind: boolean, description: "Whether to return `reachable = false` and `complete = false` instead of an error if a server cannot be queried. Default: `false`."},
		"reachable":              {kind: boolean, computed: true, description: "Whether every server could be queried."},
		"complete":               {kind: boolean, computed: true, description: "Whether the role can see every session on every server. If not, an empty `clients` does not mean that nobody is connected."},
		"ssl_sessions":           {kind: number, computed: true, description: "Number of sessions with TLS. Null when a server could not be queried."},
		"plaintext_sessions":     {kind: number, computed: true, description: "Number of sessions over the network without TLS. Null when a server could not be queried."},
		"hidden_sessions":        {kind: number, computed: true, description: "Number of sessions, with or without TLS, that the role is not allowed to see. Null when a server could not be queried."},
		"samples":                {kind: number, computed: true, description: "Number of samples taken; for several servers, the smallest number. Zero when a server could not be queried."},
		"server_version":         {kind: text, computed: true, description: "Version that the server reports; for a cluster, that of the first member that could be queried. Null when no server could be queried."},
		"unreachable":            {kind: texts, computed: true, description: "The servers that could not be queried; empty when all could be queried."},
		"observation":            observationOutput(),
		"clients": {kind: objects, computed: true, description: "The sessions, in groups: each entry combines the sessions that differ only in the times at which they were seen. The order is stable.", nested: attributes{
			"instance":         {kind: text, description: "DB instance identifier of the server; null with `host`."},
			"database":         {kind: text, description: "Database; null for a session without one, such as a replication session."},
			"username":         {kind: text, description: "User; null when the role no longer exists."},
			"application_name": {kind: text, description: "`application_name` of the session; null when the client sets none."},
			"client_addr":      {kind: text, description: "Address of the client, or of the proxy or pooler in between; null for a Unix socket, or when not visible."},
			"ssl":              {kind: boolean, description: "Whether the session uses TLS; null when not visible."},
			"tls_version":      {kind: text, description: "TLS version such as `TLSv1.3`; null without TLS, or when not visible."},
			"cipher":           {kind: text, description: "Cipher suite; null without TLS, or when not visible."},
			"bits":             {kind: number, description: "Length of the cipher's key in bits; null without TLS, or when not visible."},
			"client_dn":        {kind: text, description: "Subject of the client certificate, at most 63 bytes; null without a certificate, or when not visible."},
			"sessions":         {kind: number, description: "Highest number of sessions of this group in any one sample."},
			"samples":          {kind: number, description: "Number of samples that show a session of this group."},
			"first_seen":       {kind: text, description: "Time of the first sample that shows a session of this group, RFC 3339, by the server's clock."},
			"last_seen":        {kind: text, description: "Time of the last sample that shows a session of this group, RFC 3339, by the server's clock."},
		}},
	}
}

// readClients asks every server at once, and merges what they say.
func readClients(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields {
	at := identifiedBy(given)
	servers, err := serversOf(ctx, s, given)
	if err != nil {
		diags.Append(awsDiagnostic(at, titleClients, err))
		return nil
	}
	if mode := s.postgres("", 0, given.text("region")).LoweredBy(); mode != "" && len(servers) > 0 {
		diags.AddAttributeWarning(at, "PGSSLMODE Weakens Verification", fmt.Sprintf(
			"The environment variable PGSSLMODE is %q where Terraform runs, so the provider's own login verifies less than it would by default (verify-full). If the server's certificate chain is not verified, the provider sends no IAM token, and uses a password only for SCRAM with channel binding. With sslmode=disable, however, the provider uses a password for any authentication method that does not send the password in clear text. Set postgres.sslmode in the provider, or unset the variable.", mode))
	}
	region := given["region"]
	if !given.isSet("host") {
		region = optionalText(s.region(ctx, given.text("region")))
	}
	from := s.now()
	all := observe(ctx, s, given, servers)
	for _, seen := range all {
		if seen.err != nil {
			if !given.flag("allow_unreachable") {
				diags.Append(postgresDiagnostic(at, titleClients, seen.named()))
				continue
			}
			diags.AddAttributeWarning(at, titleClients, fmt.Sprintf(
				"%s The result is therefore incomplete: it says nothing about the sessions on this server. %s", readiness.Sentence(seen.named().Error()), postgresRemedy(seen.err, true)))
		}
		if seen.err == nil && !seen.observation.Complete {
			diags.AddAttributeWarning(at, "Not All Sessions Are Visible", fmt.Sprintf(
				"%s: the provider's PostgreSQL role is not allowed to see every session (number of hidden sessions: %d). A hidden session may or may not use TLS. Clients that are not listed may be connected, so the attribute \"complete\" is false. Grant pg_read_all_stats to the role.",
				seen.name(), seen.observation.HiddenSessions))
		}
	}
	answer := merged(all)
	answer["region"], answer["observation"] = region, observationOf(observationBy(all, from, s.now()))
	return answer
}

const titleClients = "Cannot Read the Clients"

// identifiedBy is the argument that says which servers are meant.
func identifiedBy(given fields) path.Path {
	for _, name := range []string{"host", "files", "db_cluster_identifier"} {
		if given.isSet(name) {
			return path.Root(name)
		}
	}
	return path.Root("db_instance_identifier")
}

func seenAt(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339Nano))
}
