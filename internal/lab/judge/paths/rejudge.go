package paths

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Report is what came of asking all judges again.
type Report struct {
	Missing []string // judges that this machine does not have
	Judges  []Asked
}

// Asked is one judge's part.
type Asked struct {
	Judge   string
	Answers int      // in all
	Changed []string // vectors whose kept answer was another
}

var (
	errChanged = errors.New("judges answer otherwise than is kept")
	errMissing = errors.New("judges are missing")
)

// Rejudge asks every judge of the bench about every vector, compares with the
// answers that are kept, and keeps the new ones in the corpus.
func (c *Corpus) Rejudge(ctx context.Context, bench Bench) (Report, error) {
	judges, missing, err := bench.Find(ctx)
	if err != nil {
		return Report{}, err
	}
	report := Report{Missing: missing}
	for _, judge := range judges {
		before := c.answers()
		n, err := c.Ask(ctx, bench, judge)
		if err != nil {
			return Report{}, err
		}
		asked := Asked{Judge: judge.Name, Answers: n}
		after := c.answers()
		for _, id := range slices.Sorted(maps.Keys(after)) {
			for label, answer := range after[id] {
				if old, kept := before[id][label]; kept && old != answer {
					asked.Changed = append(asked.Changed, id+" ("+label+")")
				}
			}
		}
		report.Judges = append(report.Judges, asked)
	}
	return report, nil
}

// answers returns a copy of all answers, by vector.
func (c *Corpus) answers() map[string]Answers {
	all := map[string]Answers{}
	for _, v := range c.Paths {
		all[v.ID] = maps.Clone(v.Answers)
	}
	for _, v := range c.Names {
		all[v.ID] = maps.Clone(v.Answers)
	}
	return all
}

// String is one line a judge.
func (r Report) String() string {
	var out strings.Builder
	for _, asked := range r.Judges {
		fmt.Fprintf(&out, "%-16s %6d answers, %d changed\n", asked.Judge, asked.Answers, len(asked.Changed))
		for _, id := range asked.Changed {
			fmt.Fprintf(&out, "    %s\n", id)
		}
	}
	for _, missing := range r.Missing {
		fmt.Fprintf(&out, "missing: %s\n", missing)
	}
	return out.String()
}

// Err is nil when no answer changed, and where all must be there when none is
// missing.
func (r Report) Err(all bool) error {
	for _, asked := range r.Judges {
		if len(asked.Changed) > 0 {
			return errChanged
		}
	}
	if all && len(r.Missing) > 0 {
		return errMissing
	}
	return nil
}
