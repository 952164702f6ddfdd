package clients

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// Comparison is one case with what was predicted and what happened.
type Comparison struct {
	Case      Case
	Predicted readiness.Verdict
	Observed  Result
}

// Agreed says whether the prediction is what the client did. A verdict that
// decides nothing agrees only where the template allows that.
func (c Comparison) Agreed() bool {
	want := expected(c.Predicted)
	return want == c.Observed.Outcome || want == "" && c.Case.Template.Indeterminate
}

// Dangerous says whether the prediction promised a verified session that the
// client does not have: the worst way to be wrong.
func (c Comparison) Dangerous() bool {
	return c.Predicted.Outcome == readiness.Connects && c.Observed.Outcome != TLS
}

// TextAgreed says whether the client's error holds the predicted one; it is
// true where there is no error or none is predicted.
func (c Comparison) TextAgreed() bool {
	if c.Observed.Outcome != Fails || c.Predicted.ExpectedError == "" {
		return true
	}
	return strings.Contains(strings.ToLower(lasting(c.Observed.Error)), strings.ToLower(lasting(c.Predicted.ExpectedError)))
}

// Right says whether outcome and error text are as predicted.
func (c Comparison) Right() bool { return c.Agreed() && c.TextAgreed() }

// String says in one paragraph what disagrees, for the owner of the rule.
func (c Comparison) String() string {
	return fmt.Sprintf("%s\n    predicted %s (%s) %s\n    expected error %q\n    observed %s: %s\n    connection %q environment %v properties %v place %q",
		c.Case.ID(), c.Predicted.Outcome, c.Predicted.Reason, c.Predicted.Detail, c.Predicted.ExpectedError,
		c.Observed.Outcome, strings.ReplaceAll(c.Observed.Error, "\n", " ⏎ "),
		c.Case.Template.Connection, c.Case.Template.Environment, c.Case.Template.Properties, c.Case.Template.Place)
}

// Run is what one client did with its cases.
type Run struct {
	// Client is the judge's name.
	Client string
	// Identity is what the judge said of itself.
	Identity Identity
	// Comparisons in the order of the case IDs.
	Comparisons []Comparison
}

// Disagreements returns the cases in which the prediction was wrong.
func (r Run) Disagreements() []Comparison {
	var wrong []Comparison
	for _, c := range r.Comparisons {
		if !c.Agreed() {
			wrong = append(wrong, c)
		}
	}
	return wrong
}

// Line is one client in the report.
type Line struct {
	Client  string `json:"client"`
	Driver  string `json:"driver"`
	Version string `json:"version"`
	Runtime string `json:"runtime"`
	// Cases is how many were put to prediction and client; Agreed how many
	// of them came out alike; Dangerous how many were predicted to connect
	// and did not.
	Cases     int `json:"cases"`
	Agreed    int `json:"agreed"`
	Dangerous int `json:"predicted_connects_but_did_not"`
	// Texts is how many errors were predicted in words, TextsAgreed how many
	// of them the client really printed.
	Texts       int `json:"error_texts"`
	TextsAgreed int `json:"error_texts_agreed"`
}

// Report is the outcome of a run over all clients.
type Report struct {
	Lines []Line `json:"clients"`
	// Missing lists clients that were not there, and why.
	Missing map[string][]string `json:"missing,omitempty"`
}

// NewReport counts.
func NewReport(runs []Run, missing map[string][]string) Report {
	r := Report{Missing: missing}
	for _, run := range runs {
		line := Line{Client: run.Client, Driver: run.Identity.Driver, Version: run.Identity.Version, Runtime: run.Identity.Runtime}
		for _, c := range run.Comparisons {
			line.Cases++
			if c.Agreed() {
				line.Agreed++
			}
			if c.Dangerous() {
				line.Dangerous++
			}
			if c.Predicted.ExpectedError != "" && c.Observed.Error != "" {
				line.Texts++
				if c.TextAgreed() {
					line.TextsAgreed++
				}
			}
		}
		r.Lines = append(r.Lines, line)
	}
	slices.SortFunc(r.Lines, func(a, b Line) int { return cmp.Compare(a.Client, b.Client) })
	return r
}

// Totals returns the number of cases, of those that agreed, and of drivers.
func (r Report) Totals() (cases, agreed, drivers int) {
	seen := map[string]bool{}
	for _, l := range r.Lines {
		cases += l.Cases
		agreed += l.Agreed
		seen[l.Driver] = true
	}
	return cases, agreed, len(seen)
}

// JSON returns the report for programs.
func (r Report) JSON() ([]byte, error) {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return append(content, '\n'), nil
}

// Markdown returns the report as a table for the documentation.
func (r Report) Markdown() string {
	var b strings.Builder
	b.WriteString("| driver | version | runtime | cases | agreed |\n| --- | --- | --- | ---: | ---: |\n")
	for _, l := range r.Lines {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %d |\n", l.Driver, l.Version, strings.ReplaceAll(l.Runtime, "|", "/"), l.Cases, l.Agreed)
	}
	cases, agreed, drivers := r.Totals()
	fmt.Fprintf(&b, "\n%d drivers, %d clients, %d cases, %d agreed.\n", drivers, len(r.Lines), cases, agreed)
	return b.String()
}
