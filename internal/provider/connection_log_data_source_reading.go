package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // The server's time zone, where the machine has no list of them.

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// logReading is how the logs are read.
type logReading struct {
	services         *services
	prefix, timezone string // what the user gave; empty is the parameter group's
	since, now       time.Time
	cloudWatch       bool
	maxBytes         int64
	raise            string // how to read more than maxBytes, after a colon; empty if there is no way
}

// serverLog is what the log of one server says.
type serverLog struct {
	instance string // DB instance identifier; empty for files
	report   connlog.Report
	missing  []string // why it may not have everything
}

func (l *serverLog) lack(format string, args ...any) {
	l.missing = append(l.missing, fmt.Sprintf(format, args...))
}

// log begins the reading of one server's log.
func (r logReading) log(prefix, timezone string) (*connlog.Log, error) {
	parsed, err := connlog.ParsePrefix(prefix)
	if err != nil {
		return nil, err
	}
	opts := connlog.Options{Prefix: parsed, Since: r.since}
	if timezone != "" {
		if opts.Location, err = time.LoadLocation(timezone); err != nil {
			return nil, fmt.Errorf("%w: %q", errTimeZone, timezone)
		}
	}
	return connlog.New(opts), nil
}

var (
	errTimeZone    = errors.New("log_timezone is not a time zone in the IANA database")
	errNotLogFile  = errors.New("it is not a regular file")
	errNotExported = errors.New("the DB instance does not export its postgresql log to CloudWatch Logs")
)

// instance reads the log of a DB instance.
func (r logReading) instance(ctx context.Context, reader *rdsapi.Reader, id string) (serverLog, error) {
	found := serverLog{instance: id}
	instance, err := postgreSQL(ctx, reader, id)
	if err != nil {
		return found, err
	}
	settings, err := reader.LogSettings(ctx, id)
	switch {
	case errors.Is(err, rdsapi.ErrAccessDenied):
		found.lack("it is not known whether log_connections is on: %v", err)
	case err != nil:
		return found, err
	default:
		found.judge(settings)
	}
	log, err := r.log(cmp.Or(r.prefix, settings.LinePrefix, rdsLogLinePrefix), cmp.Or(r.timezone, settings.Timezone))
	if err != nil {
		return found, err
	}
	if r.cloudWatch {
		err = r.events(ctx, reader, instance, log, &found)
	} else {
		err = r.download(ctx, reader, instance, log, &found)
	}
	found.finish(log, r.since)
	return found, err
}

// judge says what the parameters mean for the log.
func (l *serverLog) judge(s rdsapi.LogSettings) {
	if !connlog.LogsConnections(s.Connections) {
		l.lack("log_connections is %q, so the server does not log who connects: set it to 1 in the parameter group or, for PostgreSQL 18 and later, to \"all\"", cmp.Or(s.Connections, "off"))
	}
	if !s.InForce {
		l.lack("the parameter group is not in force (a restart is pending, or RDS could not apply the group), so it is not known what the server logs now")
	}
	if !connlog.English(s.Messages) {
		l.lack("lc_messages is %q, but only messages in English can be read: set lc_messages to C or en_US.UTF-8 in the parameter group", s.Messages)
	}
	switch s.MinMessages {
	case "fatal", "panic":
		l.lack("log_min_messages is %q, so the server does not log who connects", s.MinMessages)
	}
}

// finish takes what the log has said.
func (l *serverLog) finish(log *connlog.Log, since time.Time) {
	l.report = log.Report()
	for _, gap := range l.report.Gaps {
		l.missing = append(l.missing, gap.String())
	}
	switch {
	case l.report.Records == 0:
		l.lack("the log is empty")
	case l.report.Connections == 0:
		l.lack("the log does not mention any connections: either log_connections was off, the messages are not in English, or nobody connected")
	case !l.report.Reaches(since):
		l.lack("the log begins at %s, but the requested period begins at %s: RDS keeps log files only for as long as rds.log_retention_period says (three days by default)", l.report.From.UTC().Format(time.RFC3339), since.UTC().Format(time.RFC3339))
	}
}

// download reads the log files that RDS keeps.
func (r logReading) download(ctx context.Context, reader *rdsapi.Reader, instance rdsapi.DBInstance, log *connlog.Log, found *serverLog) error {
	listed, err := reader.LogFiles(ctx, instance.Identifier, r.since)
	if err != nil {
		return err
	}
	byName := make(map[string]rdsapi.LogFile, len(listed))
	for _, file := range listed {
		byName[file.Name] = file
	}
	chosen := found.series(each(listed, func(file rdsapi.LogFile) string { return file.Name }))
	files := each(chosen, func(name string) rdsapi.LogFile { return byName[name] })
	failures, err := reader.DownloadLogs(ctx, instance.Identifier, files, r.maxBytes, func(file rdsapi.LogFile) io.WriteCloser { return log.File(file.Name) })
	for _, failure := range failures {
		if errors.Is(failure.Err, connlog.ErrFormat) {
			return fmt.Errorf("log file %q: %w", failure.Name, failure.Err)
		}
		raise := ""
		if errors.Is(failure.Err, rdsapi.ErrLogTooLong) {
			raise = r.raise
		}
		found.lack("log file %q was not read to the end: %v%s", failure.Name, failure.Err, raise)
	}
	return err
}

// series chooses the files to read, and says which are missing.
func (l *serverLog) series(names []string) []string {
	chosen, missing, mixed := connlog.Series(names)
	l.lackFiles(missing)
	for _, hour := range mixed {
		l.lack("log_destination was changed in the hour that begins at %s, and only one of that hour's files is read", hour.Format(time.RFC3339))
	}
	return chosen
}

func (l *serverLog) lackFiles(hours []time.Time) {
	for _, hour := range hours {
		l.lack("the log file for the hour that begins at %s is missing", hour.Format(time.RFC3339))
	}
}

// events reads what CloudWatch Logs has.
func (r logReading) events(ctx context.Context, reader *rdsapi.Reader, instance rdsapi.DBInstance, log *connlog.Log, found *serverLog) error {
	if !instance.ExportsLog() {
		return errNotExported
	}
	file := log.File("cloudwatch_logs")
	err := reader.LogEvents(ctx, instance, r.since, r.now, r.maxBytes, file)
	if errors.Is(err, rdsapi.ErrLogTooLong) {
		found.lack("%v%s", err, r.raise)
		err = nil
	}
	return errors.Join(err, file.Close())
}

// files reads files of this machine.
func (r logReading) files(ctx context.Context, names []string, logged bool) (serverLog, error) {
	var found serverLog
	log, err := r.log(cmp.Or(r.prefix, rdsLogLinePrefix), r.timezone)
	if err != nil {
		return found, err
	}
	_, missing, _ := connlog.Series(names)
	found.lackFiles(missing)
	left := r.maxBytes
	for _, name := range names {
		read, err := untilCancelled(ctx, func() (int64, error) { return readRegular(ctx, name, log.File(name), left) })
		if err != nil {
			return found, fmt.Errorf("log file %q: %w", name, err)
		}
		if left -= read; left <= 0 {
			found.lack("together, the files are larger than max_megabytes")
			break
		}
	}
	if !logged {
		found.lack("it is not known whether log_connections was enabled on the server: if it was, set the argument \"log_connections\" to true")
	}
	found.finish(log, r.since)
	return found, nil
}

func readRegular(ctx context.Context, name string, to connlog.File, limit int64) (read int64, err error) {
	defer func() {
		if wrong, is := errors.AsType[*os.PathError](err); is {
			err = wrong.Err // The name is said already.
		}
	}()
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, errNotLogFile
	}
	from, err := os.Open(name) //nolint:gosec // The user's own file.
	if err != nil {
		return 0, err
	}
	defer from.Close() //nolint:errcheck // It was only read.
	read, err = io.CopyBuffer(struct{ io.Writer }{to}, cancelled{ctx, io.LimitReader(from, limit)}, make([]byte, 1<<20))
	return read, errors.Join(err, to.Close())
}

// cancelled is a reader that ends with the run.
type cancelled struct {
	ctx  context.Context //nolint:containedctx // It lives as long as one reading.
	from io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.from.Read(p)
}

// sinceOf reads what pointInTime has let through.
func sinceOf(text string, now time.Time) time.Time {
	if ago, err := time.ParseDuration(text); err == nil {
		return now.Add(-ago)
	}
	return timeOf(text)
}

// logDiagnostic says what is wrong, at the argument that mends it.
func logDiagnostic(at path.Path, err error) diag.Diagnostic {
	found := readiness.Sentence(err.Error())
	switch {
	case errors.Is(err, connlog.ErrPrefix):
		return diag.NewAttributeErrorDiagnostic(path.Root("log_line_prefix"), "Unreadable log_line_prefix", fmt.Sprintf(
			"%s Without a prefix that can be read, connections cannot be told apart. Set the argument \"log_line_prefix\" to the value that the server uses, or change log_line_prefix in the server's parameter group.", found))
	case errors.Is(err, errTimeZone):
		return diag.NewAttributeErrorDiagnostic(path.Root("log_timezone"), "Unknown Time Zone", fmt.Sprintf(
			"%s The times in the log could be off by hours. Set the argument \"log_timezone\" to the name of the server's time zone, such as Europe/Berlin.", found))
	case errors.Is(err, connlog.ErrFormat):
		return diag.NewAttributeErrorDiagnostic(at, titleConnectionLog, fmt.Sprintf(
			"%s A log that cannot be read says nothing about who connected. Check the file's name, which decides the format. For a stderr log, also set the argument \"log_line_prefix\" to the value that the server used.", found))
	case errors.Is(err, errNotExported), errors.Is(err, rdsapi.ErrLogGroupNotFound):
		return diag.NewAttributeErrorDiagnostic(path.Root("source"), titleConnectionLog, fmt.Sprintf(
			"%s Export the postgresql log to CloudWatch Logs, or remove \"source\" to read the log files that RDS keeps.", found))
	case errors.Is(err, context.DeadlineExceeded):
		return diag.NewAttributeErrorDiagnostic(path.Root("timeout"), titleConnectionLog,
			"The log could not be read within the timeout, and an incomplete reading proves nothing. Raise \"timeout\", or set \"since\" to a later time.")
	case errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission), errors.Is(err, errNotLogFile):
		return diag.NewAttributeErrorDiagnostic(at, titleConnectionLog, found+" Correct the path or the file's permissions. Relative paths are relative to the directory where Terraform runs.")
	}
	return awsDiagnostic(at, titleConnectionLog, err)
}
