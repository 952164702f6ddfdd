package provider_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

const connectionLogType = "sslready_connection_log"

// visit connects and goes away again, as a monthly job does. A client that
// trusts nobody is turned away, and says why in an alert.
func visit(t testing.TB, server *pgserver.Server, user, application string, secured *tls.Config) error {
	t.Helper()
	config, err := pgconn.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=postgres sslmode=disable", pgserver.Host, server.Port(), user, password))
	must(t, err)
	config.RuntimeParams["application_name"] = application
	config.TLSConfig = secured
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	return conn.Close(ctx)
}

func anybody() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

// distrusting is a client that does not have the server's root.
func distrusting() *tls.Config { return &tls.Config{ServerName: "localhost"} }

// logLab is a quiet Region whose parameter group logs connections.
func newLogLab(t testing.TB, logConnections string) *quietLab {
	t.Helper()
	lab := newQuietLab(t)
	lab.API.PutParameterGroup(rdsserver.ParameterGroup{Name: "logged", Family: "aurora-postgresql15", Cluster: true, Parameters: []rdsserver.Parameter{
		{Name: "rds.force_ssl", Value: "0", Source: "user"}, {Name: "log_connections", Value: logConnections, Source: "user"},
	}})
	cluster, _ := lab.API.Cluster("pair")
	cluster.ParameterGroup = "logged"
	lab.API.PutCluster(cluster)
	return lab
}

// among the elements of a list, those with an attribute's value.
func among(t *testing.T, list any, attribute, value string) []values {
	t.Helper()
	all, _ := list.([]any)
	var found []values
	for _, element := range all {
		if v, _ := element.(values); v[attribute] == value {
			found = append(found, v)
		}
	}
	return found
}

func TestTheLogOfAClusterHasWhoCameAndWhoWasRefused(t *testing.T) {
	t.Parallel()
	lab := newLogLab(t, "1")
	one, two := lab.Server("one"), lab.Server("two")
	must(t, visit(t, one, billing, "monthly", anybody()))
	must(t, lab.RotateLog("one"))
	must(t, visit(t, one, billing, "monthly", anybody()))
	must(t, visit(t, two, reports, "nightly", nil))
	if visit(t, two, billing, "cut-off", distrusting()) == nil {
		t.Fatal("a client without the root came in")
	}
	must(t, visit(t, two, watcher, "sslready", anybody()))

	state, told := lab.protocol(t, watcher).read(t, connectionLogType, values{"db_cluster_identifier": "pair"})
	if len(told) > 0 {
		t.Fatal(told)
	}
	if at(t, state, "complete") != true || at(t, state, "from") == nil || at(t, state, "to") == nil {
		t.Errorf("complete = %v, from %v to %v", at(t, state, "complete"), at(t, state, "from"), at(t, state, "to"))
	}
	monthly := among(t, at(t, state, "clients"), "application_name", "monthly")
	if len(monthly) != 1 || fmt.Sprint(monthly[0]["connections"]) != `tftypes.Number<"2">` || monthly[0]["ssl"] != true || monthly[0]["instance"] != "one" || monthly[0]["username"] != billing || monthly[0]["tls_version"] != "TLSv1.3" {
		t.Errorf("monthly: %v", monthly)
	}
	if nightly := among(t, at(t, state, "clients"), "application_name", "nightly"); len(nightly) != 1 || nightly[0]["ssl"] != false || nightly[0]["instance"] != "two" {
		t.Errorf("nightly: %v", nightly)
	}
	if own := among(t, at(t, state, "clients"), "application_name", "sslready"); len(own) > 0 {
		t.Errorf("the provider's own session: %v", own)
	}
	refused, _ := at(t, state, "refused").([]any)
	if len(refused) != 1 {
		t.Fatalf("refused: %v", refused)
	}
	alert, _ := refused[0].(values)
	if alert["alert"] != "bad_certificate" || alert["distrusts"] != true || alert["client_addr"] != "127.0.0.1" || alert["instance"] != "two" || fmt.Sprint(alert["handshakes"]) != `tftypes.Number<"1">` ||
		!strings.Contains(fmt.Sprint(alert["meaning"]), "did not accept the server certificate") {
		t.Errorf("refused: %v", alert)
	}
	if among(t, at(t, state, "observation", "sessions"), "application_name", "monthly") == nil || at(t, state, "observation", "source") != "sslready_connection_log" || at(t, state, "observation", "complete") != true {
		t.Errorf("observation: %v", at(t, state, "observation"))
	}
}

func TestALogThatMayLackSomebodySaysWhy(t *testing.T) {
	t.Parallel()
	lab := newLogLab(t, "0")
	read := func(t *testing.T, config values) []any {
		t.Helper()
		state, told := lab.protocol(t, watcher).read(t, connectionLogType, config)
		told.expect(t, "WARNING", "db_instance_identifier", "The Connection Log Is Not Complete", `the attribute "complete" is false`)
		if at(t, state, "complete") != false || at(t, state, "observation", "complete") != false {
			t.Error("it is complete")
		}
		because, _ := at(t, state, "incomplete_because").([]any)
		return because
	}
	want := func(t *testing.T, because []any, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(fmt.Sprint(because...), part) {
				t.Errorf("%q is not said: %v", part, because)
			}
		}
	}
	want(t, read(t, values{"db_instance_identifier": "one"}), `log_connections is "0"`, "set it to 1 in the parameter group")
	want(t, read(t, values{"db_instance_identifier": "one", "since": "72h"}), "but the requested period begins at", "rds.log_retention_period")

	lab.API.SetFaults(rdsserver.Faults{Denied: []string{"DescribeDBClusterParameters"}})
	want(t, read(t, values{"db_instance_identifier": "one"}), "it is not known whether log_connections is on", "rds:DescribeDBClusterParameters")
	lab.API.SetFaults(rdsserver.Faults{})

	lab.API.PutLogFile("one", rdsserver.LogFile{Name: "error/postgresql.log.2026-01-02-03", LastWritten: now(), Content: "2026-01-02 03:00:00 UTC::@:[1]:LOG:  checkpoint starting: time\n\n"})
	lab.API.PutLogFile("one", rdsserver.LogFile{Name: "error/postgresql.log.2026-01-02-05", LastWritten: now(), Content: "2026-01-02 05:00:00 UTC:10.0.0.1(1):x\n"})
	want(t, read(t, values{"db_instance_identifier": "one"}), "the log file for the hour that begins at 2026-01-02T04:00:00Z is missing", "not every line is in the expected log format (lines in another format: 1, first noticed after ")
	want(t, read(t, values{"db_instance_identifier": "one", "max_megabytes": 1}), "missing")
	lab.API.PutLogFile("one", rdsserver.LogFile{Name: "error/postgresql.log.2026-01-02-05", LastWritten: now(), Content: strings.Repeat("2026-01-02 05:00:00 UTC::@:[1]:LOG:  checkpoint starting: time\n", 30_000)})
	want(t, read(t, values{"db_instance_identifier": "one", "max_megabytes": 1}), `log file "error/postgresql.log.2026-01-02-05" was not read to the end: `, ": raise max_megabytes")

	row := `2026-01-02 05:30:00.000 UTC,,,1,,6922f0ad.1,2,,2026-01-02 05:00:00 UTC,,0,LOG,00000,"checkpoint starting: time",,,,,,,,,"","checkpointer",,0` + "\n"
	lab.API.PutLogFile("one", rdsserver.LogFile{Name: "error/postgresql.log.2026-01-02-05.csv", LastWritten: now(), Content: row})
	want(t, read(t, values{"db_instance_identifier": "one"}), "log_destination was changed in the hour that begins at 2026-01-02T05:00:00Z")
}

// TestAMissingFileOfFiles has files by the names that RDS gives them.
func TestAMissingFileOfFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files []any
	for _, hour := range []string{"03", "05"} {
		file := filepath.Join(dir, "postgresql.log.2026-01-02-"+hour)
		must(t, os.WriteFile(file, []byte("2026-01-02 "+hour+":00:00 UTC:10.0.0.5(1):app@orders:[7]:LOG:  connection authorized: user=app database=orders\n"), 0o600))
		files = append(files, file)
	}
	state, told := newProtocol(t, now, values{}).read(t, connectionLogType, values{"files": files, "log_connections": true})
	told.expect(t, "WARNING", "files", "The Connection Log Is Not Complete", "The log file for the hour that begins at 2026-01-02T04:00:00Z is missing")
	if at(t, state, "complete") != false {
		t.Error("it is complete without the file of an hour")
	}
}

// TestALogInAnotherLanguageIsNotNobody: its records are read, and say nothing.
func TestALogInAnotherLanguageIsNotNobody(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "german.log")
	must(t, os.WriteFile(file, []byte("2026-01-02 03:00:00 UTC:10.0.0.5(1):[unknown]@[unknown]:[7]:LOG:  Verbindung empfangen: Host=10.0.0.5 Port=1\n"+
		"2026-01-02 03:00:01 UTC:10.0.0.5(1):app@orders:[7]:LOG:  Verbindung autorisiert: Benutzer=app Datenbank=orders\n"), 0o600))
	state, told := newProtocol(t, now, values{}).read(t, connectionLogType, values{"files": []any{file}, "log_connections": true})
	told.expect(t, "WARNING", "files", "The Connection Log Is Not Complete", "does not mention any connection", "not in English")
	if at(t, state, "complete") != false {
		t.Error("it is complete, and nobody is in it")
	}

	lab := newLogLab(t, "1")
	group := rdsserver.ParameterGroup{Name: "logged", Family: "aurora-postgresql15", Cluster: true, Parameters: []rdsserver.Parameter{
		{Name: "log_connections", Value: "1", Source: "user"}, {Name: "lc_messages", Value: "de_DE.UTF-8", Source: "user"},
	}}
	lab.API.PutParameterGroup(group)
	must(t, visit(t, lab.Server("one"), billing, "monthly", anybody()))
	_, told = lab.protocol(t, watcher).read(t, connectionLogType, values{"db_instance_identifier": "one"})
	told.expect(t, "WARNING", "db_instance_identifier", "The Connection Log Is Not Complete", `lc_messages is "de_DE.UTF-8"`, "set lc_messages to C")
}

// TestNamesAreShownAsTheyMayBe: what a client calls itself reaches the state,
// and neither a password nor the control of a terminal may be in it.
func TestNamesAreShownAsTheyMayBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "names.log")
	const head = "2026-01-02 03:00:00 UTC:10.0.0.5(1):"
	must(t, os.WriteFile(file, []byte(
		head+"app@orders:[7]:LOG:  connection authorized: user=app database=orders application_name=postgresql://app:planted-secret@db/orders\n"+
			head+"\x1b[31mr\xe9d@orders:[8]:LOG:  connection authorized: user=\x1b[31mr\xe9d database=orders application_name=nightly\n"), 0o600))
	state, told := newProtocol(t, now, values{}).read(t, connectionLogType, values{"files": []any{file}, "log_connections": true})
	if told.failed() {
		t.Fatal(told)
	}
	if written := fmt.Sprint(state); strings.Contains(written, "planted-secret") || strings.Contains(written, "\x1b") {
		t.Error(written)
	}
	if found := among(t, at(t, state, "clients"), "application_name", "(withheld: it holds a secret)"); len(found) != 1 || found[0]["username"] != "app" {
		t.Errorf("withheld: %v", found)
	}
	if found := among(t, at(t, state, "observation", "sessions"), "application_name", "nightly"); len(found) != 1 || found[0]["username"] != "\\x1b[31mr\ufffdd" {
		t.Errorf("printable: %q", found)
	}
}

func TestALogThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	lab := newLogLab(t, "1")
	p := lab.protocol(t, watcher)
	_, told := p.read(t, connectionLogType, values{"db_instance_identifier": "one", "log_line_prefix": "%u@%d"})
	told.expect(t, "ERROR", "log_line_prefix", "Unreadable log_line_prefix", "needs an escape for the time", "Set the argument \"log_line_prefix\" to the value that the server uses")
	_, told = p.read(t, connectionLogType, values{"db_instance_identifier": "one", "log_line_prefix": "%m [%p] "})
	told.expect(t, "ERROR", "db_instance_identifier", "Cannot Read the Connection Log", "no line begins with the log_line_prefix")
	_, told = p.read(t, connectionLogType, values{"db_instance_identifier": "one", "log_timezone": "Mars/Olympus"})
	told.expect(t, "ERROR", "log_timezone", "Unknown Time Zone", "Europe/Berlin")
	_, told = p.read(t, connectionLogType, values{"db_instance_identifier": "one", "since": "yesterday"})
	told.expect(t, "ERROR", "since", "Invalid Time", "72h")
	_, told = p.read(t, connectionLogType, values{"db_instance_identifier": "one", "source": "cloudwatch_logs"})
	told.expect(t, "ERROR", "source", "Cannot Read the Connection Log", "does not export", `remove "source"`)
	_, told = p.read(t, connectionLogType, values{"db_instance_identifier": "nobody"})
	told.expect(t, "ERROR", "db_instance_identifier", "Cannot Read the Connection Log", "no such DB instance")
	_, told = p.read(t, connectionLogType, values{"files": []any{"missing.log"}})
	told.expect(t, "ERROR", "files", "Cannot Read the Connection Log", `"missing.log"`, "Correct the path")
	lab.API.SetFaults(rdsserver.Faults{Denied: []string{"DownloadDBLogFilePortion"}})
	_, told = lab.protocol(t, watcher).read(t, connectionLogType, values{"db_instance_identifier": "one"})
	told.expect(t, "ERROR", "db_instance_identifier", "Cannot Read the Connection Log", "rds:DownloadDBLogFilePortion", "Grant")
}

func TestCloudWatchLogsHasTheSame(t *testing.T) {
	t.Parallel()
	lab := newLogLab(t, "1")
	must(t, visit(t, lab.Server("one"), billing, "monthly", anybody()))
	instance, _ := lab.API.Instance("one")
	instance.LogExports = []string{"postgresql"}
	lab.API.PutInstance(instance)
	p := newProtocol(t, now, values{
		"region": labRegion, "access_key": "lab", "secret_key": "lab", "skip_region_validation": true,
		"endpoints": values{"rds": lab.URL, "sts": lab.URL, "logs": lab.URL}, "postgres": lab.postgres(watcher),
	})
	var answers [2]any
	for i, source := range []string{"log_files", "cloudwatch_logs"} {
		state, told := p.read(t, connectionLogType, values{"db_instance_identifier": "one", "source": source})
		if len(told) > 0 {
			t.Fatal(told)
		}
		answers[i] = at(t, state, "clients")
	}
	if diff := cmp.Diff(answers[0], answers[1]); diff != "" || len(among(t, answers[0], "application_name", "monthly")) != 1 {
		t.Errorf("(-files +CloudWatch):\n%s", diff)
	}
}

func TestFilesNeedNoAWS(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, now, values{})
	const recorded = "../connlog/testdata/recorded/"
	for name, complete := range map[string]bool{"18.csv": true, "18.json": true, "18.log": false} {
		state, told := p.read(t, connectionLogType, values{"files": []any{recorded + name}, "log_connections": true})
		if told.failed() {
			t.Fatal(told)
		}
		if at(t, state, "complete") != complete {
			t.Errorf("%s: complete = %v: %v", name, !complete, at(t, state, "incomplete_because"))
		}
		if boss := among(t, at(t, state, "clients"), "username", "boss"); len(boss) > 0 {
			t.Errorf("%s: forged: %v", name, boss)
		}
		if len(among(t, at(t, state, "clients"), "application_name", "orders-api")) != 1 {
			t.Errorf("%s: orders-api is missing", name)
		}
		if refused := among(t, at(t, state, "plaintext_refused"), "username", "stranger"); len(refused) != 2 {
			t.Errorf("%s: refused for want of TLS: %v", name, refused)
		}
	}
	state, told := p.read(t, connectionLogType, values{"files": []any{recorded + "18.csv"}})
	told.expect(t, "WARNING", "files", "The Connection Log Is Not Complete", "It is not known whether log_connections was enabled")
	if at(t, state, "complete") != false {
		t.Error("it is complete though nobody knows whether log_connections was on")
	}
	long := filepath.Join(t.TempDir(), "long.log")
	must(t, os.WriteFile(long, []byte(strings.Repeat("2026-01-02 03:00:00 UTC::@:[1]:LOG:  checkpoint starting: time\n", 20_000)), 0o600))
	_, told = p.read(t, connectionLogType, values{"files": []any{long}, "log_connections": true, "max_megabytes": 1})
	told.expect(t, "WARNING", "files", "The Connection Log Is Not Complete", "larger than max_megabytes")
}
