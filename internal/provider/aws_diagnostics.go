package provider

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// awsCause is an error of the RDS adapter as a sentence. Its errors carry neither
// secrets nor response bodies.
func awsCause(err error) string { return readiness.Sentence(printable(err.Error())) }

// awsDiagnostic says what an error of the RDS adapter means for the attribute
// that asked.
func awsDiagnostic(at path.Path, title string, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, title, awsDetail(err))
}

func awsDetail(err error) string {
	return fmt.Sprintf("%s The result depends on facts from AWS, and the provider does not guess them. %s", awsCause(err), awsRemedy(err))
}

// The remedies of both adapters.
const (
	remedyProviderNotKnown = "Set the provider's arguments from literals, variables or data sources, or use -target to first apply what those arguments depend on."
	remedyNoEndpoint       = "Plan again once the DB instance is available."
)

func awsRemedy(err error) string {
	var denied *rdsapi.AccessDeniedError
	switch {
	case errors.Is(err, errProviderNotKnown):
		return remedyProviderNotKnown
	case errors.As(err, &denied):
		return "Grant " + denied.Action + " to the provider's IAM identity."
	case errors.Is(err, rdsapi.ErrNoCredentials):
		return "Configure AWS credentials for the provider in the same way as for hashicorp/aws."
	case errors.Is(err, rdsapi.ErrInvalidCredentials), errors.Is(err, rdsapi.ErrCannotAssumeRole), errors.Is(err, rdsapi.ErrAccountNotAllowed),
		errors.Is(err, rdsapi.ErrInvalidConfiguration):
		return "Check the provider's credentials, profile and assume_role."
	case errors.Is(err, rdsapi.ErrThrottled):
		return "Plan again later, or raise the provider's max_retries."
	case errors.Is(err, rdsapi.ErrInvalidRegion):
		return "Check the Region, both here and in the provider's configuration."
	case errors.Is(err, rdsapi.ErrEndpointNotTrusted):
		return "If this issuer is your proxy's CA, add the CA's certificate to the file that the provider's custom_ca_bundle or AWS_CA_BUNDLE names. If not, somebody is intercepting the connection to AWS."
	case errors.Is(err, rdsapi.ErrTimeout):
		return "Check the network and the provider's endpoints, plan again later, or raise the provider's aws_timeout. With TF_LOG_PROVIDER=INFO, Terraform's log shows which calls were repeated, and why."
	case errors.Is(err, rdsapi.ErrUnreachable):
		return "Check the network, the proxy settings and the provider's endpoints."
	case errors.Is(err, rdsapi.ErrDBInstanceNotFound):
		return "Check the identifier, the account and the Region."
	case errors.Is(err, rdsapi.ErrDBClusterNotFound):
		return "Check the cluster identifier, the account and the Region."
	case errors.Is(err, errNotPostgreSQL):
		return "Name a DB instance or cluster with the engine postgres or aurora-postgresql."
	case errors.Is(err, errNoEndpoint):
		return remedyNoEndpoint
	case errors.Is(err, errNoMembers):
		return "Check the cluster identifier, or leave this data source out until the cluster has an instance."
	case errors.Is(err, rdsapi.ErrParameterGroupNotFound), errors.Is(err, rdsapi.ErrNoParameterGroup):
		return "The parameter group was probably replaced during this run: plan again."
	case errors.Is(err, rdsapi.ErrEngineVersionNotFound):
		return "RDS no longer lists this engine version: check by hand which CAs this version can use, or upgrade the engine before the switch."
	case errors.Is(err, rdsapi.ErrMalformedResponse):
		return "Check the provider's endpoints and proxy settings: something other than AWS is answering."
	default:
		return "Plan again. If the error comes back, set TF_LOG=debug to see the call, and check the status of RDS in the AWS Health Dashboard."
	}
}
