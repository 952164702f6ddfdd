package policy

import (
	"math"
	"strconv"
	"strings"
)

// Earlier says whether a version is before major.minor.patch. Empty is the
// newest, and what "8.23" leaves out is the newest of it. Text after the
// digits of a part does not count.
func Earlier(version string, major, minor, patch int) bool {
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

// Release is the major and the minor number of a version.
type Release [2]int

// ParseRelease reads the first two numbers of a version such as "0.27.0".
// Empty is a release later than any.
func ParseRelease(version string) (Release, bool) {
	if version == "" {
		return Release{math.MaxInt}, true
	}
	var r Release
	for i, part := range strings.Split(version, ".") {
		if i == len(r) {
			break
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return Release{}, false
		}
		r[i] = n
	}
	return r, true
}

// Before says whether r is earlier than another release.
func (r Release) Before(major, minor int) bool {
	return r[0] < major || r[0] == major && r[1] < minor
}

// FullRelease is a version of three numbers.
type FullRelease [3]int

// ParseFullRelease reads the first three numbers of a version. What is left
// out is later than any.
func ParseFullRelease(version string) (FullRelease, bool) {
	r := FullRelease{math.MaxInt, math.MaxInt, math.MaxInt}
	if version == "" {
		return r, true
	}
	for i, part := range strings.Split(version, ".") {
		if i == len(r) {
			break
		}
		digits, _, _ := strings.Cut(part, "-")
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 {
			return r, false
		}
		r[i] = n
	}
	return r, true
}

// Before says whether r is earlier than another release.
func (r FullRelease) Before(major, minor, patch int) bool {
	for i, n := range [...]int{major, minor, patch} {
		if r[i] != n {
			return r[i] < n
		}
	}
	return false
}
