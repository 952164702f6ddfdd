// Package provider is the Terraform layer: it translates configurations into
// questions to the domain and the adapters, and answers into state and
// diagnostics. It decides nothing itself.
package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

var (
	_ provider.ProviderWithFunctions = (*sslreadyProvider)(nil)
	_ provider.ProviderWithActions   = (*sslreadyProvider)(nil)

	_ provider.ProviderWithListResources = (*sslreadyProvider)(nil)
)

type sslreadyProvider struct {
	version string
	now     func() time.Time
}

// Server returns the constructor of what Terraform talks to: the provider, of a
// version such as "1.2.3", behind an edge at which what it says is made fit for
// a terminal. The empty string is a development build.
func Server(version string) func() tfprotov6.ProviderServer { return ServerAt(version, time.Now) }

// ServerAt is Server with another clock than the machine's.
func ServerAt(version string, now func() time.Time) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		return edgeOf(providerserver.NewProtocol6(NewAt(version, now)())())
	}
}

// NewAt returns the constructor of the provider as the framework serves it,
// without an edge.
func NewAt(version string, now func() time.Time) func() provider.Provider {
	return func() provider.Provider { return &sslreadyProvider{version: version, now: now} }
}

func (p *sslreadyProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "sslready", p.version
}

func (p *sslreadyProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerSchema()
}

// Configure contacts nothing: RDS and PostgreSQL are reached when a data
// source or resource needs them.
func (p *sslreadyProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config fields
	deferred := !req.Config.Raw.IsFullyKnown() // Some argument is known only after the apply of something else.
	if !deferred {
		config = fieldsIn(ctx, req.Config.Schema.Type(), req.Config.Raw, &resp.Diagnostics)
	}
	s := newServices(p.version, p.now, config)
	s.deferred = deferred
	resp.DataSourceData, resp.ResourceData, resp.ActionData, resp.ListResourceData = s, s, s, s
}

func (p *sslreadyProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		forceSSLDataSource, clientsDataSource, readinessDataSource, trustStoreDataSource, caCertificateDataSource,
		serverCertificateDataSource, instancesDataSource, connectionLogDataSource, imageDataSource,
	}
}

func (p *sslreadyProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &trustStoreValidationResource{managed{name: gateName}} },
		func() resource.Resource { return &trustStoreResource{managed{name: "trust_store"}} },
		func() resource.Resource { return &clientCensusResource{managed{name: "client_census"}} },
	}
}

// Actions are for Terraform 1.14 and later; earlier ones do not ask for them.
func (p *sslreadyProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		func() action.Action { return &watchSwitchAction{} },
	}
}

// ListResources are for Terraform 1.14 and later, as Actions are.
func (p *sslreadyProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		func() list.ListResource { return &trustStoreValidationList{managed{name: gateName}} },
	}
}

func (p *sslreadyProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		connectionTLSFunction, forceSSLDefaultFunction, connectionWithoutPasswordFunction,
		tlsEnvironmentFunction, frameworkClientFunction, trustStoreCertificatesFunction,
	}
}
