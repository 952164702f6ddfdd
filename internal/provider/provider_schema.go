package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

func providerSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Before you switch the CA of an Amazon RDS for PostgreSQL instance, this provider checks what the server enforces, who is connected and how, and whether each client will accept the new server certificate. " +
			"All arguments are optional, and the provider contacts nothing before it needs to: a configuration that judges only local files works without AWS and without a network.",
		Attributes: schemaOf[schema.Attribute](attributes{
			"region":                   {kind: text, description: "AWS Region. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's."},
			"profile":                  {kind: text, description: "Profile of the shared configuration files. Default: `AWS_PROFILE`."},
			"access_key":               {kind: text, sensitive: true, description: "AWS access key. Default: the usual sources, as for hashicorp/aws."},
			"secret_key":               {kind: text, sensitive: true, description: "AWS secret key. Default: the usual sources, as for hashicorp/aws."},
			"token":                    {kind: text, sensitive: true, description: "AWS session token. Default: the usual sources, as for hashicorp/aws."},
			"shared_config_files":      {kind: texts, description: "Shared configuration files. Default: `AWS_CONFIG_FILE`, else `~/.aws/config`."},
			"shared_credentials_files": {kind: texts, description: "Shared credentials files. Default: `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`."},
			"assume_role": {kind: objects, description: "IAM roles to assume, in the order of the list.", nested: attributes{
				"role_arn":            {kind: text, required: true, description: "ARN of the role."},
				"external_id":         {kind: text, description: "External ID. Default: none."},
				"session_name":        {kind: text, description: "Session name. Default: one made by the SDK."},
				"duration":            {kind: text, strings: oneDuration(), description: "How long the session lasts, such as `1h`. Default: `15m`."},
				"policy":              {kind: text, description: "IAM policy in JSON that restricts the session further. Default: none."},
				"policy_arns":         {kind: texts, description: "ARNs of IAM policies that restrict the session further. Default: none."},
				"source_identity":     {kind: text, description: "Source identity. Default: none."},
				"tags":                {kind: textMap, description: "Session tags. Default: none."},
				"transitive_tag_keys": {kind: texts, description: "Keys of the tags that are passed on in role chaining. Default: none."},
			}},
			"assume_role_with_web_identity": {kind: object, description: "IAM role to assume with a web identity.", nested: attributes{
				"role_arn":                {kind: text, description: "ARN of the role. Default: `AWS_ROLE_ARN`."},
				"session_name":            {kind: text, description: "Session name. Default: `AWS_ROLE_SESSION_NAME`."},
				"duration":                {kind: text, strings: oneDuration(), description: "How long the session lasts, such as `1h`. Default: `1h`."},
				"policy":                  {kind: text, description: "IAM policy in JSON that restricts the session further. Default: none."},
				"policy_arns":             {kind: texts, description: "ARNs of IAM policies that restrict the session further. Default: none."},
				"web_identity_token":      {kind: text, sensitive: true, description: "The token. Default: the content of `web_identity_token_file`."},
				"web_identity_token_file": {kind: text, description: "File with the token. Default: `AWS_WEB_IDENTITY_TOKEN_FILE`."},
			}},
			"endpoints": {kind: object, description: "URLs to use in place of AWS's own.", nested: attributes{
				"rds":     {kind: text, description: "URL of the RDS API. Default: the Region's."},
				"sts":     {kind: text, description: "URL of the STS API. Default: the Region's."},
				"ecr":     {kind: text, description: "URL of the ECR API, which issues tokens for private images. Default: that of the registry's Region."},
				"logs":    {kind: text, description: "URL of the CloudWatch Logs API. Default: the Region's."},
				"account": {kind: text, description: "URL of the AWS Account Management API, which lists the Regions of the account. Default: AWS's own."},
			}},
			"image_cache":                        {kind: text, description: "Folder in which layers of container images are cached, up to 8 GiB. The least recently used ones are removed first. Default: `terraform-provider-sslready/images` in the user's cache folder."},
			"sts_region":                         {kind: text, description: "Region of the STS API. Default: `region`."},
			"custom_ca_bundle":                   {kind: text, description: "PEM file with the CAs of the AWS endpoints. Default: `AWS_CA_BUNDLE`."},
			"http_proxy":                         {kind: text, description: "URL of a proxy for HTTP. Default: `HTTP_PROXY`."},
			"https_proxy":                        {kind: text, description: "URL of a proxy for HTTPS. Default: `HTTPS_PROXY`."},
			"no_proxy":                           {kind: text, description: "Hosts that are reached without a proxy. Default: `NO_PROXY`."},
			"insecure":                           {kind: boolean, description: "Whether to skip verification of the AWS endpoints' certificates. Default: `false`."},
			"max_retries":                        {kind: number, description: "Maximum number of attempts for each AWS call, including the first one. Default: 25, as in hashicorp/aws."},
			"aws_timeout":                        {kind: text, strings: oneDuration(), description: "Time limit for all AWS calls of one data source or resource, including retries and the time to get credentials; a Go duration such as `90s`. Default: `3m`."},
			"retry_mode":                         {kind: text, strings: oneOf("standard", "adaptive"), description: "`standard` or `adaptive`. Default: `AWS_RETRY_MODE`, else `standard`."},
			"token_bucket_rate_limiter_capacity": {kind: number, description: "Capacity of the AWS SDK's rate limiter for retries (a token bucket). Default: no limit."},
			"use_dualstack_endpoint":             {kind: boolean, description: "Whether to use the dual-stack endpoints (IPv4 and IPv6). Default: `false`."},
			"use_fips_endpoint":                  {kind: boolean, description: "Whether to use the FIPS endpoints. Default: `false`."},
			"skip_metadata_api_check":            {kind: text, description: "Set to `true` to skip the EC2 metadata service as a source of credentials. Default: the service is used."},
			"skip_region_validation":             {kind: boolean, description: "Whether to accept a Region that the SDK does not know. Default: `false`."},
			"skip_credentials_validation":        {kind: boolean, description: "Accepted for compatibility with hashicorp/aws. It has no effect: credentials are never checked before they are needed."},
			"skip_requesting_account_id":         {kind: boolean, description: "Accepted for compatibility with hashicorp/aws. It has no effect: the account ID is requested only when `allowed_account_ids` or `forbidden_account_ids` is set."},
			"ec2_metadata_service_endpoint":      {kind: text, description: "URL of the EC2 metadata service. Default: `AWS_EC2_METADATA_SERVICE_ENDPOINT`."},
			"ec2_metadata_service_endpoint_mode": {kind: text, description: "`IPv4` or `IPv6`. Default: `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`."},
			"allowed_account_ids":                {kind: texts, description: "AWS accounts that may be used; others are refused. Default: any."},
			"forbidden_account_ids":              {kind: texts, description: "AWS accounts that are refused. Default: none."},
			"postgres": {kind: object, description: "How the provider itself logs in to PostgreSQL. Anything that is not set here is taken from libpq's `PG*` environment variables and `~/.pgpass`.", nested: attributes{
				"username":          {kind: text, description: "User name. Default: `PGUSER`."},
				"password":          {kind: text, sensitive: true, description: "Password. Default: `PGPASSWORD`, else `~/.pgpass`."},
				"iam_auth":          {kind: boolean, description: "Whether to log in with an RDS IAM authentication token, created with the provider's AWS credentials, instead of a password. Default: `false`."},
				"database":          {kind: text, description: "Database to log in to. Default: `PGDATABASE`, else `postgres`."},
				"sslmode":           {kind: text, strings: oneOf(postgres.VerifyFull, postgres.VerifyCA, postgres.Require, postgres.Disable), description: "`verify-full`, `verify-ca`, `require` or `disable`; there is no fallback to plaintext. `require` verifies nothing unless `sslrootcert` is set; with `require` but without `sslrootcert`, a password is sent only with SCRAM and channel binding. With `disable`, the login fails if the server asks for a password in clear text. An IAM token is never sent to a server that is not verified. Default: `PGSSLMODE`, else `verify-full`."},
				"sslrootcert":       {kind: text, description: "PEM file with the root CAs of the server. Default: `PGSSLROOTCERT`, else the roots in the provider's own list of RDS CAs."},
				"connect_timeout":   {kind: text, strings: oneDuration(), description: "Time limit for connecting and logging in; a Go duration such as `10s`. Default: `PGCONNECT_TIMEOUT`, else `10s`."},
				"statement_timeout": {kind: text, strings: oneDuration(), description: "Time limit for each query; a Go duration such as `10s`. Default: `10s`."},
			}},
		}),
	}
}
