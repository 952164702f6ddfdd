package jvm

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// The feature releases of Java: 8 reads a key store of type PKCS12 as that alone.
var (
	javaReleases   = policy.NewReleases("Java", "runtime_version", "8", "")
	javaStoreTypes = javaReleases.Change("9")
)

// jvm is what a client runs on: the release of Java, and the system properties.
type jvm struct {
	release policy.Version
	system  map[string]string
}

// eachJava is the policy for a declared runtime, such as "17", "17.0.15",
// "1.8.0_392" or "jdk-17". Text without a number is no version.
func eachJava(s policy.Settings, rule func(jvm) policy.Policy) policy.Policy {
	number := strings.TrimLeftFunc(s.Runtime, func(r rune) bool { return r < '0' || r > '9' })
	return javaReleases.Each(strings.TrimPrefix(cmp.Or(number, s.Runtime), "1."), func(release policy.Version) policy.Policy {
		system, stop := javaSystemProperties(s)
		if stop != nil {
			return *stop
		}
		return rule(jvm{release, system})
	})
}

// javaProtocols are the names that jdk.tls.client.protocols may list, in
// their order; any other is an error of the JVM. Those before TLSv1.2 are
// disabled in java.security since the updates of April 2021.
var javaProtocols = []string{"SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

const javaFirstAllowed = 4 // TLSv1.2

// javaNoProtocols is the JVM's text where none of the versions that the property
// lists is left.
const javaNoProtocols = "No appropriate protocol"

// javaDefaultOffer is what a JVM offers that nobody told otherwise.
var javaDefaultOffer = policy.Offer{Min: javaProtocols[javaFirstAllowed], Max: "TLSv1.3"}

// javaOffer returns the protocol versions that a JVM's default context offers
// to a server. The second value is the JVM's error where it has none, else
// empty.
//
// Source: OpenJDK sun.security.ssl.SSLContextImpl (client default protocols;
// TLSv1.3 by default since 11, and since 8u341 in 8) and java.security,
// jdk.tls.disabledAlgorithms.
func javaOffer(system map[string]string) (offer policy.Offer, none string) {
	if listed := system["jdk.tls.client.protocols"]; listed != "" {
		var left []string
		for name := range strings.SplitSeq(listed, ",") {
			at := slices.Index(javaProtocols, strings.TrimSpace(name))
			switch {
			case at < 0:
				return policy.Offer{}, "Error constructing implementation"
			case at >= javaFirstAllowed:
				left = append(left, javaProtocols[at])
			}
		}
		if len(left) == 0 {
			return policy.Offer{}, javaNoProtocols
		}
		return policy.Offer{Min: slices.Min(left), Max: slices.Max(left)}, ""
	}
	return javaDefaultOffer, ""
}

// nettyOffer is [javaOffer] for a driver on Netty, which sets the versions of
// each connection itself: the property's names have to be known, and count for
// nothing.
//
// Source: netty/netty 4.1, JdkSslContext, defaultProtocols; observed with
// r2dbc-postgresql 1.1.3 and vertx-pg-client 4.5.28 on Java 17.0.15.
func nettyOffer(system map[string]string) (offer policy.Offer, none string) {
	if _, none = javaOffer(system); none == javaNoProtocols {
		none = ""
	}
	return javaDefaultOffer, none
}

// javaSystemProperties collects the system properties of the client's JVM:
// those given as properties under their full names, and the -D options of the
// environment variables that a JVM reads. The policy is set where a variable
// keeps the JVM from starting, or is quoted in a way that is not followed here.
//
// Source: the JVM reads JAVA_TOOL_OPTIONS before the command line and
// _JAVA_OPTIONS after it; the java launcher puts JDK_JAVA_OPTIONS before the
// command line since 9 (OpenJDK 17, java(1)).
func javaSystemProperties(s policy.Settings) (map[string]string, *policy.Policy) {
	system := map[string]string{}
	for _, variable := range policy.JavaVariables {
		if variable == "_JAVA_OPTIONS" {
			for key, value := range s.Properties {
				if policy.JavaTLS(key) {
					system[key] = value
				}
			}
		}
		text := s.Environment[variable]
		if strings.ContainsAny(text, `@\`) && strings.Contains(text, "-Dj") {
			return nil, &policy.Policy{Undecided: "the rules do not cover argument files (@) or backslashes in a variable that contains JVM options"}
		}
		options := policy.JavaOptions(text)
		if stray := javaStray(options, variable == "JDK_JAVA_OPTIONS"); stray != "" {
			return nil, javaDoesNotStart(variable, stray)
		}
		for _, option := range options {
			if key, value, is := policy.JavaProperty(option); is {
				system[key] = value
			}
		}
	}
	return system, nil
}

// HandedOn are the settings with the options that a script may hand on to the
// JVM: those about TLS in a variable such as JAVA_OPTS, which no JVM reads by
// itself, unless they are declared as properties too. The name of the variable
// is empty where there is none.
//
// Source: apache/tomcat, bin/catalina.sh, and gradle/gradle, unixStartScript.txt,
// which put JAVA_OPTS on the command line; java(1) of OpenJDK 17 does not know it.
func HandedOn(s policy.Settings) (given policy.Settings, variable string) {
	given = s
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		if slices.Contains(policy.JavaVariables, name) {
			continue
		}
		for _, option := range policy.JavaOptions(s.Environment[name]) {
			key, value, is := policy.JavaProperty(option)
			if _, declared := s.Properties[key]; is && !declared && policy.JavaTLS(key) {
				given, variable = given.With(key, value), name
			}
		}
	}
	return given, variable
}

// ReadsJavaVariables says that a driver runs in a JVM.
func ReadsJavaVariables(names policy.Known) bool {
	return slices.Contains(names.Variables, policy.JavaVariables[0])
}

// javaStray returns the first word that is no option: what stands behind a blank
// in a path, or a system property without its -D. The launcher's variable may
// also hold options whose value is a word of its own. Empty is none.
func javaStray(options []string, launcher bool) string {
	for i, option := range options {
		value := launcher && i > 0 && !strings.Contains(options[i-1], "=") &&
			(strings.HasPrefix(options[i-1], "--") || slices.Contains([]string{"-cp", "-classpath", "-p"}, options[i-1]))
		property := strings.Contains(option, "javax.net.ssl.") && !strings.HasPrefix(option, "-D") && !strings.HasPrefix(option, "-X")
		if option != "" && (property || !strings.HasPrefix(option, "-")) && !value {
			return option
		}
	}
	return ""
}

// javaDoesNotStart is the end of a JVM with such a word.
//
// Source: measured on OpenJDK 17.0.15: "Unrecognized option: certs/rds.jks", and
// for JDK_JAVA_OPTIONS "Cannot specify main class in environment variable".
func javaDoesNotStart(variable, stray string) *policy.Policy {
	if strings.ContainsAny(stray, "${%<") {
		return new(policy.NotFilledIn(policy.Quoted(stray), " in "+variable))
	}
	client := "Unrecognized option: " + stray
	if variable == "JDK_JAVA_OPTIONS" && !strings.HasPrefix(stray, "-") {
		client = "Cannot specify main class in environment variable JDK_JAVA_OPTIONS"
	}
	return new(policy.Refused("the JVM does not start: in "+variable+", "+policy.Quoted(stray)+" is not an option. A path with a space needs quotes, and a system property starts with -D", client))
}
