package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// services is what the provider hands to its data sources and resources. AWS
// is resolved when something first needs it, once.
type services struct {
	now    func() time.Time
	config fields
	// deferred: some argument of the provider is not known yet.
	deferred bool

	// aws is made by newServices; it looks at nothing before it is needed.
	aws        *rdsapi.Lazy
	awsTimeout time.Duration
	// memory is that of its readers.
	memory memory
	// written are the files that resources write.
	written writtenPaths
	// images are opened once each.
	images *imageReader
}

func newServices(version string, now func() time.Time, config fields) *services {
	s := &services{now: now, config: config, awsTimeout: cmp.Or(config.duration("aws_timeout"), defaultAWSTimeout)}
	s.aws = rdsapi.NewLazy(awsConfig(config, version), rdsapi.Options{Within: s.awsTimeout, Notice: logAttempt})
	s.images = newImageReader(s)
	return s
}

// defaultAWSTimeout is many times what RDS needs for ten thousand instances,
// and leaves room for being throttled.
const defaultAWSTimeout = 3 * time.Minute

// logAttempt says that the provider waits for AWS, and why it asks again.
func logAttempt(ctx context.Context, attempt rdsapi.Attempt) {
	fields := map[string]any{"action": attempt.Action, "attempt": attempt.Number}
	if attempt.Number == 1 {
		tflog.Debug(ctx, "Asking AWS", fields)
		return
	}
	fields["last_failure"] = attempt.Trouble
	tflog.Info(ctx, "Asking AWS again", fields)
}

// servicesFrom takes the provider's data. It is nil while Terraform validates
// configurations.
func servicesFrom(data any, diags *diag.Diagnostics) *services {
	if data == nil {
		return nil
	}
	s, isServices := data.(*services)
	if !isServices {
		diags.AddError("Unexpected Provider Data", fmt.Sprintf("Got %T. This is a bug in the provider: please report it.", data))
	}
	return s
}

// known says whether the provider's configuration is.
func (s *services) known() bool { return s != nil && !s.deferred }

// errProviderNotKnown: Terraform reads data sources also where the provider's
// arguments are not known yet. Other credentials than those would give the
// answer of another account.
var errProviderNotKnown = errors.New("an argument of the provider is known only after something else is applied")

// rds returns the reader of RDS that all share in a Region; empty is the
// provider's own.
func (s *services) rds(ctx context.Context, region string) (*rdsapi.Reader, error) {
	if s.deferred {
		return nil, errProviderNotKnown
	}
	reader, err := s.aws.Reader(ctx, region)
	if err == nil && s.memory.stale(s.now()) {
		s.aws.Forget()
	}
	return reader, err
}

// refresh is for what comes first in a plan, the refresh of a resource: what
// another plan read, or what was read before a change, is forgotten.
func (s *services) refresh(reading string) { s.ask(reading, true) }

// readData is for the reading of a data source, in a plan or an apply.
func (s *services) readData(config tfsdk.Config) { s.ask(config.Raw.String(), false) }

func (s *services) ask(reading string, resource bool) {
	if s.memory.refreshed(s.now(), resource, reading) {
		s.aws.Forget()
	}
}

// postgres returns how to log in to one server. An IAM token is for the Region;
// empty is the provider's own.
func (s *services) postgres(host string, port uint16, region string) postgres.Config {
	settings := fieldsOf(s.config["postgres"])
	c := postgres.Config{
		Host: host, Port: port, Now: s.now,
		Username: settings.text("username"), Password: settings.text("password"), Database: settings.text("database"),
		SSLMode: settings.text("sslmode"), SSLRootCert: settings.text("sslrootcert"),
		ConnectTimeout: settings.duration("connect_timeout"), StatementTimeout: settings.duration("statement_timeout"),
		KnownRoot: func(sha256 string) bool {
			ca, known := rdsca.BySHA256(sha256)
			return known && ca.SelfSigned
		},
	}
	if settings.flag("iam_auth") {
		c.Token = func(ctx context.Context, host string, port uint16, username string) (string, error) {
			session, err := s.aws.Session(ctx, region)
			if err != nil {
				return "", err
			}
			return session.BuildAuthToken(ctx, net.JoinHostPort(host, strconv.Itoa(int(port))), username)
		}
	}
	return c
}

// durationOf reads a duration that the schema's validator has accepted; empty
// is zero, the adapter's default.
func durationOf(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
}

// timeOf reads a time that the schema's validator has accepted; the zero time
// is none.
func timeOf(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
