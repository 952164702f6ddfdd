package provider

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// seenInstance is what RDS says of a DB instance. The gate remembers it beside
// its state, where nobody but the provider reads it: in an apply that replaces
// the DB instance the gate is planned again while there is none, and has to
// come to what it said before.
type seenInstance struct {
	Identifier string `json:"identifier"`

	CA        string `json:"ca"`
	PendingCA string `json:"pending_ca,omitempty"`
	Host      string `json:"host,omitempty"`
	Region    string `json:"region,omitempty"`
	AccountID string `json:"account_id,omitempty"`
	Engine    string `json:"engine,omitempty"`
	ForceSSL  *bool  `json:"force_ssl,omitempty"` // nil when it is not certain

	ServerTLS readiness.ServerTLS `json:"server_tls,omitzero"`
}

func seen(instance rdsapi.DBInstance) seenInstance {
	s := seenInstance{Identifier: instance.Identifier, CA: instance.CAIdentifier, PendingCA: instance.PendingCAIdentifier, Region: instance.Region, AccountID: instance.AccountID, Engine: instance.Engine}
	if instance.Endpoint != nil {
		s.Host = instance.Endpoint.Host
	}
	return s
}

// look asks RDS. What it does not say of rds.force_ssl stays open.
func look(ctx context.Context, s *services, identifier, region string) (seenInstance, error) {
	reader, err := s.rds(ctx, region)
	if err != nil {
		return seenInstance{}, err
	}
	instance, err := reader.DBInstance(ctx, identifier)
	if err != nil {
		return seenInstance{}, err
	}
	found := seen(instance)
	if setting, err := reader.ForceSSL(ctx, identifier); err == nil && setting.Effect == rdsapi.EffectInForce {
		if enforced, certain := effectiveForceSSL(setting); certain {
			found.ForceSSL = &enforced
		}
		found.ServerTLS = configuredTLS(setting.TLS)
	}
	return found, nil
}

// memoryKey is where the private state has a seenInstance.
const memoryKey = "db_instance"

// privateState is the framework's, in the requests and responses that have it.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// recall returns what was remembered of a DB instance, or nil.
func recall(ctx context.Context, private privateState, identifier string) *seenInstance {
	content, diags := private.GetKey(ctx, memoryKey)
	if diags.HasError() || len(content) == 0 {
		return nil
	}
	var remembered seenInstance
	if json.Unmarshal(content, &remembered) != nil || !strings.EqualFold(remembered.Identifier, identifier) {
		return nil // Of another DB instance, or written by another version.
	}
	return &remembered
}

// remember keeps it for the next plan.
func (s seenInstance) remember(ctx context.Context, private privateState) diag.Diagnostics {
	content, err := json.Marshal(s)
	if err != nil {
		return nil // It holds nothing that JSON has not.
	}
	return private.SetKey(ctx, memoryKey, content)
}

// readinessKey is where the private state has who was ready in the refresh: by
// the identifier of each CA that can be a target, whether nothing blocks it.
//
// It is the one thing beside the state that a plan and its apply share. Where a
// store changes between the two, the apply plans again, and has to come to what
// the plan said before.
const readinessKey = "ready"

// rememberReadiness judges the inputs of the state against every CA that the
// next configuration may name. What cannot be judged is left out.
func rememberReadiness(ctx context.Context, s *services, state judgementModel, before *seenInstance, private privateState) diag.Diagnostics {
	targets := map[string]bool{state.text("target_ca_cert_identifier"): true}
	for _, identifier := range rdsca.Identifiers() {
		targets[identifier] = true
	}
	ready, clients := map[string]bool{}, &declaration{}
	state.fields = maps.Clone(state.fields) // The caller's stay as they are.
	for target := range targets {
		state.fields["target_ca_cert_identifier"] = types.StringValue(target)
		if judged, diags := judged(ctx, s, state, before, clients); !diags.HasError() {
			ready[target] = judged.report.Ready
		}
	}
	content, err := json.Marshal(ready)
	if err != nil || len(ready) == 0 {
		return nil // A refresh that RDS does not answer forgets nothing.
	}
	return private.SetKey(ctx, readinessKey, content)
}

// foundByRefresh is whether nothing blocked the target in the refresh; nil where
// the refresh judged another configuration than this one.
func foundByRefresh(ctx context.Context, private privateState, target string, config, state tftypes.Value) *bool {
	content, diags := private.GetKey(ctx, readinessKey)
	var ready map[string]bool
	if diags.HasError() || json.Unmarshal(content, &ready) != nil || !sameEvidence(config, state) {
		return nil
	}
	if found, judged := ready[target]; judged {
		return &found
	}
	return nil
}

// sameEvidence says whether two configurations are judged alike: they differ in
// what is made of the judgement at most. Write-only values, which a state never
// has, make a difference.
func sameEvidence(config, state tftypes.Value) bool {
	one, err := elementsOf(config)
	if err != nil {
		return false
	}
	other, err := elementsOf(state)
	if err != nil || state.IsNull() {
		return false
	}
	all := outputs()
	for name, value := range one {
		_, computed := all[name]
		computed = computed || name == "region" && value.IsNull() // The default, which the state has.
		if !computed && name != "target_ca_cert_identifier" && name != "on_unready" && name != "details" && !value.Equal(other[name]) {
			return false
		}
	}
	return true
}
