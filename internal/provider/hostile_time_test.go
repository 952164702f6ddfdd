package provider_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"golang.org/x/sys/unix"
)

// soon is how long a call may take once the run is cancelled, or its time is
// over.
const soon = 2 * time.Second

// silence is a server that takes connections and what is sent, and never says a
// word.
func silence(t *testing.T) (host string, port int64) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = connection.Close() })
			go func() { _, _ = io.Copy(io.Discard, connection) }()
		}
	}()
	address, is := listener.Addr().(*net.TCPAddr)
	if !is {
		t.Fatal("no address")
	}
	return "127.0.0.1", int64(address.Port)
}

// waiting is a call that waits for somebody who does not answer.
type waiting struct {
	reads  string
	config values
	aws    bool // it waits for AWS
}

// allWaiting are all ways to wait: for AWS in each type, for a database, a
// registry, and for files that block.
func allWaiting(t *testing.T, host string, port int64) map[string]waiting {
	t.Helper()
	leased := filepath.Join(t.TempDir(), "away")
	must(t, os.WriteFile(leased, []byte("x"), 0o600))
	lease(t, leased)
	client := values{"app": libpq("verify-ca", values{"content": "x"})}
	_, sent := issuedHere(t)
	path := sent["server_certificate_chain_pem"]
	given := func(store values) values {
		return values{"region": labRegion, "host": "orders", "force_ssl": true, "target_ca_cert_identifier": targetCA, "server_certificate_chain_pem": path, "clients": values{"app": libpq("verify-ca", store)}}
	}
	imaged := values{"app": values{"driver": "psql", "image": fmt.Sprintf("%s:%d/app:1", host, port)}}
	return map[string]waiting{
		"AWS, force_ssl":              {"sslready_force_ssl", values{"db_instance_identifier": orders}, true},
		"AWS, readiness":              {readinessType, values{"db_instance_identifier": orders, "target_ca_cert_identifier": targetCA, "clients": client}, true},
		"AWS, instances":              {"sslready_instances", values{}, true},
		"AWS, Regions":                {"sslready_instances", values{"regions": []any{"*"}}, true},
		"AWS, a CA":                   {"sslready_ca_certificate", values{"ca_cert_identifier": targetCA}, true},
		"AWS, clients":                {"sslready_clients", values{"db_instance_identifier": orders}, true},
		"AWS, a log":                  {connectionLogType, values{"db_instance_identifier": orders}, false}, // It has a timeout of its own.
		"AWS, a log in CloudWatch":    {connectionLogType, values{"db_instance_identifier": orders, "source": "cloudwatch_logs"}, false},
		"AWS, a registry of ECR":      {"sslready_image", values{"image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:1"}, true},
		"AWS, the gate":               {gateType, gate(client), true},
		"AWS, the action":             {watchSwitchType, values{"db_instance_identifier": orders, "target_ca_cert_identifier": targetCA, "timeout": "60s"}, false},
		"a database, clients":         {"sslready_clients", values{"host": host, "port": port}, false},
		"a database, its certificate": {"sslready_server_certificate", values{"host": host, "port": port}, false},
		"a registry":                  {"sslready_image", values{"image": fmt.Sprintf("%s:%d/app:1", host, port)}, false},
		"a registry, of a client":     {readinessType, values{"region": labRegion, "host": "orders", "force_ssl": true, "target_ca_cert_identifier": targetCA, "server_certificate_chain_pem": path, "clients": imaged}, false},
		"a file, of a client":         {readinessType, given(values{"path": leased}), false},
		"a file, of a gate":           {gateType, gate(values{"app": libpq("verify-ca", values{"path": leased})}, values{"region": labRegion, "host": "orders", "force_ssl": true, "server_certificate_chain_pem": path, "db_instance_identifier": nil}), false},
		"a file, a store":             {storeType, values{"path": leased}, false},
		"a file, a log":               {connectionLogType, values{"files": []any{leased}, "log_connections": true}, false},
		"a file, an archive":          {"sslready_image", values{"image": "zip:" + leased}, false},
		"a file, a layout":            {"sslready_image", values{"image": "oci-archive:" + leased}, false},
		"a file, what is built":       {"sslready_trust_store", values{"format": "pem", "path": filepath.Join(t.TempDir(), "out.pem"), "stores": []any{values{"path": leased}}}, false},
	}
}

// run makes the call, as a data source, a resource or an action.
func (w waiting) run(ctx context.Context, t *testing.T, p *protocol) diagnostics {
	t.Helper()
	if w.reads == watchSwitchType {
		_, told := p.invoke(ctx, t, w.config)
		return told
	}
	resource := w.reads == gateType || w.config["format"] != nil
	if !resource {
		schema := p.schemas.DataSourceSchemas[w.reads].ValueType()
		answer, err := p.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: w.reads, Config: p.encode(t, schema, w.config)})
		must(t, err)
		return diagnosticsOf(answer.Diagnostics)
	}
	schema := p.schemas.ResourceSchemas[w.reads].ValueType()
	answer, err := p.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: w.reads, PriorState: p.encode(t, schema, valueOf(schema, nil)),
		ProposedNewState: p.encode(t, schema, withoutWriteOnly(w.config)), Config: p.encode(t, schema, w.config),
	})
	must(t, err)
	return diagnosticsOf(answer.Diagnostics)
}

// silentProvider asks AWS where nobody answers.
func silentProvider(t *testing.T, host string, port int64, more values) *protocol {
	t.Helper()
	url := fmt.Sprintf("http://%s:%d", host, port)
	return newProtocol(t, now, with(values{
		"region": labRegion, "access_key": "lab", "secret_key": "lab", "skip_region_validation": true, "image_cache": t.TempDir(),
		"endpoints": values{"rds": url, "sts": url, "ecr": url, "logs": url, "account": url}, "aws_timeout": more["aws_timeout"],
	}, "postgres", values{"username": "watcher", "sslmode": "disable", "connect_timeout": "60s"}))
}

// TestACancelledRunEndsEverythingSoon presses ^C while each kind of call waits.
func TestACancelledRunEndsEverythingSoon(t *testing.T) {
	t.Parallel()
	host, port := silence(t)
	for name, call := range allWaiting(t, host, port) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p, ended := silentProvider(t, host, port, nil), make(chan diagnostics, 1)
			go func() { ended <- call.run(ctx, t, p) }()
			select {
			case told := <-ended:
				t.Fatalf("it did not wait: %v", told)
			case <-time.After(500 * time.Millisecond):
			}
			cancel()
			select {
			case <-ended:
			case <-time.After(soon * slowdown):
				t.Error("it still waits")
			}
		})
	}
}

// TestAWSHasItsTime: whatever asks AWS is over with aws_timeout.
func TestAWSHasItsTime(t *testing.T) {
	t.Parallel()
	host, port := silence(t)
	for name, call := range allWaiting(t, host, port) {
		if !call.aws {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, ended := silentProvider(t, host, port, values{"aws_timeout": "500ms"}), make(chan diagnostics, 1)
			go func() { ended <- call.run(t.Context(), t, p) }()
			select {
			case told := <-ended:
				if !told.failed() {
					t.Errorf("no error: %v", told)
				}
			case <-time.After(500*time.Millisecond + soon*slowdown):
				t.Error("it still waits")
			}
		})
	}
}

// TestPipesAndDevicesAreNoFiles: opening one waits for ever, or never ends.
func TestPipesAndDevicesAreNoFiles(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, unix.Mkfifo(pipe, 0o600))
	p := newProtocol(t, now, values{"image_cache": t.TempDir()})
	for _, file := range []string{pipe, "/dev/zero"} {
		for name, call := range map[string]waiting{
			"a log":        {connectionLogType, values{"files": []any{file}, "log_connections": true}, false},
			"an archive":   {"sslready_image", values{"image": "zip:" + file}, false},
			"a layout":     {"sslready_image", values{"image": "oci-archive:" + file}, false},
			"an image":     {"sslready_image", values{"image": "docker-archive:" + file}, false},
			"a folder":     {"sslready_image", values{"image": "dir:" + file}, false},
			"a store":      {storeType, values{"path": file}, false},
			"Lambda's zip": {"sslready_image", values{"archives": []any{file}}, false},
		} {
			ended := make(chan diagnostics, 1)
			go func() { ended <- call.run(t.Context(), t, p) }()
			select {
			case told := <-ended:
				if !told.failed() {
					t.Errorf("%s, %s: read: %v", file, name, told)
				}
			case <-time.After(soon * slowdown):
				t.Errorf("%s, %s: it waits", file, name)
			}
		}
	}
}
