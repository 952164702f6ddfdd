//go:build !race

package truststore_test

const slowdown = 1
