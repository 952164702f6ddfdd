package provider

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
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

// remedies say what to do about errors. The first that is of an error counts.
type remedies []struct {
	text string
	errs []error
}

func (rs remedies) of(err error, otherwise string) string {
	for _, r := range rs {
		if slices.ContainsFunc(r.errs, func(one error) bool { return errors.Is(err, one) }) {
			return r.text
		}
	}
	return otherwise
}

// The remedies of both adapters.
const (
	remedyProviderNotKnown = "Set the provider's arguments from literals, variables or data sources, or use -target to first apply what those arguments depend on."
	remedyNoEndpoint       = "Plan again once the DB instance is available."
)

func awsRemedy(err error) string {
	if denied, is := errors.AsType[*rdsapi.AccessDeniedError](err); is {
		return "Grant " + denied.Action + " to the provider's IAM identity."
	}
	return remedies{
		{remedyProviderNotKnown, []error{errProviderNotKnown}},
		{"Configure AWS credentials for the provider in the same way as for hashicorp/aws.", []error{rdsapi.ErrNoCredentials}},
		{"Check the provider's credentials, profile and assume_role.", []error{rdsapi.ErrInvalidCredentials, rdsapi.ErrCannotAssumeRole, rdsapi.ErrAccountNotAllowed, rdsapi.ErrInvalidConfiguration}},
		{"Plan again later, or raise the provider's max_retries.", []error{rdsapi.ErrThrottled}},
		{"Check the Region, both here and in the provider's configuration.", []error{rdsapi.ErrInvalidRegion}},
		{"If this issuer is your proxy's CA, add the CA's certificate to the file that the provider's custom_ca_bundle or AWS_CA_BUNDLE names. If not, somebody is intercepting the connection to AWS.", []error{rdsapi.ErrEndpointNotTrusted}},
		{"Check the network and the provider's endpoints, plan again later, or raise the provider's aws_timeout. With TF_LOG_PROVIDER=INFO, Terraform's log shows which calls were repeated, and why.", []error{rdsapi.ErrTimeout}},
		{"Check the network, the proxy settings and the provider's endpoints.", []error{rdsapi.ErrUnreachable}},
		{"Check the identifier, the account and the Region.", []error{rdsapi.ErrDBInstanceNotFound}},
		{"Check the cluster identifier, the account and the Region.", []error{rdsapi.ErrDBClusterNotFound}},
		{"Name a DB instance or cluster with the engine postgres or aurora-postgresql.", []error{errNotPostgreSQL}},
		{remedyNoEndpoint, []error{errNoEndpoint}},
		{"Check the cluster identifier, or leave this data source out until the cluster has an instance.", []error{errNoMembers}},
		{"The parameter group was probably replaced during this run: plan again.", []error{rdsapi.ErrParameterGroupNotFound, rdsapi.ErrNoParameterGroup}},
		{"RDS no longer lists this engine version: check by hand which CAs this version can use, or upgrade the engine before the switch.", []error{rdsapi.ErrEngineVersionNotFound}},
		{"Check the provider's endpoints and proxy settings: something other than AWS is answering.", []error{rdsapi.ErrMalformedResponse}},
	}.of(err, "Plan again. If the error comes back, set TF_LOG=debug to see the call, and check the status of RDS in the AWS Health Dashboard.")
}

// postgresDiagnostic says what an error of the PostgreSQL adapter means. Its
// errors carry neither passwords nor connection strings.
func postgresDiagnostic(at path.Path, title string, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, title, fmt.Sprintf(
		"%s It is therefore not known who is connected; that does not mean that nobody is. %s", readiness.Sentence(err.Error()), postgresRemedy(err, false)))
}

// postgresRemedy says what to do. allowed is allow_unreachable.
func postgresRemedy(err error, allowed bool) string {
	reach := "Run Terraform where the server can be reached, or set allow_unreachable = true and then check the attribute \"reachable\"."
	if allowed {
		reach = "Run Terraform where the server can be reached."
	}
	return remedies{
		{remedyProviderNotKnown, []error{errProviderNotKnown}},
		{"Correct the provider's argument \"postgres\", or the PG* environment variables.", []error{postgres.ErrInvalidConfig, postgres.ErrInvalidSSLMode}},
		{"Set postgres.sslrootcert or PGSSLROOTCERT to a PEM file that contains only certificates.", []error{postgres.ErrInvalidRootCertificate}},
		{"Remove postgres.sslmode and PGSSLMODE, or set them to verify-full. If the server's root CA is not an RDS root, set postgres.sslrootcert to the file that contains it.", []error{postgres.ErrNotVerified}},
		{"Check that the host is the DB instance. If it is, observe for a shorter time, or at a time when fewer clients are connected.", []error{postgres.ErrTooMuch, postgres.ErrTooManyClients}},
		{"If you know that the server's certificate is genuine, set postgres.sslrootcert to a file that contains its root CA. This is not needed for RDS roots.", []error{postgres.ErrCertificateNotTrusted}},
		{"Connect with the endpoint's own name or, if you connect through a tunnel, set postgres.sslmode to verify-ca.", []error{postgres.ErrHostNameMismatch}},
		{"Check the user, the password or the IAM authentication in the provider's argument \"postgres\".", []error{postgres.ErrWrongPassword, postgres.ErrAuthentication, postgres.ErrToken}},
		{"Set postgres.database to an existing database.", []error{postgres.ErrDatabaseNotFound}},
		{"Grant pg_read_all_stats to the role.", []error{postgres.ErrInsufficientPrivilege}},
		{"The provider does not log in without TLS; check the server's TLS settings, and anything between Terraform and the server.", []error{postgres.ErrTLSRefused, postgres.ErrTLSHandshake}},
		{reach, []error{postgres.ErrUnreachable, postgres.ErrTimeout}},
		{remedyNoEndpoint, []error{errNoEndpoint}},
	}.of(err, "Look at the server's log.")
}
