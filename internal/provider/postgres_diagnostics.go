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
		"%v. Who is connected is then not known, which is not the same as nobody. %s", err, postgresRemedy(err, false)))
}

// postgresRemedy says what to do. allowed is allow_unreachable.
func postgresRemedy(err error, allowed bool) string {
	switch {
	case errors.Is(err, errProviderNotKnown):
		return remedyProviderNotKnown
	case errors.Is(err, postgres.ErrInvalidConfig), errors.Is(err, postgres.ErrInvalidSSLMode):
		return "Correct the provider's postgres argument, or the PG* environment variables."
	case errors.Is(err, postgres.ErrInvalidRootCertificate):
		return "Give a PEM file of which every block is a certificate as postgres.sslrootcert or PGSSLROOTCERT."
	case errors.Is(err, postgres.ErrNotVerified):
		return "Leave postgres.sslmode and PGSSLMODE out, or set verify-full, and give the server's root CA as postgres.sslrootcert where it is not one of RDS's."
	case errors.Is(err, postgres.ErrTooMuch), errors.Is(err, postgres.ErrTooManyClients):
		return "Check that the host is the DB instance; look for a shorter time, or where fewer clients are connected."
	case errors.Is(err, postgres.ErrCertificateNotTrusted):
		return "Give the server's root CA as postgres.sslrootcert, if you know it to be right; roots of RDS need none."
	case errors.Is(err, postgres.ErrHostNameMismatch):
		return "Connect by the endpoint's own name, or through a tunnel with sslmode verify-ca."
	case errors.Is(err, postgres.ErrWrongPassword), errors.Is(err, postgres.ErrAuthentication), errors.Is(err, postgres.ErrToken):
		return "Check the user, the password or the IAM authentication of the provider's postgres argument."
	case errors.Is(err, postgres.ErrDatabaseNotFound):
		return "Name an existing database as postgres.database."
	case errors.Is(err, postgres.ErrInsufficientPrivilege):
		return "Grant pg_read_all_stats to the role."
	case errors.Is(err, postgres.ErrTLSRefused), errors.Is(err, postgres.ErrTLSHandshake):
		return "The provider does not log in without TLS; check the server's TLS settings and what is in between."
	case errors.Is(err, postgres.ErrUnreachable), errors.Is(err, postgres.ErrTimeout):
		if allowed {
			return "Run Terraform where the server can be reached."
		}
		return "Run Terraform where the server can be reached, or set allow_unreachable = true and heed reachable."
	default:
		return "Look at the server's log."
	}
}
