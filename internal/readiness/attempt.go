package readiness

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// judge says what the client does when the server presents the evidence.
// Where it is not known whether the server takes plaintext, both are tried.
func (e *evaluation) judge(c Client, p policy.Policy, evidence Evidence) Verdict {
	if c.Unknown != "" {
		return Verdict{Reason: DeploymentNotKnown, Detail: Sentence(c.Unknown)}
	}
	if c.ViaProxy {
		evidence = proxyEvidence(evidence)
	}
	if len(p.Alternatives) > 0 {
		return e.agreed(c, p, evidence)
	}
	if e.in.ForceSSL != nil {
		return e.connect(c, p, evidence, *e.in.ForceSSL)
	}
	taken, refused := e.connect(c, p, evidence, false), e.connect(c, p, evidence, true)
	switch {
	case taken.Outcome == refused.Outcome:
		return refused
	case taken.Outcome.blocks(true) && refused.Outcome.blocks(true):
		taken.Detail += " If rds.force_ssl is on, the client fails instead."
		return taken
	}
	return Verdict{
		Reason:    ForceSSLUnknown,
		Detail:    fmt.Sprintf("It is not known whether the server accepts plaintext: the outcome is %q if it does, and %q if it does not.", taken.Outcome, refused.Outcome),
		Validator: refused.Validator,
	}
}

// agreed judges a client that could behave in several ways: what all of them
// come to is the verdict.
func (e *evaluation) agreed(c Client, p policy.Policy, evidence Evidence) Verdict {
	c.ViaProxy = false // The evidence is the proxy's already.
	verdicts := make([]Verdict, len(p.Alternatives))
	differ := false
	var words []string
	for i, alternative := range p.Alternatives {
		verdicts[i] = e.judge(c, alternative.Policy, evidence)
		differ = differ || verdicts[i].Outcome != verdicts[0].Outcome
		words = append(words, fmt.Sprintf("%s (%s)", verdicts[i].Outcome, alternative.If))
	}
	switch {
	case !differ && p.Reason == policy.ReasonVersionNotDeclared:
		return verdicts[len(verdicts)-1] // In the words of the newest release.
	case !differ:
		return verdicts[0]
	}
	return Verdict{
		Reason:    cmp.Or(Reason(p.Reason), DriverNotCovered),
		Detail:    fmt.Sprintf("%s Possible outcomes: %s.", Sentence(p.Undecided), strings.Join(words, ", ")),
		Validator: verdicts[0].Validator,
	}
}

// connect plays the driver's attempts in their order, host by host.
func (e *evaluation) connect(c Client, p policy.Policy, evidence Evidence, forceSSL bool) Verdict {
	switch {
	case p.Undecided != "":
		return Verdict{Reason: cmp.Or(Reason(p.ReasonOf(p.Undecided)), DriverNotCovered), Detail: Sentence(p.Undecided)}
	case p.Rejection != nil:
		return e.rejected(c, p, evidence, forceSSL)
	}
	anchors := e.anchors(c, p)
	if anchors.rejectsAll {
		return *anchors.failure
	}
	verdicts := make([]Verdict, 0, len(p.Hosts))
	for _, host := range p.Hosts {
		verdict := doubted(p, e.host(p, host, anchors, evidence, forceSSL))
		verdicts = append(verdicts, verdict)
		if !p.AnyHost && verdict.Outcome != Fails {
			return verdict
		}
	}
	if len(verdicts) == 0 {
		return Verdict{Reason: DriverNotCovered, Detail: "The rules do not cover what the client does with these settings."}
	}
	for i, verdict := range verdicts {
		if verdict.Outcome != verdicts[0].Outcome {
			return Verdict{Reason: DriverNotCovered, Validator: verdicts[0].Validator, Detail: fmt.Sprintf(
				"The settings name several servers, and it is not known which one will answer: the outcome is %q at %q, but %q at %q.",
				verdicts[0].Outcome, p.Hosts[0].Name, verdict.Outcome, p.Hosts[i].Name)}
		}
	}
	verdict := verdicts[0]
	if p.AnyHost && slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.ExpectedError != verdict.ExpectedError }) {
		verdict.ExpectedError = ""
	}
	return verdict
}

// rejected is the verdict on settings that are refused. Where the server is the
// one to refuse them, an attempt that does not get that far says so in its own
// words.
func (e *evaluation) rejected(c Client, p policy.Policy, evidence Evidence, forceSSL bool) Verdict {
	r := p.Rejection
	verdict := refusal(r)
	if !r.ByServer {
		return verdict
	}
	p.Rejection, p.Doubt, p.TLSDoubt = nil, "", ""
	if before := e.connect(c, p, evidence, forceSSL); before.Outcome == Fails {
		verdict.ExpectedError = before.ExpectedError
	}
	return verdict
}

// refusal is the verdict where the client or the server refuses settings.
func refusal(r *policy.Rejection) Verdict {
	return Verdict{Outcome: Fails, Reason: Reason(r.Reason), Detail: Sentence(r.Detail), ExpectedError: r.Client}
}

// doubted is the verdict where the settings bring in a reason that is not
// known here for which the session may be refused all the same.
func doubted(p policy.Policy, verdict Verdict) Verdict {
	onTLS := verdict.Outcome == Connects || verdict.Outcome == ConnectsUnverified
	switch {
	case verdict.Outcome != Fails && p.Doubt != "":
		return Verdict{Reason: cmp.Or(Reason(p.ReasonOf(p.Doubt)), DriverNotCovered), Detail: Sentence(p.Doubt), Validator: verdict.Validator}
	case onTLS && p.TLSDoubt != "":
		return Verdict{Reason: cmp.Or(Reason(p.ReasonOf(p.TLSDoubt)), DriverNotCovered), Detail: Sentence(p.TLSDoubt), Validator: verdict.Validator}
	}
	if p.TLS.Direct || p.TLSDoubt == policy.RevocationList {
		// An older server ends the handshake before the certificate is seen, and
		// a list that is missing ends the client before it connects.
		verdict.ExpectedError = ""
	}
	return verdict
}

// host plays the attempts at one host and returns the first that connects,
// or the failure that a reader of the client's log should look at: the first
// one of TLS, else the server's refusal of plaintext.
func (e *evaluation) host(p policy.Policy, host policy.Host, anchors trust, evidence Evidence, forceSSL bool) Verdict {
	var failed *Verdict
	for _, attempt := range p.Attempts {
		verdict, failure := e.attempt(p, host, attempt, anchors, evidence, forceSSL)
		if failure == 0 {
			if verdict.Outcome == Plaintext && failed != nil {
				return downgraded(*failed)
			}
			return verdict
		}
		if failed == nil || failed.Reason == PlaintextRefused {
			failed = &verdict
		} else if p.PrintsLast {
			failed.ExpectedError = verdict.ExpectedError
		}
		if attempt.After&failure == 0 {
			break
		}
	}
	if failed == nil {
		return Verdict{Reason: DriverNotCovered, Detail: "The rules do not cover what the client does with these settings."}
	}
	return *failed
}

// downgraded is a plaintext session that follows a failed attempt of TLS.
func downgraded(failed Verdict) Verdict {
	failed.Outcome = Downgrades
	failed.Detail += " The driver then silently continues in plaintext, which the server accepts unless rds.force_ssl is on."
	return failed
}

// attempt plays one attempt. A failure other than zero says in which way it
// failed; the verdict then says why.
func (e *evaluation) attempt(p policy.Policy, host policy.Host, a policy.Attempt, anchors trust, evidence Evidence, forceSSL bool) (Verdict, policy.Failures) {
	switch {
	case !a.TLS && forceSSL && !host.Local:
		return Verdict{
			Outcome: Fails, Reason: PlaintextRefused,
			Detail:        "The client tries to connect in plaintext, which the server refuses (rds.force_ssl).",
			ExpectedError: cmp.Or(p.PlaintextError, "no encryption"),
		}, policy.ServerRefused
	case !a.TLS && a.Ends != nil:
		return refusal(a.Ends), policy.ClientEnded
	case !a.TLS:
		return Verdict{Outcome: Plaintext, Reason: TLSNotAttempted, Detail: "The client connects in plaintext."}, 0
	}
	if a.VerifyPath && anchors.failure != nil {
		return e.path(p, anchors, evidence), policy.TLSFailed // The store is read before the handshake.
	}
	if a.Ends != nil {
		return refusal(a.Ends), policy.TLSFailed
	}
	if verdict, refused := handshakeRefused(p.TLS, e.serverTLS(host, evidence), evidence); refused {
		return ofTLS(verdict)
	}
	if !a.VerifyPath && !a.VerifyHost {
		return Verdict{Outcome: ConnectsUnverified, Reason: NotVerified, Detail: "The client uses TLS, but does not verify the server."}, 0
	}
	verdict := Verdict{Outcome: Connects, Validator: string(p.Profile.Validator)}
	if a.VerifyPath {
		verdict = e.path(p, anchors, evidence)
	}
	switch {
	case a.VerifyHost && verdict.Outcome == Connects:
		verdict = e.name(p, host, evidence, verdict)
	case a.VerifyHost && verdict.Outcome == Fails && p.Profile.Validator == certpath.Go && !ofLeaf(verdict.Reason):
		// Go compares the name before it looks for a path.
		if name := e.name(p, host, evidence, Verdict{}); name.Outcome == Fails {
			verdict.ExpectedError = name.ExpectedError
		}
	}
	if verdict.Outcome == Connects && !a.VerifyPath {
		verdict.Outcome, verdict.Reason = ConnectsUnverified, NotVerified
		verdict.Detail = "The client uses TLS and checks the host name, but accepts a certificate from any issuer."
	}
	return ofTLS(verdict)
}

// ofTLS is the end of an attempt of TLS.
func ofTLS(verdict Verdict) (Verdict, policy.Failures) {
	if verdict.Outcome == Fails {
		return verdict, policy.TLSFailed
	}
	return verdict, 0
}

// ofLeaf says whether Go finds a fault before it compares the name.
//
// Source: Go 1.26 crypto/x509, Certificate.Verify.
func ofLeaf(reason Reason) bool {
	return slices.Contains([]Reason{certpath.CertificateExpired, certpath.CertificateNotYet, certpath.CriticalExtension}, reason)
}

// serverTLS is what the other end of the handshake takes: in front of the
// server, a proxy has settings of its own.
func (e *evaluation) serverTLS(host policy.Host, evidence Evidence) ServerTLS {
	if evidence.Source == trustServices {
		return ServerTLS{}
	}
	server := e.in.ServerTLS
	server.OwnSuites = e.in.Engine == auroraPostgreSQL || e.in.Engine == "" && (ofCluster(host.Name) || ofCluster(e.in.Host))
	return server
}

// auroraPostgreSQL is RDS's name of the engine.
const auroraPostgreSQL = "aurora-postgresql"

// ofCluster says whether a name is an endpoint of a DB cluster, which is
// Aurora's, or of a Multi-AZ DB cluster.
func ofCluster(name string) bool {
	endpoint, is := rdsca.ParseEndpoint(name)
	return is && slices.Contains([]rdsca.EndpointKind{
		rdsca.EndpointCluster, rdsca.EndpointClusterReader, rdsca.EndpointClusterCustom, rdsca.EndpointShardGroup, rdsca.EndpointGlobalDatabase,
	}, endpoint.Kind)
}

// path verifies the certification path to the client's trust anchors.
func (e *evaluation) path(p policy.Policy, anchors trust, evidence Evidence) Verdict {
	validator := string(p.Profile.Validator)
	if anchors.failure != nil {
		failure := *anchors.failure
		failure.Validator = validator
		return failure
	}
	if !evidence.known() {
		return Verdict{Reason: PathNotKnown, Detail: "The certificate that the server presents is not known.", Validator: validator}
	}
	result := e.verify(p.Profile, anchors, evidence)
	verdict := Verdict{
		Outcome: Fails, Reason: result.Reason, Detail: Sentence(result.Detail),
		ExpectedError: result.ClientError, Validator: validator,
	}
	switch result.Reason {
	case certpath.Accepted:
		verdict.Outcome = Connects
		if result.Anchor != nil {
			verdict.anchor = result.Anchor
			verdict.AnchorSubject = result.Anchor.Subject.String()
			verdict.AnchorSHA256 = fingerprint(result.Anchor)
		}
	case certpath.UnpredictablePath, certpath.SearchLimit, "":
		verdict.Outcome = Indeterminate
	default:
		if p.PathError != "" {
			verdict.ExpectedError = p.PathError
		}
	}
	return verdict
}

// name compares the host's name. Where only the root is known, RDS names the
// endpoint in the server certificate, so the name that the client uses must
// be the endpoint's own.
func (e *evaluation) name(p policy.Policy, host policy.Host, evidence Evidence, verdict Verdict) Verdict {
	leaf := evidence.leaf()
	if leaf == nil {
		return e.endpointName(host, verdict)
	}
	result := certpath.MatchName(p.NameRule, cmp.Or(p.NameVersion, p.Profile.Version), leaf, host.Name)
	switch result.Reason {
	case certpath.Accepted:
		return verdict
	case "":
		return Verdict{Reason: certpath.HostNameMismatch, Detail: Sentence(result.Detail), Validator: verdict.Validator}
	default:
		verdict.Outcome, verdict.Reason = Fails, result.Reason
		verdict.Detail, verdict.ExpectedError = Sentence(result.Detail), cmp.Or(p.NameError, result.ClientError)
		return verdict
	}
}
