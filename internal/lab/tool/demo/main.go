// Command demo runs the provider's main job on real parts: a PostgreSQL that
// speaks TLS, the provider in Terraform or OpenTofu, and a stand-in for the
// RDS API, all on loopback. It fails if the gate does not hold.
package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sslready/terraform-provider-sslready/examples"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

const (
	regionName = "lab-local-1" // No Region of AWS: its roots are not in the fact table.
	instance   = "orders-prod"
	presentCA  = pki.CARSA2048
	targetCA   = pki.CARSA4096
)

func main() {
	picture := flag.String("picture", "", "SVG `file` for the picture of the blocked plan; empty makes none")
	flag.Parse()
	command.Main("demo", func(ctx context.Context, dir string) error {
		if err := run(ctx, dir, *picture); err != nil {
			return fmt.Errorf("the demo failed: %w", err)
		}
		say("Done, and nothing is left running. Real AWS was not reached: the RDS API and aws_db_instance were stand-ins")
		return nil
	})
}

func run(ctx context.Context, dir, picture string) (err error) {
	say("Building the provider, starting PostgreSQL over TLS and a stand-in for the RDS API")
	rds, err := launch(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rds.Stop()) }()
	workspace, err := newWorkspace(ctx, dir)
	if err != nil {
		return err
	}
	d := &demo{Workspace: workspace, rds: rds, stores: filepath.Join(dir, "stores"), picture: picture}
	if err := d.fillStores(); err != nil {
		return err
	}
	defer d.disconnect()
	for _, step := range []func(context.Context) error{
		d.connectClients, d.lookAround, d.blocked, d.held, d.mended, d.quiet,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// launch starts a Region with one DB instance on the present CA.
func launch(ctx context.Context) (*region.Region, error) {
	rds, err := region.Start(ctx, regionName, pgserver.Options{
		ForceSSL: pgserver.TLSOnly,
		Roles:    []pgserver.Role{{Name: "readiness", Monitor: true}, {Name: "billing"}, {Name: "reports"}},
	})
	if err != nil {
		return nil, err
	}
	rds.API.PutParameterGroup(rdsserver.ParameterGroup{
		Name: "orders-pg15", Family: "postgres15",
		Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: "1", Source: "user"}},
	})
	rds.API.PutEngineVersion(rdsserver.EngineVersion{
		Engine: "postgres", Version: "15.18", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true,
	})
	err = rds.Launch(rdsserver.Instance{
		Identifier: instance, Engine: "postgres", EngineVersion: "15.18", Class: "db.t4g.micro",
		AllocatedStorage: 20, ParameterGroup: "orders-pg15", CAIdentifier: presentCA,
	})
	if err != nil {
		return nil, errors.Join(err, rds.Stop())
	}
	return rds, nil
}

// say prints a headline, in bold on a terminal.
func say(text string) {
	headline := "== " + text
	if info, err := os.Stdout.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		headline = "\033[1m" + headline + "\033[0m"
	}
	fmt.Println("\n" + headline)
}

func tell(format string, values ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, values...), "\n") {
		fmt.Println("   " + line)
	}
}

// newWorkspace has the demo's configuration, the provider and the stand-in for
// hashicorp/aws, both just built.
func newWorkspace(ctx context.Context, dir string) (*tfcli.Workspace, error) {
	plugins := filepath.Join(dir, "plugins")
	if err := tfcli.BuildProviders(ctx, plugins, tfcli.SSLReady, tfcli.AWS); err != nil {
		return nil, err
	}
	configuration, err := examples.Files.ReadFile("demo/main.tf")
	if err != nil {
		return nil, err
	}
	return tfcli.NewWorkspace(ctx, dir, plugins, configuration)
}

// variables say what a step wants.
type variables struct{ target, onUnready, team string }

// terraform runs a step; its error has what was printed.
func (d *demo) terraform(ctx context.Context, v variables, arguments ...string) (string, error) {
	for name, value := range map[string]string{
		"api": d.rds.URL, "region": regionName, "root_certificates": d.store("roots"), "stores": d.stores, "target": v.target, "on_unready": v.onUnready, "team": v.team,
	} {
		arguments = append(arguments, "-var="+name+"="+value)
	}
	output, _, err := command.Measure(d.Command(ctx, append(arguments, "-input=false", "-no-color")...))
	return string(output), err
}

func (d *demo) apply(ctx context.Context, v variables) error {
	_, err := d.terraform(ctx, v, "apply", "-auto-approve")
	return err
}

// output is a text that the configuration gives.
func (d *demo) output(ctx context.Context, name string) (text string, err error) {
	err = d.Output(ctx, name, &text)
	return text, err
}

// diagnostics are the errors of Terraform's output, without the rest.
func diagnostics(output string) string {
	if _, errors, found := strings.Cut(output, "Error: "); found {
		return "Error: " + strings.TrimSpace(errors)
	}
	return strings.TrimSpace(output)
}

// session is a client's connection that stays open, as an application's does.
type session struct{ *pgx.Conn }

func (d *demo) conninfo(user, sslmode string) string {
	return fmt.Sprintf("host=%s port=%d user=%s dbname=postgres sslmode=%s sslrootcert=%s application_name=%s",
		region.Host, d.rds.Server(instance).Port(), user, sslmode, d.store(user), user)
}

// open connects as a client does, and stays.
func (d *demo) open(ctx context.Context, user, sslmode string) (session, error) {
	conn, err := pgx.Connect(ctx, d.conninfo(user, sslmode))
	return session{conn}, err
}

func (s session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.Close(ctx)
}

// ask lets a real client connect anew and run one query: psql, or pgx where
// psql is not installed.
func (d *demo) ask(ctx context.Context, user, sslmode, query string) (string, error) {
	psql, err := exec.LookPath("psql")
	if err != nil {
		return d.askPgx(ctx, user, sslmode, query)
	}
	command := exec.CommandContext(ctx, psql, "-X", "-At", "-c", query, d.conninfo(user, sslmode))
	command.Env = append(tfcli.CleanEnvironment(), "LC_ALL=C")
	output, err := command.CombinedOutput()
	output = bytes.TrimSpace(output)
	if _, failed := errors.AsType[*exec.ExitError](err); failed {
		return "", fmt.Errorf("psql: %s", bytes.TrimSpace(output[bytes.LastIndexByte(output, ':')+1:]))
	}
	return string(output), err
}

func (d *demo) askPgx(ctx context.Context, user, sslmode, query string) (string, error) {
	s, err := d.open(ctx, user, sslmode)
	if err != nil {
		return "", err
	}
	defer s.close()
	var answer string
	err = s.QueryRow(ctx, query).Scan(&answer)
	return answer, err
}

// The measures of the picture, in pixels.
const (
	lineHeight = 19
	charWidth  = 8
	margin     = 18
)

// picture writes what a terminal shows as an SVG file.
func picture(file, command, output string) error {
	lines := append([]string{"$ " + command, ""}, strings.Split(strings.TrimRight(output, "\n"), "\n")...)
	widest := 0
	for _, line := range lines {
		widest = max(widest, len([]rune(line)))
	}
	width, height := 2*margin+widest*charWidth, 2*margin+len(lines)*lineHeight
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="A plan that the gate blocks">`, width, height, width, height)
	svg.WriteString("\n" + `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>` + "\n")
	svg.WriteString(`<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="13" fill="#e6edf3" xml:space="preserve">` + "\n")
	for i, line := range lines {
		fmt.Fprintf(&svg, `<text x="%d" y="%d"%s>`, margin, margin+(i+1)*lineHeight-5, paint(line))
		if err := xml.EscapeText(&svg, []byte(line)); err != nil {
			return err
		}
		svg.WriteString("</text>\n")
	}
	svg.WriteString("</g>\n</svg>\n")
	return os.WriteFile(file, []byte(svg.String()), 0o644) //nolint:gosec // A picture for everybody.
}

// paint is the colour of a line, as Terraform has it.
func paint(line string) string {
	switch {
	case strings.HasPrefix(line, "$ "):
		return ` fill="#7ee787"`
	case strings.Contains(line, "Error:"):
		return ` fill="#ff7b72" font-weight="bold"`
	default:
		return ""
	}
}
