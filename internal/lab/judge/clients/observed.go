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
)

// Observed is what one client was seen to do in a full run, as recorded.
type Observed struct {
	Driver         string `json:"driver"`
	Settings       string `json:"settings"`
	Version        string `json:"version"`
	RuleVersion    string `json:"rule_version,omitempty"`
	Runtime        string `json:"runtime"`
	RuntimeVersion string `json:"runtime_version,omitempty"`
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

// identity returns what the judge said of itself then.
func (o Observed) identity() Identity {
	return Identity{
		Driver: o.Driver, Version: o.Version, RuleVersion: o.RuleVersion,
		Runtime: o.Runtime, RuntimeVersion: o.RuntimeVersion,
	}
}

// passing is what differs from run to run in an error text: folders of the
// run, times, ports, and addresses in memory.
var passing = regexp.MustCompile(`/\S*sslready-conformance-[0-9]+/files|(\b[0-9]{4}|…)-[0-9]{2}-[0-9]{2}T[0-9:.]+Z|\b[0-9]{4,6}\b|0x[0-9a-f]{6,}|\b[0-9A-F]{12,}\b`)

// lasting is an error text without what differs from run to run.
func lasting(text string) string { return passing.ReplaceAllString(text, "…") }

// Record writes what a client did to a folder, one file a judge, and the number
// of its cases to the index.
func Record(dir, settings string, r Run) error {
	o := Observed{
		Driver: r.Identity.Driver, Settings: settings, Version: r.Identity.Version, RuleVersion: r.Identity.RuleVersion,
		Runtime: r.Identity.Runtime, RuntimeVersion: r.Identity.RuntimeVersion,
		Cases: map[Outcome][]string{},
	}
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
	id := o.identity()
	known := map[string]Case{}
	for _, c := range Expand(settings, id.RulesVersion(), id.RuntimeVersion) {
		known[c.ID()] = c
	}
	var all []Recollection
	add := func(ids []string, outcome Outcome, text string) error {
		for _, caseID := range ids {
			c, ok := known[caseID]
			if !ok {
				return fmt.Errorf("%w: %s: recorded case %s is no longer made", ErrSettings, name, caseID)
			}
			all = append(all, Recollection{
				Client: name, Identity: id, Case: c, Observed: Result{ID: caseID, Outcome: outcome, Error: text},
			})
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
