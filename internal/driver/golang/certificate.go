package golang

import (
	"cmp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// pgxCertificate is what becomes of a client of pgx by its own certificate: it
// loads what is named when it reads its settings, in every mode but disable, and
// what cannot be loaded ends it. The default files count where both are there.
// The policy is set where the client does not come to try, and where that is not
// known.
//
// Source: jackc/pgx v5.12.0, pgconn/config.go, configTLS, and defaults.go,
// defaultSettings.
func pgxCertificate(s policy.Settings, settings map[string]string) *policy.Policy {
	certificate, key := settings["sslcert"], settings["sslkey"]
	if certificate == "" { // Without the one, the other is refused.
		certificate, key = s.Files.Below(s.Environment["HOME"], policy.DefaultCertificate), s.Files.Below(s.Environment["HOME"], policy.DefaultKey)
		if certificate == "" || key == "" || s.Files[certificate].Absent || s.Files[key].Absent {
			return nil
		}
	}
	if settings["sslmode"] == "disable" {
		return nil
	}
	trouble, unknown := s.Files.Pair(certificate, key, false)
	switch {
	case unknown != "":
		return &policy.Policy{Undecided: unknown}
	case trouble == policy.NoTrouble:
		return nil
	case trouble == policy.CertificateAbsent, trouble == policy.KeyAbsent:
		return &policy.Policy{Rejection: policy.UnusableCertificate(trouble, "unable to read ssl")}
	}
	return &policy.Policy{Rejection: policy.UnusableCertificate(trouble, "cannot parse")}
}

// libPQCertificate adds what becomes of TLS by the client's own certificate. A
// file that does not exist is none; one that does needs its key.
//
// Source: lib/pq v1.10.9 and v1.12.0, ssl.go, sslClientCertificates, and
// ssl_permissions.go.
func libPQCertificate(s policy.Settings, settings map[string]string, p policy.Policy) policy.Policy {
	certificate := cmp.Or(settings["sslcert"], s.Files.Below(s.Environment["HOME"], policy.DefaultCertificate))
	if certificate == "" {
		return p
	}
	key := cmp.Or(settings["sslkey"], s.Files.Below(s.Environment["HOME"], policy.DefaultKey))
	trouble, unknown := s.Files.Pair(certificate, key, true)
	switch {
	case unknown != "":
		p.TLSDoubt = unknown
	case trouble == policy.KeyOpen:
		return p.WithoutTLS(policy.UnusableCertificate(trouble, "has world access"))
	case trouble == policy.KeyAbsent:
		return p.WithoutTLS(policy.UnusableCertificate(trouble, "no such file or directory"))
	case trouble != policy.NoTrouble && trouble != policy.CertificateAbsent:
		return p.WithoutTLS(policy.UnusableCertificate(trouble, "tls: "))
	}
	return p
}
