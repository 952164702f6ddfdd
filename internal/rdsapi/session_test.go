package rdsapi_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// secretKey must never show up in an error.
const secretKey = "planted-secret-key"

// forgetAWS clears what the environment says of AWS, so that only the
// configuration under test speaks.
func forgetAWS(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestResolveContactsNobodyForStaticKeys(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	server, endpoint := startLab(t, rdsserver.Scale{Instances: 1})
	lazy := rdsapi.NewLazy(rdsapi.Config{
		Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, RDSEndpoint: endpoint, STSEndpoint: endpoint,
	}, rdsapi.Options{})
	reader, err := lazy.Reader(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if calls := server.Requests(); len(calls) > 0 {
		t.Fatalf("resolving made calls: %v", server.Counts())
	}
	if _, err := reader.DBInstance(t.Context(), "db-00000"); err != nil {
		t.Fatal(err)
	}
	again, err := lazy.Reader(t.Context(), "")
	if err != nil || again != reader {
		t.Errorf("the second Reader is another one (%v)", err)
	}
	if used := server.Requests()[0].AccessKey; used != "AKIALAB" {
		t.Errorf("the call was signed with %q", used)
	}
}

func TestResolveFindsCredentialsWhereHashicorpAWSDoes(t *testing.T) { //nolint:paralleltest // clears the environment
	shared := "[profile reader]\nregion = us-east-1\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = " + secretKey + "\n"
	role := "arn:aws:iam::123456789012:role/reader"
	tests := map[string]struct {
		config func(t *testing.T, endpoint string) rdsapi.Config
		key    string
	}{
		"a profile, with its Region": {
			config: func(t *testing.T, _ string) rdsapi.Config {
				t.Helper()
				return rdsapi.Config{Profile: "reader", SharedConfigFiles: []string{writeFile(t, "config", shared)}}
			},
			key: "AKIAPROFILE",
		},
		"the environment": {
			config: func(t *testing.T, _ string) rdsapi.Config {
				t.Helper()
				t.Setenv("AWS_REGION", "us-east-1")
				t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
				t.Setenv("AWS_SECRET_ACCESS_KEY", secretKey)
				return rdsapi.Config{}
			},
			key: "AKIAENVIRONMENT",
		},
		"an assumed role": {
			config: func(t *testing.T, endpoint string) rdsapi.Config {
				t.Helper()
				return rdsapi.Config{
					Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, STSEndpoint: endpoint,
					AssumeRole: []rdsapi.AssumeRole{{RoleARN: role, SessionName: "plan", ExternalID: "x", Duration: time.Hour}},
				}
			},
			key: rdsserver.SessionAccessKey,
		},
		"a web identity": {
			config: func(t *testing.T, endpoint string) rdsapi.Config {
				t.Helper()
				return rdsapi.Config{
					Region: "us-east-1", STSEndpoint: endpoint,
					AssumeRoleWithWebIdentity: &rdsapi.AssumeRoleWithWebIdentity{
						RoleARN: role, SessionName: "plan", WebIdentityTokenFile: writeFile(t, "token", "a.b.c"),
					},
				}
			},
			key: rdsserver.SessionAccessKey,
		},
		"static keys, with the account checked": {
			config: func(t *testing.T, endpoint string) rdsapi.Config {
				t.Helper()
				return rdsapi.Config{
					Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, STSEndpoint: endpoint,
					AllowedAccountIDs: []string{rdsserver.DefaultAccountID},
				}
			},
			key: "AKIALAB",
		},
	}
	for name, tc := range tests { //nolint:paralleltest // clears the environment
		t.Run(name, func(t *testing.T) {
			forgetAWS(t)
			server, endpoint := startLab(t, rdsserver.Scale{Instances: 1})
			config := tc.config(t, endpoint)
			config.RDSEndpoint = endpoint
			session, err := rdsapi.Resolve(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := session.Reader(rdsapi.Options{}).DBInstance(t.Context(), "db-00000"); err != nil {
				t.Fatal(err)
			}
			requests := server.Requests()
			if used := requests[len(requests)-1].AccessKey; used != tc.key {
				t.Errorf("the call was signed with %q, want %q", used, tc.key)
			}
		})
	}
}

func TestResolveSaysWhatIsWrong(t *testing.T) { //nolint:paralleltest // clears the environment
	role := []rdsapi.AssumeRole{{RoleARN: "arn:aws:iam::123456789012:role/reader"}}
	keys := rdsapi.Config{Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey}
	with := func(change func(*rdsapi.Config)) rdsapi.Config {
		config := keys
		change(&config)
		return config
	}
	tests := map[string]struct {
		config rdsapi.Config
		faults rdsserver.Faults
		want   error
	}{
		"no credentials anywhere":   {config: rdsapi.Config{Region: "us-east-1"}, want: rdsapi.ErrNoCredentials},
		"no Region":                 {config: with(func(c *rdsapi.Config) { c.Region = "" }), want: rdsapi.ErrInvalidRegion},
		"a Region that is not":      {config: with(func(c *rdsapi.Config) { c.Region = "us-moon-1" }), want: rdsapi.ErrInvalidRegion},
		"a profile that is not":     {config: rdsapi.Config{Region: "us-east-1", Profile: "nobody"}, want: rdsapi.ErrInvalidConfiguration},
		"a bundle that is not":      {config: with(func(c *rdsapi.Config) { c.CustomCABundle = "/nonexistent.pem" }), want: rdsapi.ErrInvalidConfiguration},
		"a role that is not given":  {config: with(func(c *rdsapi.Config) { c.AssumeRole = role }), faults: rdsserver.Faults{Denied: []string{"AssumeRole"}}, want: rdsapi.ErrCannotAssumeRole},
		"another account":           {config: with(func(c *rdsapi.Config) { c.AllowedAccountIDs = []string{"999999999999"} }), want: rdsapi.ErrAccountNotAllowed},
		"a forbidden account":       {config: with(func(c *rdsapi.Config) { c.ForbiddenAccountIDs = []string{rdsserver.DefaultAccountID} }), want: rdsapi.ErrAccountNotAllowed},
		"an account nobody reveals": {config: with(func(c *rdsapi.Config) { c.AllowedAccountIDs = []string{"1"} }), faults: rdsserver.Faults{ExpiredToken: true}, want: rdsapi.ErrInvalidCredentials},
	}
	for name, tc := range tests { //nolint:paralleltest // clears the environment
		t.Run(name, func(t *testing.T) {
			forgetAWS(t)
			server, endpoint := startLab(t, rdsserver.Scale{})
			server.SetFaults(tc.faults)
			tc.config.RDSEndpoint, tc.config.STSEndpoint = endpoint, endpoint
			_, err := rdsapi.NewLazy(tc.config, rdsapi.Options{}).Reader(t.Context(), "")
			if !errors.Is(err, tc.want) {
				t.Fatalf("error = %v, want %v", err, tc.want)
			}
			if strings.Contains(err.Error(), secretKey) {
				t.Errorf("the error carries the secret key: %v", err)
			}
		})
	}
}

func TestAnEndpointThatIsNotThereFailsSoon(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	session, err := rdsapi.Resolve(t.Context(), rdsapi.Config{
		Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, RDSEndpoint: "http://127.0.0.1:1",
	})
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now() //nolint:forbidigo // measures how long the failure takes
	_, err = session.Reader(rdsapi.Options{}).DBInstance(t.Context(), "db-00000")
	if !errors.Is(err, rdsapi.ErrUnreachable) {
		t.Errorf("error = %v, want %v", err, rdsapi.ErrUnreachable)
	}
	if took := time.Since(started); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestAnEndpointThatStaysSilentFailsInTime(t *testing.T) {
	t.Parallel()
	server, endpoint := startLab(t, rdsserver.Scale{Instances: 1})
	server.SetFaults(rdsserver.Faults{Latency: time.Hour})
	reader := rdsapi.NewFromConfig(labConfig(), endpoint, rdsapi.Options{AttemptTimeout: 200 * time.Millisecond})
	if _, err := reader.DBInstance(t.Context(), "db-00000"); !errors.Is(err, rdsapi.ErrUnreachable) {
		t.Errorf("error = %v, want %v", err, rdsapi.ErrUnreachable)
	}
	if calls := len(server.Requests()); calls != 1 {
		t.Errorf("%d attempts", calls)
	}
}

func TestBuildAuthTokenSignsForOneRoleAtOneEndpoint(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	session, err := rdsapi.Resolve(t.Context(), rdsapi.Config{Region: "eu-west-1", AccessKey: "AKIALAB", SecretKey: secretKey})
	if err != nil {
		t.Fatal(err)
	}
	token, err := session.BuildAuthToken(t.Context(), "orders.c0example.eu-west-1.rds.amazonaws.com:5432", "readiness")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse("https://" + token)
	if err != nil {
		t.Fatal(err)
	}
	query := parsed.Query()
	if parsed.Host != "orders.c0example.eu-west-1.rds.amazonaws.com:5432" || query.Get("Action") != "connect" ||
		query.Get("DBUser") != "readiness" || query.Get("X-Amz-Expires") != "900" ||
		!strings.Contains(query.Get("X-Amz-Credential"), "/eu-west-1/rds-db/") {
		t.Errorf("unexpected token for %s", parsed.Host)
	}
	if strings.Contains(token, secretKey) {
		t.Error("the token carries the secret key")
	}
	if _, err := session.BuildAuthToken(t.Context(), "orders.example", "readiness"); !errors.Is(err, rdsapi.ErrInvalidConfiguration) {
		t.Errorf("an endpoint without a port: error = %v", err)
	}
}
