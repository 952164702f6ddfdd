// Package beam holds the rules of the drivers that run on Erlang's virtual
// machine.
package beam

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Releases of Postgrex and of OTP that differ.
var (
	PostgrexReleases = policy.NewReleases("Postgrex", "driver_version", "0.15", "")
	postgrexLists    = PostgrexReleases.Change("0.18") // ssl may be a list of options, which verify; the host is the server name
	postgrexVerifies = PostgrexReleases.Change("0.21") // ssl: true verifies, with the operating system's store

	otpReleases = policy.NewReleases("OTP", "runtime_version", "22", "")
	otpVerifies = otpReleases.Change("26") // without verify, ssl verifies
)

// options are those of Postgrex's ssl and ssl_opts that the rules know.
var options = []string{"verify", "cacertfile", "cacerts", "server_name_indication", "customize_hostname_check", "depth"}

// Postgrex returns the policy of Postgrex 0.15 and later, which Ecto uses.
//
// The default is no TLS at all. ssl: true asks for TLS, and until 0.20 verifies
// nothing by itself: since OTP 26 it then fails, because Erlang's ssl verifies by
// default and is given no roots. Since 0.21 it verifies path and host with the
// operating system's store, in which RDS has no root. ssl: […] verifies with
// cacertfile or cacerts, unless verify is :verify_none. A server without TLS is
// an error, and no failed handshake leads to plaintext.
//
// Erlang's own validation of a path is not modelled: where OpenSSL, Go and Java
// agree, the verdict is theirs.
//
// Source: elixir-ecto/postgrex v0.17.5 to v0.22.2, lib/postgrex/protocol.ex,
// connect, default_ssl_opts, do_handshake and ssl_recv; lib/postgrex/utils.ex,
// default_opts. Erlang/OTP 26, release notes of ssl. Read, not run.
func Postgrex(s policy.Settings) policy.Policy {
	return PostgrexReleases.Each(s.Version, func(v policy.Version) policy.Policy {
		runtime := strings.TrimLeftFunc(s.Runtime, func(r rune) bool { return r < '0' || r > '9' })
		return otpReleases.Each(cmp.Or(runtime, s.Runtime), func(otp policy.Version) policy.Policy { return postgrexRelease(s, v, otp) })
	})
}

func postgrexRelease(s policy.Settings, v, otp policy.Version) policy.Policy {
	host, ssl, refused := postgrexURL(s)
	if refused != nil {
		return *refused
	}
	given, list := map[string]string{}, false
	for name, value := range s.Properties {
		for _, prefix := range []string{"ssl.", "ssl_opts."} {
			option, is := strings.CutPrefix(name, prefix)
			if !is {
				continue
			}
			if !slices.Contains(options, option) {
				return policy.Policy{Undecided: "the rules do not cover the option " + name}
			}
			given[option] = strings.TrimPrefix(value, ":")
			list = list || prefix == "ssl."
		}
	}
	p := policy.Policy{Mode: "ssl=" + cmp.Or(ssl, "false"), Hosts: []policy.Host{{Name: host}}, Attempts: []policy.Attempt{{}}}
	switch {
	case list && v.Before(postgrexLists):
		return policy.Refused("in this release of Postgrex, ssl must be true or false, and the TLS options belong in ssl_opts", "")
	case list:
		p.Mode = "ssl options"
		given["verify"] = cmp.Or(given["verify"], "verify_peer")
	case ssl == "" || ssl == "false":
		return p
	case ssl != "true":
		return policy.Policy{Undecided: "ssl must be true, false or a list of options, each declared as a property such as ssl.cacertfile"}
	case len(given) == 0 && !v.Before(postgrexVerifies):
		given["verify"], given["cacerts"] = "verify_peer", "public_key.cacerts_get()"
	case !otp.Before(otpVerifies):
		given["verify"] = cmp.Or(given["verify"], "verify_peer")
	}
	return postgrexTLS(s, p, given, list || !v.Before(postgrexLists))
}

// postgrexTLS is a handshake with these options; named says that the driver
// itself names the host to it.
func postgrexTLS(s policy.Settings, p policy.Policy, given map[string]string, named bool) policy.Policy {
	attempt := policy.Attempt{TLS: true, VerifyPath: given["verify"] == "verify_peer"}
	p.Attempts = []policy.Attempt{attempt}
	switch verify := given["verify"]; {
	case verify != "" && verify != "verify_peer" && verify != "verify_none":
		return policy.Refused("the option verify must be :verify_peer or :verify_none", "options")
	case !attempt.VerifyPath:
		return p
	case given["cacertfile"] == "" && given["cacerts"] == "":
		return policy.Refused("Erlang's ssl has to verify the server, but the settings give it no roots (cacertfile or cacerts)", "options")
	}
	name, set := given["server_name_indication"]
	switch {
	case set && name == "disable", !set && !named:
	case set:
		p.Hosts = []policy.Host{{Name: strings.Trim(strings.TrimPrefix(name, "~c"), `"'`)}}
		fallthrough
	default:
		p.Attempts[0].VerifyHost = true
	}
	p.PathError, p.NameError = "CLIENT ALERT: Fatal", "hostname_check_failed"
	p.Anchors = policy.Anchors{Source: policy.SystemStore, Path: given["cacertfile"]}
	if p.Anchors.Path != "" {
		p.Anchors.Source = s.Found(p.Anchors.Path)
	} else if s.StoreDeclared && s.StorePlace == policy.PlaceSystem {
		p.Anchors.Source = policy.Declared
	}
	return p.AsOneOf("no rule covers Erlang's validation of certificate chains, and OpenSSL, Go and Java do not agree on the outcome", validators...)
}

// validators are those in the place of Erlang's.
var validators = []policy.Way{
	{Name: "OpenSSL", Validator: certpath.OpenSSL, Names: certpath.NameOpenSSL, Reader: truststore.OpenSSLFile},
	{Name: "Go", Validator: certpath.Go, Names: certpath.NameGo, Reader: truststore.GoCertPool},
	{Name: "Java", Validator: certpath.Java, Names: certpath.NameJSSE, Reader: truststore.JavaCertificateFactory},
}

// postgrexURL returns host and ssl of the URL that Ecto takes apart, or of the
// options beside it, which the URL beats.
//
// Source: elixir-ecto/ecto 3, lib/ecto/repo/supervisor.ex, parse_url.
func postgrexURL(s policy.Settings) (host, ssl string, refused *policy.Policy) {
	host = cmp.Or(s.Properties["hostname"], s.Environment["PGHOST"], s.Host, "localhost")
	ssl = strings.TrimPrefix(s.Properties["ssl"], ":")
	connection := cmp.Or(s.Connection, s.Properties["url"])
	if connection == "" {
		return host, ssl, nil
	}
	u, err := url.Parse(connection)
	if err != nil || u.Host == "" || u.Scheme == "" {
		return host, ssl, new(policy.Refused("the connection is not a URL that Ecto accepts", "invalid url"))
	}
	if u.Hostname() != "" {
		host = u.Hostname()
	}
	return host, cmp.Or(u.Query().Get("ssl"), ssl), nil
}

// PostgrexNames are the options of Postgrex and of Ecto's repositories.
//
// Source: elixir-ecto/postgrex v0.22.2, lib/postgrex.ex, start_option;
// elixir-ecto/db_connection, start_option; elixir-ecto/ecto 3, Ecto.Repo.
func PostgrexNames(policy.Settings) policy.Known {
	return policy.Known{
		Properties: append(strings.Fields(`hostname endpoints socket socket_dir port database username password parameters timeout connect_timeout
		handshake_timeout ping_timeout idle_interval ssl ssl.* ssl_opts.* socket_options target_server_type disconnect_on_error_codes
		show_sensitive_data_on_connection_error prepare transactions pool types search_path disable_composite_types url pool_size
		pool_count queue_target queue_interval idle_limit max_lifetime backoff_min backoff_max backoff_type after_connect
		configure connection_listeners name telemetry_prefix telemetry_options priv log show_sensitive_data stacktrace`), "migration_*"),
		Parameters: strings.Fields("ssl timeout pool_size pool_count queue_target queue_interval idle_interval prepare socket socket_dir"),
		Given: func(connection string) map[string]string {
			given := map[string]string{}
			if u, err := url.Parse(connection); err == nil {
				for name, values := range u.Query() {
					given[name] = values[0]
				}
			}
			return given
		},
		Variables: []string{"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "DATABASE_URL"},
	}
}
