package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestPgjdbcTakesEveryValueThatItKnows(t *testing.T) {
	t.Parallel()

	tests := map[string][]string{
		"": {
			"&targetServerType=any", "&targetServerType=master", "&targetServerType=primary", "&targetServerType=preferSlave",
			"&targetServerType=preferSecondary", "&targetServerType=preferPrimary", "&protocolVersion=3", "&protocolVersion=3.0",
			"&protocolVersion=3.2", "&gssEncMode=disable", "&gssEncMode=ALLOW", "&gssEncMode=prefer", "&channelBinding=disable",
			"&channelBinding=prefer", "&connectTimeout=2147483647", "&socketTimeout=%2B5", "&sslResponseTimeout=1",
			"&sslmode=disable&sslNegotiation=direct", "&sslNegotiation=postgres", "&requireAuth",
		},
		"42.2.8":  {"&targetServerType=master", "&targetServerType=preferSlave"},
		"42.2.11": {"&targetServerType=primary", "&targetServerType=master"},
		"42.5.5":  {"&protocolVersion=3", "&protocolVersion="},
	}
	for version, connections := range tests {
		for _, connection := range connections {
			if version == "" && connection == "&requireAuth" {
				version = "42.7.10"
			}
			got := resolveJava(policy.Settings{Version: version, Connection: connection})
			if got.Rejection != nil || got.Undecided != "" || got.Doubt != "" {
				t.Errorf("%s%s: policy = %+v, %+v", version, connection, got, got.Rejection)
			}
		}
	}
	for _, connection := range []string{"&connectTimeout=2147483648", "&connectTimeout=0x10", "&connectTimeout=a"} {
		if got := resolveJava(policy.Settings{Connection: connection}); got.Rejection == nil {
			t.Errorf("%s: policy = %+v, want a rejection", connection, got)
		}
	}
	if got := resolveJava(policy.Settings{Connection: "&targetServerType=slave"}); got.Rejection != nil || got.Doubt == "" {
		t.Errorf("slave: policy = %+v, want a doubt", got)
	}
}

func TestPgjdbcSaysWhatItRefuses(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ connection, want string }{
		"a value":          {"&targetServerType=x", `pgjdbc does not take this value of targetServerType: "x"`},
		"another":          {"&protocolVersion=2", `pgjdbc does not take this value of protocolVersion: "2"`},
		"no factory":       {"&socketFactory=", `pgjdbc does not take this value of socketFactory: ""`},
		"GSSAPI":           {"&gssEncMode=x", `pgjdbc does not take this value of gssEncMode: "x"`},
		"authentication":   {"&requireAuth=", `pgjdbc does not take this value of requireAuth: ""`},
		"the timeout":      {"&sslResponseTimeout=x", `pgjdbc does not take this value of sslResponseTimeout: "x"`},
		"a factory":        {"&sslfactory=", `no SSL factory can be made of sslfactory ""`},
		"a verifier":       {"&ssl&sslhostnameverifier=", `no host name verifier can be made of sslhostnameverifier ""`},
		"an argument":      {javaSSL + "SingleCertValidatingFactory&sslfactoryarg=/root.pem", "sslfactoryarg does not say where the certificate is"},
		"a short argument": {javaSSL + "SingleCertValidatingFactory&sslfactoryarg=env", "sslfactoryarg does not say where the certificate is"},
		"a variable":       {javaSSL + "SingleCertValidatingFactory&sslfactoryarg=env:X", "the environment variable with the server's certificate is not declared"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := resolveJava(policy.Settings{Connection: tc.connection}).Rejection; got == nil || got.Detail != tc.want {
				t.Errorf("rejection = %+v, want %s", got, tc.want)
			}
		})
	}
	properties := map[string]string{"jdk.tls.client.protocols": "TLSv1"}
	want := "the JVM is told to offer no protocol version that it has and allows"
	if got := resolveJava(policy.Settings{Properties: properties}).Rejection; got == nil || got.Detail != want {
		t.Errorf("rejection = %+v, want %s", got, want)
	}
	properties = map[string]string{"javax.net.ssl.trustStoreType": ""}
	want = "an empty trust store type is none"
	if got := resolveJava(policy.Settings{Connection: javaSSL + "DefaultJavaSSLFactory", Properties: properties}).Rejection; got == nil || got.Detail != want {
		t.Errorf("rejection = %+v, want %s", got, want)
	}
}

func TestPgjdbcSingleCertificateElsewhere(t *testing.T) {
	t.Parallel()

	const factory = javaSSL + "SingleCertValidatingFactory&sslfactoryarg="
	undecided := "the certificate of SingleCertValidatingFactory is not in a file: declare it as the trust store"
	for argument, content := range map[string]string{"env:ROOT": "x", "-----BEGIN CERTIFICATE-----": "-----BEGIN CERTIFICATE-----"} {
		settings := policy.Settings{Connection: factory + argument, Environment: map[string]string{"ROOT": "x"}}
		if got := resolveJava(settings); string(got.Anchors.Content) != content || !got.Attempts[0].VerifyPath {
			t.Errorf("%s: policy = %+v, want the content itself", argument, got)
		}
	}
	for _, argument := range []string{"env:OTHER", "sys:root", "classpath:root.pem"} {
		settings := policy.Settings{Connection: factory + argument}
		if argument == "env:OTHER" {
			settings.StoreDeclared = true
			if got := resolveJava(settings); got.Anchors.Content != nil || got.Anchors.Source != policy.Declared {
				t.Errorf("%s: policy = %+v, want the declared store", argument, got)
			}
			continue
		}
		if got := resolveJava(settings); got.Undecided != undecided {
			t.Errorf("%s: policy = %+v, want undecided", argument, got)
		}
		settings.StoreDeclared = true
		got := resolveJava(settings)
		if diff := cmp.Diff(javaCertificate(policy.Declared, ""), got.Anchors); diff != "" || !got.Attempts[0].VerifyPath {
			t.Errorf("%s: anchors (-want +got):\n%s%+v", argument, diff, got)
		}
		for _, place := range []policy.Place{policy.PlaceHome, policy.PlaceSystem} {
			settings.StorePlace = place
			if got := resolveJava(settings); got.Undecided != undecided {
				t.Errorf("%s, store in place %s: policy = %+v, want undecided", argument, place, got)
			}
		}
	}
	for _, argument := range []string{"file:", "file:~/root.pem"} {
		if got := resolveJava(policy.Settings{Connection: factory + argument, StoreDeclared: true}); got.Anchors.Source != policy.Missing {
			t.Errorf("%s: anchors = %+v, want a missing file", argument, got.Anchors)
		}
	}
	for _, path := range []string{"file:/rds.pem", "classpath:rds.pem"} {
		if got := resolveJava(policy.Settings{Connection: "&ssl&sslrootcert=" + path, StoreDeclared: true}); got.Anchors.Source != policy.Missing {
			t.Errorf("sslrootcert=%s: anchors = %+v, want a missing file", path, got.Anchors)
		}
	}
}

func TestPgjdbcReadsTheJVMsOptionsInTheirOrder(t *testing.T) {
	t.Parallel()

	const store = "javax.net.ssl.trustStore"
	tests := map[string]struct {
		environment, properties map[string]string
		want                    string
	}{
		"the command line wins over what comes before it": {
			map[string]string{"JAVA_TOOL_OPTIONS": "-D" + store + "=/tool", "JDK_JAVA_OPTIONS": "-D" + store + "=/jdk"},
			map[string]string{store: "/line"},
			"/line",
		},
		"the last variable wins over the command line": {
			map[string]string{"_JAVA_OPTIONS": "-D" + store + "=/last"}, map[string]string{store: "/line"}, "/last",
		},
		"quotes around something else": {
			map[string]string{"JAVA_TOOL_OPTIONS": `-XX:OnError="a b" "-D` + store + `=/x y"`}, nil, "/x y",
		},
		"other quotes": {
			map[string]string{"JAVA_TOOL_OPTIONS": `-XX:OnError='a'`}, map[string]string{store: "/line"}, "/line",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := resolveJava(policy.Settings{
				Connection: javaSSL + "DefaultJavaSSLFactory", StoreDeclared: true, Environment: tc.environment, Properties: tc.properties,
			})
			if got.Anchors.Path != tc.want || (got.Undecided != "") != (tc.want == "") {
				t.Errorf("store = %q, want %q: %+v", got.Anchors.Path, tc.want, got)
			}
		})
	}
	followed := policy.Settings{Environment: map[string]string{
		"JAVA_TOOL_OPTIONS": `-Djavax.net.ssl.trustStore=C:\a`, "JDK_JAVA_OPTIONS": `-XX:OnError='a'`,
	}}
	if got := resolveJava(followed); got.Undecided != "the quoting in the JVM's option variables is not followed" {
		t.Errorf("a backslash: policy = %+v, want undecided", got)
	}
}

func TestPgjdbcDirectTLSHasNoAnswerToFallBackOn(t *testing.T) {
	t.Parallel()

	got := resolveJava(policy.Settings{Connection: "&sslNegotiation=direct"})
	want := []policy.Attempt{{TLS: true, After: policy.ServerRefused}, plaintext}
	if diff := cmp.Diff(want, got.Attempts); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	if got.Doubt != "a handshake without an SSLRequest needs a server of version 17 or later" {
		t.Errorf("doubt = %q", got.Doubt)
	}
}

func TestJavaReleases(t *testing.T) {
	t.Parallel()

	direct := map[string]bool{"42.7": true, "42": true, "42.7.4.jre8": true, "42.7.4.1.2": true, "42.6": false, "43.0.0": true}
	for version, want := range direct {
		if got := resolveJava(policy.Settings{Version: version, Connection: "&sslNegotiation=direct"}); got.TLS.Direct != want || got.Undecided != "" {
			t.Errorf("%s: direct = %t, want %t: %+v", version, got.TLS.Direct, want, got)
		}
	}
	for _, version := range []string{"42.-7.3", "42.7.x", "42..3", ".42"} {
		if got := resolveJava(policy.Settings{Version: version}); got.Undecided == "" {
			t.Errorf("%s: policy = %+v, want undecided", version, got)
		}
	}
	runtimes := map[string]string{"": "21", "10": "10", "8": "8", "9.0.4": "9", "jdk:17:3": "17", "1.8.0_392": "8"}
	for runtime, want := range runtimes {
		if got := driver.Resolve(policy.Settings{Driver: "pgjdbc", Runtime: runtime, Connection: jdbcURL}); got.Profile.Version != want {
			t.Errorf("Java %q: profile %+v, want version %s", runtime, got.Profile, want)
		}
	}
	pkcs12 := map[string]string{"javax.net.ssl.trustStoreType": "pkcs12"}
	for runtime, undecided := range map[string]bool{"8": true, "9": false} {
		got := driver.Resolve(policy.Settings{Driver: "pgjdbc", Runtime: runtime, Connection: jdbcURL + javaSSL + "DefaultJavaSSLFactory", Properties: pkcs12})
		if (got.Undecided == `the trust store type "pkcs12" is not covered`) != undecided {
			t.Errorf("PKCS12 on Java %s: policy = %+v", runtime, got)
		}
	}
}

func TestPgjdbcWithoutAURL(t *testing.T) {
	t.Parallel()

	got := driver.Resolve(policy.Settings{Driver: "pgjdbc", Host: "db.example", Properties: map[string]string{"sslmode": "require"}})
	if diff := cmp.Diff([]policy.Host{{Name: "db.example"}}, got.Hosts); diff != "" || got.Mode != "require" {
		t.Errorf("hosts (-want +got):\n%s%+v", diff, got)
	}
	disabled := policy.Settings{Connection: "&sslmode=disable", Properties: map[string]string{"jdk.tls.client.protocols": "SSLv3"}}
	if diff := cmp.Diff([]policy.Attempt{plaintext}, resolveJava(disabled).Attempts); diff != "" {
		t.Errorf("without TLS its protocols do not matter (-want +got):\n%s", diff)
	}
	first := policy.Settings{Properties: map[string]string{"jdk.tls.client.protocols": "SSLv2Hello,TLSv1.2"}}
	if got := resolveJava(first); got.TLS.Max != "TLSv1.2" {
		t.Errorf("offer = %+v", got.TLS)
	}
}
