package python

import (
	"cmp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// asyncpgCertificate is what becomes of a client by its own certificate, which
// asyncpg loads in every mode that can end in TLS before it tries anything:
// one that is named has to be there, with its key in the same file where none is
// named. The default files are taken as absent where they are not declared. The
// policy is set where the client does not come to try, and where that is not
// known.
//
// Source: MagicStack/asyncpg v0.27.0 and v0.30.0, connect_utils.py,
// _parse_connect_dsn_and_args. Observed with 0.27.0 and 0.30.0.
func asyncpgCertificate(s policy.Settings, dsn asyncpgDSN) *policy.Policy {
	certificate := cmp.Or(dsn.query["sslcert"], s.Environment["PGSSLCERT"])
	key := cmp.Or(dsn.query["sslkey"], s.Environment["PGSSLKEY"])
	named := certificate != ""
	if !named {
		certificate = s.Files.Below(s.Environment["HOME"], policy.DefaultCertificate)
		key = cmp.Or(key, s.Files.Below(s.Environment["HOME"], policy.DefaultKey))
	}
	if certificate == "" {
		return nil
	}
	trouble, unknown := s.Files.Pair(certificate, cmp.Or(key, certificate), false)
	text := "PEM"
	switch {
	case unknown != "":
		return &policy.Policy{Undecided: unknown}
	case trouble == policy.CertificateAbsent && !named, trouble == policy.NoTrouble:
		return nil
	case trouble == policy.CertificateAbsent, trouble == policy.KeyAbsent:
		text = "No such file or directory"
	case trouble == policy.KeyOfAnother:
		text = "key values mismatch"
	}
	return &policy.Policy{Rejection: policy.UnusableCertificate(trouble, text)}
}
