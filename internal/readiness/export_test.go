package readiness

import "github.com/sslready/terraform-provider-sslready/internal/policy"

// Remedy is remedy, for reasons that a certificate of the lab cannot bring about.
var Remedy = remedy

// With is the client with this policy, whatever its settings say.
func (c Client) With(p policy.Policy) Client {
	c.resolved = &p
	return c
}
