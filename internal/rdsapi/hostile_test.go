package rdsapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// A hostile world, as far as RDS is concerned: each trial of this file failed
// on the first edition, but for those that its comment names.

// hostileHeap is how far the heap may rise in any trial.
const hostileHeap = 256 << 20

// question is one of the nine things that RDS is asked.
type question struct {
	action string
	ask    func(ctx context.Context, r *rdsapi.Reader) error
}

func questions() []question {
	return []question{
		{"DescribeDBInstances", func(ctx context.Context, r *rdsapi.Reader) error {
			_, err := r.Fleet(ctx, rdsapi.FleetQuery{})
			return err
		}},
		{"DescribeDBClusters", func(ctx context.Context, r *rdsapi.Reader) error {
			_, err := r.DBCluster(ctx, "cluster-000")
			return err
		}},
		{"DescribeDBParameters", func(ctx context.Context, r *rdsapi.Reader) error {
			_, err := r.ForceSSL(ctx, "db-00000")
			return err
		}},
		{"DescribeDBClusterParameters", func(ctx context.Context, r *rdsapi.Reader) error {
			_, err := r.ClusterForceSSL(ctx, "cluster-000")
			return err
		}},
		{"DescribeCertificates", func(ctx context.Context, r *rdsapi.Reader) error {
			_, err := r.Certificates(ctx)
			return err
		}},
		{"DescribeDBEngineVersions", func(ctx context.Context, r *rdsapi.Reader) error {
			_, err := r.EngineVersion(ctx, "postgres", "15.18")
			return err
		}},
		{"DescribePendingMaintenanceActions", func(ctx context.Context, r *rdsapi.Reader) error {
			_, err := r.PendingMaintenance(ctx, "arn:aws:rds:us-east-1:123456789012:db:db-00000")
			return err
		}},
		{"DescribeDBLogFiles", func(ctx context.Context, r *rdsapi.Reader) error {
			_, err := r.LogFiles(ctx, "db-00000", time.Time{})
			return err
		}},
		{"DownloadDBLogFilePortion", func(ctx context.Context, r *rdsapi.Reader) error {
			complete, err := r.ReadLog(ctx, "db-00000", "error/postgresql.log", 1<<40, func(string) error { return nil })
			if err == nil && !complete {
				return errors.New("not complete")
			}
			return err
		}},
	}
}

// against asks one question of an endpoint that answers in its own way, and
// returns what came of it. It fails for a hang and for a heap without a bound.
func against(t *testing.T, q question, answer rdsserver.Answer, opts rdsapi.Options) (server *rdsserver.Server, err error) {
	t.Helper()
	server, url := startLab(t, rdsserver.Scale{Instances: 2, ParameterGroups: 1, EngineVersions: 1, Clusters: 1})
	faults := rdsserver.Faults{Answers: map[string]rdsserver.Answer{q.action: answer}}
	if answer.Stall || answer.Drip > 0 {
		// The SDK closes the request's body when the response begins; where that
		// comes before the body is sent to its end, the connection breaks.
		faults.Latency = 20 * time.Millisecond
	}
	server.SetFaults(faults)
	return server, patiently(t, 30*time.Second, func(ctx context.Context) error {
		return q.ask(ctx, rdsapi.NewFromConfig(labConfig(), url, opts))
	})
}

// patiently runs a trial that must be over by itself in time.
func patiently(t *testing.T, limit time.Duration, trial func(context.Context) error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	stop := watchHeap()
	err := trial(ctx)
	if peak := stop(); peak > hostileHeap {
		t.Errorf("the heap rose by %d MiB", peak>>20)
	}
	if ctx.Err() != nil {
		t.Errorf("not over after %v", limit)
	}
	return err
}

// TestAnAnswerThatIsNoAnswerIsAnError: status 200 with something that is not
// what the action returns. The first edition took all but the first and the
// cut one for an empty list, or for a log file at its end.
func TestAnAnswerThatIsNoAnswerIsAnError(t *testing.T) { //nolint:paralleltest // measures the heap
	envelope := func(action, result string) string {
		return fmt.Sprintf(`<%sResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">%s<ResponseMetadata/></%[1]sResponse>`, action, result)
	}
	bodies := map[string]func(action string) string{
		"nothing":       func(string) string { return "" },
		"blanks":        func(string) string { return " \n\t " },
		"OK":            func(string) string { return "OK" },
		"JSON":          func(string) string { return `{"DBInstances":[]}` },
		"HTML":          func(string) string { return "<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>" },
		"a comment":     func(string) string { return "<!-- nothing -->" },
		"a declaration": func(string) string { return `<?xml version="1.0"?>` },
		"an element":    func(string) string { return "<ok/>" },
		"another action's answer": func(string) string {
			return envelope("ListTagsForResource", "<ListTagsForResourceResult><TagList/></ListTagsForResourceResult>")
		},
		"an envelope":              func(action string) string { return envelope(action, "") },
		"an empty result":          func(action string) string { return envelope(action, "<"+action+"Result/>") },
		"a result of another kind": func(action string) string { return envelope(action, "<"+action+"Result><Subnets/></"+action+"Result>") },
		"a result behind a comment": func(action string) string {
			return envelope(action, "<!-- <"+action+"Result><DBInstances/></"+action+"Result> -->")
		},
		"an error with status 200": func(string) string {
			return "<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>"
		},
		"cut":     func(action string) string { return "<" + action + "Response><" + action + "Result>" },
		"binary":  func(string) string { return "\x00\xff\xfe\x1b[2J" },
		"nesting": func(action string) string { return strings.Repeat("<"+action+"Response>", 100_000) },
	}
	for name, body := range bodies {
		for _, q := range questions() {
			_, err := against(t, q, rdsserver.Answer{Body: body(q.action)}, rdsapi.Options{})
			if !errors.Is(err, rdsapi.ErrMalformedResponse) {
				t.Errorf("%s for %s: got %v, want %v", name, q.action, err, rdsapi.ErrMalformedResponse)
			}
			if err != nil && strings.ContainsAny(err.Error(), "\x00\x1b<{") {
				t.Errorf("%s for %s: the body is in the error: %q", name, q.action, err)
			}
		}
	}
}

// TestEmptyListsAreAnswers keeps the check from being too strict.
func TestEmptyListsAreAnswers(t *testing.T) {
	t.Parallel()
	_, url := startLab(t, rdsserver.Scale{})
	reader := newReader(url)
	fleet, err := reader.Fleet(t.Context(), everyFact())
	if err != nil || len(fleet.Instances) > 0 || len(fleet.Gaps) > 0 {
		t.Errorf("got %+v, %v, want an empty fleet", fleet, err)
	}
	if _, err := reader.DBCluster(t.Context(), "orders"); !errors.Is(err, rdsapi.ErrDBClusterNotFound) {
		t.Errorf("got %v, want %v", err, rdsapi.ErrDBClusterNotFound)
	}
}

// TestAGroupThatDoesNotListTheParameter: nothing is certain of one that is not
// listed.
func TestAGroupThatDoesNotListTheParameter(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 1, ParameterGroups: 1})
	server.SetFaults(rdsserver.Faults{Answers: map[string]rdsserver.Answer{"DescribeDBParameters": {
		Body: "<DescribeDBParametersResponse><DescribeDBParametersResult><Parameters/></DescribeDBParametersResult></DescribeDBParametersResponse>",
	}}})
	setting, err := newReader(url).ForceSSL(t.Context(), "db-00000")
	if err != nil || setting.Present || setting.Effect != rdsapi.EffectNotListed {
		t.Errorf("got %+v, %v, want a parameter that is not there and not in force", setting, err)
	}
}

// TestPagesThatNeverEnd: markers that alternate, never end, or stay. The first
// edition ran past a thousand calls with the first two, for instances, clusters
// and pending maintenance for ever.
func TestPagesThatNeverEnd(t *testing.T) { //nolint:paralleltest // measures the heap
	markers := map[string]func(nth int, marker string) string{
		"alternate": func(nth int, _ string) string { return fmt.Sprint("page-", nth%2) },
		"in thirds": func(nth int, _ string) string { return fmt.Sprint("page-", nth%3) },
		"new ones":  func(nth int, _ string) string { return fmt.Sprint("page-", nth) },
		"lies":      func(nth int, _ string) string { return fmt.Sprintf("lie-%[1]d</Marker><Marker>page-%[1]d", nth) }, // The last one counts.
		"the same":  func(int, string) string { return "page-0" },
		"long ones": func(nth int, _ string) string { return strings.Repeat("m", 10_000) + fmt.Sprint(nth) },
	}
	for name, next := range markers {
		for _, q := range questions() {
			server, err := against(t, q, rdsserver.Answer{Page: func(nth int, marker string) string {
				return pageOf(q.action, next(nth, marker))
			}}, rdsapi.Options{})
			if q.action == "DescribeDBClusters" {
				continue // One is asked for, which the answer does not have.
			}
			if !errors.Is(err, rdsapi.ErrMalformedResponse) {
				t.Errorf("%s for %s: got %v, want %v", name, q.action, err, rdsapi.ErrMalformedResponse)
			} else if text := err.Error(); !strings.Contains(text, "returns to an earlier page") && !strings.Contains(text, " has more than ") && !strings.Contains(text, " has a marker longer than 4096 bytes") {
				t.Errorf("%s for %s: the error does not name its bound: %v", name, q.action, err)
			}
			if calls := server.RDSCalls(); q.action != "DownloadDBLogFilePortion" && calls > 510 {
				t.Errorf("%s for %s: %d calls", name, q.action, calls)
			}
		}
	}
}

// pageOf is a page with nothing wanted on it, and a marker.
func pageOf(action, marker string) string {
	content := map[string]string{
		"DescribeDBInstances": "<DBInstances/>", "DescribeDBClusters": "<DBClusters/>", "DescribeDBParameters": "<Parameters/>",
		"DescribeDBClusterParameters": "<Parameters/>", "DescribeCertificates": "<Certificates/>", "DescribeDBEngineVersions": "<DBEngineVersions/>",
		"DescribePendingMaintenanceActions": "<PendingMaintenanceActions/>", "DescribeDBLogFiles": "<DescribeDBLogFiles/>",
		"DownloadDBLogFilePortion": "<AdditionalDataPending>true</AdditionalDataPending>",
	}[action]
	return fmt.Sprintf("<%[1]sResponse><%[1]sResult><Marker>%[2]s</Marker>%[3]s</%[1]sResult></%[1]sResponse>", action, marker, content)
}

// TestAnAnswerWithoutABoundIsAnError: bodies that never end, and small ones
// that decode to large structs. The first edition decoded 32 MiB of empty
// records to several GiB.
func TestAnAnswerWithoutABoundIsAnError(t *testing.T) { //nolint:paralleltest // measures the heap
	instances := questions()[0]
	crowd := "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances>" + strings.Repeat("<DBInstance/>", 500_000)
	for name, answer := range map[string]rdsserver.Answer{
		"endless blanks":    {Body: strings.Repeat(" ", 64<<10), Endless: true},
		"endless instances": {Body: "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance/>", Endless: true},
		"empty instances":   {Body: crowd + "</DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>"},
		"empty tags": {
			Body: "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance><TagList>" + strings.Repeat("<Tag/>", 1_000_000),
		},
	} {
		if _, err := against(t, instances, answer, rdsapi.Options{}); !errors.Is(err, rdsapi.ErrMalformedResponse) {
			t.Errorf("%s: got %v, want %v", name, err, rdsapi.ErrMalformedResponse)
		}
	}
}

// TestSilenceIsNotRetried: a body that stalls or drips costs one attempt. The
// first edition retried it 25 times.
func TestSilenceIsNotRetried(t *testing.T) { //nolint:paralleltest // measures the heap
	for name, answer := range map[string]rdsserver.Answer{
		"nothing at all":    {Stall: true},
		"half an answer":    {Proper: true, Stall: true},
		"drips":             {Body: strings.Repeat(" ", 1000), Drip: 50 * time.Millisecond},
		"half an error":     {Status: 500, Body: "<ErrorResponse>", Stall: true},
		"dripping an error": {Status: 503, Body: strings.Repeat(" ", 1000), Drip: 50 * time.Millisecond},
	} {
		for _, q := range questions() {
			server, err := against(t, q, answer, rdsapi.Options{AttemptTimeout: 250 * time.Millisecond})
			if !errors.Is(err, rdsapi.ErrUnreachable) {
				t.Errorf("%s for %s: got %v, want %v", name, q.action, err, rdsapi.ErrUnreachable)
			}
			if attempts := server.Counts()[q.action]; attempts != 1 {
				t.Errorf("%s for %s: %d attempts, want 1", name, q.action, attempts)
			}
		}
	}
}

// endlessly are the ways of an endpoint to fail that are worth a retry.
func endlessly() map[string]rdsserver.Answer {
	return map[string]rdsserver.Answer{
		"500": {Status: 500, Body: "<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>"},
		"503": {Status: 503, Body: "<html>Service Unavailable</html>"},
		"throttling": {
			Status: 400, Body: "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
		},
	}
}

// TestTheBudgetEndsEverything: with the retries that a user gets, whatever a
// caller asks is over when its time is. In the first edition it went on for
// more than 500 s.
func TestTheBudgetEndsEverything(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	const within = 700 * time.Millisecond
	stalls := endlessly()
	stalls["stall"] = rdsserver.Answer{Stall: true}
	for name, answer := range stalls {
		server, url := startLab(t, rdsserver.Scale{Instances: 2})
		server.SetFaults(rdsserver.Faults{Answers: map[string]rdsserver.Answer{rdsserver.EveryAction: answer}})
		// An attempt may begin that nobody waits for any longer.
		noticed := make(chan rdsapi.Attempt, 1000)
		session, err := rdsapi.Resolve(t.Context(), rdsapi.Config{Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, RDSEndpoint: url})
		if err != nil {
			t.Fatal(err)
		}
		reader := session.Reader(rdsapi.Options{Notice: func(_ context.Context, a rdsapi.Attempt) { noticed <- a }})
		began := time.Now() //nolint:forbidigo // a test's clock
		err = patiently(t, 20*time.Second, func(ctx context.Context) error {
			bounded := reader.Within(within)
			_, err := bounded.DBInstance(ctx, "db-00000")
			for _, q := range questions() {
				if err == nil {
					t.Errorf("%s: no error", name)
				}
				err = q.ask(ctx, bounded)
			}
			return err
		})
		if !errors.Is(err, rdsapi.ErrTimeout) || !strings.Contains(err.Error(), "within 700ms") {
			t.Errorf("%s: got %v, want %v", name, err, rdsapi.ErrTimeout)
		}
		// All questions share one budget: each with its own would take ten.
		if took := time.Since(began); took > 8*within {
			t.Errorf("%s: took %v", name, took)
		}
		select {
		case first := <-noticed:
			if first.Action != "rds:DescribeDBInstances" || first.Number != 1 {
				t.Errorf("%s: noticed %v first", name, first)
			}
		default:
			t.Errorf("%s: nothing was noticed", name)
		}
		// Nobody else waits for the same once more.
		before := server.RDSCalls()
		if _, err := reader.Within(time.Minute).Certificates(t.Context()); !errors.Is(err, rdsapi.ErrTimeout) || server.RDSCalls() != before {
			t.Errorf("%s: asked again: %v, %d calls", name, err, server.RDSCalls()-before)
		}
	}
}

// TestNobodyElseRetriesWhatHasFailedForGood: with three attempts a call, nine
// questions cost three attempts for the first, one for each other action, and
// none where an action has failed before. In the first edition three for each.
func TestNobodyElseRetriesWhatHasFailedForGood(t *testing.T) {
	t.Parallel()
	for name, answer := range endlessly() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{Instances: 2, Clusters: 1})
			server.SetFaults(rdsserver.Faults{Answers: map[string]rdsserver.Answer{rdsserver.EveryAction: answer}})
			config := labConfig()
			config.RetryMaxAttempts = 3
			config.Retryer = threeAttempts
			reader := rdsapi.NewFromConfig(config, url, rdsapi.Options{})
			for range 3 {
				for _, q := range questions() {
					if err := q.ask(t.Context(), reader); err == nil {
						t.Errorf("%s: no error", q.action)
					}
				}
			}
			counts := server.Counts()
			if counts["DescribeDBInstances"] != 3 {
				t.Errorf("%d attempts of the first call, want 3", counts["DescribeDBInstances"])
			}
			for action, attempts := range counts {
				if action != "DescribeDBInstances" && attempts != 1 {
					t.Errorf("%s: %d attempts, want 1", action, attempts)
				}
			}
			reader.Forget()
			if _, err := reader.Certificates(t.Context()); err == nil || server.Counts()["DescribeCertificates"] != 4 {
				t.Errorf("after Forget: %v, %d attempts, want three more", err, server.Counts()["DescribeCertificates"])
			}
		})
	}
}

// TestCancellingEndsAtOnce holds on the first edition as well.
func TestCancellingEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, q := range questions() {
		t.Run(q.action, func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{Instances: 2, Clusters: 1, ParameterGroups: 1})
			server.SetFaults(rdsserver.Faults{Answers: map[string]rdsserver.Answer{q.action: {Stall: true}}})
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- q.ask(ctx, newReader(url).Within(time.Minute)) }()
			time.Sleep(100 * time.Millisecond)
			cancel()
			select {
			case err := <-ended:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want %v", err, context.Canceled)
				}
			case <-time.After(3 * time.Second):
				t.Error("still waiting")
			}
		})
	}
}

func threeAttempts() aws.Retryer { return attemptsOf(3) }
