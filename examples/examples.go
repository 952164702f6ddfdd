// Package examples holds the configurations that the documentation shows.
// Tests and the demo run them, so that they cannot rot.
package examples

import "embed"

// Files has provider, data-sources, resources, functions, modules, accounts and
// demo.
//
//go:embed provider data-sources resources functions demo modules accounts
var Files embed.FS
