package rdsapi

import awsbase "github.com/hashicorp/aws-sdk-go-base/v2"

// DefaultMaxRetries is what an unset Config.MaxRetries means. It is the number
// of hashicorp/aws.
const DefaultMaxRetries = 25

// Config says how to reach AWS. Its fields are the provider arguments of
// hashicorp/aws with the same names and meanings. An empty field leaves the
// choice to the environment and to the shared configuration files, as the AWS
// SDK does.
type Config struct {
	// Region to read.
	Region string
	// Profile of the shared configuration files.
	Profile string
	// AccessKey, SecretKey and Token are static credentials.
	AccessKey, SecretKey, Token string
	// SharedConfigFiles and SharedCredentialsFiles replace ~/.aws/config and
	// ~/.aws/credentials.
	SharedConfigFiles, SharedCredentialsFiles []string
	// AssumeRole are roles to assume, one after the other.
	AssumeRole []AssumeRole
	// AssumeRoleWithWebIdentity is nil if no web identity is used.
	AssumeRoleWithWebIdentity *AssumeRoleWithWebIdentity
	// CustomCABundle is the path of a PEM file to verify AWS endpoints with.
	CustomCABundle string
	// RDSEndpoint, STSEndpoint, ECREndpoint and LogsEndpoint, that of CloudWatch
	// Logs, are URLs that replace the Region's, and AccountEndpoint is one that
	// replaces that of AWS Account Management.
	RDSEndpoint, STSEndpoint, ECREndpoint, LogsEndpoint, AccountEndpoint string
	// STSRegion is the Region that calls to STS are signed for.
	STSRegion string
	// EC2MetadataServiceEndpoint and EC2MetadataServiceEndpointMode (IPv4 or
	// IPv6) say where instance metadata is.
	EC2MetadataServiceEndpoint, EC2MetadataServiceEndpointMode string
	// SkipMetadataAPICheck leaves EC2 instance metadata alone.
	SkipMetadataAPICheck bool
	// HTTPProxy and HTTPSProxy are proxy URLs; nil leaves them to the
	// environment, and the empty string means no proxy.
	HTTPProxy, HTTPSProxy *string
	// NoProxy lists hosts, comma-separated, that are reached directly.
	NoProxy string
	// Insecure does not verify the certificates of AWS endpoints.
	Insecure bool
	// MaxRetries is the number of attempts of a call. Zero means
	// DefaultMaxRetries.
	MaxRetries int
	// RetryMode is standard or adaptive.
	RetryMode string
	// TokenBucketRateLimiterCapacity bounds retries of a burst; zero means no
	// bound.
	TokenBucketRateLimiterCapacity int
	// SkipRegionValidation takes a Region that this version does not know.
	SkipRegionValidation bool
	// UseDualStackEndpoint and UseFIPSEndpoint choose the kind of endpoint.
	UseDualStackEndpoint, UseFIPSEndpoint bool
	// AllowedAccountIDs and ForbiddenAccountIDs limit the account. Either makes
	// the first use ask STS for it.
	AllowedAccountIDs, ForbiddenAccountIDs []string
	// Version of the provider, which calls name in their User-Agent header.
	Version string
}

// AssumeRole is one role to assume.
type AssumeRole = awsbase.AssumeRole

// AssumeRoleWithWebIdentity is a role to assume with a token of an identity
// provider. One of the two tokens is required.
type AssumeRoleWithWebIdentity = awsbase.AssumeRoleWithWebIdentity
