package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// judgement is the answer to one configuration.
type judgement struct {
	report readiness.Report
	facts  instanceFacts
	// rotation is nil where no DB instance is named.
	rotation *readiness.Rotation
	at       time.Time
	// deferred lists the clients that hold unknown values: they are not in
	// the report.
	deferred []string
}

// judge gathers the evidence and evaluates the clients. All inputs but the
// clients must be known. before is what is remembered of the DB instance, or
// nil.
func judge(ctx context.Context, s *services, m judgementModel, before *seenInstance) (judgement, diag.Diagnostics) {
	at, minimum, waivers := judgementTimes(m, s.now())
	j := judgement{at: at}
	gathered, diags := gather(ctx, s, m, before)
	if diags.HasError() {
		return j, diags
	}
	j.facts = gathered.facts
	clients, deferred := clientsOf(m.Clients, gathered.host, newStoreReader(ctx))
	if diags.Append(inOtherRegions(clients, gathered.factRegion)...); diags.HasError() {
		return j, diags
	}
	j.rotation = gathered.rotation(m, clients, at)
	observed := sessionsOf(m.ObservedClients)
	if j.deferred = deferred; len(deferred) > 0 {
		observed = nil // A session may be a client whose match is not known yet.
	}
	if len(clients) == 0 && len(deferred) > 0 {
		j.report.Ready = true // Nobody stands against the switch so far.
		return j, diags
	}
	j.report = readiness.Evaluate(readiness.Input{
		Target: gathered.target, Current: gathered.current,
		ForceSSL: gathered.forceSSL, ServerTLS: gathered.serverTLS, Host: gathered.host,
		Clients: clients, Observed: observed,
		WarnUndeclared:    m.OnUndeclared.ValueString() == choiceWarn,
		WarnIndeterminate: m.OnIndeterminate.ValueString() == choiceWarn,
		At:                at, MinimumValidity: minimum, Waivers: waivers, Notes: gathered.notes,
	})
	return j, diags
}

// judgementTimes reads the times of a configuration that the schema's
// validators have accepted.
func judgementTimes(m judgementModel, now time.Time) (at time.Time, minimum time.Duration, waivers map[string]readiness.Waiver) {
	at = now.UTC().Truncate(time.Second)
	if given, err := time.Parse(time.RFC3339, m.EvaluationTime.ValueString()); err == nil {
		at = given
	}
	if given, err := time.ParseDuration(m.MinimumValidity.ValueString()); err == nil {
		minimum = given
	}
	waivers = make(map[string]readiness.Waiver, len(m.Waivers.Elements()))
	for name, value := range m.Waivers.Elements() {
		f := fieldsOf(value)
		expires, err := time.Parse(time.RFC3339, f.text("expires"))
		if err != nil {
			continue // Zero is expired: a waiver without an end waives nothing.
		}
		waivers[name] = readiness.Waiver{Reason: f.text("reason"), Expires: expires}
	}
	return at, minimum, waivers
}

// validateJudgement refuses what can be refused without judging.
func validateJudgement(m judgementModel) diag.Diagnostics {
	diags := validateClients(m.Clients)
	if m.Clients.IsNull() || m.Clients.IsUnknown() {
		return diags
	}
	clients := m.Clients.Elements()
	for _, name := range sortedNames(m.Waivers) {
		if _, declared := clients[name]; !declared {
			diags.AddAttributeError(path.Root("waivers").AtMapKey(name), "Waiver for an Undeclared Client", fmt.Sprintf(
				"No client %q is declared, so this waiver would waive nothing. Correct the name, or remove the waiver.", name))
		}
	}
	return diags
}

// tellWaitingClients names the clients whose verdict waits for the apply.
func (j judgement) tellWaitingClients(diags *diag.Diagnostics) {
	for _, name := range j.deferred {
		diags.AddAttributeWarning(path.Root("clients").AtMapKey(name), "Client Judged at Apply", fmt.Sprintf(
			"Client %q has values that are not known yet. It is judged during the apply, before the DB instance is touched.", name))
	}
}

// caCertIdentifier is what the DB instance should have now: the target where
// everybody is ready, else what it has, null where it does not exist.
func (j judgement) caCertIdentifier(target string) types.String {
	if j.report.Ready || j.facts.onTarget {
		return types.StringValue(target)
	}
	return optionalText(j.facts.presentCA)
}
