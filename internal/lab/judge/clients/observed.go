package clients

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// Observed is what one client was seen to do in a full run, as recorded.
type Observed struct {
	// Identity is what the judge said of itself then.
	Identity

	Settings string `json:"settings"`
	// Cases holds case IDs by outcome.
	Cases map[Outcome][]string `json:"cases"`
	// Failures holds the cases that failed, by the client's error text.
	Failures []Failure `json:"failures"`
}

// Failure is an error text with the cases in which a client printed it.
type Failure struct {
	// Error is without the ports and paths of the run.
	Error string   `json:"error"`
	Cases []string `json:"cases"`
}

// passing is what differs from run to run in an error text: folders of the
// run, times, ports, and addresses in memory.
var passing = regexp.MustCompile(`/\S*sslready-conformance-[0-9]+/files|(\b[0-9]{4}|…)-[0-9]{2}-[0-9]{2}T[0-9:.]+Z|\b[0-9]{4,6}\b|0x[0-9a-f]{6,}|\b[0-9A-F]{12,}\b`)

// lasting is an error text without what differs from run to run.
func lasting(text string) string { return passing.ReplaceAllString(text, "…") }

// Record writes what a client did to a folder, one file a judge, and the number
// of its cases to the index.
func Record(dir, settings string, r Run) error {
	o := Observed{Identity: r.Identity, Settings: settings, Cases: map[Outcome][]string{}}
	failures := map[string][]string{}
	for _, c := range r.Comparisons {
		if c.Observed.Outcome == Fails {
			text := lasting(c.Observed.Error)
			failures[text] = append(failures[text], c.Case.ID())
			continue
		}
		o.Cases[c.Observed.Outcome] = append(o.Cases[c.Observed.Outcome], c.Case.ID())
	}
	for _, text := range slices.Sorted(maps.Keys(failures)) {
		o.Failures = append(o.Failures, Failure{Error: text, Cases: failures[text]})
	}
	index, err := readIndex(dir)
	if err != nil {
		return err
	}
	index[r.Client] = len(r.Comparisons)
	for name, value := range map[string]any{r.Client + ".json": o, indexFile: index} {
		content, err := json.MarshalIndent(value, "", " ")
		if err != nil {
			return fmt.Errorf("record of %s: %w", r.Client, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), append(content, '\n'), 0o600); err != nil {
			return fmt.Errorf("record of %s: %w", r.Client, err)
		}
	}
	return nil
}

// indexFile holds the number of recorded cases by judge. A replay that finds
// other judges, or other numbers, fails: nothing gets lost in silence.
const indexFile = "index.json"

// ErrRecords is returned for records that are not what their index says.
var ErrRecords = errors.New("the records are not what the index says")

func readIndex(dir string) (map[string]int, error) {
	index := map[string]int{}
	content, err := os.ReadFile(filepath.Join(dir, indexFile))
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	if err := json.Unmarshal(content, &index); err != nil || len(index) == 0 {
		return nil, fmt.Errorf("%w: the index is empty or unreadable (%w)", ErrRecords, err)
	}
	return index, nil
}

// Recollection is one recorded case.
type Recollection struct {
	// Client is the judge's name.
	Client   string
	Identity Identity
	Case     Case
	Observed Result
}

// Recall reads every recorded case, in the order of clients and case IDs.
//
// A recorded case whose template or kinds are gone is an error: the record
// has to be made anew. The error is [ErrRecords] for a judge that has more or
// fewer cases than the index says.
func Recall(observedDir, settingsDir string) ([]Recollection, error) {
	index, err := readIndex(observedDir)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(observedDir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	if len(files) != len(index)+1 {
		return nil, fmt.Errorf("%w: %d records of %d judges", ErrRecords, len(files)-1, len(index))
	}
	var all []Recollection
	for _, name := range slices.Sorted(maps.Keys(index)) {
		content, err := os.ReadFile(filepath.Join(observedDir, name+".json"))
		if err != nil {
			return nil, fmt.Errorf("records: %w", err)
		}
		var o Observed
		if err := json.Unmarshal(content, &o); err != nil {
			return nil, fmt.Errorf("records: %s: %w", name, err)
		}
		found, err := o.recall(name, settingsDir)
		if err != nil {
			return nil, err
		}
		if len(found) != index[name] {
			return nil, fmt.Errorf("%w: %s has %d cases, not %d", ErrRecords, name, len(found), index[name])
		}
		all = append(all, found...)
	}
	return all, nil
}

func (o Observed) recall(name, settingsDir string) ([]Recollection, error) {
	settings, err := LoadSettings(settingsDir, o.Settings)
	if err != nil {
		return nil, err
	}
	known := map[string]Case{}
	for _, c := range Expand(settings, o.RulesVersion(), o.RuntimeVersion) {
		known[c.ID()] = c
	}
	var all []Recollection
	add := func(ids []string, outcome Outcome, text string) error {
		for _, caseID := range ids {
			c, ok := known[caseID]
			if !ok {
				return fmt.Errorf("%w: %s: recorded case %s is no longer made", ErrSettings, name, caseID)
			}
			all = append(all, Recollection{Client: name, Identity: o.Identity, Case: c, Observed: Result{ID: caseID, Outcome: outcome, Error: text}})
		}
		return nil
	}
	for outcome, ids := range o.Cases {
		if err := add(ids, outcome, ""); err != nil {
			return nil, err
		}
	}
	for _, failure := range o.Failures {
		if err := add(failure.Cases, Fails, failure.Error); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Recollection) int { return cmp.Compare(a.Observed.ID, b.Observed.ID) })
	return all, nil
}

// Declaration returns a recorded case as its owner would declare it.
func (r Recollection) Declaration(w *World) Declaration {
	return declare(w, r.Case, r.Identity, replayPlace)
}

// Predict predicts a recorded case again and compares it with what was seen.
func (r Recollection) Predict(w *World) Comparison {
	return Comparison{Case: r.Case, Predicted: predict(w, r.Case, r.Identity, replayPlace, w.At), Observed: r.Observed}
}

// Replay predicts every recorded case again, by client. It starts no client.
// The error is that of [Recall].
func Replay(w *World, observedDir, settingsDir string) ([]Run, error) {
	all, err := Recall(observedDir, settingsDir)
	if err != nil {
		return nil, err
	}
	var runs []Run
	for _, r := range all {
		if len(runs) == 0 || runs[len(runs)-1].Client != r.Client {
			runs = append(runs, Run{Client: r.Client, Identity: r.Identity})
		}
		run := &runs[len(runs)-1]
		run.Comparisons = append(run.Comparisons, r.Predict(w))
	}
	return runs, nil
}

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
