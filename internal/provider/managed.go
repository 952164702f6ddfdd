package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// managed is what all resources have in common, and the lists of them.
type managed struct {
	name string // without the provider's

	services *services
}

func (m *managed) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + m.name
}

func (m *managed) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	m.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}
