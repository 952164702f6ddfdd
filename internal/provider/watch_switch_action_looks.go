package provider

import (
	"cmp"
	"context"
	"crypto/sha1" //nolint:gosec // RDS names its roots by SHA-1.
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
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

// notOfferedError: the Region has no such CA.
type notOfferedError struct{ offered rdsapi.Certificates }

func (*notOfferedError) Error() string { return "the Region does not offer the target CA" }

var errNotSwitched = errors.New("the DB instance did not present a certificate from the target CA within the timeout")

// awaitTarget waits until several handshakes in a row show the target CA. It
// returns the endpoint, and the time from which on connections count: that of
// the last handshake that showed another CA, or began where none did. It says
// what it sees when that changes. If there is no switch to wait for, the error is
// a notBegunError or a notOfferedError.
func (a *watchSwitchAction) awaitTarget(ctx context.Context, given fields, began time.Time, say func(string, ...any)) (address string, since time.Time, err error) {
	reader, err := a.services.rds(ctx, given.text("region"))
	if err != nil {
		return "", began, err
	}
	reader = reader.Within(cmp.Or(given.duration("timeout"), defaultSwitchTimeout) + time.Minute) // The wait has its own end.
	offered, err := reader.Certificates(ctx)
	if err != nil {
		return "", began, err
	}
	target, is := offered.ByIdentifier(given.text("target_ca_cert_identifier"))
	if !is {
		return "", began, &notOfferedError{offered}
	}
	waiting, cancel := context.WithTimeout(ctx, cmp.Or(given.duration("timeout"), defaultSwitchTimeout))
	defer cancel()
	seen, inARow, since := "", 0, began
	wait := watch.Wait{Target: target.Identifier}
	for {
		reader.Forget() // The endpoint may be another after a restart.
		instance, err := reader.DBInstance(waiting, given.text("db_instance_identifier"))
		if err != nil && waiting.Err() == nil {
			return "", since, err
		}
		endpoint := endpointOf(instance)
		address := net.JoinHostPort(endpoint.Host, strconv.Itoa(int(endpoint.Port)))
		before := a.services.now()
		ca, shown := presentedCA(waiting, endpoint, target)
		what := ca
		if shown {
			what = "a certificate from " + ca
		}
		if what != seen && waiting.Err() == nil {
			say("%s presents %s. Waiting until %d checks in a row show a certificate from the target CA (%s).", cmp.Or(endpoint.Host, "The DB instance"), what, looksInARow, target.Identifier)
			seen = what
		}
		if inARow++; ca != target.Identifier {
			inARow = 0
		}
		if inARow >= looksInARow {
			return address, since, nil
		}
		if standing := standingOf(waiting, reader, instance); wait.Take(standing, ca, a.services.now()) {
			return "", since, &notBegunError{target: target.Identifier, standing: standing}
		}
		if shown && inARow == 0 {
			since = before
		}
		if err := pause(waiting, min(cmp.Or(given.duration("poll_interval"), defaultPollInterval), 5*time.Second)); err != nil {
			if ctx.Err() != nil {
				return "", since, ctx.Err()
			}
			return "", since, fmt.Errorf("%w: it presents %s", errNotSwitched, cmp.Or(seen, "nothing, since no TLS handshake was made"))
		}
	}
}

// presentedCA names the CA of the certificate that a server presents, or says
// why there is none.
func presentedCA(ctx context.Context, endpoint postgres.Endpoint, target rdsapi.CACertificate) (name string, shown bool) {
	if endpoint.Host == "" {
		return "nothing, since the DB instance has no endpoint", false
	}
	endpoint.Timeout = 10 * time.Second
	presented, err := postgres.ServerCertificate(ctx, endpoint, postgres.OfferAny, postgres.SSLRequest)
	if err != nil || len(presented.Chain) == 0 {
		return "no certificate", false
	}
	root := presented.Chain[len(presented.Chain)-1]
	sum := sha1.Sum(root) //nolint:gosec // See above.
	if hex.EncodeToString(sum[:]) == target.Thumbprint {
		return target.Identifier, true
	}
	if ca, known := rdsca.BySHA256(sha256Of(root)); known {
		return ca.Identifier, true
	}
	return "another CA", true
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

// watch looks at log and sessions until everybody is back, or the time is over.
// What began since a time counts as back, and what was refused since look_back.
func (a *watchSwitchAction) watch(ctx context.Context, given fields, began, since time.Time, say func(string, ...any)) (*watched, error) {
	reader, err := a.services.rds(ctx, given.text("region"))
	if err != nil {
		return nil, err
	}
	reader = reader.Within(cmp.Or(given.duration("watch_for"), defaultWatchFor) + defaultLogTimeout)
	w := &watched{Watch: watch.Watch{Expected: expectedClients(given), Calm: looksInARow}}
	reading := logReading{
		services: a.services, prefix: given.text("log_line_prefix"), since: began.Add(-cmp.Or(given.duration("look_back"), defaultLookBack)), maxBytes: defaultMaxMegabytes << 20,
	}
	watchFor, interval := cmp.Or(given.duration("watch_for"), defaultWatchFor), cmp.Or(given.duration("poll_interval"), defaultPollInterval)
	sources := "log"
	if a.services.postgres("", 0, given.text("region")).Username != "" {
		sources = "log and the sessions"
	}
	say("Watching the %s for %s. Clients seen before the switch: %d.", sources, watchFor, len(w.Expected))
	sessions := sessionLook{action: a, region: given.text("region"), since: since, say: say}
	for start := a.services.now(); ; {
		log, err := reading.instance(ctx, reader, given.text("db_instance_identifier"))
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, err
		}
		look := lookOf(log.report, since, a.services.ownSession())
		look.Came = append(look.Came, sessions.came(ctx, reader, given.text("db_instance_identifier"))...)
		news, done := w.Take(look)
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

// sessionLook finds who came back among the sessions: where log_connections is
// off, nobody does in the log.
type sessionLook struct {
	action *watchSwitchAction
	region string
	since  time.Time
	say    func(string, ...any)
	trusts bool // the login accepts what the server presents
	failed bool // and that was said
}

// came are the clients with a session that began since. Without a login it sees
// nobody, which it says once: the log is read all the same.
func (l *sessionLook) came(ctx context.Context, reader *rdsapi.Reader, id string) []watch.Client {
	if l.action.services.postgres("", 0, l.region).Username == "" {
		return nil
	}
	instance, err := reader.DBInstance(ctx, id)
	if err != nil {
		return nil // The log's reading says it.
	}
	endpoint := endpointOf(instance)
	login := l.action.services.postgres(endpoint.Host, endpoint.Port, l.region)
	var seen postgres.Observation
	if err = l.trust(ctx, endpoint, login); err == nil {
		seen, err = postgres.Sessions(ctx, login, postgres.Look{})
	}
	if failed := err != nil; failed != l.failed && ctx.Err() == nil {
		if l.failed = failed; failed {
			l.say("The sessions cannot be read (%v), so the action watches only the log.", err)
		}
	}
	var came []watch.Client
	for _, c := range seen.Clients {
		if !c.Hidden && c.Began.After(l.since) {
			came = append(came, cameAs(c.Username, c.Database, c.ApplicationName, c.ClientAddr))
		}
	}
	return came
}

// trust finds out whether the login accepts what the server presents, without a
// login: one that does not leaves an alert in the log, as a client does that is
// cut off.
func (l *sessionLook) trust(ctx context.Context, endpoint postgres.Endpoint, login postgres.Config) error {
	if l.trusts {
		return nil
	}
	endpoint.Timeout = 10 * time.Second
	presented, err := postgres.ServerCertificate(ctx, endpoint, postgres.OfferAny, postgres.SSLRequest)
	if err != nil {
		return err
	}
	err = login.Accepts(ctx, presented.Chain)
	l.trusts = err == nil
	return err
}

// cameAs is a client by the names that observations have.
func cameAs(username, database, application, address string) watch.Client {
	return watch.Client{Username: shownName(username), Database: shownName(database), ApplicationName: shownName(application), Address: address}
}

// expectedClients are those of the observations, each once.
func expectedClients(given fields) []watch.Client {
	var all []watch.Client
	known := map[watch.Client]bool{}
	for _, observation := range fieldsOfEach(given["observations"]) {
		for _, f := range fieldsOfEach(observation["sessions"]) {
			c := watch.Client{Username: f.text("username"), Database: f.text("database"), ApplicationName: f.text("application_name"), Address: f.text("client_addr")}
			if !known[c] {
				known[c] = true
				all = append(all, c)
			}
		}
	}
	return all
}

// lookOf is what a log says, for the watch. Its times may be whole seconds.
func lookOf(report connlog.Report, since time.Time, own func(user, application string) bool) watch.Look {
	look := watch.Look{Unfinished: map[string]int64{}}
	for c, times := range report.Clients {
		if !times.Began.Before(since.Truncate(time.Second)) && !own(c.Username, c.ApplicationName) {
			look.Came = append(look.Came, cameAs(c.Username, c.Database, c.ApplicationName, c.Address))
		}
	}
	for _, r := range slices.SortedFunc(maps.Keys(report.Refused), compareRefusals) {
		if times := report.Refused[r]; r.CutOff() {
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
		diags.AddAttributeError(at, fmt.Sprintf("Clients of %q Were Cut Off After the Switch", id), fmt.Sprintf(
			"These clients failed the TLS handshake, so they are cut off:\n%s\nAdd the target CA's root to the trust store of each client that does not accept the server certificate, or switch the DB instance back to its former CA.", bulleted(refused)))
	}
	if silent := w.Silent(); len(silent) > 0 {
		diags.AddAttributeWarning(at, fmt.Sprintf("Clients of %q May Be Cut Off", id), fmt.Sprintf(
			"These clients were seen before the switch and have not come back:\n%s\nConnections from their addresses ended without a login or a TLS alert, which is how Node.js clients behave when they do not trust the CA.", bulleted(each(silent, watch.Client.String))))
	}
	away := slices.DeleteFunc(w.Away(), func(c watch.Client) bool { return slices.Contains(w.Silent(), c) })
	if len(away) > 0 {
		diags.AddAttributeWarning(at, fmt.Sprintf("Clients of %q Have Not Come Back Yet", id), fmt.Sprintf(
			"These clients have not come back, but no failed TLS handshake was seen from them:\n%s\nThey may connect later, as scheduled jobs do. Until then, it is not known whether they survived the switch.", bulleted(each(away, watch.Client.String))))
	}
	if len(w.missing) > 0 {
		diags.AddAttributeWarning(at, fmt.Sprintf("The Log of %q Is Not Complete", id), fmt.Sprintf("Clients that this action does not name may have failed the TLS handshake as well. Reasons why the log is not complete:\n%s", bulleted(w.missing)))
	}
}
