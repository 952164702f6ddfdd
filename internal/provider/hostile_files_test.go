package provider_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"golang.org/x/sys/unix"
)

// TestAccBuiltStoreLeavesTheFileToItsClient: the first edition made a readable
// file 0600, gave it to whoever ran Terraform, and replaced a link by a file.
func TestAccBuiltStoreLeavesTheFileToItsClient(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real.pem"), filepath.Join(dir, "link.pem")
	must(t, os.WriteFile(file, []byte(a.roots(t, presentCA)), 0o600))
	must(t, os.Chmod(file, 0o644))
	must(t, os.Symlink("real.pem", link))
	owner := os.Getuid()
	if owner == 0 {
		owner = 4711
		must(t, os.Chown(file, owner, 4712))
	}
	config := func(more ...string) string {
		return builtBlock(append(more, `format = "pem"`, fmt.Sprintf("path = %q", link))...)
	}
	is := func(mode os.FileMode, cas ...string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			var stat unix.Stat_t
			if err := unix.Stat(file, &stat); err != nil {
				return err
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			pointsTo, err := os.Readlink(link)
			if os.FileMode(stat.Mode).Perm() != mode || int(stat.Uid) != owner || pointsTo != "real.pem" || strings.Count(string(content), "BEGIN CERT") != len(cas) {
				return fmt.Errorf("mode %o, owner %d, link to %q (%w), %d certificates; want %o, %d, a link and %d", stat.Mode, stat.Uid, pointsTo, err, strings.Count(string(content), "BEGIN CERT"), mode, owner, len(cas))
			}
			return nil
		}
	}
	run(
		t,
		resource.TestStep{Config: config(pemList(a.roots(t, targetCA)), `file_mode = "rw"`), ExpectError: regexp.MustCompile(`octal mode`)},
		resource.TestStep{Config: config(pemList(a.roots(t, targetCA))), Check: is(0o644, presentCA, targetCA), ConfigPlanChecks: emptyPlan()},
		resource.TestStep{Config: config(pemList(a.roots(t, targetCA)), `file_mode = "0640"`), Check: is(0o640, presentCA, targetCA), ConfigPlanChecks: emptyPlan()},
		resource.TestStep{ // Somebody takes it from its client: the next apply gives it back.
			PreConfig: func() { must(t, os.Chmod(file, 0o600)) },
			Config:    config(pemList(a.roots(t, targetCA)), `file_mode = "0640"`), Check: is(0o640, presentCA, targetCA), ConfigPlanChecks: emptyPlan(),
		},
	)
}

// TestAccTwoBuiltStoresWithOnePath: in the first edition each undid what the
// other wrote, for ever.
func TestAccTwoBuiltStoresWithOnePath(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	dir := t.TempDir()
	second := func(path string) string {
		return strings.Replace(builtBlock(pemList(a.roots(t, targetCA)), `format = "pem"`, fmt.Sprintf("path = %q", path)), `"app"`, `"other"`, 1)
	}
	first := builtBlock(pemList(a.roots(t, presentCA)), `format = "pem"`, fmt.Sprintf("path = %q", filepath.Join(dir, "store.pem")))
	run(
		t,
		resource.TestStep{Config: first + second(filepath.Join(dir, "other.pem"))},
		resource.TestStep{Config: first + second(dir+"/./store.pem"), ExpectError: regexp.MustCompile(`Two Trust Stores Are Written to One File`)},
	)
}

// TestABuiltStoreReplacesNoDevice: whoever points path at /dev/null, or at a
// pipe, would lose it.
func TestABuiltStoreReplacesNoDevice(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, unix.Mkfifo(pipe, 0o600))
	p := newProtocol(t, now, values{})
	schema := p.schemas.ResourceSchemas["sslready_trust_store"].ValueType()
	config := values{"format": "pem", "path": pipe, "keep_certificates": false, "certificates_pem": []any{a.roots(t, targetCA)}}
	planned, err := p.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "sslready_trust_store", PriorState: p.encode(t, schema, valueOf(schema, nil)), ProposedNewState: p.encode(t, schema, config), Config: p.encode(t, schema, config),
	})
	must(t, err)
	applied, err := p.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "sslready_trust_store", PriorState: p.encode(t, schema, valueOf(schema, nil)), PlannedState: planned.PlannedState, Config: p.encode(t, schema, config),
	})
	must(t, err)
	diagnosticsOf(applied.Diagnostics).errors()[0].expect(t, "path", "Cannot Write the Trust Store", "is not a regular file")
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v, %v", info, err)
	}
}

// TestAFileThatBlocks: what holds a lease on a file makes everybody who opens
// it wait, as a network file system does that is away. The first edition waited
// with it, and no ^C ended that.
func TestAFileThatBlocks(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "away.pem")
	must(t, os.WriteFile(name, []byte("x"), 0o600))
	lease(t, name)
	fifo := filepath.Join(t.TempDir(), "fifo.pem")
	must(t, unix.Mkfifo(fifo, 0o600))
	p := newProtocol(t, now, values{})
	if _, told := p.read(t, "sslready_trust_store", values{"path": fifo}); !told.failed() {
		t.Error("a pipe was read")
	}
	schema := p.schemas.DataSourceSchemas["sslready_trust_store"].ValueType()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan []*tfprotov6.Diagnostic, 1)
	go func() {
		answer, err := p.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{
			TypeName: "sslready_trust_store", Config: p.encode(t, schema, values{"path": name}),
		})
		if err == nil {
			ended <- answer.Diagnostics
		}
	}()
	select {
	case told := <-ended:
		t.Fatalf("the file did not block: %v", diagnosticsOf(told))
	case <-time.After(300 * time.Millisecond):
	}
	cancel()
	select {
	case told := <-ended:
		diagnosticsOf(told).expect(t, "ERROR", "path", "Cannot Read the Trust Store", "the run was cancelled")
	case <-time.After(2 * time.Second):
		t.Fatal("a cancellation did not end it")
	}
}

// lease makes opening a file block until the test ends.
func lease(t *testing.T, name string) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	must(t, err)
	if _, err := unix.FcntlInt(file.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skipf("the kernel gives no lease here: %v", err)
	}
	t.Cleanup(func() { _ = file.Close() })
}
