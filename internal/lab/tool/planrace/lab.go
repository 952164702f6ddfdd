package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/fleet"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

// The variables by which this program, started as the provider, learns which
// one to run, and where to write what it took.
const (
	providerVariable = "PLANRACE_PROVIDER"
	usageVariable    = "PLANRACE_USAGE"
)

// servesAsProvider runs the provider where Terraform has started this program
// in its place, and writes what it took: a process knows that of its children.
func servesAsProvider() bool {
	binary := os.Getenv(providerVariable)
	if filepath.Base(os.Args[0]) != tfcli.SSLReady || binary == "" {
		return false
	}
	provider := exec.Command(binary, os.Args[1:]...) //nolint:gosec,noctx // Terraform ends it.
	provider.Stdin, provider.Stdout, provider.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := provider.Run()
	if err := errors.Join(err, writeUsage(command.CostOf(provider.ProcessState))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

func writeUsage(cost command.Cost) error {
	file, err := os.OpenFile(os.Getenv(usageVariable), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(file).Encode(cost), file.Close())
}

// lab is where Terraform runs with this program as the provider.
type lab struct{ dir, plugins, binary string }

// newLab builds the provider.
func newLab(ctx context.Context, dir string) (*lab, error) {
	built := filepath.Join(dir, "built")
	l := &lab{dir: dir, plugins: filepath.Join(dir, "plugins"), binary: filepath.Join(built, tfcli.SSLReady)}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := tfcli.BuildProviders(ctx, built, tfcli.SSLReady); err != nil {
		return nil, err
	}
	return l, errors.Join(os.Mkdir(l.plugins, 0o750), os.Symlink(self, filepath.Join(l.plugins, tfcli.SSLReady)))
}

// workspace is a configuration to be run.
type workspace struct {
	*tfcli.Workspace

	usages string
}

// workspace makes one, or gives one that there is another configuration.
func (l *lab) workspace(ctx context.Context, name, configuration string) (*workspace, error) {
	dir := filepath.Join(l.dir, name)
	usages := filepath.Join(dir, "usages")
	made, err := tfcli.NewWorkspace(ctx, dir, l.plugins, []byte(configuration), providerVariable+"="+l.binary, usageVariable+"="+usages,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=none", "AWS_SHARED_CREDENTIALS_FILE=none")
	return &workspace{made, usages}, err
}

// cost is what a run of Terraform took with all its processes, what the
// provider's among them took, and the lines that were written.
type cost struct {
	command.Cost

	provider command.Cost
	lines    int
}

// step is a run of Terraform with a configuration in a workspace.
type step struct{ name, verb, workspace, configuration string }

// inTurn runs steps, and prints what each took.
func (l *lab) inTurn(ctx context.Context, steps []step) (map[string]cost, error) {
	took := map[string]cost{}
	for _, step := range steps {
		w, err := l.workspace(ctx, step.workspace, step.configuration)
		if err != nil {
			return nil, err
		}
		c, err := w.run(ctx, step.verb)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("     %-28s %6.2f s (%.2f s), the provider %.2f s and %d MiB, %d lines\n", step.name, c.CPU.Seconds(), c.Wall.Seconds(), c.provider.CPU.Seconds(), c.provider.Memory>>20, c.lines)
		took[step.name] = c
	}
	return took, nil
}

// run runs Terraform, and says what it took.
func (w *workspace) run(ctx context.Context, verb string) (cost, error) {
	if err := os.RemoveAll(w.usages); err != nil {
		return cost{}, err
	}
	arguments := []string{verb, "-input=false", "-no-color"}
	if verb == "apply" {
		arguments = append(arguments, "-auto-approve")
	}
	written, took, err := command.Measure(w.Command(ctx, arguments...)) // With the provider: Terraform has waited for it.
	if err != nil {
		return cost{}, err
	}
	c := cost{Cost: took, lines: bytes.Count(written, []byte("\n"))}
	usages, err := os.ReadFile(w.usages)
	if err != nil && !os.IsNotExist(err) {
		return c, err
	}
	for line := range bytes.Lines(usages) {
		var one command.Cost
		if err := json.Unmarshal(line, &one); err != nil {
			return c, err
		}
		c.provider = c.provider.Plus(one)
	}
	return c, nil
}

const (
	regionName = "lab-local-1"
	unready    = 8 // of the large gate's clients
)

// account has the DB instances of which there are gates.
type account struct{ *fleet.Account }

// newAccount has as many DB instances in each Region.
func newAccount(ctx context.Context, dir string, instances int, regions ...string) (account, error) {
	in := map[string][]string{}
	for _, region := range regions {
		in[region] = fleet.Names(instances)
	}
	served, err := fleet.Start(ctx, dir, in)
	return account{served}, err
}

// clients declares them for a Region; the first are not ready.
func (a account) clients(region string, count, first int) string {
	var b strings.Builder
	b.WriteString("{\n")
	for i := range count {
		store := a.Stores[region].Both
		if i < first {
			store = a.Stores[region].Old
		}
		fmt.Fprintf(&b, `    client-%04[1]d = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %[2]q }
      match       = { usernames = ["user-%04[1]d"] }
    }
`, i, filepath.ToSlash(store))
	}
	b.WriteString("  }")
	return b.String()
}

func (a account) dataSource(clients int) string {
	return a.Provider(regionName) + fmt.Sprintf(`
data "sslready_readiness" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  clients                   = %s
}
`, fleet.Name(0), fleet.TargetCA, a.clients(regionName, clients, unready))
}

// gate is one as the docs advise it for many clients: without details, and with
// clients that Terraform does not print, unless printed.
func (a account) gate(clients int, target string, printed bool) string {
	declared := a.clients(regionName, clients, unready)
	if !printed {
		declared = "sensitive(" + declared + ")"
	}
	return a.Provider(regionName) + fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  on_unready                = "hold"
  details                   = false
  clients                   = %s
}
`, fleet.Name(0), target, declared)
}

// plain has the same clients in a resource that does nothing: what they cost
// Terraform.
func (a account) plain(clients int) string {
	return fmt.Sprintf("resource \"terraform_data\" \"orders\" {\n  input = %s\n}\n", a.clients(regionName, clients, unready))
}

func (a account) gates(count int) string {
	return a.Provider(regionName) + fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  count                     = %d
  db_instance_identifier    = format("orders-%%03d", count.index)
  target_ca_cert_identifier = %q
  on_unready                = "hold"
  clients                   = %s
}
`, count, fleet.TargetCA, a.clients(regionName, 3, 0))
}
