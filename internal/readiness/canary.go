package readiness

import (
	"crypto/x509"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// CanaryEvidence is what another server's path says of the path under the same
// CA: its root, in the shape of RDS's paths. The rest of it is not taken over:
// the server certificate names the canary, and which subordinate CA signs the
// next one cannot be foretold.
//
// It is false where the path does not end in a self-signed root.
func CanaryEvidence(caIdentifier string, presented certpath.Presented) (Evidence, bool) {
	root, ends := rootOf(presented)
	if !ends {
		return Evidence{CAIdentifier: caIdentifier}, false
	}
	return Evidence{
		CAIdentifier: caIdentifier, Source: "path of a canary",
		Presented: certpath.Presented{RootSHA256: fingerprint(root), RootSubject: root.Subject.CommonName, RootNotAfter: root.NotAfter},
	}, true
}

// RootFingerprints returns the lower-case hexadecimal SHA-1 and SHA-256 of the
// self-signed root that a path ends in; empty where it does not end in one.
func RootFingerprints(presented certpath.Presented) (sha1Hex, sha256Hex string) {
	root, ends := rootOf(presented)
	if !ends {
		return "", ""
	}
	return thumbprint(root), fingerprint(root)
}

// rootOf is the self-signed root that a path ends in.
func rootOf(presented certpath.Presented) (*x509.Certificate, bool) {
	n := len(presented.Certificates)
	if n == 0 {
		return nil, false
	}
	last := presented.Certificates[n-1]
	return last, selfSigned(last)
}
