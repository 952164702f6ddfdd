package driver

import (
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
	pgjdbcNewest        = javaRelease{42, 7, 13}
)

// parsePgjdbcVersion reads "42.7.3", "42.7" (its newest) or "42.2.29.jre7".
// Empty is the newest known.
func parsePgjdbcVersion(s string) (javaRelease, bool) {
	if s == "" {
		return pgjdbcNewest, true
	}
	v := javaRelease{0, 999, 999}
	for i, part := range strings.SplitN(s, ".", 4) {
		if i == len(v) {
			break
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return javaRelease{}, false
		}
		v[i] = n
	}
	return v, true
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
