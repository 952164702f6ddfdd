package truststore

import (
	"fmt"
	"strings"
)

// aliasTable is the map of a Java key store: a later entry of the same alias
// replaces the earlier one.
type aliasTable struct {
	order   []string
	byAlias map[string][]Entry
	lost    int
	// exact is set for the type CaseExactJKS, where capital letters count.
	exact bool
}

func newAliasTable(exact bool) *aliasTable {
	return &aliasTable{byAlias: make(map[string][]Entry), exact: exact}
}

func (t *aliasTable) put(alias string, entries []Entry) {
	if _, again := t.byAlias[alias]; again {
		t.lost++
	} else {
		t.order = append(t.order, alias)
	}
	t.byAlias[alias] = entries
}

// entries returns what Java finds when it asks for each alias: it asks in lower
// case, so an entry stored under capital letters is never found.
func (t *aliasTable) entries() ([]Entry, []Problem) {
	var all []Entry
	var problems []Problem
	hidden := 0
	for _, alias := range t.order {
		lower := strings.ToLower(alias)
		if t.exact {
			lower = alias
		}
		for _, entry := range t.byAlias[alias] {
			if lower != alias {
				entry.Kind = EntryNone
			}
			all = append(all, entry)
		}
		if lower != alias {
			hidden++
		}
	}
	if hidden > 0 {
		problems = noted(problems, Problem{
			Code:   CodeHiddenAlias,
			Detail: fmt.Sprintf("%s capital letters: Java looks up every alias in lower case, so it does not find an entry whose alias has capital letters.", countOf(hidden, "alias has", "aliases have")),
			Remedy: "Import the certificates again under aliases in lower case.",
		})
	}
	if t.lost > 0 {
		problems = noted(problems, Problem{
			Code:   CodeReplacedEntry,
			Detail: fmt.Sprintf("%s replaced by a later one with the same alias.", countOf(t.lost, "entry is", "entries are")),
			Remedy: "Give each certificate an alias of its own.",
		})
	}
	return all, problems
}
