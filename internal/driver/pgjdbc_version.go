package driver

import (
	"strconv"
	"strings"
)

// pgjdbcVersion is a release of pgjdbc, such as 42.7.3.
type pgjdbcVersion [3]int

// Releases in which a rule changed.
var (
	pgjdbcOldest        = pgjdbcVersion{42, 2, 5}  // SslMode
	pgjdbcPrimary       = pgjdbcVersion{42, 2, 11} // targetServerType=primary
	pgjdbcGSSEncMode    = pgjdbcVersion{42, 2, 15} // gssEncMode
	pgjdbcURLRewritten  = pgjdbcVersion{42, 3, 2}  // Driver.parseURL
	pgjdbcURLError      = pgjdbcVersion{42, 3, 4}  // "Unable to parse URL"
	pgjdbcPreferPrimary = pgjdbcVersion{42, 4, 0}  // targetServerType=preferPrimary
	pgjdbcTLSTimeout    = pgjdbcVersion{42, 4, 2}  // sslResponseTimeout
	pgjdbcDirect        = pgjdbcVersion{42, 7, 4}  // sslNegotiation, channelBinding
	pgjdbcProtocols     = pgjdbcVersion{42, 7, 6}  // protocolVersion=3.2
	pgjdbcBindingStrict = pgjdbcVersion{42, 7, 7}  // channelBinding=require without SCRAM
	pgjdbcRequireAuth   = pgjdbcVersion{42, 7, 11} // requireAuth
	pgjdbcNewest        = pgjdbcVersion{42, 7, 13}
)

// parsePgjdbcVersion reads "42.7.3", "42.7" (its newest) or "42.2.29.jre7".
// Empty is the newest known.
func parsePgjdbcVersion(s string) (pgjdbcVersion, bool) {
	if s == "" {
		return pgjdbcNewest, true
	}
	v := pgjdbcVersion{0, 999, 999}
	for i, part := range strings.SplitN(s, ".", 4) {
		if i == len(v) {
			break
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return pgjdbcVersion{}, false
		}
		v[i] = n
	}
	return v, true
}

// since says whether v is the release, or a later one.
func (v pgjdbcVersion) since(release pgjdbcVersion) bool {
	for i, n := range v {
		if n != release[i] {
			return n > release[i]
		}
	}
	return true
}
