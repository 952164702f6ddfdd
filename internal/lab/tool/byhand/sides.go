package main

import (
	"context"
	"crypto/x509"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Answer is what either side finds out about one DB instance.
type Answer struct {
	Instance string `json:"instance"`
	// CA is the identifier of the present CA.
	CA string `json:"ca"`
	// ForceSSL is the value of rds.force_ssl in the parameter group.
	ForceSSL string `json:"force_ssl"`
	// TLSSessions and PlaintextSessions are open, without either side's own.
	TLSSessions       int `json:"tls_sessions"`
	PlaintextSessions int `json:"plaintext_sessions"`
	// PresentedRoot is the SHA-256 of the root that the server presents.
	PresentedRoot string `json:"presented_root"`
	// StoreHasTarget says whether the client's store has the root of the
	// target CA; of the provider, whether the client connects after the
	// switch.
	StoreHasTarget bool `json:"store_has_target"`
}

// ErrMissingTool is returned where a program that the script needs is not
// installed.
var ErrMissingTool = errors.New("not installed")

// tools are the programs of the script.
var tools = []string{"bash", "aws", "psql", "openssl", "keytool"}

var (
	//go:embed check.sh
	script []byte
	//go:embed main.tf
	configuration []byte
)

// Script is the side of the shell script.
type Script struct {
	fleet *Fleet
	file  string
	path  string
}

// NewScript writes the script. AWS names the AWS CLI, where it is not to be
// the one of PATH. The error is [ErrMissingTool].
func NewScript(fleet *Fleet, aws string) (*Script, error) {
	for _, name := range tools {
		if _, err := exec.LookPath(name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, ErrMissingTool)
		}
	}
	s := &Script{fleet: fleet, file: filepath.Join(fleet.dir, "check.sh"), path: os.Getenv("PATH")}
	if aws != "" {
		s.path = filepath.Dir(aws) + string(os.PathListSeparator) + s.path
	}
	return s, os.WriteFile(s.file, script, 0o600)
}

// Loop runs the script once for all DB instances, one after the other.
func (s *Script) Loop(ctx context.Context) ([]Answer, command.Cost, error) {
	return s.run(ctx, s.fleet.Instances)
}

// EachAlone runs the script once for each DB instance, one after the other, as
// a data source of hashicorp/external does.
func (s *Script) EachAlone(ctx context.Context) ([]Answer, command.Cost, error) {
	var all []Answer
	var sum command.Cost
	for _, id := range s.fleet.Instances {
		answers, cost, err := s.run(ctx, []string{id})
		if err != nil {
			return nil, sum, err
		}
		all, sum = append(all, answers...), sum.Plus(cost)
	}
	return all, sum, nil
}

func (s *Script) run(ctx context.Context, instances []string) ([]Answer, command.Cost, error) {
	bash := exec.CommandContext(ctx, "bash", append([]string{s.file, targetCA, s.fleet.dir, s.fleet.rootsFile()}, instances...)...)
	bash.Env = append(tfcli.AWSEnvironment(s.fleet.rds.URL, regionName), "PATH="+s.path, "STORE_PASSWORD="+storePassword)
	written, cost, err := command.Measure(bash)
	if err != nil {
		return nil, cost, err
	}
	var answers []Answer
	for line := range strings.Lines(string(written)) {
		var answer Answer
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			return nil, cost, fmt.Errorf("the script's line %q: %w", line, err)
		}
		answers = append(answers, answer)
	}
	return answers, cost, nil
}

// Plan is the side of the provider.
type Plan struct {
	workspace *tfcli.Workspace
	variables []string
}

// NewPlan builds the provider and writes a configuration for the fleet.
func NewPlan(ctx context.Context, fleet *Fleet) (*Plan, error) {
	plugins := filepath.Join(fleet.dir, "plugins")
	workspace, err := tfcli.NewWorkspace(ctx, fleet.dir, plugins, configuration, "STORE_PASSWORD="+storePassword)
	if err != nil {
		return nil, err
	}
	if err := tfcli.BuildProviders(ctx, plugins, tfcli.SSLReady); err != nil {
		return nil, err
	}
	identifiers, err := json.Marshal(fleet.Instances)
	if err != nil {
		return nil, err
	}
	return &Plan{workspace: workspace, variables: []string{
		"-var=api=" + fleet.rds.URL, "-var=region=" + regionName, "-var=target=" + targetCA, "-var=stores=" + fleet.dir,
		"-var=roots=" + fleet.rootsFile(), "-var=instances=" + string(identifiers),
	}}, nil
}

// Run plans once: Terraform and the provider, from nothing. Reading the
// answers from the saved plan is not in the cost.
func (p *Plan) Run(ctx context.Context) ([]Answer, command.Cost, error) {
	_, cost, err := command.Measure(p.workspace.Command(ctx, append([]string{"plan", "-input=false", "-no-color", "-out=plan"}, p.variables...)...))
	if err != nil {
		return nil, cost, err
	}
	var answers []Answer
	err = p.workspace.Planned(ctx, "answers", &answers)
	return answers, cost, err
}

const (
	regionName    = "lab-local-1"
	presentCA     = pki.CARSA2048
	targetCA      = pki.CARSA4096
	storePassword = "changeit"
	readiness     = "readiness" // the role of both sides
)

// Fleet is a Region whose DB instances are endpoints of one PostgreSQL, and
// the Java trust store of one client of each.
type Fleet struct {
	// Instances are the identifiers.
	Instances []string

	rds *region.Region
	dir string
}

// StartFleet starts a Region with DB instances, and writes files to dir. Two
// parameter groups alternate, with rds.force_ssl on and off. Every third store
// lacks the root of the target CA. Three sessions are open, one of them in
// plaintext.
func StartFleet(ctx context.Context, dir string, instances int) (*Fleet, error) {
	rds, err := region.Start(ctx, regionName, pgserver.Options{Roles: []pgserver.Role{{Name: readiness, Monitor: true}, {Name: "billing"}}})
	if err != nil {
		return nil, err
	}
	f := &Fleet{rds: rds, dir: dir}
	if err := errors.Join(f.launch(instances), f.writeStores(), f.connect(ctx)); err != nil {
		return nil, errors.Join(err, f.Stop())
	}
	return f, nil
}

// Stop ends the servers with their sessions.
func (f *Fleet) Stop() error { return f.rds.Stop() }

func (f *Fleet) launch(instances int) error {
	f.rds.API.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "15.18", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	for _, value := range []string{"0", "1"} {
		f.rds.API.PutParameterGroup(rdsserver.ParameterGroup{
			Name: group(value), Family: "postgres15", Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: value, Source: "user"}},
		})
	}
	for i := range instances {
		instance := rdsserver.Instance{
			Identifier: fmt.Sprintf("orders-%02d", i), Engine: "postgres", EngineVersion: "15.18", ParameterGroup: group(fmt.Sprint(i % 2)), CAIdentifier: presentCA,
		}
		f.Instances = append(f.Instances, instance.Identifier)
		if i == 0 {
			if err := f.rds.Launch(instance); err != nil {
				return err
			}
			continue
		}
		instance.Host, instance.Port = region.Host, f.rds.Server(f.Instances[0]).Port()
		f.rds.API.PutInstance(instance)
	}
	return nil
}

func group(value string) string { return "force-ssl-" + value }

func (f *Fleet) writeStores() error {
	roots := map[string]*x509.Certificate{}
	for _, ca := range []string{presentCA, targetCA} {
		root, err := f.rds.CAs.Root(ca, pki.Options{})
		if err != nil {
			return err
		}
		roots[ca] = root
	}
	secret := storePassword
	for i, id := range f.Instances {
		trusted := []*x509.Certificate{roots[presentCA], roots[targetCA]}
		if i%3 == 2 {
			trusted = trusted[:1]
		}
		store, err := truststore.EncodeJKS(trusted, &secret)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(f.dir, id+".jks"), store, 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(f.rootsFile(), pki.PEM(roots[presentCA]), 0o600)
}

func (f *Fleet) rootsFile() string { return filepath.Join(f.dir, "roots.pem") }

// connect opens the sessions that both sides are to see.
func (f *Fleet) connect(ctx context.Context) error {
	for _, encrypted := range []bool{true, true, false} {
		if _, err := f.rds.Server(f.Instances[0]).Session(ctx, "billing", encrypted); err != nil {
			return err
		}
	}
	return nil
}
