package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

// providerModel is the provider block.
type providerModel struct {
	Region                         types.String           `tfsdk:"region"`
	Profile                        types.String           `tfsdk:"profile"`
	AccessKey                      types.String           `tfsdk:"access_key"`
	SecretKey                      types.String           `tfsdk:"secret_key"`
	Token                          types.String           `tfsdk:"token"`
	SharedConfigFiles              []types.String         `tfsdk:"shared_config_files"`
	SharedCredentialsFiles         []types.String         `tfsdk:"shared_credentials_files"`
	AssumeRole                     []assumeRoleModel      `tfsdk:"assume_role"`
	AssumeRoleWithWebIdentity      *webIdentityModel      `tfsdk:"assume_role_with_web_identity"`
	Endpoints                      *endpointsModel        `tfsdk:"endpoints"`
	ImageCache                     types.String           `tfsdk:"image_cache"`
	STSRegion                      types.String           `tfsdk:"sts_region"`
	CustomCABundle                 types.String           `tfsdk:"custom_ca_bundle"`
	HTTPProxy                      types.String           `tfsdk:"http_proxy"`
	HTTPSProxy                     types.String           `tfsdk:"https_proxy"`
	NoProxy                        types.String           `tfsdk:"no_proxy"`
	Insecure                       types.Bool             `tfsdk:"insecure"`
	MaxRetries                     types.Int64            `tfsdk:"max_retries"`
	RetryMode                      types.String           `tfsdk:"retry_mode"`
	TokenBucketRateLimiter         types.Int64            `tfsdk:"token_bucket_rate_limiter_capacity"`
	UseDualstackEndpoint           types.Bool             `tfsdk:"use_dualstack_endpoint"`
	UseFIPSEndpoint                types.Bool             `tfsdk:"use_fips_endpoint"`
	SkipMetadataAPICheck           types.String           `tfsdk:"skip_metadata_api_check"`
	SkipRegionValidation           types.Bool             `tfsdk:"skip_region_validation"`
	SkipCredentialsValidation      types.Bool             `tfsdk:"skip_credentials_validation"`
	SkipRequestingAccountID        types.Bool             `tfsdk:"skip_requesting_account_id"`
	EC2MetadataServiceEndpoint     types.String           `tfsdk:"ec2_metadata_service_endpoint"`
	EC2MetadataServiceEndpointMode types.String           `tfsdk:"ec2_metadata_service_endpoint_mode"`
	AWSTimeout                     types.String           `tfsdk:"aws_timeout"`
	AllowedAccountIDs              []types.String         `tfsdk:"allowed_account_ids"`
	ForbiddenAccountIDs            []types.String         `tfsdk:"forbidden_account_ids"`
	Postgres                       *postgresSettingsModel `tfsdk:"postgres"`
}

type assumeRoleModel struct {
	RoleARN           types.String            `tfsdk:"role_arn"`
	ExternalID        types.String            `tfsdk:"external_id"`
	SessionName       types.String            `tfsdk:"session_name"`
	Duration          types.String            `tfsdk:"duration"`
	Policy            types.String            `tfsdk:"policy"`
	PolicyARNs        []types.String          `tfsdk:"policy_arns"`
	SourceIdentity    types.String            `tfsdk:"source_identity"`
	Tags              map[string]types.String `tfsdk:"tags"`
	TransitiveTagKeys []types.String          `tfsdk:"transitive_tag_keys"`
}

type webIdentityModel struct {
	RoleARN              types.String   `tfsdk:"role_arn"`
	SessionName          types.String   `tfsdk:"session_name"`
	Duration             types.String   `tfsdk:"duration"`
	Policy               types.String   `tfsdk:"policy"`
	PolicyARNs           []types.String `tfsdk:"policy_arns"`
	WebIdentityToken     types.String   `tfsdk:"web_identity_token"`
	WebIdentityTokenFile types.String   `tfsdk:"web_identity_token_file"`
}

type endpointsModel struct {
	RDS  types.String `tfsdk:"rds"`
	STS  types.String `tfsdk:"sts"`
	ECR  types.String `tfsdk:"ecr"`
	Logs types.String `tfsdk:"logs"`

	Account types.String `tfsdk:"account"`
}

type postgresSettingsModel struct {
	Username         types.String `tfsdk:"username"`
	Password         types.String `tfsdk:"password"`
	IAMAuth          types.Bool   `tfsdk:"iam_auth"`
	Database         types.String `tfsdk:"database"`
	SSLMode          types.String `tfsdk:"sslmode"`
	SSLRootCert      types.String `tfsdk:"sslrootcert"`
	ConnectTimeout   types.String `tfsdk:"connect_timeout"`
	StatementTimeout types.String `tfsdk:"statement_timeout"`
}

func providerSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Before you switch the CA of an Amazon RDS for PostgreSQL instance, this provider checks what the server enforces, who is connected and how, and whether each client will accept the new server certificate. " +
			"All arguments are optional, and the provider contacts nothing before it needs to: a configuration that judges only local files works without AWS and without a network.",
		Attributes: providerAttributes(),
	}
}

func providerAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"region":                             optionalString("AWS Region. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's."),
		"profile":                            optionalString("Profile of the shared configuration files. Default: `AWS_PROFILE`."),
		"access_key":                         secretString("AWS access key. Default: the usual sources, as for hashicorp/aws."),
		"secret_key":                         secretString("AWS secret key. Default: the usual sources."),
		"token":                              secretString("AWS session token. Default: the usual sources."),
		"shared_config_files":                optionalStrings("Shared configuration files. Default: `AWS_CONFIG_FILE`, else `~/.aws/config`."),
		"shared_credentials_files":           optionalStrings("Shared credentials files. Default: `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`."),
		"assume_role":                        schema.ListNestedAttribute{Optional: true, MarkdownDescription: "IAM roles to assume, in this order.", NestedObject: schema.NestedAttributeObject{Attributes: assumeRoleAttributes()}},
		"assume_role_with_web_identity":      schema.SingleNestedAttribute{Optional: true, MarkdownDescription: "IAM role to assume with a web identity.", Attributes: webIdentityAttributes()},
		"endpoints":                          schema.SingleNestedAttribute{Optional: true, MarkdownDescription: "URLs to use in place of AWS's own.", Attributes: endpointAttributes()},
		"image_cache":                        optionalString("Folder in which layers of container images are cached, up to 8 GiB. The least recently used ones are removed first. Default: `terraform-provider-sslready/images` in the user's cache folder."),
		"sts_region":                         optionalString("Region of the STS API. Default: `region`."),
		"custom_ca_bundle":                   optionalString("PEM file with the CAs of the AWS endpoints. Default: `AWS_CA_BUNDLE`."),
		"http_proxy":                         optionalString("URL of a proxy for HTTP. Default: `HTTP_PROXY`."),
		"https_proxy":                        optionalString("URL of a proxy for HTTPS. Default: `HTTPS_PROXY`."),
		"no_proxy":                           optionalString("Hosts that are reached without a proxy. Default: `NO_PROXY`."),
		"insecure":                           optionalBool("Whether to skip verification of the AWS endpoints' certificates. Default: `false`."),
		"max_retries":                        schema.Int64Attribute{Optional: true, MarkdownDescription: "How many times a failed or throttled call is retried. Default: 25, as in hashicorp/aws."},
		"aws_timeout":                        schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "Time limit for all AWS calls of one data source or resource, including retries and the time to get credentials, such as `90s`. Default: `3m`."},
		"retry_mode":                         schema.StringAttribute{Optional: true, Validators: oneOf("standard", "adaptive"), MarkdownDescription: "`standard` or `adaptive`. Default: `AWS_RETRY_MODE`, else `standard`."},
		"token_bucket_rate_limiter_capacity": schema.Int64Attribute{Optional: true, MarkdownDescription: "Capacity of the client's rate limiter for retries. Default: no limit."},
		"use_dualstack_endpoint":             optionalBool("Whether to use the dual-stack endpoints (IPv4 and IPv6). Default: `false`."),
		"use_fips_endpoint":                  optionalBool("Whether to use the FIPS endpoints. Default: `false`."),
		"skip_metadata_api_check":            optionalString("`true` skips the EC2 metadata service as a source of credentials. Default: it is used."),
		"skip_region_validation":             optionalBool("Whether to accept a Region that the SDK does not know. Default: `false`."),
		"skip_credentials_validation":        optionalBool("Accepted for compatibility with hashicorp/aws. It has no effect: credentials are never checked before they are needed."),
		"skip_requesting_account_id":         optionalBool("Accepted for compatibility with hashicorp/aws. It has no effect: the account ID is requested only when `allowed_account_ids` or `forbidden_account_ids` is set."),
		"ec2_metadata_service_endpoint":      optionalString("URL of the EC2 metadata service. Default: `AWS_EC2_METADATA_SERVICE_ENDPOINT`."),
		"ec2_metadata_service_endpoint_mode": optionalString("`IPv4` or `IPv6`. Default: `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`."),
		"allowed_account_ids":                optionalStrings("AWS accounts that may be used; others are refused. Default: any."),
		"forbidden_account_ids":              optionalStrings("AWS accounts that are refused. Default: none."),
		"postgres":                           schema.SingleNestedAttribute{Optional: true, MarkdownDescription: "How the provider itself logs in to PostgreSQL. Anything that is not set here is taken from libpq's `PG*` environment variables and `~/.pgpass`.", Attributes: postgresAttributes()},
	}
}

func endpointAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"rds":     optionalString("URL of the RDS API. Default: the Region's."),
		"sts":     optionalString("URL of the STS API. Default: the Region's."),
		"ecr":     optionalString("URL of the ECR API, which issues tokens for private images. Default: that of the registry's Region."),
		"logs":    optionalString("URL of the CloudWatch Logs API. Default: the Region's."),
		"account": optionalString("URL of the AWS Account Management API, which lists the Regions of the account. Default: AWS's own."),
	}
}

func assumeRoleAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"role_arn":            schema.StringAttribute{Required: true, MarkdownDescription: "ARN of the role."},
		"external_id":         optionalString("External ID. Default: none."),
		"session_name":        optionalString("Session name. Default: one made by the SDK."),
		"duration":            schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "How long the session lasts, such as `1h`. Default: the role's."},
		"policy":              optionalString("IAM policy in JSON that restricts the session further. Default: none."),
		"policy_arns":         optionalStrings("ARNs of IAM policies that restrict the session further. Default: none."),
		"source_identity":     optionalString("Source identity. Default: none."),
		"tags":                schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Session tags. Default: none."},
		"transitive_tag_keys": optionalStrings("Keys of the tags that are passed on in role chaining. Default: none."),
	}
}

func webIdentityAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"role_arn":                optionalString("ARN of the role. Default: `AWS_ROLE_ARN`."),
		"session_name":            optionalString("Session name. Default: `AWS_ROLE_SESSION_NAME`."),
		"duration":                schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "How long the session lasts, such as `1h`. Default: the role's."},
		"policy":                  optionalString("IAM policy in JSON that restricts the session further. Default: none."),
		"policy_arns":             optionalStrings("ARNs of IAM policies that restrict the session further. Default: none."),
		"web_identity_token":      secretString("The token. Default: the content of `web_identity_token_file`."),
		"web_identity_token_file": optionalString("File with the token. Default: `AWS_WEB_IDENTITY_TOKEN_FILE`."),
	}
}

func postgresAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"username":          optionalString("User name. Default: `PGUSER`."),
		"password":          secretString("Password. Default: `PGPASSWORD`, else `~/.pgpass`."),
		"iam_auth":          optionalBool("Whether to log in with an RDS IAM authentication token, created with the provider's AWS credentials, instead of a password. Default: `false`."),
		"database":          optionalString("Database to log in to. Default: `PGDATABASE`, else `postgres`."),
		"sslmode":           schema.StringAttribute{Optional: true, Validators: oneOf(postgres.VerifyFull, postgres.VerifyCA, postgres.Require, postgres.Disable), MarkdownDescription: "`verify-full`, `verify-ca`, `require` or `disable`; there is no fallback to plaintext. `require` verifies nothing unless `sslrootcert` is set. If nothing is verified, no IAM token is sent, and a password is sent only with SCRAM and channel binding. With `disable`, the login fails if the server asks for a password in clear text. Default: `PGSSLMODE`, else `verify-full`."},
		"sslrootcert":       optionalString("PEM file with the root CAs of the server. Default: `PGSSLROOTCERT`, else the roots in the provider's own list of RDS CAs."),
		"connect_timeout":   schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "Time limit for connecting and logging in, such as `10s`. Default: `PGCONNECT_TIMEOUT`, else `10s`."},
		"statement_timeout": schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "Time limit for each query, such as `10s`. Default: `10s`."},
	}
}

func optionalString(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}

func secretString(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description}
}

func optionalBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Optional: true, MarkdownDescription: description}
}

func optionalStrings(description string) schema.ListAttribute {
	return schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: description}
}
