package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestPg8000Policies(t *testing.T) {
	t.Parallel()

	const (
		to    = "host=db.example"
		host  = "; host db.example local=false"
		bare  = "; TLS .."
		tls   = "; TLS TLSv1.2.."
		bad   = "rejected (invalid_settings): "
		none  = "no anchors" + host
		store = "declared /rds.pem unreadable=reject empty=reject" + host
	)
	type m = map[string]string
	tests := map[string]struct {
		version, runtime string
		connection       string
		environment      m
		properties       m
		place            policy.Place
		host             string
		want             string
	}{
		"1.10 defaults to plaintext":                      {version: "1.10.6", connection: to, want: "plaintext; " + none + bare},
		"1.10 verifies nothing":                           {version: "1.10.6", connection: to + " ssl=True", want: "tls; " + none + bare},
		"1.10 takes None for false":                       {version: "1.10.6", connection: to + " ssl=None", want: "plaintext; " + none + bare},
		"1.10 takes False for false":                      {version: "1.10.6", connection: to + " ssl=False", want: "plaintext; " + none + bare},
		"1.10 ignores ssl_context":                        {version: "1.10.6", connection: to + " ssl_context=True", want: "plaintext; " + none + bare},
		"1.11 refuses ssl_context":                        {version: "1.11.0", connection: to + " ssl_context=True", want: bad + "got an unexpected keyword argument 'ssl_context'"},
		"1.10 ignores ca_certs":                           {version: "1.10.6", connection: to + " ssl=True ca_certs=/rds.pem", want: "tls; " + none + bare},
		"1.12 takes ca_certs since its fourth release":    {version: "1.12.0", connection: to + " ssl=True ca_certs=/rds.pem", want: "undecided"},
		"1.13 verifies against ca_certs":                  {version: "1.13.2", runtime: "3.9", connection: to + " ssl=True ca_certs=/rds.pem", want: "tls+path; declared /rds.pem unreadable=fail empty=fail" + host + bare},
		"1.13 without ca_certs":                           {version: "1.13.2", connection: to + " ssl=True", want: "tls; " + none + bare},
		"1.13 on Python 3.12":                             {version: "1.13.2", runtime: "3.12.0", connection: to + " ssl=True", want: bad + "module 'ssl' has no attribute 'wrap_socket'"},
		"1.13 on Python 3.12 in plaintext":                {version: "1.13.2", runtime: "3.12.0", connection: to, want: "plaintext; " + none + bare},
		"1.13 on Python 3.11":                             {version: "1.13.2", runtime: "3.11.2", connection: to + " ssl=True", want: "tls; " + none + bare},
		"1.10 ignores what it does not know":              {version: "1.10.6", connection: to + " sslmode=verify-full", want: "plaintext; " + none + bare},
		"1.14 refuses what it does not know":              {version: "1.14.0", connection: to + " sslmode=verify-full", want: bad + "got an unexpected keyword argument"},
		"1.31 with a context of another making":           {version: "1.31.2", connection: to + " ssl_context=ssl.SSLContext()", want: "undecided"},
		"1.30 on Python in words":                         {version: "1.30.5", runtime: "Python 3.13.1, OpenSSL 3.0", connection: to + " ssl_context=True", want: "tls+path+host; system  unreadable=none empty=none" + host + "; strict=true partial=true" + tls},
		"1.14 refuses ssl":                                {version: "1.14.0", connection: to + " ssl=True", want: bad + "got an unexpected keyword argument 'ssl'"},
		"1.14 defaults to plaintext":                      {version: "1.14.0", runtime: "3.11", connection: to, want: "plaintext; " + none + tls},
		"1.30 takes True for the default context":         {version: "1.30.5", runtime: "3.11", connection: to + " ssl_context=True", want: "tls+path+host; system  unreadable=none empty=none" + host + tls},
		"1.30 on Python 3.13":                             {version: "1.30.5", runtime: "3.13", connection: to + " ssl_context=True", want: "tls+path+host; system  unreadable=none empty=none" + host + "; strict=true partial=true" + tls},
		"1.30 with the system's store":                    {version: "1.30.5", runtime: "3.11", connection: to + " ssl_context=True", place: policy.PlaceSystem, want: "tls+path+host; declared  unreadable=none empty=none" + host + tls},
		"1.30 with None":                                  {version: "1.30.5", runtime: "3.11", connection: to + " ssl_context=None", want: "plaintext; " + none + tls},
		"1.30 does not know False":                        {version: "1.30.5", connection: to + " ssl_context=False", want: bad + "object has no attribute 'wrap_socket'"},
		"1.31 defaults to TLS where the server has it":    {version: "1.31.0", runtime: "3.11", connection: to, want: "tls>unsupported; plaintext; " + none + tls},
		"1.31 with None":                                  {version: "1.31.0", runtime: "3.11", connection: to + " ssl_context=None", want: "tls>unsupported; plaintext; " + none + tls},
		"1.31 with True verifies nothing":                 {version: "1.31.0", runtime: "3.11", connection: to + " ssl_context=True", want: "tls; " + none + tls},
		"1.31 with False":                                 {version: "1.31.0", runtime: "3.11", connection: to + " ssl_context=False", want: "plaintext; " + none + tls},
		"a context verifies":                              {version: "1.31.0", runtime: "3.11", connection: to, properties: m{"ssl_context": "context", "cafile": "/rds.pem"}, want: "tls+path+host; " + store + tls},
		"something else is no context":                    {version: "1.31.0", connection: to + " ssl_context=require", want: bad + "object has no attribute 'wrap_socket'"},
		"properties win":                                  {version: "1.31.0", runtime: "3.11", connection: "host=a ssl_context=True", properties: m{"host": "db.example", "ssl_context": "False"}, want: "plaintext; " + none + tls},
		"a socket":                                        {version: "1.31.0", runtime: "3.11", connection: "unix_sock=/run/pg/s host=a ssl_context=True", want: "tls; no anchors; host /run/pg/s local=true" + tls},
		"the host that is declared":                       {version: "1.31.0", runtime: "3.11", properties: m{"ssl_context": "True"}, host: "db.example", want: "tls; " + none + tls},
		"no host at all":                                  {version: "1.31.0", runtime: "3.11", properties: m{"ssl_context": "True"}, want: "tls; no anchors; host localhost local=false" + tls},
		"a URI is no list of arguments":                   {version: "1.31.0", connection: "postgresql://db.example/x?a=b", want: "undecided"},
		"a word is no argument":                           {version: "1.31.0", connection: "db.example", want: "undecided"},
		"a release before the rules":                      {version: "1.9.14", connection: to, want: "undecided"},
		"a release that is none":                          {version: "x", connection: to, want: "undecided"},
		"a Python that is none":                           {version: "1.31.0", runtime: "x", connection: to, want: "undecided"},
		"the newest release, a Python not declared":       {connection: to, properties: m{"ssl_context": "sslcontext", "cafile": "/rds.pem"}, want: "tls+path+host; " + store + tls},
		"an old release on a Python that is not declared": {version: "1.13.2", connection: to + " ssl=True", want: "tls; " + none + bare},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := pythonSketch(driver.Resolve(policy.Settings{
				Driver: "pg8000", Version: tc.version, Runtime: tc.runtime, Connection: tc.connection,
				Environment: tc.environment, Properties: tc.properties, Host: tc.host, StoreDeclared: true, StorePlace: tc.place,
			}))
			if got != tc.want {
				t.Errorf("policy\n got %s\nwant %s", got, tc.want)
			}
		})
	}
}
