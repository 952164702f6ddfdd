package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestPgjdbcRefusesItsSettings(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings policy.Settings
		reason   string
		client   string
	}{
		"an unknown sslmode":         {policy.Settings{Connection: "&sslmode=verify_ca"}, policy.ReasonInvalidSettings, "Invalid sslmode value"},
		"an empty sslmode":           {policy.Settings{Connection: "&sslmode="}, policy.ReasonInvalidSettings, "Invalid sslmode value"},
		"no slash after the host":    {policy.Settings{Connection: "jdbc:postgresql://h?ssl"}, policy.ReasonInvalidSettings, "Unable to parse URL"},
		"the same before 42.3.4":     {policy.Settings{Connection: "jdbc:postgresql://h?ssl", Version: "42.2.8"}, policy.ReasonInvalidSettings, "No suitable driver found"},
		"a URI of libpq":             {policy.Settings{Connection: "postgresql://h/db"}, policy.ReasonInvalidSettings, "No suitable driver found"},
		"a user before an @":         {policy.Settings{Connection: "jdbc:postgresql://u@h/db"}, policy.ReasonInvalidSettings, "UnknownHostException"},
		"an unknown server type":     {policy.Settings{Connection: "&targetServerType=Primary"}, policy.ReasonInvalidSettings, "Invalid targetServerType value"},
		"primary before 42.2.11":     {policy.Settings{Connection: "&targetServerType=primary", Version: "42.2.8"}, policy.ReasonInvalidSettings, "Invalid targetServerType value"},
		"preferPrimary before 42.4":  {policy.Settings{Connection: "&targetServerType=preferPrimary", Version: "42.3.8"}, policy.ReasonInvalidSettings, "Invalid targetServerType value"},
		"a timeout with a unit":      {policy.Settings{Connection: "&connectTimeout=5s"}, policy.ReasonInvalidSettings, "connectTimeout parameter value must be an integer"},
		"a response timeout":         {policy.Settings{Connection: "&sslResponseTimeout=5s"}, policy.ReasonInvalidSettings, "sslResponseTimeout parameter value must be an integer"},
		"protocol 2":                 {policy.Settings{Connection: "&protocolVersion=2"}, policy.ReasonInvalidSettings, "A connection could not be made using the requested protocol"},
		"protocol 3.2 before 42.7.6": {policy.Settings{Connection: "&protocolVersion=3.2", Version: "42.7.5"}, policy.ReasonInvalidSettings, "A connection could not be made using the requested protocol"},
		"no protocol since 42.7.6":   {policy.Settings{Connection: "&protocolVersion="}, policy.ReasonInvalidSettings, "A connection could not be made using the requested protocol"},
		"no socket factory":          {policy.Settings{Connection: "&socketFactory="}, policy.ReasonInvalidSettings, "could not be instantiated"},
		"encryption by GSSAPI":       {policy.Settings{Connection: "&gssEncMode=Require"}, policy.ReasonGSSAPIRequired, "GSS Enc"},
		"an unknown gssEncMode":      {policy.Settings{Connection: "&gssEncMode=no"}, policy.ReasonInvalidSettings, "Invalid gssEncMode value"},
		"channel binding in words":   {policy.Settings{Connection: "&channelBinding=always"}, policy.ReasonInvalidSettings, "Invalid channelBinding value"},
		"channel binding without":    {policy.Settings{Connection: "&channelBinding=require&sslmode=disable"}, policy.ReasonChannelBindingImpossible, "Channel binding is required"},
		"no authentication method":   {policy.Settings{Connection: "&requireAuth="}, policy.ReasonInvalidSettings, "Invalid authentication method"},
		"no factory":                 {policy.Settings{Connection: "&sslfactory="}, policy.ReasonInvalidSettings, "could not be instantiated"},
		"a factory that is abstract": {policy.Settings{Connection: javaSSL + "DbKeyStoreSocketFactory"}, policy.ReasonInvalidSettings, "could not be instantiated"},
		"a factory without argument": {policy.Settings{Connection: javaSSL + "SingleCertValidatingFactory"}, policy.ReasonInvalidSettings, "could not be instantiated"},
		"a variable that is not set": {policy.Settings{Connection: javaSSL + "SingleCertValidatingFactory&sslfactoryarg=env:ROOT"}, policy.ReasonInvalidSettings, "could not be instantiated"},
		"no verifier":                {policy.Settings{Connection: "&ssl&sslhostnameverifier="}, policy.ReasonInvalidSettings, "could not be instantiated"},
		"a disabled protocol": {
			policy.Settings{Properties: map[string]string{"jdk.tls.client.protocols": "TLSv1.1"}},
			policy.ReasonInvalidSettings, "No appropriate protocol",
		},
		"an unknown protocol": {
			policy.Settings{Properties: map[string]string{"jdk.tls.client.protocols": "tls1.2"}},
			policy.ReasonInvalidSettings, "Error constructing implementation",
		},
		"an empty store type": {
			policy.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", Properties: map[string]string{"javax.net.ssl.trustStoreType": ""}},
			policy.ReasonInvalidSettings, "Error constructing implementation",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveJava(tc.settings).Rejection
			if got == nil || got.Reason != tc.reason || got.Client != tc.client || got.Detail == "" {
				t.Errorf("rejection = %+v, want %s with %q", got, tc.reason, tc.client)
			}
		})
	}
}

func TestPgjdbcStartsInPlaintextWhereItsTLSSettingsAreBroken(t *testing.T) {
	t.Parallel()

	for _, connection := range []string{"&sslmode=allow&sslfactory=", "&sslmode=allow&sslResponseTimeout=5s", "&sslmode=disable&sslfactory="} {
		got := resolveJava(policy.Settings{Connection: connection})
		if diff := cmp.Diff([]policy.Attempt{plaintext}, got.Attempts); diff != "" {
			t.Errorf("%s: attempts (-want +got):\n%s%+v", connection, diff, got)
		}
	}
}

func TestPgjdbcLeavesOpenWhatItCannotKnow(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings policy.Settings
		want     string
	}{
		"a factory of the client's own": {
			policy.Settings{Connection: "&sslfactory=com.example.Factory"}, "what the SSL factory com.example.Factory verifies is not known here",
		},
		"a verifier of the client's own": {
			policy.Settings{Connection: "&ssl&sslhostnameverifier=com.example.Verifier"},
			"what a host name verifier of its own accepts is not known here",
		},
		"a socket factory": {
			policy.Settings{Connection: "&socketFactory=com.example.Sockets"}, "a socket factory of its own may connect elsewhere, or encrypt by itself",
		},
		"a service file":      {policy.Settings{Connection: "&service=billing"}, "the service file that the URL names is not known here"},
		"a wrapping driver":   {policy.Settings{Connection: "jdbc:aws-wrapper:postgresql://h/db"}, "a driver that wraps pgjdbc may connect in its own way"},
		"releases too old":    {policy.Settings{Version: "42.2.4"}, `the rules cover pgjdbc 42.2.5 and later, not "42.2.4"`},
		"no release":          {policy.Settings{Version: "newest"}, `the rules cover pgjdbc 42.2.5 and later, not "newest"`},
		"quotes in variables": {policy.Settings{Environment: map[string]string{"JAVA_TOOL_OPTIONS": `-Djavax.net.ssl.trustStore=C:\\a`}}, "the quoting in the JVM's option variables is not followed"},
		"a provider of its own": {
			policy.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", Properties: map[string]string{"javax.net.ssl.trustStoreProvider": "BCFIPS"}},
			"a trust store of another security provider is not covered",
		},
		"a store type of another provider": {
			policy.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", Properties: map[string]string{"javax.net.ssl.trustStoreType": "BCFKS"}},
			`the trust store type "BCFKS" is not covered`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := resolveJava(tc.settings); got.Undecided != tc.want {
				t.Errorf("policy = %+v, want undecided: %s", got, tc.want)
			}
		})
	}
}

func TestPgjdbcDoubts(t *testing.T) {
	t.Parallel()

	tests := map[string]string{
		"&channelBinding=require":      "channelBinding=require needs SCRAM, and how the server authenticates is not known here",
		"&requireAuth=scram-sha-256":   "requireAuth names authentication methods, and how the server authenticates is not known here",
		"&targetServerType=secondary":  "targetServerType asks for a standby, and whether the server is one is not known here",
		"&sslpasswordcallback=c":       "whether the password callback's class can be loaded is not known here",
		"&sslpasswordcallback=&user=u": "",
	}
	for connection, want := range tests {
		if got := resolveJava(policy.Settings{Connection: connection}); got.Doubt != want || got.Undecided != "" {
			t.Errorf("%s: policy = %+v, want doubt %q", connection, got, want)
		}
	}
}

func TestPgjdbcRulesByRelease(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		version, connection string
		direct              bool
		doubt               bool
	}{
		"gssEncMode is not read before 42.2.15":        {version: "42.2.14", connection: "&gssEncMode=require"},
		"channelBinding is not read before 42.7.4":     {version: "42.7.3", connection: "&channelBinding=require&sslmode=disable"},
		"channelBinding needs SCRAM since 42.7.4":      {version: "42.7.4", connection: "&channelBinding=require&sslmode=disable", doubt: true},
		"direct TLS since 42.7.4":                      {version: "42.7.4", connection: "&sslNegotiation=direct&gssEncMode=require", direct: true, doubt: true},
		"direct TLS is not known before":               {version: "42.7.3", connection: "&sslNegotiation=direct"},
		"requireAuth is not read before 42.7.11":       {version: "42.7.10", connection: "&requireAuth="},
		"an empty protocol before 42.7.6":              {version: "42.7.5", connection: "&protocolVersion="},
		"sslResponseTimeout is not read before 42.4.2": {version: "42.4.1", connection: "&sslResponseTimeout=x"},
		"a release with its suffix":                    {version: "42.2.29.jre7", connection: "&sslmode=require"},
		"services are read since 42.3.2":               {version: "42.3.1", connection: "&service=billing"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveJava(policy.Settings{Version: tc.version, Connection: tc.connection})
			if got.Rejection != nil || got.Undecided != "" || got.TLS.Direct != tc.direct || (got.Doubt != "") != tc.doubt {
				t.Errorf("policy = %+v, %+v", got, got.Rejection)
			}
		})
	}
}

func TestPgjdbcHosts(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings policy.Settings
		want     []policy.Host
	}{
		"in their order, addresses without brackets": {
			policy.Settings{Connection: "jdbc:postgresql://a,[::1]:5/db"}, []policy.Host{{Name: "a"}, {Name: "::1"}},
		},
		"one that cannot be looked up is passed over": {
			policy.Settings{Connection: "jdbc:postgresql://u@a,b/db"}, []policy.Host{{Name: "b"}},
		},
		"no host is the server's own": {
			policy.Settings{Connection: "jdbc:postgresql:db", Host: "db.example"}, []policy.Host{{Name: "db.example"}},
		},
		"no host and no server is localhost": {
			policy.Settings{Connection: "jdbc:postgresql:db"}, []policy.Host{{Name: "localhost"}},
		},
		"an empty host has no name": {
			policy.Settings{Connection: "jdbc:postgresql:///db", Host: "db.example"}, []policy.Host{{Name: ""}},
		},
		"a host by property": {
			policy.Settings{Connection: "jdbc:postgresql:db", Host: "x", Properties: map[string]string{"PGHOST": "h"}}, []policy.Host{{Name: "h"}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(tc.want, resolveJava(tc.settings).Hosts); diff != "" {
				t.Errorf("hosts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestJavaOffersByRelease(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		runtime, protocols string
		want               policy.Offer
	}{
		"Java 8 may know TLS 1.3 or not":  {runtime: "1.8.0_392", want: policy.Offer{Min: "TLSv1.2"}},
		"Java 11 offers it":               {runtime: "11.0.2", want: policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"a version by its package's name": {runtime: "openjdk-17", want: policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"the newest":                      {want: policy.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"what the property lists":         {runtime: "17", protocols: "TLSv1.1, TLSv1.2", want: policy.Offer{Min: "TLSv1.2", Max: "TLSv1.2"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := driver.Resolve(policy.Settings{
				Driver: "pgjdbc", Runtime: tc.runtime, Connection: jdbcURL,
				Properties: map[string]string{"jdk.tls.client.protocols": tc.protocols},
			})
			if diff := cmp.Diff(tc.want, got.TLS); diff != "" {
				t.Errorf("offer (-want +got):\n%s%+v", diff, got)
			}
		})
	}
	for _, runtime := range []string{"7", "x", "1.6.0"} {
		if got := driver.Resolve(policy.Settings{Driver: "pgjdbc", Runtime: runtime, Connection: jdbcURL}); got.Undecided == "" {
			t.Errorf("Java %s: policy = %+v, want undecided", runtime, got)
		}
	}
}
