package libpq

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// The versions of libpq that the rules were observed with.
const (
	oldestLibpq = 12
	newestLibpq = conninfo.Newest
)

// newestOpenSSL is the version that is assumed where none is declared.
const newestOpenSSL = "3.0"

// LibpqBuild is what a client built on libpq runs on.
type LibpqBuild struct {
	// libpq is the major version; the newest known where none is declared.
	libpq int
	// openSSL is "1.1.1" or "3.0" and the like.
	OpenSSL string
	// orOpenSSL is set where none is declared: libpq is built against the
	// older one too.
	orOpenSSL string
	// wrapper is the version of what is built on libpq; empty where the
	// declared version is libpq's own, or none is declared.
	Wrapper string
	// polls says that the client calls PQconnectPoll itself: libpq then does
	// not look at connect_timeout.
	polls bool
	// eachHost says that the client takes a list of hosts apart, and tries
	// the next one after every failure.
	eachHost bool
}

var (
	runtimeLibpq   = regexp.MustCompile(`(?i)libpq[^0-9]{0,3}(\d+)`)
	runtimeOpenSSL = regexp.MustCompile(`(?i)(?:openssl[^0-9]{0,3}|^)(\d+\.\d+(?:\.\d+)?)`)
)

// BuildOf reads the declared versions. A runtime such as "libpq 15.18,
// OpenSSL 3.0.17" says both; a bare number is OpenSSL's, or
// libpq's from 12 on. ownVersion says
// whether a declared version is that of the wrapper, not libpq's.
func BuildOf(s policy.Settings, ownVersion func(string) bool) LibpqBuild {
	b := LibpqBuild{libpq: newestLibpq, OpenSSL: newestOpenSSL, orOpenSSL: "1.1.1"}
	switch {
	case s.Version == "":
	case ownVersion(s.Version):
		b.Wrapper = s.Version
	default:
		b.libpq = major(s.Version)
	}
	if found := runtimeLibpq.FindStringSubmatch(s.Runtime); found != nil {
		b.libpq = major(found[1])
	}
	if found := runtimeOpenSSL.FindStringSubmatch(s.Runtime); found != nil {
		// No OpenSSL has such a number: what is declared as the runtime of
		// something built on libpq is then libpq itself.
		if n := major(found[1]); n >= oldestLibpq {
			b.libpq = n
		} else {
			b.OpenSSL, b.orOpenSSL = openSSLSeries(found[1]), ""
		}
	}
	return b
}

// undecided says why the rules do not cover a build; empty when they do.
func (b LibpqBuild) undecided() string {
	if b.libpq < oldestLibpq || b.libpq > newestLibpq {
		return "the rules of libpq cover versions " + strconv.Itoa(oldestLibpq) + " to " + strconv.Itoa(newestLibpq)
	}
	return ""
}

// major returns the number before the first dot; 0 where there is none.
func major(version string) int {
	number, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(number)
	return n
}

// Before says whether a version such as "1.18.0" comes before another.
func Before(version, other string) bool {
	numbers := func(v string) []int {
		var all []int
		for part := range strings.SplitSeq(v, ".") {
			all = append(all, major(part))
		}
		return all
	}
	return slices.Compare(numbers(version), numbers(other)) < 0
}

// openSSLSeries shortens a version to what its rules go by: three numbers of
// OpenSSL 1, two of later ones.
func openSSLSeries(version string) string {
	numbers := strings.Split(version, ".")
	if numbers[0] == "1" {
		return version
	}
	return strings.Join(numbers[:min(len(numbers), 2)], ".")
}

// libpqVersion is for libpq and psql: a declared version is libpq's.
func libpqVersion(string) bool { return false }

// belowNine is for wrappers whose own versions stay below libpq's: psycopg2
// 2.9, psycopg 3.2, ruby-pg 1.5, php 8.4, DBD::Pg 3.18, pgAdmin 8 and
// PgBouncer 1.23.
func belowNine(version string) bool { return major(version) < 9 }
