package peers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// tool is a column of the table.
type tool struct {
	title string
	ask   func(context.Context) (Complaints, error)
	said  Complaints
}

// found is what the tool says of a problem and does not say of what is right.
func (t tool) found(p Problem) []string {
	var all, ofRight []string
	for _, name := range controls() {
		ofRight = append(ofRight, t.said[name]...)
	}
	for _, name := range append([]string{p.Name}, p.instances()...) {
		for _, what := range t.said[name] {
			if !slices.Contains(ofRight, what) && !slices.Contains(all, what) {
				all = append(all, what)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Missed are the problems that the provider does not find.
func Missed(said Complaints) []string {
	var missed []string
	for _, p := range Problems() {
		if !slices.Contains((tool{said: said}).found(p), p.Code) {
			missed = append(missed, fmt.Sprintf("%s: the provider says %q, want %q", p.Name, said[p.Name], p.Code))
		}
	}
	return missed
}

// Compare asks everybody, and returns the table in Markdown. A problem that the
// provider does not find is an error.
func Compare(ctx context.Context, f *Fleet) (string, error) {
	ours, err := f.Provider(ctx)
	if err != nil {
		return "", err
	}
	others := []tool{{title: "shell script", ask: f.Shell}, {title: "prowler", ask: f.Prowler}, {title: "checkov", ask: f.Checkov}}
	for i := range others {
		if others[i].said, err = others[i].ask(ctx); err != nil {
			return "", err
		}
		if len(others[i].said[Control]) == 0 && others[i].title != "shell script" {
			return "", fmt.Errorf("%s says nothing at all of %s: it has not looked", others[i].title, Control)
		}
	}
	var b strings.Builder
	b.WriteString("| planted problem | where it shows | this provider |")
	for _, t := range others {
		b.WriteString(strings.TrimRight(" "+t.title+" "+release(t.title), " ") + " |")
	}
	b.WriteString(" hashicorp/aws, from source |\n|" + strings.Repeat(" --- |", 4+len(others)) + "\n")
	count, inAWS := make([]int, len(others)), 0
	for _, p := range Problems() {
		fmt.Fprintf(&b, "| %s | %s | `%s` |", p.Wrong, p.Carrier, p.Code)
		for i, t := range others {
			found := t.found(p)
			b.WriteString(cell(found))
			if len(found) > 0 {
				count[i]++
			}
		}
		if p.AWS != "" {
			inAWS++
		}
		b.WriteString(strings.TrimRight(" "+p.AWS, " ") + " |\n")
	}
	missed := Missed(ours)
	fmt.Fprintf(&b, "| **of %d** | | **%d** |", len(Problems()), len(Problems())-len(missed))
	for _, n := range count {
		fmt.Fprintf(&b, " **%d** |", n)
	}
	fmt.Fprintf(&b, " **%d** |\n", inAWS)
	if len(missed) > 0 {
		return b.String(), errors.New(strings.Join(missed, "\n"))
	}
	return b.String(), nil
}

func cell(found []string) string {
	if len(found) == 0 {
		return " |"
	}
	return " " + strings.Join(found, ", ") + " |"
}

// WithTable writes the table between the two markers of a guide.
func WithTable(guide, table string) (string, error) {
	const begin, end = "<!-- peers -->\n", "<!-- /peers -->"
	before, rest, begun := strings.Cut(guide, begin)
	_, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return "", fmt.Errorf("there are no markers %q and %q", begin, end)
	}
	return before + begin + table + end + after, nil
}
