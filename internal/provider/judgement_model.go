package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// judgementModel is what sslready_readiness and sslready_trust_store_validation
// have in common.
type judgementModel struct {
	TargetCACertIdentifier           types.String `tfsdk:"target_ca_cert_identifier"`
	DBInstanceIdentifier             types.String `tfsdk:"db_instance_identifier"`
	Region                           types.String `tfsdk:"region"`
	Host                             types.String `tfsdk:"host"`
	CurrentCACertIdentifier          types.String `tfsdk:"current_ca_cert_identifier"`
	ForceSSL                         types.Bool   `tfsdk:"force_ssl"`
	ServerTLS                        types.Object `tfsdk:"server_tls"`
	ServerCertificateChainPEM        types.String `tfsdk:"server_certificate_chain_pem"`
	CanaryServerCertificateChainPEM  types.String `tfsdk:"canary_server_certificate_chain_pem"`
	CurrentServerCertificateChainPEM types.String `tfsdk:"current_server_certificate_chain_pem"`
	Clients                          types.Map    `tfsdk:"clients"`
	ObservedClients                  types.List   `tfsdk:"observed_clients"`
	OnUndeclared                     types.String `tfsdk:"on_undeclared"`
	OnIndeterminate                  types.String `tfsdk:"on_indeterminate"`
	ApplyImmediately                 types.Bool   `tfsdk:"apply_immediately"`
	EvaluationTime                   types.String `tfsdk:"evaluation_time"`
	MinimumValidity                  types.String `tfsdk:"minimum_validity"`
	Waivers                          types.Map    `tfsdk:"waivers"`

	judgementOutcome
}

// judgementOutcome is the computed part.
type judgementOutcome struct {
	Ready            types.Bool   `tfsdk:"ready"`
	Verdicts         types.Map    `tfsdk:"verdicts"`
	Findings         types.List   `tfsdk:"findings"`
	Rotation         types.Object `tfsdk:"rotation"`
	Summary          types.String `tfsdk:"summary"`
	TargetRootSHA256 types.String `tfsdk:"target_root_sha256"`
	EvaluatedAt      types.String `tfsdk:"evaluated_at"`
}

// inputsKnown says whether all but the clients is known. Clients are looked
// at one by one.
func (m judgementModel) inputsKnown() bool {
	for _, value := range []attr.Value{
		m.TargetCACertIdentifier, m.DBInstanceIdentifier, m.Region, m.Host, m.CurrentCACertIdentifier, m.ForceSSL, m.ServerTLS,
		m.ServerCertificateChainPEM, m.CanaryServerCertificateChainPEM, m.CurrentServerCertificateChainPEM, m.ApplyImmediately, m.ObservedClients, m.OnUndeclared,
		m.OnIndeterminate, m.EvaluationTime, m.MinimumValidity, m.Waivers,
	} {
		if !whollyKnown(value) {
			return false
		}
	}
	return !m.Clients.IsUnknown()
}

type (
	clientVerdictModel struct {
		Ready   types.Bool   `tfsdk:"ready"`
		Current verdictModel `tfsdk:"current"`
		Target  verdictModel `tfsdk:"target"`
		Remedy  types.String `tfsdk:"remedy"`
	}
	verdictModel struct {
		Outcome       types.String `tfsdk:"outcome"`
		Reason        types.String `tfsdk:"reason"`
		Detail        types.String `tfsdk:"detail"`
		ExpectedError types.String `tfsdk:"expected_error"`
		AnchorSubject types.String `tfsdk:"anchor_subject"`
		AnchorSHA256  types.String `tfsdk:"anchor_sha256"`
		Validator     types.String `tfsdk:"validator"`
	}
	findingModel struct {
		Severity types.String `tfsdk:"severity"`
		Code     types.String `tfsdk:"code"`
		Client   types.String `tfsdk:"client"`
		Detail   types.String `tfsdk:"detail"`
	}
)

// outcomeOf translates a judgement.
func outcomeOf(ctx context.Context, judged judgement) (judgementOutcome, diag.Diagnostics) {
	report := judged.report
	verdicts := make(map[string]clientVerdictModel, len(report.Verdicts))
	for name, v := range report.Verdicts {
		verdicts[name] = clientVerdictModel{
			Ready: types.BoolValue(v.Ready), Current: verdictOf(v.Current), Target: verdictOf(v.Target), Remedy: optionalText(v.Remedy),
		}
	}
	findings := make([]findingModel, len(report.Findings))
	for i, f := range report.Findings {
		findings[i] = findingModel{
			Severity: types.StringValue(string(f.Severity)), Code: types.StringValue(f.Code),
			Client: optionalText(f.Client), Detail: types.StringValue(f.Detail),
		}
	}
	outputs := judgementOutputs()
	verdictsValue, diags := types.MapValueFrom(ctx, outputs["verdicts"].elementType(), verdicts)
	findingsValue, more := types.ListValueFrom(ctx, outputs["findings"].elementType(), findings)
	diags.Append(more...)
	rotation, more := rotationOf(ctx, judged.rotation)
	diags.Append(more...)
	return judgementOutcome{
		Ready:            types.BoolValue(report.Ready),
		Verdicts:         verdictsValue,
		Findings:         findingsValue,
		Rotation:         rotation,
		Summary:          types.StringValue(report.Summary),
		TargetRootSHA256: optionalText(report.TargetRootSHA256),
		EvaluatedAt:      types.StringValue(judged.at.UTC().Format(time.RFC3339)),
	}, diags
}

func verdictOf(v readiness.Verdict) verdictModel {
	return verdictModel{
		Outcome: types.StringValue(v.Outcome.String()), Reason: types.StringValue(string(v.Reason)),
		Detail: optionalText(v.Detail), ExpectedError: optionalText(v.ExpectedError),
		AnchorSubject: optionalText(v.AnchorSubject), AnchorSHA256: optionalText(v.AnchorSHA256), Validator: optionalText(v.Validator),
	}
}

// unknownOutcome is the outcome of a judgement that has to wait for the apply.
func unknownOutcome() judgementOutcome {
	outputs := judgementOutputs()
	return judgementOutcome{
		Ready: types.BoolUnknown(), Verdicts: types.MapUnknown(outputs["verdicts"].elementType()),
		Findings: types.ListUnknown(outputs["findings"].elementType()), Summary: types.StringUnknown(),
		Rotation: types.ObjectUnknown(outputs["rotation"].nested.types()), TargetRootSHA256: types.StringUnknown(), EvaluatedAt: types.StringUnknown(),
	}
}

// same says whether two outcomes tell the same, whenever they were reached. The
// rotation is left out: what waits for a maintenance window comes and goes, and
// is no new verdict.
func (o judgementOutcome) same(other judgementOutcome) bool {
	return o.Ready.Equal(other.Ready) && o.Verdicts.Equal(other.Verdicts) && o.Findings.Equal(other.Findings) &&
		o.Summary.Equal(other.Summary) && o.TargetRootSHA256.Equal(other.TargetRootSHA256)
}
