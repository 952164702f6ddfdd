package provider

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// connectionLogDataSource reads who connected over hours or days.
func connectionLogDataSource() datasource.DataSource {
	return &answeringSource{read: readConnectionLog, dataSource: dataSource{
		name: "connection_log", attributes: connectionLogAttributes(),
		description: "Reads PostgreSQL's own log to find out who connected during a period of hours or days, and which connections failed. The data source reads the log of a DB instance, the logs of all members of a DB cluster, or log files that you provide. " +
			"`sslready_clients` shows only who is connected at the moment; the log also shows the job that runs once a night, and the client that the new CA has cut off. " +
			"The data source supports the logs of PostgreSQL 9.6 to 18, with messages in English, in the formats stderr (with any `log_line_prefix` that shows the time and the process), csvlog and jsonlog. Tested on servers of versions 10 to 18. " +
			"Names that a client chose (user, database, `application_name`) are never mistaken for the server's own text, with one exception: a client without TLS can choose an `application_name` that ends like the log line of a TLS session. " +
			"Text that a session writes with `RAISE LOG` is not mistaken for the server's own text either, unless `log_error_verbosity` is `terse`. " +
			"Sessions of `rdsadmin` and the provider's own sessions are left out. While `log_connections` is off, the server does not log who connects. " +
			"Requires `rds:DescribeDBInstances`, `rds:DescribeDBParameters`, `rds:DescribeDBLogFiles` and `rds:DownloadDBLogFilePortion`; for clusters, also `rds:DescribeDBClusters` and `rds:DescribeDBClusterParameters`; and with `source = \"cloudwatch_logs\"`, also `logs:FilterLogEvents`.",
		rules: []datasource.ConfigValidator{
			datasourcevalidator.ExactlyOneOf(path.MatchRoot("db_instance_identifier"), path.MatchRoot("db_cluster_identifier"), path.MatchRoot("files")),
			datasourcevalidator.Conflicting(path.MatchRoot("files"), path.MatchRoot("source")),
		},
	}}
}

func connectionLogAttributes() attributes {
	return attributes{
		"db_instance_identifier": {kind: text, strings: notEmpty(), description: "Identifier of the DB instance. Set exactly one of `db_instance_identifier`, `db_cluster_identifier` and `files`."},
		"db_cluster_identifier":  {kind: text, strings: notEmpty(), description: "Identifier of the DB cluster. The logs of all members are read, since each member has its own."},
		"region":                 regionalAttribute(" With `source = \"cloudwatch_logs\"`, the log group is in this Region as well." + regionalWithoutAWS),
		"files":                  {kind: texts, description: "Paths of log files from one server, the oldest first. With this argument, no AWS access is needed. A file whose name ends in `.csv` is read as csvlog, a file whose name ends in `.json` as jsonlog, and any other file as a stderr log."},
		"since":                  {kind: text, strings: onePointInTime(), description: "How far to look back: a duration such as `72h`, or an RFC 3339 time. Default: as far back as the log goes."},
		"source":                 {kind: text, strings: oneOf(sourceLogFiles, sourceCloudWatch), description: "Where to read the log: `log_files`, which RDS keeps for three days by default, or `cloudwatch_logs`, if the DB instance exports its log to CloudWatch Logs. Default: `log_files`."},
		"log_line_prefix":        {kind: text, description: "The server's `log_line_prefix`. A prefix that cannot be parsed is an error. Default: the value in the parameter group; with `files`, the RDS default, `%t:%r:%u@%d:[%p]:`."},
		"log_timezone":           {kind: text, strings: oneTimeZone(), description: "The server's `log_timezone`, such as `Europe/Berlin`. Default: the value in the parameter group, else `UTC`."},
		"log_connections":        {kind: boolean, description: "Whether the server's `log_connections` was on when `files` were written. Unless this is `true`, a log from `files` does not count as complete."},
		"max_megabytes":          {kind: number, numbers: []validator.Int64{int64validator.Between(1, 1<<20)}, description: "Maximum amount of each server's log that is read, in megabytes. If a log is larger, the result is incomplete. Default: 2048."},
		"timeout":                {kind: text, strings: oneDuration(), description: "Time limit for reading all logs. Default: `20m`."},
		"clients": {kind: objects, computed: true, description: "Who connected, in groups: each entry combines the sessions that differ only in their start and end times. The order is stable.", nested: attributes{
			"instance":         {kind: text, description: describesInstance},
			"database":         {kind: text, description: "Database; null for a replication session."},
			"username":         {kind: text, description: "User."},
			"application_name": {kind: text, description: "`application_name` of the session; null when the client sets none, and before PostgreSQL 12."},
			"client_addr":      {kind: text, description: describesAddress},
			"ssl":              {kind: boolean, description: "Whether the session used TLS; null when the log shows only how the session ended."},
			"tls_version":      {kind: text, description: "TLS version such as `TLSv1.3`; null without TLS."},
			"cipher":           {kind: text, description: "Cipher suite; null without TLS."},
			"bits":             {kind: number, description: "Length of the cipher's key in bits; null without TLS, and before PostgreSQL 11."},
			"client_dn":        {kind: text, description: "Subject of the client certificate; null when the client did not authenticate with one, and before PostgreSQL 14."},
			"replication":      {kind: boolean, description: "Whether the session is a replication session."},
			"connections":      {kind: number, description: "Number of sessions."},
			"first_seen":       {kind: text, description: "Start of the first session, RFC 3339."},
			"last_seen":        {kind: text, description: "Latest start or end of a session, RFC 3339; if a session is still open, the end of the period."},
		}},
		"refused": {kind: objects, computed: true, description: "TLS handshakes that did not lead to a session. A client that ends the handshake because it does not trust the CA appears here; for a client that checks the certificate only after the handshake, see `unfinished`.", nested: attributes{
			"instance":    {kind: text, description: describesInstance},
			"client_addr": {kind: text, description: describesAddress},
			"alert":       {kind: text, description: "TLS alert that the client sent, as named in RFC 8446, such as `unknown_ca`; null when it sent none."},
			"text":        {kind: text, description: "The server's own text about the failure, such as `tlsv1 alert unknown ca`."},
			"meaning":     {kind: text, description: "Why the handshake failed, in words."},
			"distrusts":   {kind: boolean, description: "Whether the client ended the handshake because it rejected the server certificate."},
			"cut_off":     {kind: boolean, description: describesCutOff},
			"handshakes":  {kind: number, description: "Number of handshakes."},
			"first_seen":  {kind: text, description: happenedFirst},
			"last_seen":   {kind: text, description: happenedLast},
		}},
		"plaintext_refused": {kind: objects, computed: true, description: "Connections that the server refused because they did not use TLS (`no pg_hba.conf entry … no encryption`).", nested: attributes{
			"instance":    {kind: text, description: describesInstance},
			"database":    {kind: text, description: "Database; null for a replication session."},
			"username":    {kind: text, description: "User name that the client gave, unverified: the server refused the connection before authentication."},
			"client_addr": {kind: text, description: describesAddress},
			"replication": {kind: boolean, description: "Whether the client asked for replication."},
			"connections": {kind: number, description: "Number of connections."},
			"first_seen":  {kind: text, description: happenedFirst},
			"last_seen":   {kind: text, description: happenedLast},
		}},
		"unfinished": {kind: objects, computed: true, description: "Connections that were opened and closed without a login. Node.js checks the server certificate after the handshake, so a Node.js client that does not trust the certificate leaves no other trace. Health checks leave the same trace.", nested: attributes{
			"instance":    {kind: text, description: describesInstance},
			"client_addr": {kind: text, description: describesAddress},
			"connections": {kind: number, description: "Number of connections."},
			"first_seen":  {kind: text, description: happenedFirst},
			"last_seen":   {kind: text, description: happenedLast},
		}},
		"from":               {kind: text, computed: true, description: "Start of the period that the log covers, RFC 3339; for a cluster, the latest of the times at which the members' logs start. Null when the log is empty."},
		"to":                 {kind: text, computed: true, description: "End of the period that the log covers, RFC 3339: the time of the last record; for a cluster, the end of the log that ends first. Null when the log is empty."},
		"complete":           {kind: boolean, computed: true, description: "Whether the log shows every client that connected between `from` and `to`. This is `true` only if `log_connections` was on, no file is missing or truncated, and every line was read. Only if it is `true` does the absence of a client prove anything."},
		"incomplete_because": {kind: texts, computed: true, description: "Why the log is not complete; empty when it is complete."},
		"observation":        {kind: object, computed: true, nested: logObservationAttributes(), description: "The data of this log, in the form required by the `observations` argument of `sslready_trust_store_validation` (the gate), of `sslready_readiness` and of `sslready_client_census`."},
	}
}

const (
	titleConnectionLog   = "Cannot Read the Connection Log"
	defaultLogTimeout    = 20 * time.Minute
	defaultMaxMegabytes  = 2048
	sourceLogFiles       = "log_files"
	sourceCloudWatch     = "cloudwatch_logs"
	rdsLogLinePrefix     = "%t:%r:%u@%d:[%p]:"
	observationSourceLog = "sslready_connection_log"
)

// readConnectionLog reads every server's log, and merges what they say.
func readConnectionLog(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields {
	at := identifiedBy(given)
	timeout := cmp.Or(given.duration("timeout"), defaultLogTimeout)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	reading := logReading{
		services: s, prefix: given.text("log_line_prefix"), timezone: given.text("log_timezone"),
		since: sinceOf(given.text("since"), s.now()), now: s.now(),
		cloudWatch: given.text("source") == sourceCloudWatch, maxBytes: cmp.Or(given.number("max_megabytes"), defaultMaxMegabytes) << 20, raise: ": raise max_megabytes",
	}
	logs, err := logsOf(ctx, s, given, reading, timeout)
	if err != nil {
		diags.Append(logDiagnostic(at, err))
		return nil
	}
	answer, missing := mergedLogs(logs, s.ownSession())
	if answer["region"] = given["region"]; !given.isSet("files") {
		answer["region"] = optionalText(s.region(ctx, given.text("region")))
	}
	if len(missing) > 0 {
		diags.AddAttributeWarning(at, "The Connection Log Is Not Complete", fmt.Sprintf(
			"%s Clients that are not in the log may have connected, so the attribute \"complete\" is false.", readiness.Sentence(strings.Join(missing, "; "))))
	}
	return answer
}

// logsOf reads the log of every server that is asked for.
func logsOf(ctx context.Context, s *services, given fields, reading logReading, timeout time.Duration) ([]serverLog, error) {
	if given.isSet("files") {
		log, err := reading.files(ctx, given.texts("files"), given.flag("log_connections"))
		return []serverLog{log}, err
	}
	reader, err := s.rds(ctx, given.text("region"))
	if err != nil {
		return nil, err
	}
	reader = reader.Within(timeout) // Not by aws_timeout: a log takes longer than a call.
	identifiers, err := instancesOf(ctx, reader, given)
	if err != nil {
		return nil, err
	}
	logs := make([]serverLog, len(identifiers))
	for i, id := range identifiers {
		if logs[i], err = reading.instance(ctx, reader, id); err != nil {
			return nil, fmt.Errorf("DB instance %q: %w", id, err)
		}
	}
	return logs, nil
}
