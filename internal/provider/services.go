package provider

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// services is what the provider hands to its data sources and resources. AWS
// is resolved when something first needs it, once.
type services struct {
	version string
	now     func() time.Time
	config  providerModel
	// deferred: some argument of the provider is not known yet.
	deferred bool

	once    sync.Once
	session rdsapi.Session
	err     error
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

// aws returns the session with AWS, and resolves credentials on first use.
func (s *services) aws(ctx context.Context) (rdsapi.Session, error) {
	s.once.Do(func() {
		// Another caller's end must not become everybody's error.
		s.session, s.err = rdsapi.Resolve(context.WithoutCancel(ctx), s.config.aws(s.version))
	})
	return s.session, s.err
}

// rds returns the reader of RDS that all share.
func (s *services) rds(ctx context.Context) (*rdsapi.Reader, error) {
	session, err := s.aws(ctx)
	if err != nil {
		return nil, err
	}
	return session.Reader(), nil
}

// postgres returns how to log in to one server.
func (s *services) postgres(host string, port uint16) postgres.Config {
	c := postgres.Config{
		Host: host, Port: port, Now: s.now,
		KnownRoot: func(sha256 string) bool {
			ca, known := rdsca.BySHA256(sha256)
			return known && ca.SelfSigned
		},
	}
	settings := s.config.Postgres
	if settings == nil {
		return c
	}
	c.Username, c.Password = settings.Username.ValueString(), settings.Password.ValueString()
	c.Database = settings.Database.ValueString()
	c.SSLMode, c.SSLRootCert = settings.SSLMode.ValueString(), settings.SSLRootCert.ValueString()
	c.ConnectTimeout = durationOf(settings.ConnectTimeout.ValueString())
	c.StatementTimeout = durationOf(settings.StatementTimeout.ValueString())
	if settings.IAMAuth.ValueBool() {
		c.Token = s.token
	}
	return c
}

// token makes an IAM authentication token for one login.
func (s *services) token(ctx context.Context, host string, port uint16, username string) (string, error) {
	session, err := s.aws(ctx)
	if err != nil {
		return "", err
	}
	return session.AuthToken(ctx, host, port, username)
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
