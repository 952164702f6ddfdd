package provider

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

// postgresDiagnostic says what an error of the PostgreSQL adapter means. Its
// errors carry neither passwords nor connection strings.
func postgresDiagnostic(at path.Path, title string, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, title, fmt.Sprintf(
		"%v. So it is not known who is connected, which does not mean that nobody is. %s", err, postgresRemedy(err, false)))
}

// postgresRemedy says what to do. allowed is allow_unreachable.
func postgresRemedy(err error, allowed bool) string {
	switch {
	case errors.Is(err, errProviderNotKnown):
		return remedyProviderNotKnown
	case errors.Is(err, postgres.ErrInvalidConfig), errors.Is(err, postgres.ErrInvalidSSLMode):
		return "Correct the provider's postgres argument, or the PG* environment variables."
	case errors.Is(err, postgres.ErrInvalidRootCertificate):
		return "Give a PEM file that contains only certificates as postgres.sslrootcert or PGSSLROOTCERT."
	case errors.Is(err, postgres.ErrNotVerified):
		return "Leave postgres.sslmode and PGSSLMODE out, or set verify-full, and give the server's root CA as postgres.sslrootcert if it is not one of the RDS roots."
	case errors.Is(err, postgres.ErrTooMuch), errors.Is(err, postgres.ErrTooManyClients):
		return "Check that the host is the DB instance; observe for a shorter time, or where fewer clients are connected."
	case errors.Is(err, postgres.ErrCertificateNotTrusted):
		return "Give the server's root CA as postgres.sslrootcert, if you know that it is right; the RDS roots need not be given."
	case errors.Is(err, postgres.ErrHostNameMismatch):
		return "Connect with the endpoint's own name, or through a tunnel with sslmode verify-ca."
	case errors.Is(err, postgres.ErrWrongPassword), errors.Is(err, postgres.ErrAuthentication), errors.Is(err, postgres.ErrToken):
		return "Check the user, the password or the IAM authentication of the provider's postgres argument."
	case errors.Is(err, postgres.ErrDatabaseNotFound):
		return "Name an existing database as postgres.database."
	case errors.Is(err, postgres.ErrInsufficientPrivilege):
		return "Grant pg_read_all_stats to the role."
	case errors.Is(err, postgres.ErrTLSRefused), errors.Is(err, postgres.ErrTLSHandshake):
		return "The provider does not log in without TLS; check the server's TLS settings, and anything between Terraform and the server."
	case errors.Is(err, postgres.ErrUnreachable), errors.Is(err, postgres.ErrTimeout):
		if allowed {
			return "Run Terraform where the server can be reached."
		}
		return "Run Terraform where the server can be reached, or set allow_unreachable = true and check reachable."
	default:
		return "Look at the server's log."
	}
}
