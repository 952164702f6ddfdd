// Package rdsca knows the certificate authorities of Amazon RDS: which root
// belongs to which Region, and what RDS's own names and versions imply.
//
// The table is carried with the program, so nothing here asks AWS. It holds
// what AWS has published in its bundles, retired CAs included; it does not say
// which CA a Region offers today: DescribeCertificates does.
package rdsca

import (
	"slices"
	"strings"
	"time"
)

// Role is a CA's place in the hierarchy.
type Role string

// The roles of CAs. No zero value occurs in the table.
const (
	// RoleRoot is a self-signed root.
	RoleRoot Role = "root"
	// RoleIntermediate is a CA that AWS put into a bundle although a root
	// signed it: the regional CAs of rds-ca-2015 and rds-ca-2019, and four
	// of GovCloud.
	RoleIntermediate Role = "intermediate"
	// RoleSubordinate is a CA that only the servers present. RDS has several
	// for each Region and key type and publishes none; one is known.
	RoleSubordinate Role = "subordinate"
)

// TrustServices is the Identifier of the roots of Amazon Trust Services. RDS
// itself does not use it: no DB instance can be switched to it.
const TrustServices = "amazon-trust-services"

// CA is one certificate authority. The zero value is none.
type CA struct {
	// Identifier is RDS's CA identifier, such as "rds-ca-rsa2048-g1".
	Identifier string
	// Region is the Region's name; "global" for a root of all Regions. The
	// CAs of RDS's preview and beta environments have a prefix:
	// "preview:us-east-2".
	Region string
	// Partition is "aws", "aws-us-gov" or "aws-cn".
	Partition string
	Role      Role
	// Subject is the common name of the subject.
	Subject string
	// SHA1 and SHA256 are fingerprints of the DER encoding, lower-case
	// hexadecimal without separators. The SHA-1 is what RDS calls Thumbprint.
	SHA1, SHA256 string
	// SPKISHA256 is the SHA-256 of the SubjectPublicKeyInfo.
	SPKISHA256 string
	// NotBefore and NotAfter bound the validity, in UTC.
	NotBefore, NotAfter time.Time
	// KeyType is "RSA2048", "EC-secp384r1" and the like.
	KeyType string
	// SignatureAlgorithm is OpenSSL's long name of the algorithm with which
	// this certificate is signed.
	SignatureAlgorithm string
	SelfSigned         bool
}

// BySHA256 returns the CA whose certificate has this SHA-256 fingerprint.
// Upper case, colons and blanks around it do not matter.
func BySHA256(fingerprint string) (CA, bool) {
	ca, ok := authorities().bySHA256[plainHex(fingerprint)]
	return ca, ok
}

// BySHA1 returns the CA whose certificate has this SHA-1 fingerprint, which
// is the thumbprint from DescribeCertificates. For rds-ca-2019 RDS has reported
// the regional intermediate in one sample and the global root in another, so
// the result can be either. Upper case, colons and blanks do not matter.
func BySHA1(thumbprint string) (CA, bool) {
	ca, ok := authorities().bySHA1[plainHex(thumbprint)]
	return ca, ok
}

// Root returns the self-signed root above the server certificates of a Region
// under a CA identifier. Where the Region had only an intermediate, as under
// rds-ca-2019, it is the global root that signed it. It is false for a pair
// that is not in the table, which does not prove that RDS has no such CA.
func Root(region, identifier string) (CA, bool) {
	table := authorities()
	key := regional{region, identifier}
	if root, ok := table.roots[key]; ok {
		return root, true
	}
	if !table.intermediates[key] {
		return CA{}, false
	}
	environment, _, prefixed := strings.Cut(region, ":")
	above := "global"
	if prefixed {
		above = environment + ":global"
	}
	root, ok := table.roots[regional{above, identifier}]
	return root, ok
}

// Roots returns the roots of a Region, without those of all Regions, in the
// order of their identifiers. It is nil for a Region that is not known.
func Roots(region string) []CA {
	var roots []CA
	for _, ca := range authorities().all {
		if ca.Region == region && ca.Role == RoleRoot {
			roots = append(roots, ca)
		}
	}
	return roots
}

// All returns every known CA, retired ones and those of preview environments
// included, ordered by Region and identifier. The slice is the caller's.
func All() []CA {
	return append([]CA(nil), authorities().all...)
}

// TrustServicesRoots returns the roots of Amazon Trust Services that RDS Proxy
// and Aurora Serverless v1 chain to. The slice is the caller's.
//
// Source: fingerprints computed from the certificates in Debian's
// ca-certificates, where they are public roots. That RDS Proxy uses this
// hierarchy is AWS's documentation; which of the roots is not observed.
func TrustServicesRoots() []CA {
	return append([]CA(nil), trustServices()...)
}

// Identifiers returns the CA identifiers that a DB instance can be switched
// to, in the order of the RDS documentation. The slice is the caller's.
func Identifiers() []string {
	return []string{"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"}
}

// Known reports whether RDS has, or had, a CA with this identifier.
func Known(identifier string) bool {
	return authorities().identifiers[identifier]
}

// Retired reports whether a CA can no longer serve at the given time: it has
// ended, or its identifier is one that RDS no longer offers. DB instances may
// still present certificates under it, which is why the table keeps it.
//
// Source: DescribeCertificates lists only the identifiers of [Identifiers]
// since rds-ca-2019 ended in August 2024.
func Retired(ca CA, at time.Time) bool {
	if at.After(ca.NotAfter) {
		return true
	}
	if ca.Identifier == TrustServices {
		return false
	}
	return !slices.Contains(Identifiers(), ca.Identifier) && !at.Before(retirement2019)
}

// retirement2019 is when rds-ca-2019, the last CA before the present three,
// ended.
var retirement2019 = time.Date(2024, time.August, 22, 17, 8, 50, 0, time.UTC)

// Regions returns the Regions that have a current root in the table, sorted,
// without the preview and beta environments. The slice is the caller's.
func Regions() []string {
	return append([]string(nil), authorities().regions...)
}

// plainHex makes fingerprints comparable.
func plainHex(fingerprint string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(fingerprint), ":", ""))
}
