package driver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// whole writes everything that a rule decides in one line, its words too: a
// vector that compares it leaves nothing of the policy open.
func whole(p policy.Policy) string {
	if p.Undecided != "" {
		line := "undecided: " + p.Undecided
		for _, alternative := range p.Alternatives {
			line += " | " + whole(alternative)
		}
		return line
	}
	if p.Rejection != nil {
		return "rejected " + p.Rejection.Reason + ": " + p.Rejection.Client + ": " + p.Rejection.Detail
	}
	var attempts, rest []string
	for _, a := range p.Attempts {
		attempts = append(attempts, attemptSummary(a))
		if a.Ends != nil {
			rest = append(rest, "ends "+a.Ends.Reason+": "+a.Ends.Client)
		}
	}
	hosts := wholeHosts(p.Hosts)
	if p.AnyHost {
		hosts = "any of " + hosts
	}
	if len(p.Later) > 0 {
		hosts += " then " + wholeHosts(p.Later)
	}
	parts := append([]string{p.Mode + ": " + strings.Join(attempts, ", "), hosts, wholeAnchors(p.Anchors, p.OrLibrary), wholeOffer(p.TLS)}, rest...)
	if p.Doubt != "" {
		parts = append(parts, "doubt: "+p.Doubt)
	}
	if p.TLSDoubt != "" {
		parts = append(parts, "doubt on TLS: "+p.TLSDoubt)
	}
	return strings.Join(parts, "; ")
}

func wholeHosts(hosts []policy.Host) string {
	var names []string
	for _, h := range hosts {
		name := h.Name
		if name == "" {
			name = "(none)"
		}
		if h.Local {
			name += " locally"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

var readers = map[truststore.Reader]string{
	truststore.OpenSSLFile: "OpenSSL", truststore.OpenSSLDirectory: "OpenSSL's directory", truststore.GoCertPool: "Go",
	truststore.NodeCA: "Node", truststore.NodeExtraCACerts: "Node's extra", truststore.JavaCertificateFactory: "Java",
	truststore.JavaKeyStore: "Java's key store", truststore.JavaFirstCertificate: "Java's first", truststore.RustlsPEM: "rustls",
	truststore.NativeTLSPEM: "native-tls", truststore.DotNetPEM: ".NET",
}

func wholeAnchors(a policy.Anchors, orLibrary string) string {
	line := strings.TrimSpace(a.Source.String() + " " + a.Path)
	if a.Source == policy.NoSource {
		return line
	}
	line += " by " + readers[a.Reader] + a.ReaderVersion
	if orLibrary != "" {
		line += "|" + orLibrary
	}
	unreadable := []string{"fail", "reject", "system", "none"}
	line += " unreadable=" + unreadable[a.WhenUnreadable] + " empty=" + unreadable[a.WhenNoAnchors]
	if a.Content != nil {
		line += fmt.Sprintf(" holding %q", a.Content)
	}
	if a.RejectDirectory {
		line += " no directory"
	}
	if a.WithSystem {
		line += " beside the system's"
	}
	for _, text := range []string{a.MissingError, a.UnreadableError, a.DirectoryError} {
		if text != "" {
			line += fmt.Sprintf(" %q", text)
		}
	}
	return line
}

func wholeOffer(o policy.Offer) string {
	line := o.Min + ".." + o.Max
	if o.Direct {
		line += " direct"
	}
	if o.NoECDSA {
		line += " RSA alone"
	}
	return line
}

// vector is a client's settings with all that its driver makes of them.
type vector struct {
	driver, version, runtime string
	connection, host         string
	environment, properties  env
	place                    policy.Place
	undeclared               bool
	want                     string
}

func runVectors(t *testing.T, vectors map[string]vector) {
	t.Helper()
	for title, v := range vectors {
		t.Run(title, func(t *testing.T) {
			t.Parallel()

			got := whole(driver.Resolve(policy.Settings{
				Driver: v.driver, Version: v.version, Runtime: v.runtime, Connection: v.connection, Host: v.host,
				Environment: v.environment, Properties: v.properties, StoreDeclared: !v.undeclared, StorePlace: v.place,
			}))
			if got != v.want {
				t.Errorf("policy\n got %q\nwant %q", got, v.want)
			}
		})
	}
}
