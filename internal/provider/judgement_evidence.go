package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/gate"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// targetEvidence is the best there is of the path after the switch: the chain
// that the user gave, else the root that a canary presents already, else what
// RDS and the fact table name. A path of another CA is refused: a canary that
// is not on the target yet would prove everybody ready.
func targetEvidence(m judgementModel, region string, offered rdsapi.Certificates, diags *diag.Diagnostics) readiness.Evidence {
	target := m.text("target_ca_cert_identifier")
	chain, canary := "server_certificate_chain_pem", "canary_server_certificate_chain_pem"
	if !m.isSet(chain) && m.isSet(canary) {
		chain = canary
	}
	e, at := evidence(m, target, region, offered, chain, diags), path.Root(chain)
	if !m.isSet(chain) || diags.HasError() {
		return e
	}
	if other := gate.AnotherCA(e.Presented, target, region, offeredCAs(offered)); other != "" {
		diags.AddAttributeError(at, "Certificate Chain of Another CA", fmt.Sprintf(
			"The chain ends in the root of %s, not in that of %s, so clients would be judged against certificates of another CA. Use the chain of a server that is on the target CA.", other, target))
		return e
	}
	if chain != canary {
		return e
	}
	found, ends := readiness.CanaryEvidence(target, e.Presented)
	if !ends {
		diags.AddAttributeError(at, "Certificate Chain Without a Root", fmt.Sprintf(
			"The chain does not end in a self-signed root, so it does not show which root the clients need for %s. Use the whole chain that the canary presents, such as chain_pem of sslready_server_certificate.", target))
	}
	return found
}

// offeredCAs translates what RDS lists.
func offeredCAs(offered rdsapi.Certificates) []gate.CA {
	return each(offered.CAs, func(ca rdsapi.CACertificate) gate.CA {
		return gate.CA{Identifier: ca.Identifier, Thumbprint: ca.Thumbprint}
	})
}

// serverTLSOf translates server_tls; null is PostgreSQL's own defaults.
func serverTLSOf(f fields) readiness.ServerTLS {
	return configuredTLS(rdsapi.TLSParameters{
		MinProtocol: f.text("min_protocol_version"), MaxProtocol: f.text("max_protocol_version"), Ciphers: f.text("ciphers"),
	})
}

// configuredTLS translates the parameters of a server. A version that
// PostgreSQL does not know says nothing.
func configuredTLS(p rdsapi.TLSParameters) readiness.ServerTLS {
	return readiness.ServerTLS{
		Min: policy.TLSVersion(p.MinProtocol), Max: policy.TLSVersion(p.MaxProtocol), SuitesKnown: p.Ciphers != "", RSAOnly: openssl.RSASuitesOnly(p.Ciphers),
	}
}

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
