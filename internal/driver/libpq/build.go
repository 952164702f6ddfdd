package libpq

import (
	"regexp"
	"strconv"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// oldestLibpq is the oldest version that the rules were observed with.
const oldestLibpq = 12

// Releases are the majors of libpq, each of which is another to the rules.
var Releases = func() *policy.Releases {
	r := policy.NewReleases("libpq", "driver_version or runtime_version", strconv.Itoa(oldestLibpq), strconv.Itoa(conninfo.Newest+1))
	for major := oldestLibpq + 1; major <= conninfo.Newest; major++ {
		r.Change(strconv.Itoa(major))
	}
	return r
}()

// libpqBuild is what a client built on libpq runs on.
type libpqBuild struct {
	// libpq is the major version, openSSL the version of its TLS library.
	libpq   int
	openSSL string
	// polls says that the client calls PQconnectPoll itself: libpq then does
	// not look at connect_timeout.
	polls bool
	// eachHost says that the client takes a list of hosts apart, and tries
	// the next one after every failure.
	eachHost bool
}

var runtimeLibpq = regexp.MustCompile(`(?i)libpq[^0-9]{0,3}(\d+)`)

// eachBuild is the policy for the versions that are declared. A runtime such as
// "libpq 15.18, OpenSSL 3.0.17" says both; a bare number is OpenSSL's, or
// libpq's from 12 on, which no OpenSSL has. own says whether a declared version
// is that of what is built on libpq, and not libpq's.
func eachBuild(s policy.Settings, own func(string) bool, rule func(libpqBuild) policy.Policy) policy.Policy {
	libpq, ssl := s.Version, openssl.InRuntime(s.Runtime)
	if own(s.Version) {
		libpq = ""
	}
	if found := runtimeLibpq.FindStringSubmatch(s.Runtime); found != nil {
		libpq = found[1]
	} else if v, _ := policy.ParseVersion(ssl); v.Major() >= oldestLibpq {
		libpq, ssl = ssl, ""
	}
	return Releases.Each(libpq, func(v policy.Version) policy.Policy {
		return openssl.Releases.Each(ssl, func(openSSL policy.Version) policy.Policy {
			return rule(libpqBuild{libpq: v.Major(), openSSL: openssl.Series(openSSL)})
		})
	})
}

// libpqVersion is for libpq and psql: a declared version is libpq's.
func libpqVersion(string) bool { return false }

// belowNine is for wrappers whose own versions stay below libpq's: psycopg2
// 2.9, psycopg 3.2, ruby-pg 1.5, php 8.4, DBD::Pg 3.18 and pgAdmin 8.
func belowNine(version string) bool {
	v, known := policy.ParseVersion(version)
	return known && v.Major() < 9
}
