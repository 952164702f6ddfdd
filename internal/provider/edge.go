package provider

import (
	"context"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

func edgeOf(server tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	acting, _ := server.(tfprotov6.ActionServer) // Every server of the framework is one.
	listing, _ := server.(tfprotov6.ListResourceServer)
	return edge{server, acting, listing, &places{server: server}}
}

// edge is a server whose diagnostics, errors of functions, messages of actions
// and names of lists are printable, whoever wrote what they quote: a database, a
// certificate, AWS, a file. Values pass as they are: Terraform compares them
// with the configuration, and what is computed is made printable where it is.
// It also refuses a configuration with a password where none may be, and the
// result of a function with one.
type edge struct {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	tfprotov6.ListResourceServer

	places *places
}

// printed is an answer with printable diagnostics.
func printed[A any](answer *A, err error) (*A, error) {
	if answer != nil {
		if diagnostics, is := reflect.TypeAssert[[]*tfprotov6.Diagnostic](reflect.ValueOf(answer).Elem().FieldByName("Diagnostics")); is {
			printDiagnostics(diagnostics)
		}
	}
	return answer, err
}

// validated is what a validation says, without what is not so, and with what the
// framework does not look for.
func validated(schema *tfprotov6.Schema, config *tfprotov6.DynamicValue, told []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	if schema == nil || config == nil {
		return told
	}
	value, err := config.Unmarshal(schema.ValueType())
	if err != nil {
		return told // The framework says what cannot be decoded.
	}
	return secretsRefused(schema, value, withoutUnknown(value, told))
}

func printDiagnostics(diagnostics []*tfprotov6.Diagnostic) {
	for _, d := range diagnostics {
		d.Summary, d.Detail = strings.ReplaceAll(printable(d.Summary), "\n", `\n`), printable(d.Detail)
	}
}

func (e edge) CallFunction(ctx context.Context, r *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	answer, err := e.ProviderServer.CallFunction(ctx, r)
	if answer != nil {
		e.places.silence(ctx, r.Name, answer)
	}
	if answer != nil && answer.Error != nil {
		answer.Error.Text = printable(answer.Error.Text)
	}
	return answer, err
}

func (e edge) InvokeAction(ctx context.Context, r *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := e.ActionServer.InvokeAction(ctx, r)
	if stream == nil || stream.Events == nil {
		return stream, err
	}
	events := stream.Events
	stream.Events = func(yield func(tfprotov6.InvokeActionEvent) bool) {
		for event := range events {
			switch said := event.Type.(type) {
			case tfprotov6.ProgressInvokeActionEventType:
				said.Message = printable(said.Message)
				event.Type = said
			case tfprotov6.CompletedInvokeActionEventType:
				printDiagnostics(said.Diagnostics)
			}
			if !yield(event) {
				return
			}
		}
	}
	return stream, err
}

func (e edge) ListResource(ctx context.Context, r *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := e.ListResourceServer.ListResource(ctx, r)
	if stream == nil || stream.Results == nil {
		return stream, err
	}
	results := stream.Results
	stream.Results = func(yield func(tfprotov6.ListResourceResult) bool) {
		for result := range results {
			result.DisplayName = printable(result.DisplayName)
			printDiagnostics(result.Diagnostics)
			if !yield(result) {
				return
			}
		}
	}
	return stream, err
}

func (e edge) ValidateListResourceConfig(ctx context.Context, r *tfprotov6.ValidateListResourceConfigRequest) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	answer, err := e.ListResourceServer.ValidateListResourceConfig(ctx, r)
	if answer != nil {
		answer.Diagnostics = validated(e.places.known(ctx).ListResourceSchemas[r.TypeName], r.Config, answer.Diagnostics)
	}
	return printed(answer, err)
}

func (e edge) GetMetadata(ctx context.Context, r *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return printed(e.ProviderServer.GetMetadata(ctx, r))
}

func (e edge) GetProviderSchema(ctx context.Context, r *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return printed(e.ProviderServer.GetProviderSchema(ctx, r))
}

func (e edge) GetResourceIdentitySchemas(ctx context.Context, r *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return printed(e.ProviderServer.GetResourceIdentitySchemas(ctx, r))
}

func (e edge) ValidateProviderConfig(ctx context.Context, r *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	answer, err := e.ProviderServer.ValidateProviderConfig(ctx, r)
	if answer != nil {
		answer.Diagnostics = validated(e.places.known(ctx).Provider, r.Config, answer.Diagnostics)
	}
	return printed(answer, err)
}

func (e edge) ConfigureProvider(ctx context.Context, r *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return printed(e.ProviderServer.ConfigureProvider(ctx, r))
}

func (e edge) ValidateResourceConfig(ctx context.Context, r *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	answer, err := e.ProviderServer.ValidateResourceConfig(ctx, r)
	if answer != nil {
		answer.Diagnostics = validated(e.places.known(ctx).ResourceSchemas[r.TypeName], r.Config, answer.Diagnostics)
	}
	return printed(answer, err)
}

func (e edge) UpgradeResourceState(ctx context.Context, r *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return printed(e.ProviderServer.UpgradeResourceState(ctx, r))
}

func (e edge) ReadResource(ctx context.Context, r *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	ctx, r, clients := e.places.carryRead(ctx, r)
	defer clients.forget()
	answer, err := e.ProviderServer.ReadResource(ctx, r)
	if answer != nil {
		answer.NewState = clients.back(answer.NewState)
	}
	return printed(answer, err)
}

func (e edge) PlanResourceChange(ctx context.Context, r *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx, r, clients := e.places.carryPlan(ctx, r)
	defer clients.forget()
	answer, err := e.ProviderServer.PlanResourceChange(ctx, r)
	if answer != nil {
		answer.PlannedState = clients.back(answer.PlannedState)
	}
	return printed(answer, err)
}

func (e edge) ApplyResourceChange(ctx context.Context, r *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return printed(e.ProviderServer.ApplyResourceChange(ctx, r))
}

func (e edge) ImportResourceState(ctx context.Context, r *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return printed(e.ProviderServer.ImportResourceState(ctx, r))
}

func (e edge) MoveResourceState(ctx context.Context, r *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return printed(e.ProviderServer.MoveResourceState(ctx, r))
}

func (e edge) UpgradeResourceIdentity(ctx context.Context, r *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return printed(e.ProviderServer.UpgradeResourceIdentity(ctx, r))
}

func (e edge) GenerateResourceConfig(ctx context.Context, r *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return printed(e.ProviderServer.GenerateResourceConfig(ctx, r))
}

func (e edge) ValidateDataResourceConfig(ctx context.Context, r *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	answer, err := e.ProviderServer.ValidateDataResourceConfig(ctx, r)
	if answer != nil {
		answer.Diagnostics = validated(e.places.known(ctx).DataSourceSchemas[r.TypeName], r.Config, answer.Diagnostics)
	}
	return printed(answer, err)
}

func (e edge) ReadDataSource(ctx context.Context, r *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return printed(e.ProviderServer.ReadDataSource(ctx, r))
}

func (e edge) GetFunctions(ctx context.Context, r *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return printed(e.ProviderServer.GetFunctions(ctx, r))
}

func (e edge) ValidateEphemeralResourceConfig(ctx context.Context, r *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return printed(e.ProviderServer.ValidateEphemeralResourceConfig(ctx, r))
}

func (e edge) OpenEphemeralResource(ctx context.Context, r *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return printed(e.ProviderServer.OpenEphemeralResource(ctx, r))
}

func (e edge) RenewEphemeralResource(ctx context.Context, r *tfprotov6.RenewEphemeralResourceRequest) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return printed(e.ProviderServer.RenewEphemeralResource(ctx, r))
}

func (e edge) CloseEphemeralResource(ctx context.Context, r *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return printed(e.ProviderServer.CloseEphemeralResource(ctx, r))
}

func (e edge) ValidateActionConfig(ctx context.Context, r *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	answer, err := e.ActionServer.ValidateActionConfig(ctx, r)
	if action := e.places.known(ctx).ActionSchemas[r.ActionType]; answer != nil && action != nil {
		answer.Diagnostics = validated(action.Schema, r.Config, answer.Diagnostics)
	}
	return printed(answer, err)
}

func (e edge) PlanAction(ctx context.Context, r *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return printed(e.ActionServer.PlanAction(ctx, r))
}
