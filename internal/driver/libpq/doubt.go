package libpq

import "github.com/sslready/terraform-provider-sslready/internal/policy"

// doubt says why a session may be refused all the same.
func (c libpqClient) doubt() string {
	switch attrs := c.get("target_session_attrs"); {
	case c.oddKeepalives():
		return "this value of keepalives means different things to different minor releases of libpq"
	case c.get("channel_binding") == "require":
		return "channel_binding=require succeeds only if the server asks for SCRAM authentication"
	case c.get("require_auth") != "":
		return "whether require_auth is satisfied depends on how the server authenticates the role"
	case c.get("sslcertmode") == "require":
		return "sslcertmode=require succeeds only if the server asks for a client certificate"
	case attrs == "read-only" || attrs == "standby":
		return "it is not known whether the server satisfies target_session_attrs=" + attrs
	case c.get("min_protocol_version") == "3.2" || c.get("min_protocol_version") == "latest":
		return "min_protocol_version=" + c.get("min_protocol_version") + " needs a server of version 18 or later"
	}
	return ""
}

// tlsDoubt says why a handshake may fail that the certificate would allow.
func (c libpqClient) tlsDoubt(p policy.Policy) string {
	verifies := p.Anchors.Source == policy.Declared || p.Anchors.Source == policy.SystemStore
	switch {
	case verifies && (c.get("sslcrl") != "" || c.get("sslcrldir") != ""):
		return "the settings name revocation lists (sslcrl or sslcrldir) whose content is not declared: if these files exist on the client's machine, the client connects only if they contain a list for each CA in the chain"
	case p.TLS.Direct:
		return "sslnegotiation=direct needs a server of version 17 or later"
	}
	return ""
}
