package jvm

import (
	"math"
	"strconv"
	"strings"
)

// javaRelease is a release of pgjdbc or r2dbc-postgresql, such as 42.7.3.
type javaRelease [3]int

// Releases in which a rule changed.
var (
	pgjdbcOldest        = javaRelease{42, 2, 5}  // SslMode
	pgjdbcPrimary       = javaRelease{42, 2, 11} // targetServerType=primary
	pgjdbcGSSEncMode    = javaRelease{42, 2, 15} // gssEncMode
	pgjdbcURLRewritten  = javaRelease{42, 3, 2}  // Driver.parseURL
	pgjdbcURLError      = javaRelease{42, 3, 4}  // "Unable to parse URL"
	pgjdbcPreferPrimary = javaRelease{42, 4, 0}  // targetServerType=preferPrimary
	pgjdbcTLSTimeout    = javaRelease{42, 4, 2}  // sslResponseTimeout
	pgjdbcDirect        = javaRelease{42, 7, 4}  // sslNegotiation, channelBinding
	pgjdbcProtocols     = javaRelease{42, 7, 6}  // protocolVersion=3.2
	pgjdbcBindingStrict = javaRelease{42, 7, 7}  // channelBinding=require without SCRAM
	pgjdbcRequireAuth   = javaRelease{42, 7, 11} // requireAuth
)

// parseJavaRelease reads "42.7.3", "42.2.29.jre7" or "1.0.9.RELEASE". Empty is
// later than any release, and so is what "42.7" leaves out.
// The zero value is what is no release.
func parseJavaRelease(s string) javaRelease {
	release := javaRelease{math.MaxInt, math.MaxInt, math.MaxInt}
	if s == "" {
		return release
	}
	for i, part := range strings.Split(s, ".") {
		if i == len(release) {
			break
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return javaRelease{}
		}
		release[i] = n
	}
	return release
}

// since says whether v is the release, or a later one.
func (v javaRelease) since(release javaRelease) bool {
	for i, n := range v {
		if n != release[i] {
			return n > release[i]
		}
	}
	return true
}
