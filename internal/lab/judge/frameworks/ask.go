package frameworks

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// The limits of a runner: to start, and to answer.
const (
	startLimit  = 3 * time.Minute
	answerLimit = time.Minute
)

// Ask puts the cases to the judge and returns its answers, in their order.
//
// The error is that of a runner that does not start or answer.
func (j Judge) Ask(ctx context.Context, folder, cache, home string, cases []Case) ([]Answer, error) {
	program, err := judge.Start(j.command(ctx, folder, cache, home))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.Name, err)
	}
	defer program.Stop()
	var identity struct{ Framework, Version string }
	if err := program.Read(startLimit, &identity); err != nil {
		return nil, fmt.Errorf("%s: %w", j.Name, err)
	}
	answers := make([]Answer, len(cases))
	for i, c := range cases {
		question, client, err := j.question(c, identity.Version)
		if err != nil {
			return nil, err
		}
		if err := program.Ask(question, answerLimit, &answers[i]); err != nil {
			return nil, fmt.Errorf("%s, case %s: %w", j.Name, c.ID, err)
		}
		answers[i].Version = identity.Version
		answers[i].withoutSecrets()
		if len(j.NPM) > 0 {
			answers[i].Client = client
		}
	}
	return answers, nil
}

// question is a line for the runner: JSON, or for Java, which reads none by
// itself, pairs.
func (j Judge) question(c Case, version string) ([]byte, *Handed, error) {
	predicted, err := j.Predict(c, version)
	if err != nil {
		return nil, nil, err
	}
	client := &Handed{Connection: predicted.Connection, Properties: predicted.Properties}
	if len(j.Maven) > 0 {
		pairs := []string{"=" + url.QueryEscape(c.ID)}
		settings, _ := c.Settings.(map[string]any)
		for name, value := range settings {
			pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(fmt.Sprint(value)))
		}
		return []byte(strings.Join(pairs, " ")), client, nil
	}
	line, err := json.Marshal(map[string]any{"id": c.ID, "settings": c.Settings, "client": client})
	if err != nil {
		return nil, nil, fmt.Errorf("case %s: %w", c.ID, err)
	}
	return line, client, nil
}

// withoutSecrets takes the passwords of the cases, which are nobody's, out of
// what is recorded: replays need none.
func (a *Answer) withoutSecrets() {
	for _, properties := range []map[string]string{a.Properties, a.Expected} {
		maps.DeleteFunc(properties, func(name, _ string) bool { return strings.HasSuffix(name, "password") })
	}
	a.Connection, _, _ = conninfo.Redact(a.Connection) // What cannot be cut is left out.
	if len(a.Error) > 400 {
		a.Error = a.Error[:400]
	}
}

func (j Judge) command(ctx context.Context, folder, cache, home string) *exec.Cmd {
	runners, err := filepath.Abs(filepath.Join(folder, "runners"))
	if err != nil {
		runners = filepath.Join(folder, "runners") // The program then says what it does not find.
	}
	args := make([]string, len(j.Command))
	for i, arg := range j.Command {
		args[i] = strings.NewReplacer("{runners}", runners, "{classes}", j.classPath(cache)).Replace(arg)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LANG=C.UTF-8", "TZ=UTC", "PYTHONDONTWRITEBYTECODE=1", "AIRFLOW_HOME=" + home,
		"NODE_NO_WARNINGS=1", "PYTHONPATH=" + j.Packages("pip").Dir(ofFrameworks(cache)), "NODE_PATH=" + filepath.Join(j.Packages("npm").Dir(ofFrameworks(cache)), "node_modules"),
	}
	return cmd
}
