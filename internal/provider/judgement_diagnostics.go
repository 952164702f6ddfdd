package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// The titles of the judgement's diagnostics, before what names the subject.
const (
	titleUndeclared = "Observed Clients Are Not Declared"
	titleIncomplete = "Observations Are Not Complete"
	titleBlocked    = "CA Switch Blocked"
	titleAtApply    = "Clients Judged at Apply"
	titleLeftOpen   = "CA Switch Decided at Apply"
	titleRefused    = "Clients Failed the TLS Handshake"
	titleCutOff     = "Clients Failed the TLS Handshake After the CA Switch"
)

// diagnostics are what a gate has to say: an error for each client that is not
// ready where the decision blocks, and one warning with everything else.
func (j judgement) diagnostics(m judgementModel) diag.Diagnostics {
	var diags diag.Diagnostics
	if j.decision.Blocks() {
		diags = j.errors(m)
	}
	if detail := j.warning(m); detail != "" {
		title := j.decision.Title()
		switch {
		case len(j.deferred) > 0 && j.report.Ready:
			title = titleAtApply
		case j.decision.Ready() && j.leftOpen != "":
			title = titleLeftOpen
		}
		// Not at the clients: Terraform would print all of them, line by line.
		diags.AddAttributeWarning(path.Root("target_ca_cert_identifier"), title, detail)
	}
	diags.Append(j.refused()...)
	return m.named(diags)
}

// refused has one warning that names everybody who was refused.
func (j judgement) refused() diag.Diagnostics {
	var lines []string
	title := titleRefused
	for _, f := range j.report.Findings {
		if !tellsOfRefusal(f) {
			continue
		}
		if f.Code == readiness.FindingRefusedSince {
			title = titleCutOff
		}
		line := f.Detail
		if f.Client != "" {
			line = fmt.Sprintf("Client %q: %s", f.Client, f.Detail)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("observations"), title, strings.Join(listed(lines), "\n"))}
}

func tellsOfRefusal(f readiness.Finding) bool {
	return f.Code == readiness.FindingRefused || f.Code == readiness.FindingRefusedSince
}

// errors has one for each client that is not ready, at its own path, and one for
// all sessions that nobody declared.
func (j judgement) errors(m judgementModel) diag.Diagnostics {
	var diags diag.Diagnostics
	var sessions, incomplete []string
	clients := m.elements("clients") // A copy: not to be made once a client.
	for _, findings := range j.byClient() {
		f := findings[0]
		switch {
		case f.Severity != readiness.Blocking:
		case f.Client != "":
			verdict := j.report.Verdicts[f.Client]
			detail := notReady(f, verdict, driverOf(clients, f.Client), m.text("target_ca_cert_identifier"))
			diags.AddAttributeError(blamedPath(f, fieldsOf(clients[f.Client])), fmt.Sprintf("Client %q Not Ready for the Target CA", f.Client), strings.Join(append([]string{detail}, remarks(findings[1:])...), "\n"))
		case f.Code == readiness.FindingUndeclared:
			sessions = append(sessions, f.Detail)
		case f.Code == readiness.FindingIncomplete:
			incomplete = append(incomplete, f.Detail)
		default:
			diags.AddAttributeError(path.Root("target_ca_cert_identifier"), titleBlocked, f.Detail)
		}
	}
	if len(sessions) > 0 {
		diags.AddAttributeError(path.Root("observations"), titleUndeclared, strings.Join(listed(sessions), "\n")+
			"\nAn undeclared client cannot be judged, and the switch may cut it off. To continue anyway, set on_undeclared = \"warn\".")
	}
	if len(incomplete) > 0 {
		diags.AddAttributeError(path.Root("observations"), titleIncomplete, strings.Join(listed(incomplete), "\n")+
			"\nFix the problems listed above, so that the observations are complete. To continue anyway, set on_undeclared = \"warn\".")
	}
	return diags
}

// byClient groups what is no mere information: the findings of one client are
// one group, those of nobody one each, in the order of the most severe.
func (j judgement) byClient() [][]readiness.Finding {
	var groups [][]readiness.Finding
	of := map[string]int{}
	for _, f := range j.report.Findings {
		first, known := of[f.Client]
		switch {
		case f.Severity == readiness.Info, tellsOfRefusal(f): // The latter have a warning of their own.
		case f.Client == "" || !known:
			of[f.Client] = len(groups)
			groups = append(groups, []readiness.Finding{f})
		case f.Code == readiness.FindingAlreadyFailing && groups[first][0].Severity == readiness.Blocking:
			// Its own detail says so.
		default:
			groups[first] = append(groups[first], f)
		}
	}
	return groups
}

// remarks are findings beside others of the same client.
func remarks(findings []readiness.Finding) []string {
	return each(findings, func(f readiness.Finding) string { return f.Code + ": " + f.Detail })
}

// notReady says what was found, why it matters and what to do.
func notReady(f readiness.Finding, v readiness.ClientVerdict, driverName, target string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s under %s (%s).\n%s\n", driverName, v.Target.Outcome, target, v.Target.Reason, f.Detail)
	if v.Target.ExpectedError != "" {
		fmt.Fprintf(&b, "The client would report: %s\n", v.Target.ExpectedError)
	}
	already := v.Current.Outcome == v.Target.Outcome
	switch outcome := v.Target.Outcome; {
	case outcome == readiness.Downgrades && already:
		b.WriteString("This client's data already goes over the network unencrypted.\n")
	case outcome == readiness.Downgrades:
		b.WriteString("After the switch, this client's data goes over the network unencrypted.\n")
	case outcome == readiness.Fails && already:
		b.WriteString("This client can connect neither before nor after the switch.\n")
	case outcome == readiness.Fails:
		b.WriteString("Once the CA is switched, this client can no longer connect.\n")
	case outcome == readiness.Indeterminate:
		b.WriteString("A client that cannot be judged counts as not ready. To continue anyway, set on_indeterminate = \"warn\" or add a waiver.\n")
	}
	b.WriteString(v.Remedy)
	return strings.TrimRight(b.String(), "\n")
}

// warning lists everybody whom the errors do not name: who is not ready and does
// not block, what should not be overlooked, and who is judged in the apply. It is
// empty where there is nothing to say.
//
// Terraform wraps lines that do not start with a space, so these do.
func (j judgement) warning(m judgementModel) string {
	var lines []string
	clients := m.elements("clients") // A copy: not to be made once a client.
	for _, findings := range j.byClient() {
		f := findings[0]
		var line string
		switch {
		case f.Severity == readiness.Blocking && j.decision.Blocks():
			continue
		case f.Client == "":
			line = f.Detail
		case f.Severity == readiness.Blocking:
			verdict := j.report.Verdicts[f.Client]
			line = strings.TrimRight(fmt.Sprintf("Client %q (%s): %s (%s). %s %s", f.Client, driverOf(clients, f.Client), verdict.Target.Outcome, f.Code, f.Detail, verdict.Remedy), " ")
		default:
			line = fmt.Sprintf("Client %q (%s): %s", f.Client, f.Code, f.Detail)
		}
		lines = append(lines, strings.Join(append([]string{line}, remarks(findings[1:])...), " "))
	}
	for _, name := range j.deferred {
		lines = append(lines, fmt.Sprintf("Client %q has values that are not known yet. It is judged during the apply, before the DB instance is touched.", name))
	}
	if len(lines) == 0 && j.leftOpen == "" {
		return ""
	}
	lines = listed(lines)
	head := strings.TrimSpace(j.decision.Explanation(m.text("target_ca_cert_identifier")) + " " + j.leftOpen)
	if head != "" {
		lines = append([]string{j.report.Counts + " " + head}, lines...)
	}
	return strings.Join(lines, "\n")
}

// mostListed is how many lines of a diagnostic are written out.
const mostListed = 200

// listed are lines of a list that Terraform does not wrap.
func listed(lines []string) []string {
	items := make([]string, 0, min(len(lines), mostListed+1))
	for _, line := range lines[:min(len(lines), mostListed)] {
		items = append(items, "  - "+line)
	}
	if more := len(lines) - mostListed; more > 0 {
		items = append(items, fmt.Sprintf("  - and %d more: the output \"findings\" lists them all", more))
	}
	return items
}

func driverOf(clients map[string]attr.Value, name string) string {
	return fieldsOf(clients[name]).text("driver")
}

// blamedPath is the narrowest attribute that a blocking finding is about, of
// those that are set and hold no secret: Terraform 1.15 prints all lines of what
// a diagnostic points at, and all of an object for an attribute that it lacks.
func blamedPath(f readiness.Finding, client fields) path.Path {
	at := path.Root("clients").AtMapKey(f.Client)
	if f.Code == readiness.FindingStoreNotRead {
		return pathOfStore(at, fieldsOf(client["trust_store"]))
	}
	switch readiness.Reason(f.Code) {
	case certpath.UnknownAuthority, certpath.AnchorNotSelfSigned, certpath.AnchorRejected, certpath.AnchorExpired, certpath.IssuerMissing,
		certpath.UnpredictablePath, readiness.RootCertificateMissing, readiness.TrustStoreUnreadable,
		readiness.TrustStoreNoAnchors, readiness.WrongTrustStorePassword, readiness.TrustStorePasswordNeeded,
		readiness.TrustStoreNotAvailable, readiness.TrustStoreNotCovered:
		return pathOfStore(at, fieldsOf(client["trust_store"]))
	case readiness.ForceSSLUnknown:
		return path.Root("force_ssl")
	case readiness.PathNotKnown:
		return path.Root("target_ca_cert_identifier")
	case readiness.DriverNotCovered:
		return at.AtName("driver")
	default:
		if client.isSet("connection") {
			return at.AtName("connection")
		}
		return at.AtName("driver")
	}
}

// pathOfStore is where a diagnostic about the trust store of the client at a
// path points.
func pathOfStore(at path.Path, trustStore fields) path.Path {
	if trustStore.isSet("path") {
		return at.AtName("trust_store").AtName("path")
	}
	return at.AtName("driver")
}
