package other

import "github.com/sslready/terraform-provider-sslready/internal/policy"

// Names are what a client's owner may say of it. Its other settings are its
// driver's own, and nobody here knows them.
func Names(policy.Settings) policy.Known {
	return policy.Known{Properties: []string{"description", "encrypts", "verifies", "validator"}, Variables: []string{"*"}}
}
