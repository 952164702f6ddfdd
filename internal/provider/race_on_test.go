//go:build race

package provider_test

// slowdown is what the race detector costs.
const slowdown = 10
