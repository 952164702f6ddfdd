package rdsserver

import "slices"

// table is an ordered map: responses list records by identifier.
type table[V any] struct {
	records map[string]V
	order   []string
	sorted  bool
	// selections remember what filters selected, for the next page.
	selections map[string][]V
}

// maxSelections bounds what a table remembers of filters.
const maxSelections = 64

func newTable[V any]() *table[V] { return &table[V]{records: map[string]V{}} }

func (t *table[V]) put(key string, value V) {
	if _, known := t.records[key]; !known {
		t.order = append(t.order, key)
		t.sorted = false
	}
	t.records[key] = value
	t.selections = nil
}

func (t *table[V]) get(key string) (V, bool) {
	value, known := t.records[key]
	return value, known
}

func (t *table[V]) remove(key string) {
	delete(t.records, key)
	t.selections = nil
	t.order = slices.DeleteFunc(t.order, func(have string) bool { return have == key })
}

// keys returns the identifiers in order. The caller holds the write lock or
// has called sort before.
func (t *table[V]) keys() []string {
	if !t.sorted {
		slices.Sort(t.order)
		t.sorted = true
	}
	return t.order
}

// remember keeps a selection until the table changes.
func (t *table[V]) remember(filters string, selected []V) {
	if len(t.selections) >= maxSelections {
		t.selections = nil
	}
	if t.selections == nil {
		t.selections = map[string][]V{}
	}
	t.selections[filters] = selected
}
