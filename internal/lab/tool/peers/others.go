package peers

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

//go:embed gate.sh
var gate []byte

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
	for name, content := range map[string]string{"gate.sh": string(gate), "targets": targets.String(), "clients": clients.String()} {
		if err := os.WriteFile(filepath.Join(f.Dir, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	command := exec.CommandContext(ctx, "bash", "gate.sh", f.Dir, "targets", "clients")
	command.Dir, command.Env = f.Dir, append(tfcli.AWSEnvironment(f.rds.URL, regionName), "STORE_PASSWORD=not-"+storePassword)
	output, err := command.Output()
	if err != nil {
		return nil, explained("gate.sh", err)
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
	program, err := installed(ctx, "checkov")
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(f.Dir, "checkov")
	if err := errors.Join(os.MkdirAll(dir, 0o750), os.WriteFile(filepath.Join(dir, "main.tf"), []byte(asPeopleWriteIt()), 0o600)); err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, program, "-d", dir, "--framework", "terraform", "--skip-download", "--soft-fail", "--quiet", "-o", "json")
	output, err := command.Output()
	if err != nil {
		return nil, explained("checkov", err)
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
	program, err := installed(ctx, "prowler")
	if err != nil {
		return nil, err
	}
	api := httptest.NewServer(http.HandlerFunc(f.asAWS))
	defer api.Close()
	dir := filepath.Join(f.Dir, "prowler")
	command := exec.CommandContext(ctx, program, "aws", "--service", "rds", "--region", prowlerRegion, "--output-formats", "json-ocsf",
		"--output-directory", dir, "--output-filename", "report", "--no-banner", "--no-color", "--ignore-exit-code-3", "--aws-retries-max-attempts", "1")
	command.Env = tfcli.AWSEnvironment(api.URL, prowlerRegion)
	if _, err := command.Output(); err != nil {
		return nil, explained("prowler", err)
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

// installed returns the path of a program of PyPI. It is installed once, in the
// user's cache directory.
func installed(ctx context.Context, name string) (string, error) {
	dir, err := environment(name)
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "bin", name)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	fmt.Fprintln(os.Stderr, "Installing "+name+" from PyPI, once.")
	for _, arguments := range [][]string{{"python3", "-m", "venv", dir}, {filepath.Join(dir, "bin", "python"), "-m", "pip", "install", "--quiet", name}} {
		if err := exec.CommandContext(ctx, arguments[0], arguments[1:]...).Run(); err != nil { //nolint:gosec // Our own arguments.
			return "", explained("install "+name, errors.Join(err, os.RemoveAll(dir)))
		}
	}
	return program, nil
}

// environment is the folder in which a program of PyPI is installed.
func environment(name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache directory: %w", err)
	}
	return filepath.Join(cache, "sslready-lab", "peers", name), nil
}

// release is the version of an installed program of PyPI, and empty for another.
func release(name string) string {
	dir, err := environment(name)
	if err != nil {
		return ""
	}
	prefix := filepath.Join(dir, "lib", "python3*", "site-packages", name+"-")
	found, err := filepath.Glob(prefix + "*.dist-info")
	if err != nil || len(found) != 1 {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSuffix(filepath.Base(found[0]), ".dist-info"), name+"-")
}

func explained(what string, err error) error {
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		return fmt.Errorf("%s: %w\n%s", what, err, exit.Stderr)
	}
	return fmt.Errorf("%s: %w", what, err)
}
