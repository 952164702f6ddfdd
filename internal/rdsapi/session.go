package rdsapi

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/feature/rds/auth"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/hashicorp/aws-sdk-go-base/v2/diag"
	"github.com/hashicorp/aws-sdk-go-base/v2/validation"
)

// Session holds resolved credentials and a Region.
type Session struct {
	config aws.Config
	given  Config
	// notice is Options.Notice, where a Lazy has made the session.
	notice func(context.Context, Attempt)
}

// Resolve finds credentials and Region as hashicorp/aws does. It contacts what
// the configuration needs for that: STS to assume a role or to check the
// account, the metadata service if there is no other source; never RDS.
//
// Errors: ErrNoCredentials, ErrInvalidCredentials, ErrCannotAssumeRole,
// ErrInvalidRegion, ErrInvalidConfiguration, ErrAccountNotAllowed,
// ErrUnreachable.
func Resolve(ctx context.Context, config Config) (_ *Session, err error) {
	if err := config.checkFiles(); err != nil {
		return nil, err
	}
	base := config.base()
	defer func() {
		// stscreds takes the credentials out of an answer of STS that has none.
		if recover() != nil {
			err = malformed("sts:AssumeRole", "a response without credentials")
		}
	}()
	_, resolved, diags := awsbase.GetAwsConfig(ctx, base)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if diags.HasError() {
		return nil, diagnose(ctx, config, diags)
	}
	if resolved.Region == "" {
		return nil, fmt.Errorf("%w: no Region is set", ErrInvalidRegion)
	}
	if err := checkRegion(resolved.Region, config.SkipRegionValidation); err != nil {
		return nil, err
	}
	resolved.RetryMaxAttempts = cmp.Or(config.MaxRetries, DefaultMaxRetries)
	resolved.Credentials = namedFailure{resolved.Credentials}
	session := &Session{config: resolved, given: config}
	return session, session.checkAccount(ctx)
}

// maxConfigFile bounds the files that the SDK reads whole, in octets.
const maxConfigFile = 16 << 20

// checkFiles refuses files of which the SDK would not come to an end. That one is
// not there, the SDK says.
func (c Config) checkFiles() error {
	files := slices.Concat(c.SharedConfigFiles, c.SharedCredentialsFiles, []string{c.CustomCABundle})
	if c.AssumeRoleWithWebIdentity != nil {
		files = append(files, c.AssumeRoleWithWebIdentity.WebIdentityTokenFile)
	}
	for _, variable := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE", "AWS_WEB_IDENTITY_TOKEN_FILE"} {
		files = append(files, os.Getenv(variable))
	}
	for _, name := range files {
		info, err := os.Stat(name) //nolint:gosec // The user names the files.
		if err != nil || name == os.DevNull {
			continue
		}
		if !info.Mode().IsRegular() || info.Size() > maxConfigFile {
			return fmt.Errorf("%w: %q is not a regular file, or is larger than %d MiB", ErrInvalidConfiguration, name, maxConfigFile>>20)
		}
	}
	return nil
}

// checkRegion refuses a Region that the SDK does not know, unless it is not to be checked.
func checkRegion(region string, unchecked bool) error {
	if unchecked {
		return nil
	}
	if err := validation.SupportedRegion(region); err != nil {
		return fmt.Errorf("%w: %q", ErrInvalidRegion, region)
	}
	return nil
}

// callerName is what calls name themselves.
const callerName = "terraform-provider-sslready"

func (c Config) base() *awsbase.Config {
	base := &awsbase.Config{
		Region: c.Region, Profile: c.Profile, AccessKey: c.AccessKey, SecretKey: c.SecretKey, Token: c.Token,
		SharedConfigFiles: c.SharedConfigFiles, SharedCredentialsFiles: c.SharedCredentialsFiles,
		CustomCABundle: c.CustomCABundle, StsEndpoint: c.STSEndpoint, StsRegion: c.STSRegion,
		EC2MetadataServiceEndpoint: c.EC2MetadataServiceEndpoint, EC2MetadataServiceEndpointMode: c.EC2MetadataServiceEndpointMode,
		HTTPProxy: c.HTTPProxy, HTTPSProxy: c.HTTPSProxy, NoProxy: c.NoProxy, HTTPProxyMode: awsbase.HTTPProxyModeLegacy,
		Insecure: c.Insecure, MaxRetries: min(cmp.Or(c.MaxRetries, attemptsForCredentials), attemptsForCredentials), RetryMode: aws.RetryMode(c.RetryMode),
		TokenBucketRateLimiterCapacity: c.TokenBucketRateLimiterCapacity,
		UseDualStackEndpoint:           c.UseDualStackEndpoint, UseFIPSEndpoint: c.UseFIPSEndpoint,
		AllowedAccountIds: c.AllowedAccountIDs, ForbiddenAccountIds: c.ForbiddenAccountIDs,
		// Requests carry tokens and responses carry names: neither is logged.
		SuppressDebugLog: true,
		// STS is asked by checkAccount, when there is something to check.
		SkipCredsValidation: true, SkipRequestingAccountId: true,
		CallerName: callerName, UserAgent: awsbase.UserAgentProducts{{Name: callerName, Version: c.Version}},
		AssumeRole: c.AssumeRole, AssumeRoleWithWebIdentity: c.AssumeRoleWithWebIdentity,
	}
	if c.SkipMetadataAPICheck {
		base.EC2MetadataServiceEnableState = imds.ClientDisabled
	}
	return base
}

// diagnose maps the diagnostics of aws-sdk-go-base, dropping their texts.
func diagnose(ctx context.Context, config Config, diags diag.Diagnostics) error {
	for _, problem := range diags.Errors() {
		withErr, _ := problem.(diag.DiagnosticWithErr)
		var profile sdkconfig.SharedConfigProfileNotExistError
		switch {
		case withErr != nil && errors.As(withErr.Err(), &profile):
			return fmt.Errorf("%w: the shared configuration files have no profile %q", ErrInvalidConfiguration, profile.Profile)
		case withErr != nil && errors.As(withErr.Err(), new(*tls.CertificateVerificationError)):
			return translate(ctx, "sts:AssumeRole", withErr.Err())
		case awsbase.IsNoValidCredentialSourcesError(problem):
			return ErrNoCredentials
		case awsbase.IsCannotAssumeRoleError(problem):
			return fmt.Errorf("%w: %s", ErrCannotAssumeRole, roleNames(config))
		case withErr != nil:
			if err := translate(ctx, "sts:GetCallerIdentity", withErr.Err()); !errors.Is(err, ErrService) {
				return err
			}
		}
	}
	if role := config.AssumeRoleWithWebIdentity; role != nil {
		return fmt.Errorf("%w with a web identity: %s", ErrCannotAssumeRole, role.RoleARN)
	}
	return fmt.Errorf("%w: no credentials could be obtained from the arguments, environment and shared configuration files", ErrInvalidConfiguration)
}

func roleNames(config Config) string {
	names := make([]string, 0, len(config.AssumeRole))
	for _, role := range config.AssumeRole {
		names = append(names, role.RoleARN)
	}
	return strings.Join(names, ", then ")
}

// checkAccount asks STS for the account, where only some will do.
func (s *Session) checkAccount(ctx context.Context) error {
	allowed, forbidden := s.given.AllowedAccountIDs, s.given.ForbiddenAccountIDs
	if len(allowed) == 0 && len(forbidden) == 0 {
		return nil
	}
	const action = "sts:GetCallerIdentity"
	client := sts.NewFromConfig(s.config, func(o *sts.Options) {
		o.Region = cmp.Or(s.given.STSRegion, o.Region)
		o.HTTPClient = steady{o.HTTPClient}
		s.guard(s.given.STSEndpoint, &o.BaseEndpoint, &o.Retryer, &o.APIOptions)
		o.RetryMaxAttempts = min(o.RetryMaxAttempts, attemptsForCredentials)
	})
	caller, err := client.GetCallerIdentity(withAttempts(ctx), &sts.GetCallerIdentityInput{})
	if err != nil {
		return translate(ctx, action, err)
	}
	account := aws.ToString(caller.Account)
	switch {
	case account == "":
		return malformed(action, "a caller identity without an account")
	case slices.Contains(forbidden, account):
		return fmt.Errorf("%w: %s is forbidden", ErrAccountNotAllowed, account)
	case len(allowed) > 0 && !slices.Contains(allowed, account):
		return fmt.Errorf("%w: %s is not one of the allowed accounts", ErrAccountNotAllowed, account)
	}
	return nil
}

// guard guards a client of the session.
func (s *Session) guard(endpoint string, base **string, retryer *aws.Retryer, options *[]func(*middleware.Stack) error) {
	(&patience{notice: s.notice}).guard(endpoint, DefaultAttemptTimeout, base, retryer, options)
}

// Region is the Region that the session reads.
func (s *Session) Region() string { return s.config.Region }

// In is the session in another Region, with the same credentials and the same
// endpoints where the configuration gave any. Empty is the session's own Region.
//
// Errors: ErrInvalidRegion.
func (s *Session) In(region string) (*Session, error) {
	if region == "" || region == s.config.Region {
		return s, nil
	}
	if err := checkRegion(region, s.given.SkipRegionValidation); err != nil {
		return nil, err
	}
	there := *s
	there.config = s.config.Copy()
	there.config.Region = region
	return &there, nil
}

// Reader returns a new Reader of the session's account and Region.
func (s *Session) Reader(opts Options) *Reader {
	opts.LogsEndpoint = cmp.Or(opts.LogsEndpoint, s.given.LogsEndpoint)
	return NewFromConfig(s.config, s.given.RDSEndpoint, opts)
}

// BuildAuthToken returns a password for IAM authentication, good for fifteen
// minutes, without contacting anybody but the source of the credentials.
//
// endpoint is the DB instance's host:port and dbUser a role with rds_iam. The
// token is a secret. Errors: ErrNoCredentials, ErrInvalidConfiguration for an
// endpoint without a port.
func (s *Session) BuildAuthToken(ctx context.Context, endpoint, dbUser string) (string, error) {
	token, err := auth.BuildAuthToken(ctx, endpoint, s.config.Region, dbUser, s.config.Credentials)
	switch {
	case err == nil:
		return token, nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, ErrNoCredentials):
		return "", failed("rds-db:connect", ErrNoCredentials)
	default:
		return "", fmt.Errorf("%w: %q does not have the form host:port", ErrInvalidConfiguration, endpoint)
	}
}

// namedFailure makes a failure of the credentials recognizable where it
// surfaces, inside a call.
type namedFailure struct{ aws.CredentialsProvider }

// Retrieve returns the credentials, or ErrNoCredentials.
func (n namedFailure) Retrieve(ctx context.Context) (aws.Credentials, error) {
	found, err := n.CredentialsProvider.Retrieve(ctx)
	if err != nil && ctx.Err() == nil {
		return aws.Credentials{}, fmt.Errorf("%w: %w", ErrNoCredentials, err)
	}
	return found, err
}

// attemptsForCredentials bounds the attempts at STS and its kind. They come
// before everything else, and are made once.
const attemptsForCredentials = 5
