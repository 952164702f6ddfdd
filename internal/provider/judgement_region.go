package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// inOtherRegions refuses clients whose host is an RDS endpoint of another
// Region than the one whose root CA the fact table gave: they would be judged
// by a certificate that their server does not have, and a wrong Region could
// prove them ready. An empty region means that the fact table was not used.
func inOtherRegions(clients []readiness.Client, region string) diag.Diagnostics {
	var diags diag.Diagnostics
	if region == "" {
		return diags
	}
	for _, client := range clients {
		if client.ViaProxy {
			continue
		}
		var hosts []policy.Host
		for _, p := range client.Policy().Possible() {
			hosts = append(hosts, p.Hosts...)
		}
		for _, host := range hosts {
			endpoint, is := rdsca.ParseEndpoint(host.Name)
			if !is || endpoint.Region == "" || endpoint.Region == region || endpoint.Kind == rdsca.EndpointProxy {
				continue
			}
			diags.AddAttributeError(path.Root("clients").AtMapKey(client.Name).AtName("connection"), "Host in Another Region", fmt.Sprintf(
				"Client %q: its host %s is in Region %s, but the client is judged against the root CA of Region %s. Each Region has its own root, so the verdict would be about another server. Correct \"region\" or the host, or set server_certificate_chain_pem.",
				client.Name, host.Name, endpoint.Region, region))
			break
		}
	}
	return diags
}
