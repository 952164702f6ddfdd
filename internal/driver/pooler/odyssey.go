package pooler

import (
	"cmp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// OdysseyReleases are those of Odyssey.
var OdysseyReleases = policy.NewReleases("Odyssey", "driver_version", "1.1", "")

// Odyssey returns the policy of Odyssey as a client of the server: the settings
// of a storage's tls are properties.
//
// Every mode but disable verifies the path, allow and prefer too: the result of
// the verification is looked at after the handshake, whatever was asked for.
// allow and prefer go on in plaintext where the server has no TLS, and no mode
// does after a failed handshake. The name is never compared, not even in
// verify_full: Odyssey gives no name to its TLS. Without tls_ca_file nothing is
// trusted.
//
// Source: yandex/odyssey, sources/tls.c, od_tls_backend and
// od_tls_backend_connect, at 05f75771; third_party/machinarium/sources/tls.c,
// mm_tls_handshake. Read, not run.
func Odyssey(s policy.Settings) policy.Policy {
	return OdysseyReleases.Each(s.Version, func(policy.Version) policy.Policy {
		return openssl.Releases.Each(openssl.InRuntime(s.Runtime), func(v policy.Version) policy.Policy {
			return odysseyPolicy(s, openssl.Series(v))
		})
	})
}

func odysseyPolicy(s policy.Settings, openSSL string) policy.Policy {
	mode := cmp.Or(strings.Trim(s.Properties["tls"], `"`), "disable")
	p := policy.Policy{
		Mode: mode, Hosts: []policy.Host{{Name: cmp.Or(strings.Trim(s.Properties["host"], `"`), s.Host)}},
		Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: openSSL, SecurityLevel: -1},
		Anchors: policy.Anchors{Source: policy.EmptyStore, Reader: truststore.OpenSSLFile, ReaderVersion: openSSL},
	}
	if path := cmp.Or(s.Properties["tls_cert_file"], s.Properties["tls_key_file"]); path != "" {
		p.TLSDoubt = "the rules do not cover what Odyssey does with a client certificate"
		if _, unknown := s.Files.Lookup("the client certificate", strings.Trim(path, `"`)); unknown != "" {
			p.TLSDoubt = unknown
		}
	}
	if path := strings.Trim(s.Properties["tls_ca_file"], `"`); path != "" {
		p.Anchors.Source, p.Anchors.Path = s.Found(path), path
		p.Anchors.Missing.Client, p.Anchors.Unreadable.Client, p.Anchors.Empty.Client = odysseyLoad, odysseyLoad, odysseyLoad
	}
	tls := policy.Attempt{TLS: true, VerifyPath: true}
	switch mode {
	case "disable":
		p.Attempts = []policy.Attempt{{}}
	case "allow", "prefer":
		tls.After = policy.TLSUnsupported
		p.Attempts = []policy.Attempt{tls, {}}
	case "require", "verify_ca", "verify_full":
		p.Attempts = []policy.Attempt{tls}
	default:
		return policy.Refused("Odyssey does not know this value of the storage setting tls", "")
	}
	return p
}

// odysseyLoad is what Odyssey says of a file that OpenSSL does not load.
const odysseyLoad = "SSL_CTX_load_verify_locations()"

// OdysseyNames are the settings of a storage.
//
// Source: yandex/odyssey, docs/configuration/storage.md.
func OdysseyNames(policy.Settings) policy.Known {
	return policy.Known{Properties: strings.Fields(`type host port tls tls_ca_file tls_key_file tls_cert_file tls_protocols endpoints_status_poll_interval
	server_max_routing watchdog target_session_attrs storage storage_db storage_user storage_password pool_routing`)}
}
