package provider_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	sslready "github.com/sslready/terraform-provider-sslready/internal/provider"
)

// TestSchemasAreValid checks every schema as Terraform would at start, without
// Terraform.
func TestSchemasAreValid(t *testing.T) {
	t.Parallel()

	ctx := context.Background()
	p, isFull := sslready.NewAt("test", now)().(provider.ProviderWithFunctions)
	if !isFull {
		t.Fatal("the provider has no functions")
	}
	var schema provider.SchemaResponse
	p.Schema(ctx, provider.SchemaRequest{}, &schema)
	if diags := schema.Schema.ValidateImplementation(ctx); diags.HasError() {
		t.Errorf("provider: %v", diags)
	}
	for _, construct := range p.DataSources(ctx) {
		var name datasource.MetadataResponse
		var schema datasource.SchemaResponse
		d := construct()
		d.Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "sslready"}, &name)
		d.Schema(ctx, datasource.SchemaRequest{}, &schema)
		if diags := schema.Schema.ValidateImplementation(ctx); diags.HasError() {
			t.Errorf("%s: %v", name.TypeName, diags)
		}
	}
	for _, construct := range p.Resources(ctx) {
		var name resource.MetadataResponse
		var schema resource.SchemaResponse
		r := construct()
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "sslready"}, &name)
		r.Schema(ctx, resource.SchemaRequest{}, &schema)
		if diags := schema.Schema.ValidateImplementation(ctx); diags.HasError() {
			t.Errorf("%s: %v", name.TypeName, diags)
		}
	}
	for _, construct := range p.Functions(ctx) {
		var name function.MetadataResponse
		var definition function.DefinitionResponse
		f := construct()
		f.Metadata(ctx, function.MetadataRequest{}, &name)
		f.Definition(ctx, function.DefinitionRequest{}, &definition)
		if definition.Definition.Return == nil || definition.Definition.MarkdownDescription == "" {
			t.Errorf("%s: no return value or description", name.Name)
		}
	}
}
