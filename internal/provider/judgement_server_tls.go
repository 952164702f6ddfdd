package provider

import (
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

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
