// Package other is the rule for clients whose driver no rule covers.
package other

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// ways are the validators that a declaration may name, with the reader of
// files and the rule of names that go with each.
var ways = map[string]policy.Way{
	"openssl": {Validator: certpath.OpenSSL, Names: certpath.NameOpenSSL, Reader: truststore.OpenSSLFile},
	"java":    {Validator: certpath.Java, Names: certpath.NameJSSE, Reader: truststore.JavaKeyStore},
	"go":      {Validator: certpath.Go, Names: certpath.NameGo, Reader: truststore.GoCertPool},
	"webpki":  {Validator: certpath.WebPKI, Names: certpath.NameWebPKI, Reader: truststore.RustlsPEM},
	"dotnet":  {Validator: certpath.SChannel, Names: certpath.NameDotNet, Reader: truststore.DotNetPEM},
}

// Other is a client of which its owner says by properties what it does:
// encrypts (always, preferred, never), verifies (nothing, path,
// path_and_host) and validator. Without them it is never decided.
func Other(s policy.Settings) policy.Policy {
	if s.Properties["description"] == policy.PlaceholderClient {
		return policy.Policy{Reason: policy.ReasonPlaceholder, Undecided: "this client is only a placeholder, and says nothing about who really connects"}
	}
	encrypts, verifies := s.Properties["encrypts"], s.Properties["verifies"]
	way, known := ways[s.Properties["validator"]]
	tls := policy.Attempt{TLS: true, VerifyPath: strings.HasPrefix(verifies, "path"), VerifyHost: verifies == "path_and_host"}
	p := policy.Policy{
		Mode: "declared", Hosts: []policy.Host{{Name: s.Host}},
		Profile: certpath.Profile{Validator: way.Validator, SecurityLevel: -1}, NameRule: way.Names,
		Anchors: policy.Anchors{Source: policy.SystemStore, Reader: way.Reader},
	}
	if way.Validator == certpath.Java {
		p.Anchors.PEMReader = truststore.JavaCertificateFactory // As a CertificateFactory reads it.
	}
	if s.StoreDeclared {
		p.Anchors.Source = policy.Declared
	}
	switch encrypts {
	case "never":
		p.Attempts = []policy.Attempt{{}}
		return p
	case "always":
		p.Attempts = []policy.Attempt{tls}
	case "preferred":
		// Whether it goes on in plaintext after a failed handshake is not said.
		tls.After = policy.TLSUnsupported
		p.Attempts = []policy.Attempt{tls, {}}
	}
	switch {
	case p.Attempts == nil, verifies != "nothing" && verifies != "path" && verifies != "path_and_host":
		return policy.Policy{Undecided: "no rule covers this client, and its properties do not say what it does: set \"encrypts\", \"verifies\" and \"validator\""}
	case tls.VerifyPath && !known:
		return policy.Policy{Undecided: "no rule covers this client, and its properties do not say what verifies the server certificate: set \"validator\" to openssl, java, go, webpki or dotnet"}
	}
	return p
}

// Names are what a client's owner may say of it. Its other settings are its
// driver's own, and nobody here knows them.
func Names(policy.Settings) policy.Known {
	return policy.Known{Properties: []string{"description", "encrypts", "verifies", "validator"}, Variables: []string{"*"}}
}
