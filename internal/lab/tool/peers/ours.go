package peers

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

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
	lines := bufio.NewScanner(bytes.NewReader(said))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Diagnostic struct {
				Severity string `json:"severity"`
				Summary  string `json:"summary"`
				Address  string `json:"address"`
			} `json:"diagnostic"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("terraform's line %q: %w", lines.Text(), err)
		}
		if d := line.Diagnostic; d.Severity == "error" {
			name := filepath.Ext(d.Address)
			if name == "" {
				return nil, fmt.Errorf("terraform says of nothing in particular: %s", d.Summary)
			}
			title, _, _ := strings.Cut(d.Summary, " (") // The DB instance follows.
			refused[name[1:]] = append(refused[name[1:]], title)
		}
	}
	return refused, lines.Err()
}
