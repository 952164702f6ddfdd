package paths

import (
	"maps"
	"slices"
)

// sorted returns the keys of a table in their order.
func sorted[V any](table map[string]V) []string { return slices.Sorted(maps.Keys(table)) }
