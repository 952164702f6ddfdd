package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/gate"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// judgement is the answer to one configuration.
type judgement struct {
	report readiness.Report
	// subject names what was judged; empty if nothing does.
	subject string
	// ready is the answer: the report's, or what the gate promised by it.
	ready bool
	// instance is what RDS says of the DB instance.
	instance gate.Instance
	// account is that of the DB instance; empty is not known.
	account string
	// decision is the gate's; the data source has none.
	decision gate.Decision
	input    gate.Input // of the decision
	// promise is what a plan says of the decision, and leftOpen says what it
	// does not.
	promise  gate.Promise
	leftOpen string
	// brief says that a gate keeps no details.
	brief bool
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
	j, diags := judged(ctx, s, m, before, &declaration{})
	j.ready, j.subject = j.report.Ready, m.shownSubject()
	return j, m.named(diags)
}

// declaration are the clients of one configuration, translated when they are
// first asked for: they are the same for every target.
type declaration struct {
	host     *string
	clients  []readiness.Client
	deferred []string
	notes    []readiness.Finding
}

// read translates the clients of a DB instance at this host.
func (d *declaration) read(ctx context.Context, s *services, m judgementModel, host string) {
	if d.host != nil && *d.host == host {
		return
	}
	d.host = &host
	d.clients, d.deferred = clientsOf(m.elements("clients"), host, newStoreReader(ctx))
	d.notes = completeByImages(ctx, s, m.elements("clients"), d.clients)
	for i := range d.clients {
		d.clients[i] = d.clients[i].Resolved()
	}
}

func judged(ctx context.Context, s *services, m judgementModel, before *seenInstance, declared *declaration) (judgement, diag.Diagnostics) {
	at, minimum, waivers := judgementTimes(m, s.now())
	j := judgement{at: at}
	gathered, diags := gather(ctx, s, m, before)
	if diags.HasError() {
		return j, diags
	}
	j.instance, j.account = gathered.instance, gathered.account
	declared.read(ctx, s, m, gathered.host)
	clients, deferred := declared.clients, declared.deferred
	gathered.notes = append(gathered.notes, declared.notes...)
	if diags.Append(inOtherRegions(clients, gathered.factRegion)...); diags.HasError() {
		return j, diags
	}
	j.rotation = gathered.rotation(m, clients, at)
	observations := observationsOf(field[types.List](m.fields, "observations"))
	if j.deferred = deferred; len(deferred) > 0 {
		observations = nil // A session may be a client whose match is not known yet.
	}
	if len(clients) == 0 && len(deferred) > 0 {
		j.report.Ready = true // Nobody blocks the switch so far.
		return j, diags
	}
	j.report = readiness.Evaluate(readiness.Input{
		Target: gathered.target, Current: gathered.current,
		ForceSSL: gathered.forceSSL, ServerTLS: gathered.serverTLS, Host: gathered.host, Endpoint: gathered.endpoint, Engine: gathered.engine,
		Clients: clients, Observations: observations,
		WarnUndeclared:    m.text("on_undeclared") == choiceWarn,
		WarnIndeterminate: m.text("on_indeterminate") == choiceWarn,
		At:                at, MinimumValidity: minimum, Waivers: waivers, Notes: gathered.notes,
	})
	return j, diags
}

// judgementTimes reads the times of a configuration that the schema's
// validators have accepted.
func judgementTimes(m judgementModel, now time.Time) (at time.Time, minimum time.Duration, waivers map[string]readiness.Waiver) {
	at = now.UTC().Truncate(time.Second)
	if given, err := time.Parse(time.RFC3339, m.text("evaluation_time")); err == nil {
		at = given
	}
	if given, err := time.ParseDuration(m.text("minimum_validity")); err == nil {
		minimum = given
	}
	waivers = map[string]readiness.Waiver{}
	for name, value := range m.elements("waivers") {
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
	diags := refuseSecretTexts(m)
	clients := m.elements("clients")
	diags.Append(validateClients(clients)...)
	if !m.isSet("clients") || m.fields["clients"].IsUnknown() {
		return m.named(diags)
	}
	for _, name := range sortedKeys(m.elements("waivers")) {
		if _, declared := clients[name]; !declared {
			diags.AddAttributeError(path.Root("waivers").AtMapKey(name), "Waiver for an Undeclared Client", fmt.Sprintf(
				"No client %q is declared, so this waiver has no effect. Correct the name, or remove the waiver.", name))
		}
	}
	return m.named(diags)
}

// decide adds what the gate makes of the report. last is what it said last, or
// nil, instance what it decides about, and found what the refresh found, or nil.
func (j *judgement) decide(m judgementModel, instance gate.Instance, last *gate.Last, found *bool) {
	j.input = gate.Input{
		Target: m.text("target_ca_cert_identifier"), Ready: j.report.Ready, Hold: m.text("on_unready") == unreadyHold,
		Instance: instance, Asked: m.isSet("db_instance_identifier"), Given: m.text("current_ca_cert_identifier"), Last: last, Found: found,
	}
	j.decision, j.brief = gate.Decide(j.input), m.isSet("details") && !m.flag("details")
	j.ready = j.decision.Ready()
}

// promises adds what a plan can say of the decision. known says whether its
// apply decides about the same DB instance.
func (j *judgement) promises(m judgementModel, known bool) {
	j.promise = gate.Promised(j.input, known)
	if len(j.deferred) > 0 {
		return // They are said to be judged in the apply.
	}
	j.leftOpen = j.promise.Explanation(j.decision, m.text("target_ca_cert_identifier"))
}
