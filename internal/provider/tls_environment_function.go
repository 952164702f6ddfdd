package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// tlsEnvironmentFunction keeps of a process's environment what drivers read,
// for the environment attribute of a declared client.
func tlsEnvironmentFunction() function.Function {
	return providerFunction{name: "tls_environment", run: runTLSEnvironment, definition: function.Definition{
		Summary: "The environment variables that drivers read",
		MarkdownDescription: "Filters the whole environment of a process down to the variables that a PostgreSQL driver, its runtime or its TLS library reads. Use the result as `environment` of a client. " +
			"All other variables are left out, including passwords and tokens, and a password inside a URL is removed. If a secret cannot be removed from a variable, the function fails with an error that does not reveal the secret.",
		Parameters: []function.Parameter{
			function.MapParameter{Name: "environment", ElementType: types.StringType, MarkdownDescription: "Variables by name, such as those of a task definition or a deployment."},
		},
		Return: function.MapReturn{ElementType: types.StringType},
	}}
}

func runTLSEnvironment(ctx context.Context, given function.ArgumentsData) (any, *function.FuncError) {
	var environment map[string]types.String
	if failed := given.Get(ctx, &environment); failed != nil {
		return nil, failed
	}
	kept := map[string]string{}
	for _, name := range driver.EnvironmentNames() {
		value, has := environment[name]
		if !has || value.IsNull() {
			continue
		}
		text := value.ValueString()
		if without, found, err := conninfo.Redact(text); found && err == nil && driver.SecretIn(name, text) != "" {
			text = without
		}
		if secret := driver.SecretIn(name, text); secret != "" {
			return nil, function.NewArgumentFuncError(0, fmt.Sprintf("%s contains %s, which cannot be removed: pass the variable without the secret", name, secret))
		}
		kept[name] = text
	}
	return kept, nil
}
