package rdsapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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

// TestFilesOfAWSHaveAnEnd: the SDK reads them whole.
func TestFilesOfAWSHaveAnEnd(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	large, pipe := filepath.Join(t.TempDir(), "large"), filepath.Join(t.TempDir(), "pipe")
	if err := errors.Join(os.WriteFile(large, nil, 0o600), os.Truncate(large, 1<<40), unix.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/dev/zero", large, pipe} {
		for argument, config := range map[string]rdsapi.Config{
			"custom_ca_bundle": {CustomCABundle: name}, "shared_config_files": {SharedConfigFiles: []string{name}},
			"shared_credentials_files": {SharedCredentialsFiles: []string{name}},
			"web_identity_token_file":  {AssumeRoleWithWebIdentity: &rdsapi.AssumeRoleWithWebIdentity{RoleARN: "arn:aws:iam::123456789012:role/reader", WebIdentityTokenFile: name}},
			"AWS_CA_BUNDLE":            {},
		} {
			if argument == "AWS_CA_BUNDLE" {
				t.Setenv(argument, name)
			}
			config.Region, config.AccessKey, config.SecretKey = "us-east-1", "AKIALAB", secretKey
			err := patiently(t, 10*time.Second, func(ctx context.Context) error {
				_, err := rdsapi.Resolve(ctx, config)
				return err
			})
			if !errors.Is(err, rdsapi.ErrInvalidConfiguration) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s = %s: got %v", argument, name, err)
			}
			t.Setenv("AWS_CA_BUNDLE", "")
		}
	}
}
