package provider_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

const watchSwitchType = "sslready_watch_switch"

// invoke invokes the action, and returns what it says on the way and at the end.
func (p *protocol) invoke(ctx context.Context, t testing.TB, config values) (progress []string, told diagnostics) {
	t.Helper()
	schema := p.schemas.ActionSchemas[watchSwitchType].Schema.ValueType()
	server, is := p.server.(tfprotov6.ActionServer)
	if !is {
		t.Fatal("the provider has no actions")
	}
	validated, err := server.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: watchSwitchType, Config: p.encode(t, schema, config)})
	must(t, err)
	if told = diagnosticsOf(validated.Diagnostics); told.failed() {
		return nil, told
	}
	stream, err := server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: watchSwitchType, Config: p.encode(t, schema, config)})
	must(t, err)
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			told = append(told, diagnosticsOf(event.Diagnostics)...)
		}
	}
	return progress, told
}

// watchLab has a DB instance "one" whose log says that billing and reports
// were there, and has been switched to the target.
func watchLab(t *testing.T) (lab *quietLab, observations []any) {
	t.Helper()
	lab = newLogLab(t, "1")
	must(t, visit(t, lab.Server("one"), billing, "billing", anybody()))
	must(t, visit(t, lab.Server("one"), reports, "monthly", anybody()))
	var sessions []any
	for user, application := range map[string]string{billing: "billing", reports: "monthly"} {
		sessions = append(sessions, values{"username": user, "database": "postgres", "application_name": application, "client_addr": "127.0.0.1"})
	}
	return lab, []any{values{"sessions": sessions}}
}

func watchConfig(more values) values {
	config := values{
		"db_instance_identifier": "one", "target_ca_cert_identifier": targetCA,
		"timeout": "60s", "poll_interval": "200ms", "look_back": "1ns",
	}
	maps.Copy(config, more)
	return config
}

func TestTheActionNamesWhoWasRefused(t *testing.T) {
	t.Parallel()
	lab, observations := watchLab(t)
	must(t, lab.SwitchCA("one", targetCA))
	time.Sleep(time.Second) // The log has seconds.
	if visit(t, lab.Server("one"), reports, "monthly", distrusting()) == nil {
		t.Fatal("a client without the root came in")
	}
	progress, told := lab.protocol(t, watcher).invoke(t.Context(), t, watchConfig(values{"watch_for": "2s", "look_back": "10m", "observations": observations}))
	if len(told.errors()) != 1 {
		t.Fatalf("%v\n%s", told, strings.Join(progress, "\n"))
	}
	told.errors()[0].expect(t, "db_instance_identifier", `Clients of "one" Were Cut Off After the Switch`,
		"the client at 127.0.0.1", `user "reports", database "postgres", application "monthly"`, "did not accept the server certificate", "Add the target CA's root to the trust store of each client")
	for _, said := range []string{"now presents a certificate from the CA \"" + targetCA, "Clients seen before the switch: 2.", "Failed the TLS handshake: the client at 127.0.0.1"} {
		if n := strings.Count(strings.Join(progress, "\n"), said); n != 1 {
			t.Errorf("%q is said %d times:\n%s", said, n, strings.Join(progress, "\n"))
		}
	}
}

func TestTheActionEndsWhenEverybodyIsBack(t *testing.T) {
	t.Parallel()
	lab, observations := watchLab(t)
	p := lab.protocol(t, watcher)
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(time.Second)
		if lab.SwitchCA("one", targetCA) == nil {
			for user, application := range map[string]string{billing: "billing", reports: "monthly"} {
				_ = visit(t, lab.Server("one"), user, application, anybody())
			}
		}
	}()
	start := now()
	progress, told := p.invoke(t.Context(), t, watchConfig(values{"watch_for": "10m", "observations": observations}))
	<-done
	if len(told) > 0 || now().Sub(start) > 5*time.Minute {
		t.Fatalf("after %s: %v\n%s", now().Sub(start), told, strings.Join(progress, "\n"))
	}
	for _, said := range []string{"show a certificate from the target CA (" + targetCA, `Came back: user "reports"`, `Came back: user "billing"`} {
		if !strings.Contains(strings.Join(progress, "\n"), said) {
			t.Errorf("%q is not said:\n%s", said, strings.Join(progress, "\n"))
		}
	}
}

// TestTheActionSeesSessions: without log_connections, nobody is back in the log;
// and a session that was open before the switch, or ends after it, is not back.
func TestTheActionSeesSessions(t *testing.T) {
	t.Parallel()
	lab := newLogLab(t, "0")
	one := lab.Server("one")
	session{user: billing, application: "billing", encrypted: true}.open(t, one)
	leaving := openSession(t, one, reports, "monthly")
	expected := func(users ...string) []any {
		var sessions []any
		for _, user := range users {
			sessions = append(sessions, values{"username": user, "application_name": map[string]string{billing: "billing", reports: "monthly"}[user]})
		}
		return []any{values{"sessions": sessions}}
	}
	must(t, lab.SwitchCA("one", targetCA))
	target, err := lab.RootPEM(targetCA)
	must(t, err)
	must(t, os.WriteFile(lab.roots, target, 0o600))
	time.Sleep(1100 * time.Millisecond) // The log has seconds.
	p := lab.protocol(t, watcher)
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(time.Second)
		_ = leaving.Close(context.WithoutCancel(t.Context()))
	}()
	_, told := p.invoke(t.Context(), t, watchConfig(values{"watch_for": "4s", "observations": expected(billing, reports)}))
	<-done
	if said := fmt.Sprint(told); told.failed() || !strings.Contains(said, `Clients of "one" Have Not Come Back Yet`) || !strings.Contains(said, `user "billing"`) || !strings.Contains(said, `user "reports"`) ||
		!strings.Contains(said, "Clients that this action does not name may have failed the TLS handshake as well. Reasons why the log is not complete:\n- log_connections is") {
		t.Error(said)
	}

	go func() {
		time.Sleep(time.Second)
		conn := openSession(t, one, reports, "monthly")
		<-t.Context().Done()
		_ = conn.Close(context.WithoutCancel(t.Context()))
	}()
	start := now()
	progress, told := p.invoke(t.Context(), t, watchConfig(values{"watch_for": "60s", "observations": expected(reports)}))
	if told.failed() || now().Sub(start) > 50*time.Second || !strings.Contains(strings.Join(progress, "\n"), `Came back: user "reports"`) {
		t.Errorf("after %s: %v\n%s", now().Sub(start), told, strings.Join(progress, "\n"))
	}
}

// openSession connects and stays.
func openSession(t testing.TB, server *pgserver.Server, user, application string) *pgconn.PgConn {
	t.Helper()
	config, err := pgconn.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=postgres sslmode=require application_name=%s", pgserver.Host, server.Port(), user, password, application))
	must(t, err)
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	must(t, err)
	return conn
}

func TestTheActionSaysWhoIsNotBack(t *testing.T) {
	t.Parallel()
	lab, observations := watchLab(t)
	must(t, lab.SwitchCA("one", targetCA))
	time.Sleep(time.Second) // The log has seconds.
	_, told := lab.protocol(t, watcher).invoke(t.Context(), t, watchConfig(values{"watch_for": "3s", "observations": observations}))
	// The action's own handshakes come from the clients' address here, and go without a word.
	told.expect(t, "WARNING", "db_instance_identifier", `Clients of "one" May Be Cut Off`, `user "reports"`, `user "billing"`, "ended without a login or a TLS alert")

	elsewhere := []any{values{"sessions": []any{values{"username": reports, "application_name": "monthly", "client_addr": "10.0.0.5"}}}}
	_, told = lab.protocol(t, watcher).invoke(t.Context(), t, watchConfig(values{"watch_for": "500ms", "observations": elsewhere}))
	told.expect(t, "WARNING", "db_instance_identifier", `Clients of "one" Have Not Come Back Yet`, `user "reports"`, "no failed TLS handshake was seen from them", "They may connect later")
}

func TestTheActionDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	lab, _ := watchLab(t)
	p := lab.protocol(t, watcher)
	_, told := p.invoke(t.Context(), t, watchConfig(values{"timeout": "2s"}))
	told.expect(t, "ERROR", "timeout", `"one" Is Not on the Target CA`, "within the timeout", "it presents a certificate from another CA", "maintenance window")

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, told = p.invoke(ctx, t, watchConfig(values{"timeout": "10m"}))
	if !told.failed() {
		t.Error("it ends without an error when it is interrupted")
	}
	_, told = p.invoke(t.Context(), t, watchConfig(values{"target_ca_cert_identifier": "rds-ca-2050"}))
	told.expect(t, "ERROR", "target_ca_cert_identifier", "Unknown CA Identifier", `no CA "rds-ca-2050"`, "Choose a CA that the Region offers: rds-ca-")
	_, told = p.invoke(t.Context(), t, watchConfig(values{"watch_for": "soon"}))
	told.expect(t, "ERROR", "watch_for", "Invalid Duration", "30s")
	lab.API.SetFaults(rdsserver.Faults{Denied: []string{"DescribeCertificates"}})
	_, told = lab.protocol(t, watcher).invoke(t.Context(), t, watchConfig(nil))
	told.expect(t, "ERROR", "db_instance_identifier", `Cannot Watch the CA Switch of "one"`, "rds:DescribeCertificates")
}

// launchOrders adds the DB instance that the guides are about. It logs who
// connects.
func (l *quietLab) launchOrders(t *testing.T) {
	t.Helper()
	instance, _ := l.API.Instance("one")
	instance.Identifier, instance.ARN, instance.ClusterIdentifier, instance.ParameterGroup = orders, "", "", "orders-logged"
	instance.Engine = "postgres"
	l.API.PutParameterGroup(rdsserver.ParameterGroup{Name: "orders-logged", Family: "postgres15", Parameters: []rdsserver.Parameter{{Name: "log_connections", Value: "1", Source: "user"}}})
	must(t, l.Launch(instance))
}

// processWithActions is nil without acceptance tests; it skips the test in a
// program that has no actions.
func processWithActions(t *testing.T) *process {
	t.Helper()
	p := newProcess(t, "")
	if p == nil {
		return nil
	}
	written, err := exec.CommandContext(t.Context(), p.Program, "version").CombinedOutput()
	must(t, err)
	var minor int
	if _, err := fmt.Sscanf(regexp.MustCompile(`Terraform v1\.\d+`).FindString(string(written)), "Terraform v1.%d", &minor); err != nil || minor < 14 {
		t.Skip("this program has no actions: make test-versions")
	}
	return p
}

// TestAccActionAfterASwitch runs the guide's configuration, in a Terraform that
// has actions; make test-versions runs it in several.
func TestAccActionAfterASwitch(t *testing.T) {
	t.Parallel()
	p := processWithActions(t)
	if p == nil {
		return
	}
	lab, _ := watchLab(t)
	lab.launchOrders(t)
	must(t, visit(t, lab.Server(orders), billing, "billing", anybody()))

	guide, err := os.ReadFile("../../docs/guides/watch_switch.md")
	must(t, err)
	_, block, _ := strings.Cut(string(guide), "```terraform\n")
	block, _, _ = strings.Cut(block, "```")
	census := `
data "sslready_connection_log" "orders" {
  db_instance_identifier = "orders-prod"
}

resource "sslready_client_census" "orders" {
  name         = "orders-prod"
  observations = [data.sslready_connection_log.orders.observation]
}
`
	main := filepath.Join(p.Dir, "main.tf")
	write := func(ca string) {
		configuration := requiredProviders + providerBlocks(lab.URL, "") + census + strings.ReplaceAll(block, `watch_for                 = "10m"`, `watch_for                 = "5s"`)
		configuration = strings.ReplaceAll(configuration, `ca_cert_identifier = "rds-ca-rsa4096-g1"`, fmt.Sprintf("ca_cert_identifier = %q", ca))
		must(t, os.WriteFile(main, []byte(configuration), 0o600))
	}
	write(presentCA)
	if written, err := p.run(t, "import", "-input=false", "-no-color", "aws_db_instance.orders", orders); err != nil {
		t.Fatalf("import: %v\n%s", err, written)
	}
	if written, err := p.run(t, "apply", "-input=false", "-no-color", "-auto-approve"); err != nil {
		t.Fatalf("apply: %v\n%s", err, written)
	}
	stop := make(chan struct{})
	stopped := make(chan struct{})
	go func() { // A client that comes all the time, and does not trust the target.
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(300 * time.Millisecond):
				if now, _ := lab.API.Instance(orders); now.CAIdentifier == targetCA {
					_ = visit(t, lab.Server(orders), billing, "billing", distrusting())
				}
			}
		}
	}()
	write(targetCA)
	output, err := p.run(t, "apply", "-input=false", "-no-color", "-auto-approve")
	close(stop)
	<-stopped
	for _, said := range []string{`Clients of "orders-prod" Were Cut Off After the Switch`, `user "billing"`, "presents a certificate from the CA"} {
		if !strings.Contains(output, said) {
			t.Errorf("%q is not said", said)
		}
	}
	if err == nil || t.Failed() {
		t.Errorf("apply: %v\n%s", err, output)
	}
}
