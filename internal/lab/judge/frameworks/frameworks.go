// Package frameworks runs real frameworks as judges of what package framework
// says that they hand to their drivers: each gets its settings, with a driver
// that prints what it is given.
package frameworks

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"

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
