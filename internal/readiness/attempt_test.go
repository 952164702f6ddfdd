package readiness_test

import (
	"crypto/x509"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestAttempts plays what a policy says, whichever driver has it, and compares
// the whole verdict.
func TestAttempts(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	critical := withCriticalExtension(t)
	var (
		plaintext  = policy.Attempt{}
		unverified = policy.Attempt{TLS: true}
		path       = policy.Attempt{TLS: true, VerifyPath: true}
		full       = policy.Attempt{TLS: true, VerifyPath: true, VerifyHost: true}
		name       = policy.Attempt{TLS: true, VerifyHost: true}
		here       = policy.Host{Name: endpoint}
		alias      = policy.Host{Name: "alias.example"}
		socket     = policy.Host{Local: true}
		ended      = &policy.Rejection{Reason: policy.ReasonClientCertificate, Detail: "its key is missing", Client: "no key"}
		afterTLS   = func(a policy.Attempt) policy.Attempt { a.After = policy.TLSFailed; return a }
		refused    = func(a policy.Attempt) policy.Attempt { a.After = policy.ServerRefused; return a }
		ends       = func(a policy.Attempt) policy.Attempt { a.Ends = ended; return a }
	)
	type forced int
	const (
		off forced = iota
		on
		open
	)
	plays := func(attempts ...policy.Attempt) policy.Policy {
		return policy.Policy{
			Hosts: []policy.Host{here}, Attempts: attempts, NameRule: certpath.NameLibpq,
			Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: "3.0"},
			Anchors: policy.Anchors{Source: policy.Declared, Reader: truststore.OpenSSLFile},
		}
	}
	with := func(p policy.Policy, set func(*policy.Policy)) policy.Policy { set(&p); return p }
	either := func(reason string, policies ...policy.Policy) policy.Policy {
		p := policy.Policy{Undecided: "nobody says which", Reason: reason}
		for i, alternative := range policies {
			p.Alternatives = append(p.Alternatives, policy.Alternative{If: []string{"the old", "the new", "the next"}[i], Policy: alternative})
		}
		return p
	}
	byServer := func(attempts ...policy.Attempt) policy.Policy {
		p := plays(attempts...)
		p.Rejection = &policy.Rejection{Reason: policy.ReasonInvalidSettings, Detail: "it knows no such parameter", Client: "unrecognized parameter", ByServer: true}
		return p
	}
	golang := func(p policy.Policy) policy.Policy {
		p.Profile, p.NameRule = certpath.Profile{Validator: certpath.Go}, certpath.NameGo
		return p
	}
	said := func(v readiness.Verdict, text string) readiness.Verdict { v.ExpectedError = text; return v }
	told := func(v readiness.Verdict, detail string) readiness.Verdict { v.Detail = detail; return v }
	unanchored := func(v readiness.Verdict) readiness.Verdict {
		v.AnchorSubject, v.AnchorSHA256 = "", ""
		return v
	}
	downgraded := func(v readiness.Verdict) readiness.Verdict {
		v.Outcome = readiness.Downgrades
		v.Detail += " The driver then silently continues in plaintext, which the server accepts unless rds.force_ssl is on."
		return v
	}
	var (
		encrypts = readiness.Verdict{Outcome: readiness.ConnectsUnverified, Reason: readiness.NotVerified, Detail: "The client uses TLS, but does not verify the server."}
		plain    = readiness.Verdict{Outcome: readiness.Plaintext, Reason: readiness.TLSNotAttempted, Detail: "The client connects in plaintext."}
		noPlain  = readiness.Verdict{
			Outcome: readiness.Fails, Reason: readiness.PlaintextRefused, ExpectedError: "no encryption",
			Detail: "The client tries to connect in plaintext, which the server refuses (rds.force_ssl).",
		}
		noKey  = readiness.Verdict{Outcome: readiness.Fails, Reason: policy.ReasonClientCertificate, Detail: "Its key is missing.", ExpectedError: "no key"}
		trusts = readiness.Verdict{
			Outcome: readiness.Connects, Reason: certpath.Accepted, Validator: "openssl",
			AnchorSubject: s.next.Root.Subject.String(), AnchorSHA256: pki.SHA256(s.next.Root),
			Detail: fmt.Sprintf("The chain ends at \"%s\".", s.next.Root.Subject.String()),
		}
		stranger = readiness.Verdict{
			Outcome: readiness.Fails, Reason: certpath.UnknownAuthority, Validator: "openssl", ExpectedError: "self-signed certificate in certificate chain",
			Detail: fmt.Sprintf("The chain ends in the root \"%s\", which the trust store does not hold.", s.next.Root.Subject),
		}
		wrongName = readiness.Verdict{
			Outcome: readiness.Fails, AnchorSubject: s.next.Root.Subject.String(), AnchorSHA256: pki.SHA256(s.next.Root), Reason: certpath.HostNameMismatch, Validator: "openssl", ExpectedError: `server certificate for "` + endpoint + `" does not match host name "alias.example"`,
			Detail: `The client does not find "alias.example" in the server certificate, which names ` + endpoint + `.`,
		}
		goStranger = func() readiness.Verdict {
			v := said(stranger, "x509: certificate signed by unknown authority")
			v.Validator = "go"
			return v
		}()
		downgrades  = downgraded(stranger)
		badSettings = readiness.Verdict{
			Outcome: readiness.Fails, Reason: policy.ReasonInvalidSettings, Detail: "It knows no such parameter.", ExpectedError: "unrecognized parameter",
		}
		oldTLS = readiness.Verdict{
			Outcome: readiness.Fails, Reason: readiness.ProtocolVersionRefused, ExpectedError: "protocol version",
			Detail: "The client offers no TLS version above TLSv1.1, but the server accepts only TLSv1.2 and later.",
		}
		noTry = readiness.Verdict{Reason: readiness.DriverNotCovered, Detail: "The rules do not cover what the client does with these settings."}
	)
	tests := map[string]struct {
		policy policy.Policy
		old    bool // the store lacks the new root
		force  forced
		set    func(*readiness.Input)
		want   readiness.Verdict
	}{
		"an image that does not tell":               {policy: plays(unverified), set: func(in *readiness.Input) { in.Clients[0].Unknown = "nobody says what runs" }, want: readiness.Verdict{Reason: readiness.DeploymentNotKnown, Detail: "Nobody says what runs."}},
		"encrypts":                                  {policy: plays(unverified), want: encrypts},
		"encrypts, or goes on in plaintext":         {policy: plays(afterTLS(unverified), plaintext), force: open, want: encrypts},
		"plaintext":                                 {policy: plays(plaintext), want: plain},
		"plaintext that is refused":                 {policy: plays(plaintext), force: on, want: noPlain},
		"plaintext on a socket":                     {policy: with(plays(plaintext), func(p *policy.Policy) { p.Hosts[0] = socket }), force: on, want: plain},
		"plaintext that the client itself gives up": {policy: plays(ends(plaintext), unverified), want: noKey},
		"plaintext in the client's own words": {
			policy: with(plays(plaintext), func(p *policy.Policy) { p.PlaintextError = "own words" }), force: on,
			want: said(noPlain, "own words"),
		},
		"nobody knows whether plaintext is refused": {policy: plays(plaintext), force: open, want: readiness.Verdict{
			Reason: readiness.ForceSSLUnknown,
			Detail: "It is not known whether the server accepts plaintext: the outcome is \"plaintext\" if it does, and \"fails\" if it does not.",
		}},
		"nobody knows whether plaintext is refused after TLS": {policy: plays(afterTLS(path), plaintext), old: true, force: open, want: told(
			downgrades, downgrades.Detail+" If rds.force_ssl is on, the client fails instead.")},
		"nobody knows whether plaintext, which the client gives up, is refused": {policy: plays(ends(refused(plaintext)), path), force: open, want: readiness.Verdict{
			Reason: readiness.ForceSSLUnknown, Validator: "openssl",
			Detail: "It is not known whether the server accepts plaintext: the outcome is \"fails\" if it does, and \"connects\" if it does not.",
		}},
		"no attempt": {policy: plays(), want: noTry},
		"no host":    {policy: with(plays(unverified), func(p *policy.Policy) { p.Hosts = nil }), want: noTry},

		"a path":                                 {policy: plays(path), want: trusts},
		"a path and a name":                      {policy: plays(full), want: trusts},
		"a path to nobody":                       {policy: plays(full), old: true, want: stranger},
		"a path to nobody, in words of its own":  {policy: with(plays(full), func(p *policy.Policy) { p.PathError = "own words" }), old: true, want: said(stranger, "own words")},
		"another name":                           {policy: with(plays(full), func(p *policy.Policy) { p.Hosts[0] = alias }), want: wrongName},
		"another name, in words of its own":      {policy: with(plays(full), func(p *policy.Policy) { p.Hosts[0], p.NameError = alias, "own words" }), want: said(wrongName, "own words")},
		"another name, and a path to nobody":     {policy: with(plays(full), func(p *policy.Policy) { p.Hosts[0] = alias }), old: true, want: stranger},
		"Go: another name, and a path to nobody": {policy: golang(with(plays(full), func(p *policy.Policy) { p.Hosts[0] = alias })), old: true, want: said(goStranger, "x509: certificate is valid for "+endpoint+", not alias.example")},
		"Go: a path to nobody":                   {policy: golang(plays(full)), old: true, want: goStranger},
		"Go: another name that nobody compares":  {policy: golang(with(plays(path), func(p *policy.Policy) { p.Hosts[0] = alias })), old: true, want: goStranger},
		"a name alone": {policy: plays(name), old: true, want: readiness.Verdict{
			Outcome: readiness.ConnectsUnverified, Reason: readiness.NotVerified, Validator: "openssl",
			Detail: "The client uses TLS and checks the host name, but accepts a certificate from any issuer.",
		}},
		"a name alone, and another one": {policy: with(plays(name), func(p *policy.Policy) { p.Hosts[0] = alias }), old: true, want: unanchored(wrongName)},
		"TLS that the client gives up":  {policy: plays(ends(afterTLS(unverified)), plaintext), force: on, want: noKey},
		"a client certificate, after the store that is not there": {
			policy: with(plays(ends(path)), func(p *policy.Policy) { p.Anchors.Source, p.Anchors.Missing.Client = policy.Missing, "no such file" }),
			want: readiness.Verdict{
				Outcome: readiness.Fails, Reason: readiness.RootCertificateMissing, Validator: "openssl", ExpectedError: "no such file",
				Detail: "The client looks for a root certificate file in its default place, but no file is declared there.",
			},
		},
		"settings refused for want of a store": {
			policy: with(plays(plaintext), func(p *policy.Policy) {
				p.Anchors = policy.Anchors{Source: policy.Missing, Path: "/r.pem", Missing: policy.Lack{Then: policy.RejectAll, Client: "no such file"}}
			}),
			want: readiness.Verdict{
				Outcome: readiness.Fails, Reason: readiness.RootCertificateMissing, ExpectedError: "no such file",
				Detail: "The client's settings name the root certificate file /r.pem, but no such file is declared.",
			},
		},

		"TLS, then plaintext":                               {policy: plays(afterTLS(path), plaintext), old: true, want: downgrades},
		"TLS, then plaintext that is refused":               {policy: plays(afterTLS(path), plaintext), old: true, force: on, want: stranger},
		"TLS, then plaintext, whose error alone is printed": {policy: with(plays(afterTLS(path), plaintext), func(p *policy.Policy) { p.PrintsLast = true }), old: true, force: on, want: said(stranger, "no encryption")},
		"TLS, then TLS that verifies nothing":               {policy: plays(afterTLS(path), unverified), old: true, want: encrypts},
		"TLS, then plaintext that the client gives up":      {policy: plays(afterTLS(path), ends(plaintext)), old: true, want: stranger},
		"TLS that the client gives up, then plaintext":      {policy: plays(ends(afterTLS(unverified)), plaintext), want: downgraded(noKey)},
		"TLS, and no plaintext after it":                    {policy: plays(path, plaintext), old: true, want: stranger},
		"no plaintext after what the server refuses":        {policy: plays(refused(path), plaintext), old: true, want: stranger},
		"plaintext, then TLS":                               {policy: plays(refused(plaintext), path), force: on, want: trusts},
		"plaintext, then TLS to nobody":                     {policy: plays(refused(plaintext), path), old: true, force: on, want: stranger},
		"plaintext is refused twice":                        {policy: plays(refused(plaintext), refused(plaintext), path), force: on, want: trusts},

		"one of several hosts":                      {policy: with(plays(full), func(p *policy.Policy) { p.Hosts = []policy.Host{alias, here} }), want: trusts},
		"one of several hosts, of which each fails": {policy: with(plays(full), func(p *policy.Policy) { p.Hosts = []policy.Host{alias, here} }), old: true, want: stranger},
		"any of several hosts": {policy: with(plays(full), func(p *policy.Policy) { p.Hosts, p.AnyHost = []policy.Host{here, alias}, true }), want: readiness.Verdict{
			Reason: readiness.DriverNotCovered, Validator: "openssl",
			Detail: `The settings name several servers, and it is not known which one will answer: the outcome is "connects" at "` + endpoint + `", but "fails" at "alias.example".`,
		}},
		"any of several hosts, with the same outcome": {policy: with(plays(path), func(p *policy.Policy) { p.Hosts, p.AnyHost = []policy.Host{here, alias}, true }), want: trusts},
		"any of several hosts, with one error":        {policy: with(plays(path), func(p *policy.Policy) { p.Hosts, p.AnyHost = []policy.Host{here, alias}, true }), old: true, want: stranger},
		"any of several hosts, with two errors": {
			policy: golang(with(plays(full), func(p *policy.Policy) { p.Hosts, p.AnyHost = []policy.Host{here, alias}, true })), old: true, want: said(goStranger, ""),
		},
		"several hosts with two errors, of which the first is printed": {
			policy: golang(with(plays(full), func(p *policy.Policy) { p.Hosts = []policy.Host{here, alias} })), old: true, want: goStranger,
		},

		"either, with one outcome": {policy: either("", plays(path), with(plays(path), func(p *policy.Policy) { p.PathError = "own words" })), old: true, want: stranger},
		"either release, with one outcome: the newest one's words": {
			policy: either(policy.ReasonVersionNotDeclared, plays(path), with(plays(path), func(p *policy.Policy) { p.PathError = "own words" })),
			old:    true, want: said(stranger, "own words"),
		},
		"either, with two outcomes": {policy: either("", plays(path), plays(unverified)), old: true, want: readiness.Verdict{
			Reason: readiness.DriverNotCovered, Validator: "openssl", Detail: "Nobody says which. Possible outcomes: fails (the old), connects_unverified (the new).",
		}},
		"the first and the last agree, the second does not": {policy: either("", plays(path), plays(unverified), plays(path)), old: true, want: readiness.Verdict{
			Reason: readiness.DriverNotCovered, Validator: "openssl",
			Detail: "Nobody says which. Possible outcomes: fails (the old), connects_unverified (the new), fails (the next).",
		}},
		"either release, with two outcomes": {policy: either(policy.ReasonVersionNotDeclared, plays(unverified), plays(path)), old: true, want: readiness.Verdict{
			Reason: policy.ReasonVersionNotDeclared, Detail: "Nobody says which. Possible outcomes: connects_unverified (the old), fails (the new).",
		}},
		"undecided":               {policy: with(plays(path), func(p *policy.Policy) { p.Undecided = "nobody says which" }), want: readiness.Verdict{Reason: readiness.DriverNotCovered, Detail: "Nobody says which."}},
		"undecided with a reason": {policy: with(plays(path), func(p *policy.Policy) { p.Undecided, p.Reason = "nobody says which", policy.ReasonPlaceholder }), want: readiness.Verdict{Reason: policy.ReasonPlaceholder, Detail: "Nobody says which."}},

		"a doubt":                            {policy: with(plays(path), func(p *policy.Policy) { p.Doubt = "who knows" }), want: readiness.Verdict{Reason: readiness.DriverNotCovered, Detail: "Who knows.", Validator: "openssl"}},
		"a doubt about plaintext":            {policy: with(plays(plaintext), func(p *policy.Policy) { p.Doubt = "who knows" }), want: readiness.Verdict{Reason: readiness.DriverNotCovered, Detail: "Who knows."}},
		"a doubt about what fails":           {policy: with(plays(path), func(p *policy.Policy) { p.Doubt = "who knows" }), old: true, want: stranger},
		"a doubt about TLS":                  {policy: with(plays(path), func(p *policy.Policy) { p.TLSDoubt = "who knows" }), want: readiness.Verdict{Reason: readiness.DriverNotCovered, Detail: "Who knows.", Validator: "openssl"}},
		"a doubt about TLS without a path":   {policy: with(plays(unverified), func(p *policy.Policy) { p.TLSDoubt = "who knows" }), want: readiness.Verdict{Reason: readiness.DriverNotCovered, Detail: "Who knows."}},
		"a doubt about TLS, and plaintext":   {policy: with(plays(plaintext), func(p *policy.Policy) { p.TLSDoubt = "who knows" }), want: plain},
		"a doubt about TLS, and a downgrade": {policy: with(plays(afterTLS(path), plaintext), func(p *policy.Policy) { p.TLSDoubt = "who knows" }), old: true, want: downgrades},
		"a doubt about TLS that fails":       {policy: with(plays(path), func(p *policy.Policy) { p.TLSDoubt = "who knows" }), old: true, want: stranger},
		"a list of revocations that is lost": {policy: with(plays(path), func(p *policy.Policy) { p.TLSDoubt = policy.RevocationList }), old: true, want: said(stranger, "")},
		"a handshake without an SSLRequest":  {policy: with(plays(path), func(p *policy.Policy) { p.TLS.Direct = true }), old: true, want: said(stranger, "")},

		"the client refuses its settings": {
			policy: with(byServer(path), func(p *policy.Policy) { p.Rejection.ByServer = false }), old: true, want: badSettings,
		},
		"the server refuses the settings":                          {policy: byServer(path), want: badSettings},
		"the server refuses the settings, but nobody gets there":   {policy: byServer(path), old: true, want: said(badSettings, stranger.ExpectedError)},
		"the server refuses the settings, whatever is in doubt":    {policy: with(byServer(path), func(p *policy.Policy) { p.Doubt, p.TLSDoubt = "who knows", "who knows" }), want: badSettings},
		"the server refuses the settings, of which none tries TLS": {policy: byServer(), want: badSettings},

		"Go: a certificate that has expired, and another name": {
			policy: golang(with(plays(full), func(p *policy.Policy) { p.Hosts[0] = alias })), set: func(in *readiness.Input) { in.At = at.AddDate(50, 0, 0) }, want: readiness.Verdict{
				Outcome: readiness.Fails, Reason: certpath.CertificateExpired, Validator: "go", Detail: `"CN=` + endpoint + `,OU=Amazon RDS,O=Amazon Web Services\, Inc.,L=Seattle,ST=WA,C=US" expired on 2027-02-28, and the evaluation time is 2076-06-01.`,
				ExpectedError: "x509: certificate has expired or is not yet valid: current time 2076-06-01T12:00:00Z is after 2027-02-28T00:00:00Z",
			},
		},
		"Go: a certificate that is not valid yet, and another name": {
			policy: golang(with(plays(full), func(p *policy.Policy) { p.Hosts[0] = alias })), set: func(in *readiness.Input) { in.At = at.AddDate(-1, 0, 0) }, want: readiness.Verdict{
				Outcome: readiness.Fails, Reason: certpath.CertificateNotYet, Validator: "go", Detail: `"CN=` + endpoint + `,OU=Amazon RDS,O=Amazon Web Services\, Inc.,L=Seattle,ST=WA,C=US" is not valid before 2026-02-28, and the evaluation time is 2025-06-01.`,
				ExpectedError: "x509: certificate has expired or is not yet valid: current time 2025-06-01T12:00:00Z is before 2026-02-28T00:00:00Z",
			},
		},
		"Go: a path of too many certificates, and another name": {
			policy: golang(with(plays(full), func(p *policy.Policy) { p.Hosts[0] = alias })), set: func(in *readiness.Input) {
				in.Target.Presented.Certificates = slices.Repeat(in.Target.Presented.Certificates, 500)
			}, want: readiness.Verdict{Reason: certpath.SearchLimit, Validator: "go", Detail: "The server presents more than 1000 certificates."},
		},
		"Go: a critical extension that nobody knows, and another name": {
			policy: golang(with(plays(full), func(p *policy.Policy) { p.Hosts[0] = alias })), set: func(in *readiness.Input) {
				in.Target.Presented.Certificates = []*x509.Certificate{critical}
			}, want: readiness.Verdict{
				Outcome: readiness.Fails, Reason: certpath.CriticalExtension, Validator: "go", ExpectedError: "x509: unhandled critical extension",
				Detail: `"CN=` + endpoint + `" has a critical extension that the client does not know.`,
			},
		},
		"a rule of names that nobody knows": {
			policy: with(plays(full), func(p *policy.Policy) { p.NameRule = "own" }), want: readiness.Verdict{
				Reason: certpath.HostNameMismatch, Validator: "openssl", Detail: `The name rule "own" is not known.`,
			},
		},
		"a validator that nobody knows": {
			policy: with(plays(path), func(p *policy.Policy) { p.Profile.Validator = "own" }), want: readiness.Verdict{Validator: "own", Detail: `The validator "own" is not known.`},
		},
		"a path of too many certificates": {
			policy: plays(path), set: func(in *readiness.Input) {
				in.Target.Presented.Certificates = slices.Repeat(in.Target.Presented.Certificates, 500)
			}, want: readiness.Verdict{Reason: certpath.SearchLimit, Validator: "openssl", Detail: "The server presents more than 1000 certificates."},
		},
		"a subordinate CA that the server may or may not present": {
			policy: golang(plays(path)), set: func(in *readiness.Input) {
				in.Clients[0].Store.Content = pki.PEM(s.next.Subordinate)
				in.Target.Presented = certpath.Presented{RootSHA256: pki.SHA256(s.next.Root), RootSubject: s.next.Root.Subject.CommonName}
			}, want: readiness.Verdict{
				Reason: certpath.UnpredictablePath, Validator: "go",
				Detail: fmt.Sprintf("The trust store lacks the root %q but holds \"%s\", and it cannot be predicted whether the server will present that very certificate.", s.next.Root.Subject.CommonName, s.next.Subordinate.Subject),
			},
		},
		"nobody knows the path": {policy: plays(path), set: func(in *readiness.Input) { in.Target = readiness.Evidence{} }, want: readiness.Verdict{
			Reason: readiness.PathNotKnown, Validator: "openssl", Detail: "The certificate that the server presents is not known.",
		}},

		"a handshake that is refused": {policy: with(plays(afterTLS(full), plaintext), func(p *policy.Policy) { p.TLS.Max = "TLSv1.1" }), force: on, want: oldTLS},
		"a handshake of too new a version": {
			policy: with(plays(unverified), func(p *policy.Policy) { p.TLS.Min = "TLSv1.3" }), set: func(in *readiness.Input) { in.ServerTLS.Max = "TLSv1.2" }, want: readiness.Verdict{
				Outcome: readiness.Fails, Reason: readiness.ProtocolVersionRefused, ExpectedError: "protocol version",
				Detail: "The client offers TLSv1.3 and later, but the server accepts no TLS version above TLSv1.2.",
			},
		},
		"a handshake that is refused, downgraded": {policy: with(plays(afterTLS(full), plaintext), func(p *policy.Policy) { p.TLS.Max = "TLSv1.1" }), want: downgraded(oldTLS)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := s.next.Root
			if tc.old {
				root = s.old.Root
			}
			c := readiness.Client{Name: "c", Store: readiness.Store{Content: pki.PEM(root)}}.With(tc.policy)
			in := s.input(c)
			if tc.set != nil {
				tc.set(&in)
			}
			if in.ForceSSL = nil; tc.force != open {
				force := tc.force == on
				in.ForceSSL = &force
			}
			got := readiness.Evaluate(in).Verdicts["c"].Target
			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreUnexported(readiness.Verdict{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
