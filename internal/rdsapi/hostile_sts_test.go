package rdsapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// TestAnSTSThatIsNone: who the credentials belong to is not guessed, whatever
// is in the place of STS.
func TestAnSTSThatIsNone(t *testing.T) { //nolint:paralleltest // clears the environment, measures the heap
	forgetAWS(t)
	const known = "123456789012"
	caller := func(content string) string {
		return "<GetCallerIdentityResponse><GetCallerIdentityResult>" + content
	}
	account := rdsapi.Config{AllowedAccountIDs: []string{known}}
	role := rdsapi.Config{AssumeRole: []rdsapi.AssumeRole{{RoleARN: "arn:aws:iam::123456789012:role/reader"}}}
	for name, body := range map[string]string{
		"nothing": "", "OK": "OK", "JSON": `{"Account":"123456789012"}`, "HTML": "<html><body>Sign in: 123456789012</body></html>", "a comment": "<!-- " + known + " -->",
		"an empty result": caller("</GetCallerIdentityResult></GetCallerIdentityResponse>"), "no account": caller("<Account/></GetCallerIdentityResult></GetCallerIdentityResponse>"),
		"another answer": "<AssumeRoleResponse><AssumeRoleResult><Account>" + known + "</Account></AssumeRoleResult></AssumeRoleResponse>",
		"cut":            caller("<Account>" + known), "a crowd": caller(strings.Repeat("<Account/>", 2_000)), "binary": "\x00\xff\x1b[2J",
	} {
		for kind, config := range map[string]rdsapi.Config{"the account": account, "a role": role} {
			err := resolvedAt(t, config, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			if err == nil || kind == "the account" && !errors.Is(err, rdsapi.ErrMalformedResponse) {
				t.Errorf("%s for %s: got %v", name, kind, err)
			}
			if err != nil && strings.ContainsAny(err.Error(), "\x00\x1b<{") {
				t.Errorf("%s for %s: the body is in the error: %q", name, kind, err)
			}
		}
	}
	for name, unit := range map[string]string{"blanks": strings.Repeat(" ", 64<<10), "a text": strings.Repeat("1", 64<<10)} {
		err := resolvedAt(t, account, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, caller("<Account>"))
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, unit); err != nil {
					return
				}
			}
		})
		if !errors.Is(err, rdsapi.ErrMalformedResponse) {
			t.Errorf("endless %s: got %v", name, err)
		}
	}
}

// resolvedAt resolves a configuration whose STS answers in one way.
func resolvedAt(t *testing.T, config rdsapi.Config, answer http.HandlerFunc) error {
	t.Helper()
	url, _ := answering(t, answer)
	config.Region, config.AccessKey, config.SecretKey, config.STSEndpoint, config.MaxRetries = "us-east-1", "AKIALAB", secretKey, url, 1
	return patiently(t, time.Minute, func(ctx context.Context) error {
		_, err := rdsapi.Resolve(ctx, config)
		return err
	})
}
