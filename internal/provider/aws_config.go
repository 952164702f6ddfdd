package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// aws translates the arguments that are hashicorp/aws's own.
func (m providerModel) aws(version string) rdsapi.Config {
	c := rdsapi.Config{
		Region: m.Region.ValueString(), Profile: m.Profile.ValueString(),
		AccessKey: m.AccessKey.ValueString(), SecretKey: m.SecretKey.ValueString(), Token: m.Token.ValueString(),
		SharedConfigFiles: stringsOf(m.SharedConfigFiles), SharedCredentialsFiles: stringsOf(m.SharedCredentialsFiles),
		CustomCABundle: m.CustomCABundle.ValueString(), STSRegion: m.STSRegion.ValueString(),
		EC2MetadataServiceEndpoint:     m.EC2MetadataServiceEndpoint.ValueString(),
		EC2MetadataServiceEndpointMode: m.EC2MetadataServiceEndpointMode.ValueString(),
		SkipMetadataAPICheck:           m.SkipMetadataAPICheck.ValueString() == "true",
		HTTPProxy:                      m.HTTPProxy.ValueStringPointer(), HTTPSProxy: m.HTTPSProxy.ValueStringPointer(), NoProxy: m.NoProxy.ValueString(),
		Insecure: m.Insecure.ValueBool(), MaxRetries: attempts(m.MaxRetries), RetryMode: m.RetryMode.ValueString(),
		TokenBucketRateLimiterCapacity: int(m.TokenBucketRateLimiter.ValueInt64()),
		SkipRegionValidation:           m.SkipRegionValidation.ValueBool(),
		UseDualStackEndpoint:           m.UseDualstackEndpoint.ValueBool(), UseFIPSEndpoint: m.UseFIPSEndpoint.ValueBool(),
		AllowedAccountIDs: stringsOf(m.AllowedAccountIDs), ForbiddenAccountIDs: stringsOf(m.ForbiddenAccountIDs),
		Version: version,
	}
	if m.Endpoints != nil {
		c.RDSEndpoint, c.STSEndpoint = m.Endpoints.RDS.ValueString(), m.Endpoints.STS.ValueString()
		c.ECREndpoint, c.LogsEndpoint = m.Endpoints.ECR.ValueString(), m.Endpoints.Logs.ValueString()
		c.AccountEndpoint = m.Endpoints.Account.ValueString()
	}
	for _, role := range m.AssumeRole {
		c.AssumeRole = append(c.AssumeRole, role.role())
	}
	if web := m.AssumeRoleWithWebIdentity; web != nil {
		c.AssumeRoleWithWebIdentity = &rdsapi.AssumeRoleWithWebIdentity{
			RoleARN: web.RoleARN.ValueString(), SessionName: web.SessionName.ValueString(), Policy: web.Policy.ValueString(),
			Duration: durationOf(web.Duration.ValueString()), PolicyARNs: stringsOf(web.PolicyARNs),
			WebIdentityToken: web.WebIdentityToken.ValueString(), WebIdentityTokenFile: web.WebIdentityTokenFile.ValueString(),
		}
	}
	return c
}

func (m assumeRoleModel) role() rdsapi.AssumeRole {
	role := rdsapi.AssumeRole{
		RoleARN: m.RoleARN.ValueString(), ExternalID: m.ExternalID.ValueString(), SessionName: m.SessionName.ValueString(),
		Policy: m.Policy.ValueString(), SourceIdentity: m.SourceIdentity.ValueString(),
		Duration: durationOf(m.Duration.ValueString()), PolicyARNs: stringsOf(m.PolicyARNs), TransitiveTagKeys: stringsOf(m.TransitiveTagKeys),
	}
	if len(m.Tags) > 0 {
		role.Tags = eachOf(m.Tags, types.String.ValueString)
	}
	return role
}

func stringsOf(values []types.String) []string { return each(values, types.String.ValueString) }

// attempts is how often a call is made. Without a retry it is made once; zero
// would be the adapter's default.
func attempts(retries types.Int64) int {
	if !retries.IsNull() && retries.ValueInt64() <= 0 {
		return 1
	}
	return int(retries.ValueInt64())
}
