package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// The titles of the judgement's diagnostics.
const (
	titleNotReady   = "Client Not Ready for the Target CA"
	titleUndeclared = "Observed Client Is Not Declared"
	titleFinding    = "Finding Before the CA Switch"
)

// blockers tells every finding that stands against the switch, each at its
// own path, as errors or as warnings.
func (j judgement) blockers(m judgementModel, asWarnings bool) diag.Diagnostics {
	var diags diag.Diagnostics
	tell := diags.AddAttributeError
	if asWarnings {
		tell = diags.AddAttributeWarning
	}
	target, clients := m.TargetCACertIdentifier.ValueString(), m.Clients.Elements()
	for _, f := range j.report.Findings {
		switch {
		case f.Severity != readiness.Blocking:
		case f.Client != "":
			verdict := j.report.Verdicts[f.Client]
			driverName := fieldsOf(clients[f.Client]).text("driver")
			tell(blamedPath(f.Client, verdict.Target), titleNotReady, notReady(f, verdict, driverName, target))
		case f.Code == readiness.FindingUndeclared:
			tell(path.Root("observed_clients"), titleUndeclared, f.Detail+
				" A client that nobody declared cannot be judged, and may be cut off by the switch. Set on_undeclared = \"warn\" to go on regardless.")
		default:
			tell(path.Root("clients"), titleFinding, f.Detail)
		}
	}
	return diags
}

// notReady says what was found, why it matters and what to do. It names the
// client: Terraform shows only the resource's line for a nested path.
func notReady(f readiness.Finding, v readiness.ClientVerdict, driverName, target string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Client %q (%s): %s under %s (%s).\n%s\n", f.Client, driverName, v.Target.Outcome, target, v.Target.Reason, f.Detail)
	if v.Target.ExpectedError != "" {
		fmt.Fprintf(&b, "The client would report: %s\n", v.Target.ExpectedError)
	}
	switch v.Target.Outcome {
	case readiness.Downgrades:
		b.WriteString("When the CA is switched, its data goes over the network unencrypted.\n")
	case readiness.Fails:
		b.WriteString("When the CA is switched, new connections of this client are refused.\n")
	case readiness.Indeterminate:
		b.WriteString("What cannot be judged is not ready; set on_indeterminate = \"warn\" or a waiver to go on regardless.\n")
	case readiness.Connects, readiness.ConnectsUnverified, readiness.Plaintext:
	}
	if v.Remedy != "" {
		b.WriteString(v.Remedy)
	}
	return strings.TrimRight(b.String(), "\n")
}

// blamedPath is the narrowest attribute that a verdict is about.
func blamedPath(client string, v readiness.Verdict) path.Path {
	at := path.Root("clients").AtMapKey(client)
	switch v.Reason {
	case certpath.UnknownAuthority, certpath.AnchorNotSelfSigned, certpath.AnchorRejected, certpath.AnchorExpired, certpath.IssuerMissing,
		certpath.UnpredictablePath, readiness.RootCertificateMissing, readiness.TrustStoreUnreadable,
		readiness.TrustStoreNoAnchors, readiness.WrongTrustStorePassword, readiness.TrustStorePasswordNeeded,
		readiness.TrustStoreNotAvailable, readiness.TrustStoreNotCovered:
		return at.AtName("trust_store")
	case readiness.DriverNotCovered:
		return at.AtName("driver")
	case readiness.ForceSSLUnknown:
		return path.Root("force_ssl")
	case readiness.PathNotKnown:
		return path.Root("target_ca_cert_identifier")
	default:
		return at.AtName("connection")
	}
}

// remarks tells, as warnings, what does not stand against the switch but
// should not be overlooked.
func (j judgement) remarks() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, f := range j.report.Findings {
		if f.Severity != readiness.Warning {
			continue
		}
		at, detail := path.Root("clients"), f.Detail
		if f.Client != "" {
			at, detail = at.AtMapKey(f.Client), fmt.Sprintf("Client %q (%s): %s", f.Client, f.Code, f.Detail)
		}
		diags.AddAttributeWarning(at, titleFinding, detail)
	}
	return diags
}
