package readiness

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// mostRows is how many clients a table has. GitHub takes no comment of more than
// 65,536 characters; those who are not ready come first.
const mostRows = 200

// Markdown is the report as a table for a pull request, a job summary or a
// ticket: the totals first, then what blocks the switch and is nobody's, then a
// row for each client, those that are not ready first. Subject names what was
// judged; empty is nothing.
//
// What others have named, such as a client or a file, is escaped: it cannot end
// its cell, and is no link, tag or mention.
func (r Report) Markdown(subject string) string {
	state := "ready"
	if !r.Ready {
		state = "not ready"
	}
	if subject != "" {
		state = code(subject) + ": " + state
	}
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s\n", state, cell(r.Counts))
	blocking := map[string]Finding{}
	var others strings.Builder
	for _, f := range r.Findings {
		switch {
		case f.Severity != Blocking && f.Code != FindingWaived:
		case f.Client == "":
			fmt.Fprintf(&others, "- %s: %s\n", code(f.Code), cell(f.Detail))
		default:
			if _, known := blocking[f.Client]; !known {
				blocking[f.Client] = f
			}
		}
	}
	if others.Len() > 0 {
		b.WriteString("\n" + others.String())
	}
	names := slices.SortedFunc(maps.Keys(r.Verdicts), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Verdicts[a].rank(), r.Verdicts[b].rank()), cmp.Compare(a, b))
	})
	if len(names) > 0 {
		b.WriteString("\n| client | now | after the switch | why | what to do |\n| --- | --- | --- | --- | --- |\n")
	}
	for _, name := range names[:min(len(names), mostRows)] {
		b.WriteString(row(name, r.Verdicts[name], blocking[name]))
	}
	if more := len(names) - mostRows; more > 0 {
		fmt.Fprintf(&b, "\nand %d more: `verdicts` lists them all.\n", more)
	}
	return b.String()
}

// rank sorts those that are not ready before those that are waived, and these
// before the others.
func (v ClientVerdict) rank() int {
	switch {
	case v.Waived:
		return 1
	case v.Ready:
		return 2
	default:
		return 0
	}
}

// row is one client. blamed is what blocks the switch, zero if nothing does.
func row(name string, v ClientVerdict, blamed Finding) string {
	after, why, do := v.Target.Outcome.String(), code(string(v.Target.Reason)), "nothing"
	if !v.Ready {
		after = "**" + after + "**"
	}
	if blamed.Code != "" {
		why = code(blamed.Code) + ": " + cell(blamed.Detail)
	}
	if v.Remedy != "" {
		do = cell(v.Remedy)
	}
	now := v.Current.Outcome.String()
	if v.Current.Reason == PathNotKnown {
		now = "not known"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", code(name), now, after, why, do)
}

// plainNames are the characters that a code span of a table takes as they are.
const plainNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:+,() "

// code is a name as code, or escaped where code cannot hold it.
func code(name string) string {
	if strings.Trim(name, plainNames) == "" && strings.TrimSpace(name) == name && name != "" {
		return "`" + name + "`"
	}
	return cell(name)
}

// escapes are of characters that mean something in a cell. Those that a table
// could take for its own are entities: a backslash before a bar may be escaped
// itself.
var escapes = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", "|", "&#124;", "\\", "&#92;", "`", "&#96;", "[", "&#91;",
	"*", "\\*", "~", "\\~", "@", "@&#8203;",
)

// cell is text on one line of a table.
func cell(text string) string {
	shown := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
	return escapes.Replace(strings.Join(strings.Fields(shown), " "))
}
