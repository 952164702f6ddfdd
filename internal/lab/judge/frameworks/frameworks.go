// Package frameworks runs real frameworks as judges of what package framework
// says that they hand to their drivers: each gets its settings, with a driver
// that prints what it is given.
package frameworks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/framework"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// Judge is a framework in one version, an entry of judges.json.
//
// In Command {runners} is the folder of the runners, and {classes} the class
// path of what Maven and the compiler made.
type Judge struct {
	// Name is the framework with its version, as printed.
	Name string `json:"name"`
	// Framework is its name as in package framework.
	Framework string `json:"framework"`
	// Driver and DriverVersion are those that are installed with it, where the
	// framework can work with several; empty otherwise.
	Driver        string `json:"driver"`
	DriverVersion string `json:"driver_version"`
	// Command starts the runner.
	Command []string `json:"command"`
	// Needs are the packages that it needs.
	judge.Needs
}

// Case is one configuration that people have.
type Case struct {
	// ID is the framework's name and a number.
	ID string `json:"id"`
	// Settings is what framework_client gets, and the framework too.
	Settings any `json:"settings"`
}

// Answer is what a framework did with a case.
type Answer struct {
	ID string `json:"id"`
	// Version of the framework that answered.
	Version string `json:"version"`
	// Driver is empty where the framework did not come to it.
	Driver     string            `json:"driver"`
	Connection string            `json:"connection"`
	Properties map[string]string `json:"properties"`
	// Expected is what the driver makes of the client that was predicted, from
	// runners that ask it; the client is then Client. Complaint is its error.
	Expected  map[string]string `json:"expected,omitempty"`
	Complaint string            `json:"complaint,omitempty"`
	Client    *Handed           `json:"client,omitempty"`
	// Error is the framework's own text where it does not start.
	Error string `json:"error"`
}

// Handed is a client as runners get it.
type Handed struct {
	Connection string            `json:"connection"`
	Properties map[string]string `json:"properties"`
}

// Judges returns the judges, in the order of their file.
func Judges(folder string) ([]Judge, error) {
	var judges []Judge
	return judges, readJSON(filepath.Join(folder, "judges.json"), &judges)
}

// Cases returns the cases of a framework.
func Cases(folder, name string) ([]Case, error) {
	var cases []Case
	return cases, readJSON(filepath.Join(folder, "testdata", "cases", name+".json"), &cases)
}

func readJSON(file string, into any) error {
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// Predict is what package framework says of a case.
func (j Judge) Predict(c Case, version string) (framework.Result, error) {
	result, err := framework.Resolve(j.Framework, c.Settings, framework.Options{Version: version, Driver: j.Driver, DriverVersion: j.DriverVersion})
	if err != nil {
		return result, fmt.Errorf("case %s: %w", c.ID, err)
	}
	return result, nil
}

// Compare returns in words in which cases the prediction differs from an answer,
// and how many it does not decide. The error is that of a case without a
// prediction, or without its own answer.
func (j Judge) Compare(cases []Case, answers []Answer) (differences []string, undecided int, err error) {
	for i, c := range cases {
		if answers[i].ID != c.ID {
			return nil, 0, fmt.Errorf("%s: the answer to %s is of %s: record again", j.Name, c.ID, answers[i].ID)
		}
		predicted, err := j.Predict(c, answers[i].Version)
		if err != nil {
			return nil, 0, err
		}
		switch verdict := Verdict(predicted, answers[i]); verdict {
		case "":
		case Undecided:
			undecided++
		default:
			differences = append(differences, c.ID+": "+verdict)
		}
	}
	return differences, undecided, nil
}

// Verdict says whether a prediction is what the framework did: "" where it is,
// "undecided" where the rules say that they do not know, else what differs.
func Verdict(predicted framework.Result, a Answer) string {
	possible := []framework.Client{predicted.Client}
	for _, alternative := range predicted.Alternatives {
		possible = append(possible, alternative.Client)
	}
	if len(predicted.Alternatives) > 0 {
		possible = possible[1:]
	}
	var differences []string
	for _, client := range possible {
		difference := differs(client, a)
		if difference == "" || difference == Undecided {
			return difference
		}
		differences = append(differences, difference)
	}
	return strings.Join(differences, "; or ")
}

// Undecided is the verdict on a case that the rules do not decide.
const Undecided = "undecided"

func differs(c framework.Client, a Answer) string {
	switch {
	case c.Undecided != "":
		return Undecided
	case c.StartError != "" && a.Error != "" && strings.Contains(a.Error, c.StartError):
		return ""
	case c.StartError != "" || a.Error != "":
		return fmt.Sprintf("start error %q predicted, and it says %q", c.StartError, a.Error)
	case a.Expected != nil || a.Complaint != "":
		return differsResolved(c, a)
	case c.Driver != a.Driver && (c.Driver != "prisma" || a.Driver != "node-postgres"):
		return fmt.Sprintf("driver %s predicted, and it uses %s", c.Driver, a.Driver)
	}
	connection, properties := plainly(c.Driver, c.Connection, c.Properties)
	realConnection, realProperties := plainly(c.Driver, a.Connection, a.Properties)
	if realProperties["adaptiveFetchMaximum"] != "" { // A DataSource that got a URL writes every default out.
		maps.DeleteFunc(realProperties, func(name, _ string) bool { return properties[name] == "" })
	}
	if connection != realConnection || !maps.Equal(properties, realProperties) {
		return fmt.Sprintf("%q %v predicted, and the driver gets %q %v", connection, properties, realConnection, realProperties)
	}
	return ""
}

// differsResolved compares what the driver makes of both.
func differsResolved(c framework.Client, a Answer) string {
	if a.Client == nil || a.Client.Connection != c.Connection || !maps.Equal(a.Client.Properties, c.Properties) {
		return "the prediction is not the one that was recorded"
	}
	if a.Complaint != "" || !maps.Equal(a.Expected, a.Properties) {
		return fmt.Sprintf("%v predicted %s, and the driver gets %v", a.Expected, a.Complaint, a.Properties)
	}
	return ""
}

// plainly writes a connection without secrets and spellings that mean the
// same: aliases of the driver's, and a JDBC URL's parameters as properties.
func plainly(driver, connection string, properties map[string]string) (string, map[string]string) {
	plain := map[string]string{}
	for name, value := range properties {
		if driver == "psycopg2" && name == "database" {
			name = "dbname"
		}
		if !strings.HasSuffix(name, "password") && name != "loginTimeout" && value != "" {
			plain[name] = value
		}
	}
	without, _, err := conninfo.Redact(connection)
	if err != nil {
		return "a secret that cannot be cut out", plain
	}
	if driver != "pgjdbc" {
		return strings.TrimSpace(without), plain
	}
	server, query, _ := strings.Cut(without, "?")
	for parameter := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		if decoded, err := url.QueryUnescape(value); err == nil && name != "" && name != "loginTimeout" {
			plain[name] = decoded
		}
	}
	return server, plain
}

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

// ofFrameworks is the part of the cache that is theirs.
func ofFrameworks(cache string) string { return filepath.Join(cache, "frameworks") }

// Missing lists what the judge lacks to be started; empty when it is installed.
func (j Judge) Missing(ctx context.Context, cache string) []string {
	return j.Needs.Missing(ctx, ofFrameworks(cache))
}

// Install brings what the judge lacks into the cache, by name and through the
// package managers. For Debian's packages see [judge.InstallDebian].
func (j Judge) Install(ctx context.Context, folder, cache string, log io.Writer) error {
	err := j.Needs.Install(ctx, ofFrameworks(cache), log, func(manager, dir string) error {
		if manager != "maven" {
			return nil
		}
		// The classes of the runner, a driver that records among them.
		sources, err := filepath.Abs(filepath.Join(folder, "runners", "jvm"))
		if err != nil {
			return fmt.Errorf("sources of the runner: %w", err)
		}
		return judge.Run(ctx, log, dir, nil, "javac", "-cp", j.classPath(cache), "-d", filepath.Join(dir, "classes"),
			filepath.Join(sources, "Runner.java"), filepath.Join(sources, "org", "postgresql", "Driver.java"))
	})
	if err == nil && len(j.Missing(ctx, cache)) > 0 {
		err = fmt.Errorf("it lacks %v", j.Missing(ctx, cache))
	}
	return err
}

// classPath is the recorder's classes before everything else.
func (j Judge) classPath(cache string) string {
	packages := j.Packages("maven")
	return filepath.Join(packages.Dir(ofFrameworks(cache)), "classes") + string(os.PathListSeparator) + packages.ClassPath(ofFrameworks(cache))
}
