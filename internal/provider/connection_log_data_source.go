package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ datasource.DataSourceWithConfigure        = (*connectionLogDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*connectionLogDataSource)(nil)
)

// connectionLogDataSource reads who connected over hours or days.
type connectionLogDataSource struct{ services *services }

type connectionLogModel struct {
	DBInstanceIdentifier types.String            `tfsdk:"db_instance_identifier"`
	DBClusterIdentifier  types.String            `tfsdk:"db_cluster_identifier"`
	Region               types.String            `tfsdk:"region"`
	Files                []types.String          `tfsdk:"files"`
	Since                types.String            `tfsdk:"since"`
	Source               types.String            `tfsdk:"source"`
	LogLinePrefix        types.String            `tfsdk:"log_line_prefix"`
	LogTimezone          types.String            `tfsdk:"log_timezone"`
	LogConnections       types.Bool              `tfsdk:"log_connections"`
	MaxMegabytes         types.Int64             `tfsdk:"max_megabytes"`
	Timeout              types.String            `tfsdk:"timeout"`
	Clients              []loggedClientModel     `tfsdk:"clients"`
	Refused              []refusedModel          `tfsdk:"refused"`
	PlaintextRefused     []plaintextRefusedModel `tfsdk:"plaintext_refused"`
	Unfinished           []unfinishedModel       `tfsdk:"unfinished"`
	From                 types.String            `tfsdk:"from"`
	To                   types.String            `tfsdk:"to"`
	Complete             types.Bool              `tfsdk:"complete"`
	IncompleteBecause    []types.String          `tfsdk:"incomplete_because"`
	Observation          *logObservationModel    `tfsdk:"observation"`
}

func (d *connectionLogDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_connection_log"
}

func (d *connectionLogDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *connectionLogDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads from PostgreSQL's own log who connected over hours or days, and who was refused. It reads the log of a DB instance, of every member of a DB cluster, or log files that you provide. " +
			"While `sslready_clients` shows a single moment, the log also shows the job that runs once a night, and the client that the new CA has cut off. " +
			"It reads the logs of PostgreSQL 9.6 to 18 in English: stderr with any `log_line_prefix`, csvlog and jsonlog. Tested on servers of versions 10 to 18. " +
			"Names that a client chose (user, database, `application_name`) are never mistaken for the server's own text, with one exception: a client without TLS can choose an `application_name` that ends like the log line of a TLS session. " +
			"Text that a session writes with `RAISE LOG` is not mistaken for the server's own text either, unless `log_error_verbosity` is `terse`. " +
			"`rdsadmin` and the provider's own sessions are left out. The server logs who connects only while `log_connections` is on. " +
			"Requires `rds:DescribeDBInstances`, `rds:DescribeDBParameters`, `rds:DescribeDBLogFiles` and `rds:DownloadDBLogFilePortion`; for clusters, also `rds:DescribeDBClusters` and `rds:DescribeDBClusterParameters`; and with `source = \"cloudwatch_logs\"`, also `logs:FilterLogEvents`.",
		Attributes: map[string]schema.Attribute{
			"db_instance_identifier": schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the DB instance. Set exactly one of this, `db_cluster_identifier` and `files`."},
			"db_cluster_identifier":  schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the DB cluster. The logs of all members are read, since each member has its own."},
			"region":                 regionalAttribute(" With `source = \"cloudwatch_logs\"`, the log group is in this Region as well." + regionalWithoutAWS),
			"files":                  schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Paths of log files from one server, the oldest first. With them, no AWS access is needed. A file whose name ends in `.csv` is read as csvlog, one that ends in `.json` as jsonlog, and any other as a stderr log."},
			"since":                  schema.StringAttribute{Optional: true, Validators: []validator.String{pointInTime{}}, MarkdownDescription: "How far to look back: a duration such as `72h`, or an RFC 3339 time. Default: as far as the log goes."},
			"source":                 schema.StringAttribute{Optional: true, Validators: oneOf(sourceLogFiles, sourceCloudWatch), MarkdownDescription: "`log_files`, which RDS keeps for three days by default, or `cloudwatch_logs`, if the DB instance exports its log there. Default: `log_files`."},
			"log_line_prefix":        schema.StringAttribute{Optional: true, MarkdownDescription: "The server's `log_line_prefix`. It is an error if it cannot be parsed. Default: the value in the parameter group; with `files`, the RDS default, `%t:%r:%u@%d:[%p]:`."},
			"log_timezone":           schema.StringAttribute{Optional: true, Validators: []validator.String{timeZone{}}, MarkdownDescription: "The server's `log_timezone`, such as `Europe/Berlin`. Default: the value in the parameter group, else `UTC`."},
			"log_connections":        schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether `log_connections` was on when `files` were written. Unless this is `true`, they do not count as complete."},
			"max_megabytes":          schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(1, 1<<20)}, MarkdownDescription: "How much of each server's log is read, in megabytes. If a log is larger, the result is incomplete. Default: 2048."},
			"timeout":                schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "Time limit for reading all logs. Default: `20m`."},
			"clients":                schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: loggedClientAttributes()}, MarkdownDescription: "Who connected, in groups: sessions that differ only in their counts and times form one entry. The order is stable."},
			"refused":                schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: refusedAttributes()}, MarkdownDescription: "TLS handshakes that did not lead to a session. A client that does not trust the CA appears here."},
			"plaintext_refused":      schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: plaintextRefusedAttributes()}, MarkdownDescription: "Connections that the server refused because they did not use TLS (`no pg_hba.conf entry … no encryption`)."},
			"unfinished":             schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: unfinishedAttributes()}, MarkdownDescription: "Connections that opened and closed without logging in. Node.js checks the server certificate after the handshake, so a Node.js client that does not trust it leaves no other trace. Health checks look the same."},
			"from":                   schema.StringAttribute{Computed: true, MarkdownDescription: "Start of the period that the log covers, RFC 3339; for a cluster, the start of the log that starts last. Null when the log is empty."},
			"to":                     schema.StringAttribute{Computed: true, MarkdownDescription: "End of the period, RFC 3339: the time of the last record; for a cluster, the end of the log that ends first. Null when the log is empty."},
			"complete":               schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the log shows every client that connected in this period: `log_connections` was on, no file is missing or cut off, and every line was read. Only then does the absence of a client prove anything."},
			"incomplete_because":     schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Why the log is not complete; empty when it is."},
			"observation":            schema.SingleNestedAttribute{Computed: true, Attributes: logObservationAttributes(), MarkdownDescription: "The same data, in the form that `observations` of `sslready_trust_store_validation` (the gate), of `sslready_readiness` and of `sslready_client_census` takes."},
		},
	}
}

func (d *connectionLogDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("db_instance_identifier"), path.MatchRoot("db_cluster_identifier"), path.MatchRoot("files")),
		datasourcevalidator.Conflicting(path.MatchRoot("files"), path.MatchRoot("source")),
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

func (m *connectionLogModel) identifiedBy() path.Path {
	switch {
	case m.Files != nil:
		return path.Root("files")
	case !m.DBClusterIdentifier.IsNull():
		return path.Root("db_cluster_identifier")
	default:
		return path.Root("db_instance_identifier")
	}
}

// Read reads every server's log, and merges what they say.
func (d *connectionLogDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model connectionLogModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.services.readData(req.Config)
	timeout := defaultLogTimeout
	if !model.Timeout.IsNull() {
		timeout = durationOf(model.Timeout.ValueString())
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	reading := logReading{
		services: d.services, prefix: model.LogLinePrefix.ValueString(), timezone: model.LogTimezone.ValueString(),
		since: sinceOf(model.Since.ValueString(), d.services.now()), now: d.services.now(),
		cloudWatch: model.Source.ValueString() == sourceCloudWatch, maxBytes: defaultMaxMegabytes << 20,
	}
	if !model.MaxMegabytes.IsNull() {
		reading.maxBytes = model.MaxMegabytes.ValueInt64() << 20
	}
	logs, err := d.logs(ctx, model, reading, timeout)
	if err != nil {
		resp.Diagnostics.Append(logDiagnostic(model.identifiedBy(), err))
		return
	}
	if model.Files == nil {
		model.Region = optionalText(d.services.region(ctx, model.Region))
	}
	model.answer(logs, d.services.ownSession())
	if !model.Complete.ValueBool() {
		resp.Diagnostics.AddAttributeWarning(model.identifiedBy(), "The Connection Log Is Not Complete", fmt.Sprintf(
			"%s. Clients that are not in the log may have connected, so complete is false.", sentences(model.IncompleteBecause)))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// logs reads the log of every server that is asked for.
func (d *connectionLogDataSource) logs(ctx context.Context, m connectionLogModel, reading logReading, timeout time.Duration) ([]serverLog, error) {
	if m.Files != nil {
		log, err := reading.files(ctx, stringsOf(m.Files), m.LogConnections.ValueBool())
		return []serverLog{log}, err
	}
	reader, err := d.services.rds(ctx, m.Region)
	if err != nil {
		return nil, err
	}
	reader = reader.Within(timeout) // Not by aws_timeout: a log takes longer than a call.
	identifiers := []string{m.DBInstanceIdentifier.ValueString()}
	if !m.DBClusterIdentifier.IsNull() {
		if identifiers, err = membersOf(ctx, reader, m.DBClusterIdentifier.ValueString()); err != nil {
			return nil, err
		}
	}
	logs := make([]serverLog, len(identifiers))
	for i, id := range identifiers {
		if logs[i], err = reading.instance(ctx, reader, id); err != nil {
			return nil, fmt.Errorf("DB instance %q: %w", id, err)
		}
	}
	return logs, nil
}
