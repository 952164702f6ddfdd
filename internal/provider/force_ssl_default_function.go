package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// forceSSLDefaultFunction gives RDS's own default for rds.force_ssl.
func forceSSLDefaultFunction() function.Function {
	return providerFunction{name: "force_ssl_default", run: runForceSSLDefault, definition: function.Definition{
		Summary:             "RDS's own default for rds.force_ssl",
		MarkdownDescription: "Returns whether a DB instance with a default parameter group refuses connections without TLS: `true` for RDS for PostgreSQL 15 and later and for Aurora PostgreSQL 17 and later, otherwise `false`.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "engine", MarkdownDescription: "Engine as RDS names it: `postgres` or `aurora-postgresql`."},
			function.StringParameter{Name: "engine_version", MarkdownDescription: "Engine version, such as `15.4` or `16`."},
		},
		Return: function.BoolReturn{},
	}}
}

func runForceSSLDefault(ctx context.Context, given function.ArgumentsData) (any, *function.FuncError) {
	var engine, version string
	if failed := given.Get(ctx, &engine, &version); failed != nil {
		return nil, failed
	}
	enforced, known := rdsca.ForceSSLDefault(engine, version)
	switch {
	case known:
		return enforced, nil
	case engine != "postgres" && engine != "aurora-postgresql":
		return nil, function.NewArgumentFuncError(0, fmt.Sprintf("engine %q is neither \"postgres\" nor \"aurora-postgresql\"", engine))
	default:
		return nil, function.NewArgumentFuncError(1, fmt.Sprintf("engine version %q is not recognized: expected a version such as \"15.4\"", version))
	}
}
