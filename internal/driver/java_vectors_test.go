package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestJavaOptions(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"a blank in front": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": " -Djavax.net.ssl.trustStore=/s"},
			want: "verify-ca: T path; h; file /s by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"tabs": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": "-Xmx1g\t-Djavax.net.ssl.trustStore=/s\t-Xms1g"},
			want: "verify-ca: T path; h; file /s by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"ends of lines": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": "-Xmx1g\r\n-Djavax.net.ssl.trustStore=/s\n"},
			want: "verify-ca: T path; h; file /s by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"a form feed and a vertical tab": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": "-Xmx1g\f-Djavax.net.ssl.trustStore=/s\x0b-Xms1g"},
			want: "verify-ca: T path; h; file /s by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"double quotes": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": `-Djavax.net.ssl.trustStore="/a b"`},
			want: "verify-ca: T path; h; file /a b by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"single quotes": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore='/a b'"},
			want: "verify-ca: T path; h; file /a b by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"a quote in another": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": `-Djavax.net.ssl.trustStore="/a'b"`},
			want: "verify-ca: T path; h; file /a'b by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"quotes around nothing": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": "'' -Djavax.net.ssl.trustStore=/s"},
			want: "verify-ca: T path; h; file /s by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"an at sign": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": "-Dx=a@b"},
			want: "verify-ca: T path; h; system by Java's key store17 unreadable=fail empty=fail; TLSv1.2..TLSv1.3",
		},
		"an at sign beside a property of Java": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=/s@x"},
			want: "undecided: the quoting in the JVM's option variables is not followed",
		},
		"an at sign beside a property of Java, and another variable": {
			driver: "pgjdbc", runtime: "17", connection: "jdbc:postgresql://h/d?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", environment: env{"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=/s@x", "_JAVA_OPTIONS": "-Dx=a@b"},
			want: "undecided: the quoting in the JVM's option variables is not followed",
		},
		"a release in words": {
			driver: "pgjdbc", runtime: "17 LTS", connection: "jdbc:postgresql://h/d?sslmode=require",
			want: "require: T; h; none; TLSv1.2..TLSv1.3",
		},
		"a release before the rules": {
			driver: "pgjdbc", runtime: "0.9", connection: "jdbc:postgresql://h/d",
			want: `undecided: the rules cover Java 8 and later, not "0.9"`,
		},
		"a release that is none": {
			driver: "pgjdbc", runtime: "x", connection: "jdbc:postgresql://h/d",
			want: `undecided: the rules cover Java 8 and later, not "x"`,
		},
		"protocols: SSLv3": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=require", properties: env{"jdk.tls.client.protocols": "SSLv3"},
			want: "rejected invalid_settings: No appropriate protocol: the JVM is told to offer no protocol version that it has and allows",
		},
		"protocols: TLSv1": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=require", properties: env{"jdk.tls.client.protocols": "TLSv1"},
			want: "rejected invalid_settings: No appropriate protocol: the JVM is told to offer no protocol version that it has and allows",
		},
		"protocols: TLSv1.1": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=require", properties: env{"jdk.tls.client.protocols": "TLSv1.1"},
			want: "rejected invalid_settings: No appropriate protocol: the JVM is told to offer no protocol version that it has and allows",
		},
		"protocols: TLSv1.2": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=require", properties: env{"jdk.tls.client.protocols": "TLSv1.2"},
			want: "require: T; h; none; TLSv1.2..TLSv1.2",
		},
		"protocols: TLSv1.3": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=require", properties: env{"jdk.tls.client.protocols": "TLSv1.3"},
			want: "require: T; h; none; TLSv1.3..TLSv1.3",
		},
		"protocols: two": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=require", properties: env{"jdk.tls.client.protocols": "TLSv1.1, TLSv1.3"},
			want: "require: T; h; none; TLSv1.3..TLSv1.3",
		},
		"protocols: none such": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=require", properties: env{"jdk.tls.client.protocols": "TLS"},
			want: "rejected invalid_settings: Error constructing implementation: the JVM is told to offer no protocol version that it has and allows",
		},
		"protocols: SSLv2Hello": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=require", properties: env{"jdk.tls.client.protocols": "SSLv2Hello"},
			want: "rejected invalid_settings: No appropriate protocol: the JVM is told to offer no protocol version that it has and allows",
		},
	})
}

func TestPgjdbcVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"a mode that is none": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=x",
			want: `rejected invalid_settings: Invalid sslmode value: pgjdbc does not know sslmode "x"`,
		},
		"its own verifier": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=verify-full&sslhostnameverifier=org.postgresql.ssl.PGjdbcHostnameVerifier",
			want: `verify-full: T path name; h; file by Java21 unreadable=fail empty=fail "Could not open SSL root certificate file"; TLSv1.2..TLSv1.3`,
		},
		"its own verifier by another name": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=verify-full&sslhostnameverifier=org.postgresql.ssl.jdbc4.LibPQFactory",
			want: `verify-full: T path name; h; file by Java21 unreadable=fail empty=fail "Could not open SSL root certificate file"; TLSv1.2..TLSv1.3`,
		},
		"a class of Java for a verifier": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=verify-full&sslhostnameverifier=javax.x.Y",
			want: `rejected invalid_settings: could not be instantiated: no host name verifier can be made of sslhostnameverifier "javax.x.Y"`,
		},
		"a verifier of somebody else": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=verify-full&sslhostnameverifier=com.x.Y",
			want: "undecided: what a host name verifier of its own accepts is not known here",
		},
		"PGSSLROOTCERT names a store for somebody else": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=verify-ca", environment: env{"PGSSLROOTCERT": "/r"},
			want: `verify-ca: T path; h; missing by Java21 unreadable=fail empty=fail "Could not open SSL root certificate file"; TLSv1.2..TLSv1.3`,
		},
		"PGSSLROOTCERT beside the file at home": {
			driver: "pgjdbc", connection: "jdbc:postgresql://h/d?sslmode=verify-ca", environment: env{"PGSSLROOTCERT": "/r"}, place: policy.PlaceHome,
			want: `verify-ca: T path; h; file by Java21 unreadable=fail empty=fail "Could not open SSL root certificate file"; TLSv1.2..TLSv1.3`,
		},
		"42.2.4 is not covered": {
			driver: "pgjdbc", version: "42.2.4", connection: "jdbc:postgresql://h/d",
			want: `undecided: the rules cover pgjdbc 42.2.5 and later, not "42.2.4"`,
		},
		"42.2.5 is": {
			driver: "pgjdbc", version: "42.2.5", connection: "jdbc:postgresql://h/d",
			want: "prefer: T/nr, P; h; none; TLSv1.2..TLSv1.3",
		},
		"42 is the newest of it": {
			driver: "pgjdbc", version: "42", connection: "jdbc:postgresql://h/d?requireAuth=%20",
			want: `rejected invalid_settings: Invalid authentication method: pgjdbc does not take this value of requireAuth: " "`,
		},
		"42.7 is the newest of it": {
			driver: "pgjdbc", version: "42.7", connection: "jdbc:postgresql://h/d?requireAuth=%20",
			want: `rejected invalid_settings: Invalid authentication method: pgjdbc does not take this value of requireAuth: " "`,
		},
		"gssEncMode since 42.2.15": {
			driver: "pgjdbc", version: "42.2.15", connection: "jdbc:postgresql://h/d?gssEncMode=x",
			want: `rejected invalid_settings: Invalid gssEncMode value: pgjdbc does not take this value of gssEncMode: "x"`,
		},
		"gssEncMode before": {
			driver: "pgjdbc", version: "42.2.14", connection: "jdbc:postgresql://h/d?gssEncMode=x",
			want: "prefer: T/nr, P; h; none; TLSv1.2..TLSv1.3",
		},
		"a service since 42.3.2": {
			driver: "pgjdbc", version: "42.3.2", connection: "jdbc:postgresql://h/d?service=s",
			want: "undecided: the service file that the URL names is not known here",
		},
		"a service before": {
			driver: "pgjdbc", version: "42.3.1", connection: "jdbc:postgresql://h/d?service=s",
			want: "prefer: T/nr, P; h; none; TLSv1.2..TLSv1.3",
		},
		"a URL that is none since 42.3.4": {
			driver: "pgjdbc", version: "42.3.4", connection: "jdbc:postgresql://h:x/d",
			want: "rejected invalid_settings: Unable to parse URL: the driver cannot parse this JDBC URL: a port is not a number from 1 to 65535",
		},
		"a URL that is none before": {
			driver: "pgjdbc", version: "42.3.3", connection: "jdbc:postgresql://h:x/d",
			want: "rejected invalid_settings: No suitable driver found: the driver cannot parse this JDBC URL: a port is not a number from 1 to 65535",
		},
		"preferPrimary since 42.4.0": {
			driver: "pgjdbc", version: "42.4.0", connection: "jdbc:postgresql://h/d?targetServerType=preferPrimary",
			want: "prefer: T/nr, P; h; none; TLSv1.2..TLSv1.3",
		},
		"preferPrimary before": {
			driver: "pgjdbc", version: "42.3.9", connection: "jdbc:postgresql://h/d?targetServerType=preferPrimary",
			want: `rejected invalid_settings: Invalid targetServerType value: pgjdbc does not take this value of targetServerType: "preferPrimary"`,
		},
		"sslResponseTimeout since 42.4.2": {
			driver: "pgjdbc", version: "42.4.2", connection: "jdbc:postgresql://h/d?sslmode=require&sslResponseTimeout=x",
			want: `rejected invalid_settings: sslResponseTimeout parameter value must be an integer: pgjdbc does not take this value of sslResponseTimeout: "x"`,
		},
		"sslResponseTimeout before": {
			driver: "pgjdbc", version: "42.4.1", connection: "jdbc:postgresql://h/d?sslmode=require&sslResponseTimeout=x",
			want: "require: T; h; none; TLSv1.2..TLSv1.3",
		},
		"protocolVersion=3.2 since 42.7.6": {
			driver: "pgjdbc", version: "42.7.6", connection: "jdbc:postgresql://h/d?protocolVersion=3.2",
			want: "prefer: T/nr, P; h; none; TLSv1.2..TLSv1.3",
		},
		"protocolVersion=3.2 before": {
			driver: "pgjdbc", version: "42.7.5", connection: "jdbc:postgresql://h/d?protocolVersion=3.2",
			want: `rejected invalid_settings: A connection could not be made using the requested protocol: pgjdbc does not take this value of protocolVersion: "3.2"`,
		},
		"channelBinding since 42.7.7": {
			driver: "pgjdbc", version: "42.7.7", connection: "jdbc:postgresql://h/d?channelBinding=x",
			want: `rejected invalid_settings: Invalid channelBinding value: pgjdbc does not know channelBinding "x"`,
		},
		"channelBinding before": {
			driver: "pgjdbc", version: "42.7.6", connection: "jdbc:postgresql://h/d?channelBinding=x",
			want: "prefer: T/nr, P; h; none; TLSv1.2..TLSv1.3",
		},
		"requireAuth since 42.7.11": {
			driver: "pgjdbc", version: "42.7.11", connection: "jdbc:postgresql://h/d?requireAuth=%20",
			want: `rejected invalid_settings: Invalid authentication method: pgjdbc does not take this value of requireAuth: " "`,
		},
		"requireAuth before": {
			driver: "pgjdbc", version: "42.7.10", connection: "jdbc:postgresql://h/d?requireAuth=%20",
			want: "prefer: T/nr, P; h; none; TLSv1.2..TLSv1.3",
		},
	})
}

func TestR2DBCVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"disable": {
			driver: "r2dbc-postgresql", connection: "r2dbc:postgresql://h/d?sslMode=disable",
			want: "disable: P; h; none; TLSv1.2..TLSv1.3",
		},
		"a mode that is none": {
			driver: "r2dbc-postgresql", connection: "r2dbc:postgresql://h/d?sslMode=x",
			want: `rejected invalid_settings: Invalid ssl mode value: r2dbc-postgresql does not know sslMode "x"`,
		},
		"1.0.0 is covered": {
			driver: "r2dbc-postgresql", version: "1.0.0", connection: "r2dbc:postgresql://h/d",
			want: "disable: P; h; none; TLSv1.2..TLSv1.3",
		},
		"0.9 is not": {
			driver: "r2dbc-postgresql", version: "0.9.0", connection: "r2dbc:postgresql://h/d",
			want: `undecided: the rules cover r2dbc-postgresql 1.0 and later, not "0.9.0"`,
		},
		"direct negotiation since 1.1.0": {
			driver: "r2dbc-postgresql", version: "1.1.0", connection: "r2dbc:postgresql://h/d?sslMode=require&sslNegotiation=direct",
			want: "require: T; h; none; TLSv1.2..TLSv1.3 direct; doubt: a handshake without an SSLRequest needs a server of version 17 or later",
		},
		"direct negotiation before": {
			driver: "r2dbc-postgresql", version: "1.0.9", connection: "r2dbc:postgresql://h/d?sslMode=require&sslNegotiation=direct",
			want: "require: T; h; none; TLSv1.2..TLSv1.3",
		},
	})
}
