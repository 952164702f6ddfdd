package rdsapi_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// TestAnEndpointThatIsNotTrustedIsNamed: behind a proxy that breaks TLS up, the
// first edition said that the endpoint cannot be reached, after 25 attempts.
func TestAnEndpointThatIsNotTrustedIsNamed(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	chain, err := pki.NewRegion("us-east-1", pki.Today()).Chain(pki.CARSA2048, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewUnstartedServer(http.NotFoundHandler())
	proxy.TLS = chain.TLS()
	proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
	var handshakes atomic.Int32
	proxy.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			handshakes.Add(1)
		}
	}
	proxy.StartTLS()
	t.Cleanup(proxy.Close)
	role := []rdsapi.AssumeRole{{RoleARN: "arn:aws:iam::123456789012:role/reader"}}
	for name, config := range map[string]rdsapi.Config{"RDS": {}, "STS": {AssumeRole: role}} {
		config.Region, config.AccessKey, config.SecretKey, config.RDSEndpoint, config.STSEndpoint = "us-east-1", "AKIALAB", secretKey, proxy.URL, proxy.URL
		_, err := rdsapi.NewLazy(config, rdsapi.Options{}).Reader(t.Context(), "")
		if name == "RDS" {
			session, resolveErr := rdsapi.Resolve(t.Context(), config)
			if resolveErr != nil {
				t.Fatal(resolveErr)
			}
			handshakes.Store(0)
			_, err = session.Reader(rdsapi.Options{}).DBInstance(t.Context(), "orders")
			if n := handshakes.Load(); n != 1 {
				t.Errorf("%d handshakes, want 1", n)
			}
		}
		if !errors.Is(err, rdsapi.ErrEndpointNotTrusted) || !strings.Contains(err.Error(), "it was issued by \"") || !strings.Contains(err.Error(), "RDS") {
			t.Errorf("%s: got %v, want the issuer", name, err)
		}
	}
}

// TestAnSTSThatAnswersNothing ended the provider's process in the first
// edition, where a role was to be assumed; time and size had no bound.
func TestAnSTSThatAnswersNothing(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	role := []rdsapi.AssumeRole{{RoleARN: "arn:aws:iam::123456789012:role/reader"}}
	for name, answer := range map[string]rdsserver.Answer{
		"OK":              {Body: "OK"},
		"no credentials":  {Body: "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"},
		"no access key":   {Body: "<AssumeRoleResponse><AssumeRoleResult><Credentials/></AssumeRoleResult></AssumeRoleResponse>"},
		"stall":           {Stall: true},
		"500 for ever":    {Status: 500, Body: "<ErrorResponse/>"},
		"endless garbage": {Body: strings.Repeat("x", 64<<10), Endless: true},
	} {
		server, url := startLab(t, rdsserver.Scale{})
		server.SetFaults(rdsserver.Faults{Answers: map[string]rdsserver.Answer{rdsserver.EveryAction: answer}})
		lazy := rdsapi.NewLazy(rdsapi.Config{
			Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, RDSEndpoint: url, STSEndpoint: url, AssumeRole: role,
		}, rdsapi.Options{Within: time.Second})
		err := patiently(t, 5*time.Second, func(ctx context.Context) error {
			_, err := lazy.Reader(ctx, "")
			return err
		})
		if !errors.Is(err, rdsapi.ErrMalformedResponse) && !errors.Is(err, rdsapi.ErrTimeout) && !errors.Is(err, rdsapi.ErrCannotAssumeRole) {
			t.Errorf("%s: got %v", name, err)
		}
		began := time.Now() //nolint:forbidigo // a test's clock
		if _, err := lazy.Reader(t.Context(), ""); err == nil || time.Since(began) > 500*time.Millisecond {
			t.Errorf("%s: the next caller waits again, for %v: %v", name, time.Since(began), err)
		}
	}
}
