package driver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// policyVector is a client and the sketch of its policy.
type policyVector struct {
	version, runtime        string
	connection              string
	environment, properties map[string]string
	undeclared              bool
	place                   policy.Place
	host                    string
	want                    string
}

// checkPolicies resolves each vector of a driver and compares the sketches.
func checkPolicies(t *testing.T, name string, vectors map[string]policyVector) {
	t.Helper()
	for about, v := range vectors {
		t.Run(about, func(t *testing.T) {
			t.Parallel()

			got := sketch(driver.Resolve(policy.Settings{
				Driver: name, Version: v.version, Runtime: v.runtime, Connection: v.connection, Environment: v.environment,
				Properties: v.properties, Host: v.host, StoreDeclared: !v.undeclared, StorePlace: v.place,
			}))
			if got != v.want {
				t.Errorf("policy of %q %v %v:\n got %s\nwant %s", v.connection, v.properties, v.environment, got, v.want)
			}
		})
	}
}

// sketch writes a policy in one line.
func sketch(p policy.Policy) string {
	switch {
	case len(p.Alternatives) > 0:
		var either []string
		for _, alternative := range p.Alternatives {
			either = append(either, sketch(alternative))
		}
		return "either " + strings.Join(either, " | ")
	case p.Undecided != "":
		return "undecided: " + p.Undecided
	case p.Rejection != nil:
		return "rejected (" + p.Rejection.Reason + "): " + p.Rejection.Client
	}
	var parts []string
	for _, a := range p.Attempts {
		parts = append(parts, attemptSketch(a))
	}
	for _, h := range p.Hosts {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("host %s%s", h.Name, map[bool]string{true: " (socket)"}[h.Local])))
	}
	if verified(p) || p.Anchors.Source != policy.NoSource {
		parts = append(parts, storeSketch(p))
	}
	if p.TLS.Direct {
		parts = append(parts, "direct")
	}
	if p.Doubt != "" {
		parts = append(parts, "doubt: "+p.Doubt)
	}
	return p.Mode + ": " + strings.Join(parts, "; ")
}

func verified(p policy.Policy) bool {
	for _, a := range p.Attempts {
		if a.VerifyPath {
			return true
		}
	}
	return false
}

// storeSketch says where anchors come from, who reads and who verifies.
func storeSketch(p policy.Policy) string {
	readers := map[truststore.Reader]string{
		truststore.OpenSSLFile: "openssl", truststore.NativeTLSPEM: "first", truststore.RustlsPEM: "rustls", truststore.DotNetPEM: ".net",
		truststore.GoCertPool: "lenient", truststore.NodeCA: "node",
	}
	unreadable := map[policy.Unreadable]string{
		policy.FailAttempt: "fail", policy.RejectAll: "reject", policy.UseSystem: "system", policy.TakeNone: "none",
	}
	a := p.Anchors
	text := fmt.Sprintf("%s %s", a.Source, a.Path)
	if a.WithSystem {
		text += "+system"
	}
	text += fmt.Sprintf(" by %s%s unreadable=%s empty=%s", readers[a.Reader], a.ReaderVersion, unreadable[a.WhenUnreadable], unreadable[a.WhenNoAnchors])
	validators := map[certpath.Validator]certpath.NameRule{
		certpath.OpenSSL: certpath.NameOpenSSL, certpath.WebPKI: certpath.NameWebPKI, certpath.SChannel: certpath.NameDotNet,
	}
	text += " → " + string(p.Profile.Validator) + p.Profile.Version
	if rule := validators[p.Profile.Validator]; rule != p.NameRule {
		text += " with names as " + string(p.NameRule)
	}
	return strings.ReplaceAll(text, "  ", " ")
}
