//go:build race

package truststore_test

// slowdown is what the race detector costs.
const slowdown = 10
