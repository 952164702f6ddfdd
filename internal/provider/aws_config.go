package provider

import (
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// awsConfig translates the provider's arguments that are hashicorp/aws's own.
func awsConfig(f fields, version string) rdsapi.Config {
	endpoints := fieldsOf(f["endpoints"])
	c := rdsapi.Config{
		Region: f.text("region"), Profile: f.text("profile"),
		AccessKey: f.text("access_key"), SecretKey: f.text("secret_key"), Token: f.text("token"),
		SharedConfigFiles: f.texts("shared_config_files"), SharedCredentialsFiles: f.texts("shared_credentials_files"),
		CustomCABundle: f.text("custom_ca_bundle"), STSRegion: f.text("sts_region"),
		EC2MetadataServiceEndpoint:     f.text("ec2_metadata_service_endpoint"),
		EC2MetadataServiceEndpointMode: f.text("ec2_metadata_service_endpoint_mode"),
		SkipMetadataAPICheck:           f.text("skip_metadata_api_check") == "true",
		HTTPProxy:                      f.optional("http_proxy"), HTTPSProxy: f.optional("https_proxy"), NoProxy: f.text("no_proxy"),
		Insecure: f.flag("insecure"), MaxRetries: int(f.number("max_retries")), RetryMode: f.text("retry_mode"),
		TokenBucketRateLimiterCapacity: int(f.number("token_bucket_rate_limiter_capacity")),
		SkipRegionValidation:           f.flag("skip_region_validation"),
		UseDualStackEndpoint:           f.flag("use_dualstack_endpoint"), UseFIPSEndpoint: f.flag("use_fips_endpoint"),
		AllowedAccountIDs: f.texts("allowed_account_ids"), ForbiddenAccountIDs: f.texts("forbidden_account_ids"),
		RDSEndpoint: endpoints.text("rds"), STSEndpoint: endpoints.text("sts"), ECREndpoint: endpoints.text("ecr"),
		LogsEndpoint: endpoints.text("logs"), AccountEndpoint: endpoints.text("account"),
		Version: version,
	}
	if roles := fieldsOfEach(f["assume_role"]); len(roles) > 0 { // An empty list that is not nil leaves the adapter without credentials.
		c.AssumeRole = each(roles, assumeRole)
	}
	if f.isSet("max_retries") && c.MaxRetries <= 0 {
		c.MaxRetries = 1 // Without a retry a call is made once; zero would be the adapter's default.
	}
	if web := fieldsOf(f["assume_role_with_web_identity"]); web != nil {
		c.AssumeRoleWithWebIdentity = &rdsapi.AssumeRoleWithWebIdentity{
			RoleARN: web.text("role_arn"), SessionName: web.text("session_name"), Policy: web.text("policy"),
			Duration: web.duration("duration"), PolicyARNs: web.texts("policy_arns"),
			WebIdentityToken: web.text("web_identity_token"), WebIdentityTokenFile: web.text("web_identity_token_file"),
		}
	}
	return c
}

func assumeRole(f fields) rdsapi.AssumeRole {
	return rdsapi.AssumeRole{
		RoleARN: f.text("role_arn"), ExternalID: f.text("external_id"), SessionName: f.text("session_name"),
		Policy: f.text("policy"), SourceIdentity: f.text("source_identity"),
		Duration: f.duration("duration"), PolicyARNs: f.texts("policy_arns"), TransitiveTagKeys: f.texts("transitive_tag_keys"),
		Tags: f.textMap("tags"),
	}
}
