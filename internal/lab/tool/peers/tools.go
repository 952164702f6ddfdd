package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

//go:embed gate.sh
var gateScript string

// prowlerRegion stands for the lab's Region, since prowler takes real ones only.
const prowlerRegion = "us-east-1"

// Shell runs the gate that users write as a shell script.
func (f *Fleet) Shell(ctx context.Context) (Complaints, error) {
	var targets, clients strings.Builder
	for _, id := range controls() {
		fmt.Fprintf(&targets, "%s\t%s\n", id, targetCA)
	}
	for _, p := range append(Problems(), Healthy()) {
		for _, id := range p.instances() {
			fmt.Fprintf(&targets, "%s\t%s\n", id, p.target())
		}
		if p.Setting != "" {
			fmt.Fprintf(&clients, "%s\t%s\t%s\n", p.Name, p.Setting, p.Store)
		}
	}
	for name, content := range map[string]string{"gate.sh": gateScript, "targets": targets.String(), "clients": clients.String()} {
		if err := os.WriteFile(filepath.Join(f.Dir, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	gate := exec.CommandContext(ctx, "bash", "gate.sh", f.Dir, "targets", "clients")
	gate.Dir, gate.Env = f.Dir, append(tfcli.AWSEnvironment(f.rds.URL, regionName), "STORE_PASSWORD=not-"+storePassword)
	output, _, err := command.Measure(gate)
	if err != nil {
		return nil, err
	}
	said := Complaints{}
	for line := range strings.Lines(string(output)) {
		name, what, _ := strings.Cut(strings.TrimSpace(line), "\t")
		said[name] = append(said[name], what)
	}
	return said, nil
}

// Checkov reads the configuration of the fleet as people write it.
func (f *Fleet) Checkov(ctx context.Context) (Complaints, error) {
	dir := filepath.Join(f.Dir, "checkov")
	checkov, err := ofPyPI(ctx, "checkov", "-d", dir, "--framework", "terraform", "--skip-download", "--soft-fail", "--quiet", "-o", "json")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.MkdirAll(dir, 0o750), os.WriteFile(filepath.Join(dir, "main.tf"), []byte(asPeopleWriteIt()), 0o600)); err != nil {
		return nil, err
	}
	output, _, err := command.Measure(checkov)
	if err != nil {
		return nil, err
	}
	var report struct {
		Results struct {
			Failed []struct {
				Check    string `json:"check_id"`
				Resource string `json:"resource"`
			} `json:"failed_checks"`
		} `json:"results"`
	}
	if err := json.Unmarshal(output, &report); err != nil {
		return nil, fmt.Errorf("checkov's report: %w", err)
	}
	said := Complaints{}
	for _, failed := range report.Results.Failed {
		_, name, _ := strings.Cut(failed.Resource, ".")
		said[name] = append(said[name], failed.Check)
	}
	return said, nil
}

// Prowler asks the stand-in, which it takes for AWS.
func (f *Fleet) Prowler(ctx context.Context) (Complaints, error) {
	dir := filepath.Join(f.Dir, "prowler")
	prowler, err := ofPyPI(ctx, "prowler", "aws", "--service", "rds", "--region", prowlerRegion, "--output-formats", "json-ocsf",
		"--output-directory", dir, "--output-filename", "report", "--no-banner", "--no-color", "--ignore-exit-code-3", "--aws-retries-max-attempts", "1")
	if err != nil {
		return nil, err
	}
	api := httptest.NewServer(http.HandlerFunc(f.asAWS))
	defer api.Close()
	prowler.Env = append(prowler.Env, tfcli.AWSEnvironment(api.URL, prowlerRegion)...)
	if _, _, err := command.Measure(prowler); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(dir, "report.ocsf.json")) //nolint:gosec // Our own folder.
	if err != nil {
		return nil, err
	}
	var report []struct {
		Status   string `json:"status_code"`
		Metadata struct {
			Check string `json:"event_code"`
		} `json:"metadata"`
		Resources []struct {
			ID string `json:"uid"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(content, &report); err != nil {
		return nil, fmt.Errorf("prowler's report: %w", err)
	}
	said := Complaints{}
	for _, finding := range report {
		for _, resource := range finding.Resources {
			if name := resource.ID[strings.LastIndex(resource.ID, ":")+1:]; finding.Status == "FAIL" {
				said[name] = append(said[name], finding.Metadata.Check)
			}
		}
	}
	return said, nil
}

// asAWS has the stand-in answer what prowler asks in a real Region.
func (f *Fleet) asAWS(w http.ResponseWriter, r *http.Request) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/"+prowlerRegion+"/", "/"+regionName+"/", 1))
	f.rds.API.ServeHTTP(w, r)
}

// ofPyPI is a program of PyPI, which is installed once, in the user's cache
// directory.
func ofPyPI(ctx context.Context, name string, arguments ...string) (*exec.Cmd, error) {
	cache, err := judge.CacheDir()
	if err != nil {
		return nil, err
	}
	packages := judge.Packages{Manager: "pip", Names: []string{name}}
	if err := packages.Install(ctx, cache, os.Stderr, func(string) error { return nil }); err != nil {
		return nil, err
	}
	program := exec.CommandContext(ctx, filepath.Join(packages.Dir(cache), "bin", name), arguments...)
	program.Env = append(tfcli.CleanEnvironment(), "PYTHONPATH="+packages.Dir(cache))
	return program, nil
}

// release is the version of an installed program of PyPI, and empty for another.
func release(name string) string {
	cache, _ := judge.CacheDir() // Without one, nothing is installed.
	folder := judge.Packages{Manager: "pip", Names: []string{name}}.Dir(cache)
	found, err := filepath.Glob(filepath.Join(folder, name+"-*.dist-info"))
	if err != nil || len(found) != 1 {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSuffix(filepath.Base(found[0]), ".dist-info"), name+"-")
}

var (
	//go:embed main.tf
	configuration []byte
	//go:embed refused.tf
	refusedTargets []byte
)

// Complaints are what a tool says, by the name of the client, DB instance or
// cluster that it says it of.
type Complaints map[string][]string

// Provider plans the fleet with the real provider in Terraform or OpenTofu: once
// to the end, and once with targets that have to fail the plan.
func (f *Fleet) Provider(ctx context.Context) (Complaints, error) {
	plugins := filepath.Join(f.Dir, "plugins")
	workspace, err := tfcli.NewWorkspace(ctx, f.Dir, plugins, configuration, "STORE_PASSWORD=not-"+storePassword)
	if err != nil {
		return nil, err
	}
	if err := tfcli.BuildProviders(ctx, plugins, tfcli.SSLReady); err != nil {
		return nil, err
	}
	variables, err := f.variables()
	if err != nil {
		return nil, err
	}
	plan := append([]string{"plan", "-input=false", "-json"}, variables...)
	if _, _, err := command.Measure(workspace.Command(ctx, append(plan, "-out=plan")...)); err != nil {
		return nil, err
	}
	found := Complaints{}
	if err := workspace.Planned(ctx, "found", &found); err != nil {
		return nil, err
	}
	if err := workspace.Configure("refused.tf", refusedTargets); err != nil {
		return nil, err
	}
	said, _, err := command.Measure(workspace.Command(ctx, plan...))
	if err == nil {
		return nil, errors.New("terraform plans a switch to a CA that RDS does not offer")
	}
	refused, err := refusals(said)
	maps.Copy(found, refused)
	return found, err
}

func (f *Fleet) variables() ([]string, error) {
	settings := map[string]string{Control: Healthy().Setting}
	for _, p := range Problems() {
		if p.Setting != "" {
			settings[p.Name] = p.Setting
		}
	}
	encoded, err := json.Marshal(settings)
	return []string{"-var=api=" + f.rds.URL, "-var=files=" + f.Dir, "-var=settings=" + string(encoded)}, err
}

// refusals are the titles of the errors in Terraform's JSON lines, by the name
// of the data source.
func refusals(said []byte) (Complaints, error) {
	refused := Complaints{}
	for line := range bytes.Lines(said) {
		var event struct {
			Diagnostic struct {
				Severity string `json:"severity"`
				Summary  string `json:"summary"`
				Address  string `json:"address"`
			} `json:"diagnostic"`
		}
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, fmt.Errorf("terraform's line %q: %w", line, err)
		}
		if d := event.Diagnostic; d.Severity == "error" {
			name := filepath.Ext(d.Address)
			if name == "" {
				return nil, fmt.Errorf("terraform says of nothing in particular: %s", d.Summary)
			}
			title, _, _ := strings.Cut(d.Summary, " (") // The DB instance follows.
			refused[name[1:]] = append(refused[name[1:]], title)
		}
	}
	return refused, nil
}
