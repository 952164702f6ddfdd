package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

func TestPgjdbcRefusesItsSettings(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings driver.Settings
		reason   string
		client   string
	}{
		"an unknown sslmode":         {driver.Settings{Connection: "&sslmode=verify_ca"}, driver.ReasonInvalidSettings, "Invalid sslmode value"},
		"an empty sslmode":           {driver.Settings{Connection: "&sslmode="}, driver.ReasonInvalidSettings, "Invalid sslmode value"},
		"no slash after the host":    {driver.Settings{Connection: "jdbc:postgresql://h?ssl"}, driver.ReasonInvalidSettings, "Unable to parse URL"},
		"the same before 42.3.4":     {driver.Settings{Connection: "jdbc:postgresql://h?ssl", Version: "42.2.8"}, driver.ReasonInvalidSettings, "No suitable driver found"},
		"a URI of libpq":             {driver.Settings{Connection: "postgresql://h/db"}, driver.ReasonInvalidSettings, "No suitable driver found"},
		"a user before an @":         {driver.Settings{Connection: "jdbc:postgresql://u@h/db"}, driver.ReasonInvalidSettings, "UnknownHostException"},
		"an unknown server type":     {driver.Settings{Connection: "&targetServerType=Primary"}, driver.ReasonInvalidSettings, "Invalid targetServerType value"},
		"primary before 42.2.11":     {driver.Settings{Connection: "&targetServerType=primary", Version: "42.2.8"}, driver.ReasonInvalidSettings, "Invalid targetServerType value"},
		"preferPrimary before 42.4":  {driver.Settings{Connection: "&targetServerType=preferPrimary", Version: "42.3.8"}, driver.ReasonInvalidSettings, "Invalid targetServerType value"},
		"a timeout with a unit":      {driver.Settings{Connection: "&connectTimeout=5s"}, driver.ReasonInvalidSettings, "connectTimeout parameter value must be an integer"},
		"a response timeout":         {driver.Settings{Connection: "&sslResponseTimeout=5s"}, driver.ReasonInvalidSettings, "sslResponseTimeout parameter value must be an integer"},
		"protocol 2":                 {driver.Settings{Connection: "&protocolVersion=2"}, driver.ReasonInvalidSettings, "A connection could not be made using the requested protocol"},
		"protocol 3.2 before 42.7.6": {driver.Settings{Connection: "&protocolVersion=3.2", Version: "42.7.5"}, driver.ReasonInvalidSettings, "A connection could not be made using the requested protocol"},
		"no protocol since 42.7.6":   {driver.Settings{Connection: "&protocolVersion="}, driver.ReasonInvalidSettings, "A connection could not be made using the requested protocol"},
		"no socket factory":          {driver.Settings{Connection: "&socketFactory="}, driver.ReasonInvalidSettings, "could not be instantiated"},
		"encryption by GSSAPI":       {driver.Settings{Connection: "&gssEncMode=Require"}, driver.ReasonGSSAPIRequired, "GSS Enc"},
		"an unknown gssEncMode":      {driver.Settings{Connection: "&gssEncMode=no"}, driver.ReasonInvalidSettings, "Invalid gssEncMode value"},
		"channel binding in words":   {driver.Settings{Connection: "&channelBinding=always"}, driver.ReasonInvalidSettings, "Invalid channelBinding value"},
		"channel binding without":    {driver.Settings{Connection: "&channelBinding=require&sslmode=disable"}, driver.ReasonChannelBindingImpossible, "Channel binding is required"},
		"no authentication method":   {driver.Settings{Connection: "&requireAuth="}, driver.ReasonInvalidSettings, "Invalid authentication method"},
		"no factory":                 {driver.Settings{Connection: "&sslfactory="}, driver.ReasonInvalidSettings, "could not be instantiated"},
		"a factory that is abstract": {driver.Settings{Connection: javaSSL + "DbKeyStoreSocketFactory"}, driver.ReasonInvalidSettings, "could not be instantiated"},
		"a factory without argument": {driver.Settings{Connection: javaSSL + "SingleCertValidatingFactory"}, driver.ReasonInvalidSettings, "could not be instantiated"},
		"a variable that is not set": {driver.Settings{Connection: javaSSL + "SingleCertValidatingFactory&sslfactoryarg=env:ROOT"}, driver.ReasonInvalidSettings, "could not be instantiated"},
		"no verifier":                {driver.Settings{Connection: "&ssl&sslhostnameverifier="}, driver.ReasonInvalidSettings, "could not be instantiated"},
		"a disabled protocol": {
			driver.Settings{Properties: map[string]string{"jdk.tls.client.protocols": "TLSv1.1"}},
			driver.ReasonInvalidSettings, "No appropriate protocol",
		},
		"an unknown protocol": {
			driver.Settings{Properties: map[string]string{"jdk.tls.client.protocols": "tls1.2"}},
			driver.ReasonInvalidSettings, "Error constructing implementation",
		},
		"an empty store type": {
			driver.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", Properties: map[string]string{"javax.net.ssl.trustStoreType": ""}},
			driver.ReasonInvalidSettings, "Error constructing implementation",
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
		got := resolveJava(driver.Settings{Connection: connection})
		if diff := cmp.Diff([]driver.Attempt{plaintext}, got.Attempts); diff != "" {
			t.Errorf("%s: attempts (-want +got):\n%s%+v", connection, diff, got)
		}
	}
}

func TestPgjdbcLeavesOpenWhatItCannotKnow(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings driver.Settings
		want     string
	}{
		"a factory of the client's own": {
			driver.Settings{Connection: "&sslfactory=com.example.Factory"}, "what the SSL factory com.example.Factory verifies is not known here",
		},
		"a verifier of the client's own": {
			driver.Settings{Connection: "&ssl&sslhostnameverifier=com.example.Verifier"},
			"what a host name verifier of its own accepts is not known here",
		},
		"a socket factory": {
			driver.Settings{Connection: "&socketFactory=com.example.Sockets"}, "a socket factory of its own may connect elsewhere, or encrypt by itself",
		},
		"a service file":      {driver.Settings{Connection: "&service=billing"}, "the service file that the URL names is not known here"},
		"a wrapping driver":   {driver.Settings{Connection: "jdbc:aws-wrapper:postgresql://h/db"}, "a driver that wraps pgjdbc may connect in its own way"},
		"releases too old":    {driver.Settings{Version: "42.2.4"}, `the rules cover pgjdbc 42.2.5 and later, not "42.2.4"`},
		"no release":          {driver.Settings{Version: "newest"}, `the rules cover pgjdbc 42.2.5 and later, not "newest"`},
		"quotes in variables": {driver.Settings{Environment: map[string]string{"JAVA_TOOL_OPTIONS": `-Djavax.net.ssl.trustStore=C:\\a`}}, "the quoting in the JVM's option variables is not followed"},
		"a provider of its own": {
			driver.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", Properties: map[string]string{"javax.net.ssl.trustStoreProvider": "BCFIPS"}},
			"a trust store of another security provider is not covered",
		},
		"a store type of another provider": {
			driver.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", Properties: map[string]string{"javax.net.ssl.trustStoreType": "BCFKS"}},
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
		if got := resolveJava(driver.Settings{Connection: connection}); got.Doubt != want || got.Undecided != "" {
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

			got := resolveJava(driver.Settings{Version: tc.version, Connection: tc.connection})
			if got.Rejection != nil || got.Undecided != "" || got.TLS.Direct != tc.direct || (got.Doubt != "") != tc.doubt {
				t.Errorf("policy = %+v, %+v", got, got.Rejection)
			}
		})
	}
}

func TestPgjdbcHosts(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings driver.Settings
		want     []driver.Host
	}{
		"in their order, addresses without brackets": {
			driver.Settings{Connection: "jdbc:postgresql://a,[::1]:5/db"}, []driver.Host{{Name: "a"}, {Name: "::1"}},
		},
		"one that cannot be looked up is passed over": {
			driver.Settings{Connection: "jdbc:postgresql://u@a,b/db"}, []driver.Host{{Name: "b"}},
		},
		"no host is the server's own": {
			driver.Settings{Connection: "jdbc:postgresql:db", Host: "db.example"}, []driver.Host{{Name: "db.example"}},
		},
		"no host and no server is localhost": {
			driver.Settings{Connection: "jdbc:postgresql:db"}, []driver.Host{{Name: "localhost"}},
		},
		"an empty host has no name": {
			driver.Settings{Connection: "jdbc:postgresql:///db", Host: "db.example"}, []driver.Host{{Name: ""}},
		},
		"a host by property": {
			driver.Settings{Connection: "jdbc:postgresql:db", Host: "x", Properties: map[string]string{"PGHOST": "h"}}, []driver.Host{{Name: "h"}},
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
		want               driver.Offer
	}{
		"Java 8 may know TLS 1.3 or not":  {runtime: "1.8.0_392", want: driver.Offer{Min: "TLSv1.2"}},
		"Java 11 offers it":               {runtime: "11.0.2", want: driver.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"a version by its package's name": {runtime: "openjdk-17", want: driver.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"the newest":                      {want: driver.Offer{Min: "TLSv1.2", Max: "TLSv1.3"}},
		"what the property lists":         {runtime: "17", protocols: "TLSv1.1, TLSv1.2", want: driver.Offer{Min: "TLSv1.2", Max: "TLSv1.2"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := driver.Resolve(driver.Settings{
				Driver: "pgjdbc", Runtime: tc.runtime, Connection: jdbcURL,
				Properties: map[string]string{"jdk.tls.client.protocols": tc.protocols},
			})
			if diff := cmp.Diff(tc.want, got.TLS); diff != "" {
				t.Errorf("offer (-want +got):\n%s%+v", diff, got)
			}
		})
	}
	for _, runtime := range []string{"7", "x", "1.6.0"} {
		if got := driver.Resolve(driver.Settings{Driver: "pgjdbc", Runtime: runtime, Connection: jdbcURL}); got.Undecided == "" {
			t.Errorf("Java %s: policy = %+v, want undecided", runtime, got)
		}
	}
}
