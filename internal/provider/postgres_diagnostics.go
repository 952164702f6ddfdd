package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

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
