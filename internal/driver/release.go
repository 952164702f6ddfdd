package driver

import (
	"strconv"
	"strings"
)

// earlier says whether a version is before major.minor.patch. Empty is the
// newest, and what "8.23" leaves out is the newest of it. Text after the
// digits of a part does not count.
func earlier(version string, major, minor, patch int) bool {
	parts := strings.SplitN(version, ".", 4)
	for i, want := range []int{major, minor, patch} {
		if version == "" || i >= len(parts) {
			return false
		}
		digits := parts[i]
		if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
			digits = digits[:end]
		}
		if n, err := strconv.Atoi(digits); err != nil || n != want {
			return err == nil && n < want
		}
	}
	return false
}
