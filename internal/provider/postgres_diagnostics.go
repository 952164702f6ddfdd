package provider

import (
	"errors"
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
	switch {
	case errors.Is(err, errProviderNotKnown):
		return remedyProviderNotKnown
	case errors.Is(err, postgres.ErrInvalidConfig), errors.Is(err, postgres.ErrInvalidSSLMode):
		return "Correct the provider's argument \"postgres\", or the PG* environment variables."
	case errors.Is(err, postgres.ErrInvalidRootCertificate):
		return "Set postgres.sslrootcert or PGSSLROOTCERT to a PEM file that contains only certificates."
	case errors.Is(err, postgres.ErrNotVerified):
		return "Remove postgres.sslmode and PGSSLMODE, or set them to verify-full. If the server's root CA is not an RDS root, set postgres.sslrootcert to the file that contains it."
	case errors.Is(err, postgres.ErrTooMuch), errors.Is(err, postgres.ErrTooManyClients):
		return "Check that the host is the DB instance. If it is, observe for a shorter time, or at a time when fewer clients are connected."
	case errors.Is(err, postgres.ErrCertificateNotTrusted):
		return "If you know that the server's certificate is genuine, set postgres.sslrootcert to a file that contains its root CA. This is not needed for RDS roots."
	case errors.Is(err, postgres.ErrHostNameMismatch):
		return "Connect with the endpoint's own name or, if you connect through a tunnel, set postgres.sslmode to verify-ca."
	case errors.Is(err, postgres.ErrWrongPassword), errors.Is(err, postgres.ErrAuthentication), errors.Is(err, postgres.ErrToken):
		return "Check the user, the password or the IAM authentication in the provider's argument \"postgres\"."
	case errors.Is(err, postgres.ErrDatabaseNotFound):
		return "Set postgres.database to an existing database."
	case errors.Is(err, postgres.ErrInsufficientPrivilege):
		return "Grant pg_read_all_stats to the role."
	case errors.Is(err, postgres.ErrTLSRefused), errors.Is(err, postgres.ErrTLSHandshake):
		return "The provider does not log in without TLS; check the server's TLS settings, and anything between Terraform and the server."
	case errors.Is(err, postgres.ErrUnreachable), errors.Is(err, postgres.ErrTimeout):
		if allowed {
			return "Run Terraform where the server can be reached."
		}
		return "Run Terraform where the server can be reached, or set allow_unreachable = true and then check the attribute \"reachable\"."
	case errors.Is(err, errNoEndpoint):
		return remedyNoEndpoint
	default:
		return "Look at the server's log."
	}
}
