package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// connectionWithoutPasswordFunction takes the secrets out of a connection
// string, for the connection attribute of a declared client.
func connectionWithoutPasswordFunction() function.Function {
	return providerFunction{name: "connection_without_password", run: runConnectionWithoutPassword, definition: function.Definition{
		Summary:             "A connection string without its secrets",
		MarkdownDescription: "Returns a connection string (conninfo, URI, JDBC URL, or `key=value;` pairs) without its passwords, and otherwise unchanged. If the string cannot be parsed, the function fails with an error that does not reveal it.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "connection", MarkdownDescription: "Connection string in the driver's own syntax."},
		},
		Return: function.StringReturn{},
	}}
}

func runConnectionWithoutPassword(ctx context.Context, given function.ArgumentsData) (any, *function.FuncError) {
	var connection string
	if failed := given.Get(ctx, &connection); failed != nil {
		return nil, failed
	}
	without, _, err := conninfo.Redact(connection)
	if err != nil || driver.SecretInConnection(without) != "" {
		return nil, function.NewArgumentFuncError(0, "the connection string cannot be parsed, so it is not known where its secrets are, and the string is not shown here")
	}
	return without, nil
}
