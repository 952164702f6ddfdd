package rdsapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// The actions that are answered in JSON, by an endpoint that answers all in one
// way. The token of a registry had no bound of its own but the plan's, and the
// Regions of an account had none at all.

// jsonAsked is what is asked.
type jsonAsked struct {
	element string
	ask     func(ctx context.Context, url string) error
}

func jsonQuestions(t *testing.T) map[string]jsonAsked {
	t.Helper()
	return map[string]jsonAsked{
		"FilterLogEvents": {"events", func(ctx context.Context, url string) error {
			reader := rdsapi.NewFromConfig(labConfig(), url, rdsapi.Options{LogsEndpoint: url})
			err := reader.LogEvents(ctx, rdsapi.DBInstance{Identifier: "orders"}, time.Time{}, time.Unix(1<<31, 0), 64<<20, io.Discard)
			if err != nil && !strings.HasPrefix(err.Error(), `log group "/aws/rds/instance/orders/postgresql": `) {
				t.Errorf("the log group is not named: %v", err)
			}
			return err
		}},
		"GetAuthorizationToken": {"authorizationData", func(ctx context.Context, url string) error {
			_, _, err := jsonSession(t, url, 1).RegistryToken(ctx, "us-east-1", false, 2*time.Minute)
			return err
		}},
		"ListRegions": {"Regions", func(ctx context.Context, url string) error {
			_, err := jsonSession(t, url, 1).EnabledRegions(ctx, 2*time.Minute)
			return err
		}},
	}
}

// jsonSession is a session whose services are all at one place.
func jsonSession(t *testing.T, url string, attempts int) *rdsapi.Session {
	t.Helper()
	session, err := rdsapi.Resolve(t.Context(), rdsapi.Config{
		Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, ECREndpoint: url, AccountEndpoint: url, MaxRetries: attempts,
	})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// answering serves one way of answering, and counts the calls.
func answering(t *testing.T, handle http.HandlerFunc) (url string, calls *atomic.Int32) {
	t.Helper()
	calls = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(20 * time.Millisecond) // Or the connection may break: the SDK closes the request's body when the response begins.
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

func TestJSONThatIsNoAnswerIsAnError(t *testing.T) { //nolint:paralleltest // clears the environment, measures the heap
	forgetAWS(t)
	for name, body := range map[string]func(element string) string{
		"nothing":               func(string) string { return "" },
		"blanks":                func(string) string { return " \n" },
		"OK":                    func(string) string { return "OK" },
		"XML":                   func(string) string { return "<FilterLogEventsResponse/>" },
		"HTML":                  func(string) string { return "<html>events authorizationData Regions</html>" },
		"an empty object":       func(string) string { return "{}" },
		"a list":                func(e string) string { return `["` + e + `"]` },
		"null":                  func(string) string { return "null" },
		"another object":        func(string) string { return `{"logGroups":[]}` },
		"the element is null":   func(e string) string { return `{"` + e + `":null}` },
		"the element is a text": func(e string) string { return `{"` + e + `":"x"}` },
		"the element is deeper": func(e string) string { return `{"x":{"` + e + `":[]}}` },
		"the element in a text": func(e string) string { return `{"x":"\"` + e + `\""}` },
		"cut":                   func(e string) string { return `{"` + e + `":[{` },
		"an error with 200":     func(string) string { return `{"__type":"InternalFailure"}` },
		"binary":                func(string) string { return "\x00\xff\x1b[2J" },
		"a crowd of objects":    func(e string) string { return `{"` + e + `":[` + strings.Repeat("{},", 2_600_000) + "{}]}" },
		"a crowd of lists":      func(e string) string { return `{"` + e + `":[],"x":[` + strings.Repeat("[],", 2_600_000) + "[]]}" },
		"a crowd of numbers":    func(e string) string { return `{"` + e + `":[],"x":[` + strings.Repeat("0,", 4_000_000) + "0]}" },
	} {
		for action, q := range jsonQuestions(t) {
			url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body(q.element)) })
			err := patiently(t, 30*time.Second, func(ctx context.Context) error { return q.ask(ctx, url) })
			if !errors.Is(err, rdsapi.ErrMalformedResponse) {
				t.Errorf("%s for %s: got %v, want %v", name, action, err, rdsapi.ErrMalformedResponse)
			}
			if err != nil && strings.ContainsAny(err.Error(), "\x00\x1b<{") {
				t.Errorf("%s for %s: the body is in the error: %q", name, action, err)
			}
		}
	}
}

func TestJSONWithoutAnEndIsAnError(t *testing.T) { //nolint:paralleltest // clears the environment, measures the heap
	forgetAWS(t)
	for action, q := range jsonQuestions(t) {
		endless := map[string]string{
			"blanks":  strings.Repeat(" ", 64<<10),
			"records": `{"` + q.element + `":[` + strings.Repeat("{},", 20_000),
			"depth":   `{"` + q.element + `":` + strings.Repeat("[", 64<<10),
		}
		for name, unit := range endless {
			url, calls := answering(t, func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					if _, err := io.WriteString(w, unit); err != nil {
						return
					}
				}
			})
			err := patiently(t, 5*time.Minute, func(ctx context.Context) error { return q.ask(ctx, url) })
			if !errors.Is(err, rdsapi.ErrMalformedResponse) || calls.Load() != 1 {
				t.Errorf("%s for %s: got %v after %d calls, want %v after one", name, action, err, calls.Load(), rdsapi.ErrMalformedResponse)
			}
		}
	}
}

// TestTokensOfPagesThatNeverEnd: tokens that come back, and new ones for ever.
func TestTokensOfPagesThatNeverEnd(t *testing.T) { //nolint:paralleltest // clears the environment, measures the heap
	forgetAWS(t)
	for name, token := range map[string]func(nth int32) string{
		"the same":  func(int32) string { return "a" },
		"alternate": func(nth int32) string { return fmt.Sprint(nth % 2) },
		"new ones":  func(nth int32) string { return fmt.Sprint(nth) },
		"too long":  func(nth int32) string { return strings.Repeat("t", 5_000) + fmt.Sprint(nth) },
	} {
		for action, field := range map[string]string{"FilterLogEvents": "nextToken", "ListRegions": "NextToken"} {
			q := jsonQuestions(t)[action]
			var nth atomic.Int32
			url, calls := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{%q:[],%q:%q}`, q.element, field, token(nth.Add(1)))
			})
			err := patiently(t, time.Minute, func(ctx context.Context) error { return q.ask(ctx, url) })
			if !errors.Is(err, rdsapi.ErrMalformedResponse) || calls.Load() > 1_010 {
				t.Errorf("%s for %s: got %v after %d calls", name, action, err, calls.Load())
			}
		}
	}
}

// TestCancellingEndsJSONAtOnce: a call that stalls is over with the run, and
// with the time that one attempt has.
func TestCancellingEndsJSONAtOnce(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	for action, q := range jsonQuestions(t) {
		url, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
			if flusher, is := w.(http.Flusher); is {
				flusher.Flush()
			}
			<-r.Context().Done()
		})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		err := patiently(t, 3*time.Second, func(context.Context) error { return q.ask(ctx, url) })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", action, err, context.Canceled)
		}
	}
}

// TestWhatIsNotOfRDSHasItsTime: with the retries that a user gets, an ECR or an
// account that fails for ever is given up.
func TestWhatIsNotOfRDSHasItsTime(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	const within = 700 * time.Millisecond
	asks := map[string]func(context.Context, *rdsapi.Session) error{
		"ecr": func(ctx context.Context, s *rdsapi.Session) error {
			_, _, err := s.RegistryToken(ctx, "us-east-1", false, within)
			return err
		},
		"account": func(ctx context.Context, s *rdsapi.Session) error {
			_, err := s.EnabledRegions(ctx, within)
			return err
		},
	}
	answers := map[string]http.HandlerFunc{
		"a stall": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a drip": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		},
	}
	for name, status := range map[string]int{"500": 500, "throttling": 400} {
		answers[name] = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"__type":"ThrottlingException","message":"x"}`)
		}
	}
	for name, answer := range answers {
		for service, ask := range asks {
			url, _ := answering(t, answer)
			err := patiently(t, 20*time.Second, func(ctx context.Context) error { return ask(ctx, jsonSession(t, url, 0)) })
			if !errors.Is(err, rdsapi.ErrTimeout) {
				t.Errorf("%s for %s: got %v, want %v", name, service, err, rdsapi.ErrTimeout)
			}
		}
	}
}
