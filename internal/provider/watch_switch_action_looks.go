package provider

import (
	"context"
	"crypto/sha1" //nolint:gosec // RDS names its roots by SHA-1.
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/watch"
)

// looksInARow is how many looks have to be alike before one is believed.
const looksInARow = 3

var errNotSwitched = errors.New("the DB instance does not present the target CA within the timeout")

// awaitTarget waits until several handshakes in a row show the target CA, and
// returns the endpoint. It says what it sees when that changes.
func (a *watchSwitchAction) awaitTarget(ctx context.Context, m watchSwitchModel, say func(string, ...any)) (string, error) {
	reader, err := a.services.rds(ctx, m.Region)
	if err != nil {
		return "", err
	}
	reader = reader.Within(firstDuration(m.Timeout, defaultSwitchTimeout) + time.Minute) // The wait has its own end.
	offered, err := reader.Certificates(ctx)
	if err != nil {
		return "", err
	}
	target, is := offered.ByIdentifier(m.TargetCACertIdentifier.ValueString())
	if !is {
		return "", fmt.Errorf("%w: the Region offers no CA %q", errNotSwitched, m.TargetCACertIdentifier.ValueString())
	}
	waiting, cancel := context.WithTimeout(ctx, firstDuration(m.Timeout, defaultSwitchTimeout))
	defer cancel()
	seen, inARow := "", 0
	for {
		reader.Forget() // The endpoint may be another after a restart.
		instance, err := reader.DBInstance(waiting, m.DBInstanceIdentifier.ValueString())
		if err != nil && waiting.Err() == nil {
			return "", err
		}
		endpoint := endpointOf(instance)
		address := net.JoinHostPort(endpoint.Host, strconv.Itoa(int(endpoint.Port)))
		ca := presentedCA(waiting, endpoint, target)
		if ca != seen && waiting.Err() == nil {
			say("%s presents %s; waiting for %q.", address, ca, target.Identifier)
			seen = ca
		}
		if inARow++; ca != target.Identifier {
			inARow = 0
		}
		if inARow >= looksInARow {
			return address, nil
		}
		if err := pause(waiting, min(firstDuration(m.PollInterval, defaultPollInterval), 5*time.Second)); err != nil {
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			return "", fmt.Errorf("%w: it presents %s", errNotSwitched, seen)
		}
	}
}

// presentedCA names the CA of the certificate that a server presents, or says
// why there is none.
func presentedCA(ctx context.Context, endpoint postgres.Endpoint, target rdsapi.CACertificate) string {
	if endpoint.Host == "" {
		return "nothing, since it has no endpoint"
	}
	endpoint.Timeout = 10 * time.Second
	presented, err := postgres.ServerCertificate(ctx, endpoint, "", postgres.OfferAny, postgres.SSLRequest)
	if err != nil || len(presented.Chain) == 0 {
		return "no certificate"
	}
	root := presented.Chain[len(presented.Chain)-1]
	sum := sha1.Sum(root) //nolint:gosec // See above.
	if hex.EncodeToString(sum[:]) == target.Thumbprint {
		return target.Identifier
	}
	if ca, known := rdsca.BySHA256(sha256Of(root)); known {
		return ca.Identifier
	}
	return "another CA"
}

// pause sleeps, unless the context ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watched is how a watch ended.
type watched struct {
	watch.Watch

	missing []string // why the log may lack somebody
}

// watch looks at the log until everybody is back, or the time is over.
func (a *watchSwitchAction) watch(ctx context.Context, m watchSwitchModel, began time.Time, say func(string, ...any)) (*watched, error) {
	reader, err := a.services.rds(ctx, m.Region)
	if err != nil {
		return nil, err
	}
	reader = reader.Within(firstDuration(m.WatchFor, defaultWatchFor) + defaultLogTimeout)
	w := &watched{Watch: watch.Watch{Expected: expectedClients(m), Calm: looksInARow}}
	reading := logReading{
		services: a.services, prefix: m.LogLinePrefix.ValueString(), since: began.Add(-firstDuration(m.LookBack, defaultLookBack)), maxBytes: defaultMaxMegabytes << 20,
	}
	watchFor, interval := firstDuration(m.WatchFor, defaultWatchFor), firstDuration(m.PollInterval, defaultPollInterval)
	say("Watching the log for %s; %d clients were seen before.", watchFor, len(w.Expected))
	for start := a.services.now(); ; {
		log, err := reading.instance(ctx, reader, m.DBInstanceIdentifier.ValueString())
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, err
		}
		news, done := w.Take(lookOf(log.report, a.services.ownSession()))
		for _, line := range news[:min(len(news), 20)] {
			say("%s.", line)
		}
		left := watchFor - a.services.now().Sub(start)
		if w.missing = log.missing; done || left <= 0 {
			return w, nil
		}
		if err := pause(ctx, min(interval, left)); err != nil {
			return nil, err
		}
	}
}

// expectedClients are those of the observations, each once.
func expectedClients(m watchSwitchModel) []watch.Client {
	var all []watch.Client
	known := map[watch.Client]bool{}
	for _, observation := range m.Observations.Elements() {
		for _, session := range listOf(fieldsOf(observation)["sessions"]) {
			f := fieldsOf(session)
			c := watch.Client{Username: f.text("username"), Database: f.text("database"), ApplicationName: f.text("application_name"), Address: f.text("client_addr")}
			if !known[c] {
				known[c] = true
				all = append(all, c)
			}
		}
	}
	return all
}

// lookOf is what a log says, for the watch.
func lookOf(report connlog.Report, own func(user, application string) bool) watch.Look {
	look := watch.Look{Unfinished: map[string]int64{}}
	for c := range report.Clients {
		if !own(c.Username, c.ApplicationName) {
			look.Came = append(look.Came, watch.Client{Username: c.Username, Database: c.Database, ApplicationName: c.ApplicationName, Address: c.Address})
		}
	}
	for _, r := range sorted(report.Refused, compareRefusals) {
		if times := report.Refused[r]; r.Alert != "" {
			look.Refused = append(look.Refused, watch.Refusal{Address: r.Address, Alert: r.Alert, Meaning: r.Meaning(), Handshakes: times.Count, Last: times.Last})
		}
	}
	for u, times := range report.Unfinished {
		look.Unfinished[u.Address] = times.Count
	}
	return look
}

// report says who was refused, and who has not come yet.
func (w *watched) report(id string, diags *diag.Diagnostics) {
	at := path.Root("db_instance_identifier")
	if refused := w.Refused(); len(refused) > 0 {
		diags.AddAttributeError(at, fmt.Sprintf("Clients of %q Were Refused After the Switch", id), fmt.Sprintf(
			"They ended the TLS handshake themselves, and are cut off:\n%s\nGive them a trust store with the target CA's root, or switch the DB instance back to its former CA.", bulleted(refused)))
	}
	if silent := w.Silent(); len(silent) > 0 {
		diags.AddAttributeWarning(at, fmt.Sprintf("Clients of %q May Be Cut Off", id), fmt.Sprintf(
			"They were seen before, have not come back, and connections of their address came and went without a word, as those of Node.js clients do that do not trust the CA:\n%s", bulleted(clientNames(silent))))
	}
	away := slices.DeleteFunc(w.Away(), func(c watch.Client) bool { return slices.Contains(w.Silent(), c) })
	if len(away) > 0 {
		diags.AddAttributeWarning(at, fmt.Sprintf("Clients of %q Have Not Come Back Yet", id), fmt.Sprintf(
			"Nobody refused them; they may come later, as jobs do. Until then nobody knows whether they come through:\n%s", bulleted(clientNames(away))))
	}
	if len(w.missing) > 0 {
		diags.AddAttributeWarning(at, fmt.Sprintf("The Log of %q Is Not Complete", id), fmt.Sprintf("Who is not named may have been refused all the same:\n%s", bulleted(w.missing)))
	}
}

func clientNames(clients []watch.Client) []string {
	names := make([]string, len(clients))
	for i, c := range clients {
		names[i] = c.String()
	}
	return names
}
