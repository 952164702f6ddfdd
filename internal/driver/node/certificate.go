package node

import "github.com/sslready/terraform-provider-sslready/internal/policy"

// nodeCertificate is what becomes of a client by sslcert and sslkey in its URL:
// pg-connection-string reads both files at once, in every mode, and Node loads
// them before a handshake. Either without the other is of no use, and no error.
// The policy is set where the client does not come to a handshake, and where
// that is not known.
//
// Source: brianc/node-postgres, pg-connection-string 2.14, index.js, parse;
// Node 20, lib/internal/tls/secure-context.js, configSecureContext.
func nodeCertificate(s policy.Settings, query map[string]string) *policy.Policy {
	certificate, key := query["sslcert"], query["sslkey"]
	for _, named := range []struct {
		what, path string
		trouble    policy.Trouble
	}{{"the client certificate", certificate, policy.CertificateAbsent}, {"the client's private key", key, policy.KeyAbsent}} {
		if named.path == "" {
			continue
		}
		file, unknown := s.Files.Lookup(named.what, named.path)
		switch {
		case unknown != "":
			return &policy.Policy{Undecided: unknown}
		case file.Absent:
			return &policy.Policy{Rejection: policy.UnusableCertificate(named.trouble, "ENOENT")}
		}
	}
	if certificate == "" || query["sslmode"] == "disable" {
		return nil
	}
	trouble, unknown := s.Files.Pair(certificate, key, false)
	switch {
	case unknown != "":
		return &policy.Policy{Undecided: unknown}
	case trouble == policy.CertificateUnreadable, trouble == policy.KeyUnreadable:
		return &policy.Policy{Rejection: policy.UnusableCertificate(trouble, "no start line")}
	case trouble == policy.KeyOfAnother:
		return &policy.Policy{Rejection: policy.UnusableCertificate(trouble, "key values mismatch")}
	}
	return nil
}

// nodeObjectCertificate is the same for ssl.cert and ssl.key of a program that reads
// its files by readFileSync, whatever comes of them. replaced says that the ssl
// object is not used.
func nodeObjectCertificate(s policy.Settings, replaced bool) *policy.Policy {
	files := map[string]string{}
	files["sslcert"], _ = policy.FileRead(s.Properties["ssl.cert"])
	files["sslkey"], _ = policy.FileRead(s.Properties["ssl.key"])
	if replaced {
		files["sslmode"] = "disable" // They are read, and not loaded.
	}
	return nodeCertificate(s, files)
}
