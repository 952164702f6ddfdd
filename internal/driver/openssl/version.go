package openssl

import (
	"regexp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Releases are those of OpenSSL: the two series that read files and validate
// paths in different ways.
var Releases = func() *policy.Releases {
	r := policy.NewReleases("OpenSSL", "runtime_version", "1.0", "")
	r.Change("3.0")
	return r
}()

var inRuntime = regexp.MustCompile(`(?i)(?:openssl[^0-9]{0,3}|^)(\d+\.\d+(?:\.\d+)?\w*|\d+)`)

// InRuntime finds OpenSSL's version in a declared runtime, such as "3.0.17" or
// "libpq 15.18, OpenSSL 3.0.17"; empty where there is none.
func InRuntime(runtime string) string {
	if found := inRuntime.FindStringSubmatch(runtime); found != nil {
		return found[1]
	}
	return ""
}

// In is the policy of a client whose TLS library is of this version.
func In(p policy.Policy, version string) policy.Policy {
	if p.Profile.Validator == certpath.OpenSSL {
		p.Profile.Version = version
	}
	if p.Anchors.Source != policy.NoSource {
		p.Anchors.ReaderVersion = version
	}
	return p
}

// Series shortens a version to what its rules go by: three numbers of OpenSSL
// 1, two of later ones. The first patches of 3.0 keep theirs: Debian and
// Ubuntu package them without the default file.
func Series(v policy.Version) string {
	numbers := strings.Split(v.String(), ".")
	if v.Major() == 1 || truststore.OpenSSLWithoutDefaultFile[v.String()] {
		return strings.Join(numbers, ".")
	}
	return strings.Join(numbers[:min(len(numbers), 2)], ".")
}
