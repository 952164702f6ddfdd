package rdsapi_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

func TestRegistryToken(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	token := base64.StdEncoding.EncodeToString([]byte("AWS:planted-token"))
	for name, test := range map[string]struct { //nolint:paralleltest // clears the environment
		status int
		answer string
		want   error
	}{
		"a token":          {200, `{"authorizationData":[{"authorizationToken":"` + token + `","proxyEndpoint":"https://x"}]}`, nil},
		"no token":         {200, `{"authorizationData":[]}`, rdsapi.ErrMalformedResponse},
		"denied":           {400, `{"__type":"AccessDeniedException","message":"planted-token"}`, rdsapi.ErrAccessDenied},
		"expired":          {400, `{"__type":"ExpiredTokenException","message":"planted-token"}`, rdsapi.ErrInvalidCredentials},
		"not ECR's answer": {200, `<html>planted-token`, rdsapi.ErrMalformedResponse},
	} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // clears the environment
			var signedFor string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				signedFor = r.Header.Get("Authorization")
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				w.WriteHeader(test.status)
				_, _ = fmt.Fprint(w, test.answer)
			}))
			t.Cleanup(server.Close)
			session, err := rdsapi.Resolve(t.Context(), rdsapi.Config{Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, ECREndpoint: server.URL, MaxRetries: 1})
			if err != nil {
				t.Fatal(err)
			}
			username, password, err := session.RegistryToken(t.Context(), "eu-west-1", false, time.Minute)
			if !errors.Is(err, test.want) || err != nil && strings.Contains(err.Error(), "planted") {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err == nil && (username != "AWS" || password != "planted-token") {
				t.Errorf("got %q and another password", username)
			}
			if !strings.Contains(signedFor, "/eu-west-1/ecr/") {
				t.Errorf("the call is signed as %q, not for the registry's Region", signedFor)
			}
		})
	}
}
