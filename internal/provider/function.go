package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// providerFunction is a function of the provider.
type providerFunction struct {
	name       string
	definition function.Definition
	// run gives the result, or why there is none.
	run func(ctx context.Context, given function.ArgumentsData) (any, *function.FuncError)
}

func (f providerFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = f.name
}

func (f providerFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = f.definition
}

func (f providerFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	result, failed := f.run(ctx, req.Arguments)
	if resp.Error = failed; failed == nil {
		resp.Error = resp.Result.Set(ctx, result)
	}
}
