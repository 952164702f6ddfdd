package gate

import (
	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// CA is one that RDS offers in the Region.
type CA struct {
	Identifier string
	// Thumbprint is the SHA-1 of its root, lower-case hexadecimal; empty if
	// RDS does not say.
	Thumbprint string
}

// AnotherCA names the CA, other than the target, whose root a path ends in:
// clients would be judged by what a server presents that is not on the target.
// It is empty where the path ends in the target's root, where neither RDS nor
// the fact table can say, and where the path has no root.
//
// offered is what RDS lists; empty if it was not asked.
func AnotherCA(presented certpath.Presented, target, region string, offered []CA) string {
	thumbprint, sum := readiness.RootFingerprints(presented)
	if thumbprint == "" {
		return ""
	}
	listed := false
	for _, ca := range offered {
		switch {
		case ca.Thumbprint == "":
		case ca.Thumbprint == thumbprint && ca.Identifier == target:
			return ""
		case ca.Thumbprint == thumbprint:
			return ca.Identifier
		case ca.Identifier == target:
			listed = true
		}
	}
	if listed {
		return "a CA that RDS does not list"
	}
	fact, known := rdsca.BySHA256(sum)
	if !known {
		return ""
	}
	if _, agreement := rdsca.CompareThumbprint(region, target, thumbprint); agreement == rdsca.Contradicts {
		return fact.Identifier + " in " + fact.Region
	}
	return ""
}
