package driver

import (
	"strconv"
	"strings"
)

// earlier says whether a version is before major.minor.patch. Empty is the
// newest, and what "8.23" leaves out is the newest of it. Text after the
// digits of a part does not count.
func earlier(version string, major, minor, patch int) bool {
	parts := strings.Split(version, ".")
	for i, want := range []int{major, minor, patch} {
		if i >= len(parts) {
			return false
		}
		text := strings.TrimLeft(parts[i], "0123456789")
		if n, err := strconv.Atoi(strings.TrimSuffix(parts[i], text)); err != nil || n != want {
			return err == nil && n < want
		}
	}
	return false
}
