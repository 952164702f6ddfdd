package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/gate"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
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
