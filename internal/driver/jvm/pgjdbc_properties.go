package jvm

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// pgjdbcIntegers are properties that every attempt reads as 32-bit integers.
var pgjdbcIntegers = strings.Fields(`connectTimeout socketTimeout receiveBufferSize sendBufferSize cancelSignalTimeout prepareThreshold defaultRowFetchSize
	unknownLength preparedStatementCacheQueries databaseMetadataCacheFields`)

// pgjdbcRejection returns what the driver finds wrong with its properties
// before, or whichever way, it connects; nil is nothing.
//
// Source: pgjdbc/pgjdbc, HostRequirement.getTargetServerType, GSSEncMode.of,
// ChannelBinding.of, AuthMethod.parseRequireAuth, PGProperty.getInt.
func pgjdbcRejection(properties map[string]string, v policy.Version, mode string) *policy.Rejection {
	invalid := func(name, client string) *policy.Rejection {
		return policy.Invalid("pgjdbc does not accept this value of "+name+": "+policy.Quoted(properties[name]), client)
	}
	if target, set := properties["targetServerType"]; set && !pgjdbcTarget(target, v) {
		return invalid("targetServerType", "Invalid targetServerType value")
	}
	for _, name := range pgjdbcIntegers {
		if value, set := properties[name]; set && !javaInteger(value) {
			return invalid(name, name+" parameter value must be an integer")
		}
	}
	switch protocol, set := properties["protocolVersion"]; {
	case !set, protocol == "3", protocol == "" && v.Before(pgjdbcProtocols):
	case !v.Before(pgjdbcProtocols) && (protocol == "3.0" || protocol == "3.2"):
	default:
		return invalid("protocolVersion", "A connection could not be made using the requested protocol")
	}
	if factory, set := properties["socketFactory"]; set && factory == "" {
		return invalid("socketFactory", pgjdbcFactoryError)
	}
	if gss, set := properties["gssEncMode"]; set && !v.Before(pgjdbcGSSEncMode) {
		known := slices.ContainsFunc([]string{"disable", "allow", "prefer", "require"}, func(m string) bool { return strings.EqualFold(m, gss) })
		switch {
		case !known:
			return invalid("gssEncMode", "Invalid gssEncMode value")
		case strings.EqualFold(gss, "require") && !pgjdbcDirectTLS(properties, v):
			return &policy.Rejection{
				Reason: policy.ReasonGSSAPIRequired, Client: "GSS Enc", // "…ryption" or "…oded", as the server answers
				Detail: "gssEncMode=require asks for GSSAPI encryption instead of TLS",
			}
		}
	}
	if auth, set := properties["requireAuth"]; set && strings.TrimSpace(auth) == "" && !v.Before(pgjdbcRequireAuth) {
		return invalid("requireAuth", "Invalid authentication method")
	}
	return pgjdbcChannelBinding(properties, v, mode)
}

// pgjdbcChannelBinding looks at channelBinding. Up to 42.7.6 it is read when
// the server asks for SCRAM, later before that.
func pgjdbcChannelBinding(properties map[string]string, v policy.Version, mode string) *policy.Rejection {
	binding, set := properties["channelBinding"]
	if !set || v.Before(pgjdbcBindingStrict) {
		return nil
	}
	switch {
	case !slices.Contains([]string{"disable", "prefer", "require"}, binding):
		return policy.Invalid("pgjdbc does not know the channelBinding value "+policy.Quoted(binding), "Invalid channelBinding value")
	case binding == "require" && mode == "disable":
		return &policy.Rejection{
			Reason: policy.ReasonChannelBindingImpossible, Client: "Channel binding is required",
			Detail: "channelBinding=require needs TLS, which sslmode=disable forbids",
		}
	}
	return nil
}

// pgjdbcTarget says whether the driver knows a targetServerType. The old word
// is replaced in parts, so that "preferSlave" is known and "Slave" is not.
func pgjdbcTarget(target string, v policy.Version) bool {
	target = strings.ReplaceAll(target, "lave", "econdary")
	known := []string{"any", "master", "secondary", "preferSecondary"}
	if !v.Before(pgjdbcPrimary) {
		known = append(known, "primary")
	}
	if !v.Before(pgjdbcPreferPrimary) {
		known = append(known, "preferPrimary")
	}
	return slices.Contains(known, target)
}

// pgjdbcDirectTLS says whether the handshake starts without an SSLRequest.
// Any other value is the usual negotiation.
//
// Source: pgjdbc/pgjdbc REL42.7.4, SslNegotiation.of; 42.7.13 fails so on
// PostgreSQL 15 in every mode that tries TLS, and connects on 17.
func pgjdbcDirectTLS(properties map[string]string, v policy.Version) bool {
	return properties["sslNegotiation"] == "direct" && !v.Before(pgjdbcDirect)
}

// javaInteger says whether Integer.parseInt takes a string.
func javaInteger(s string) bool {
	_, err := strconv.ParseInt(s, 10, 32)
	return err == nil
}

// pgjdbcDoubt names what can still keep a client out that TLS lets in.
func pgjdbcDoubt(properties map[string]string, v policy.Version) string {
	switch target := properties["targetServerType"]; {
	case target == "secondary" || target == "slave":
		return "targetServerType asks for a standby, and it is not known whether the server is one"
	case properties["sslpasswordcallback"] != "":
		return "it is not known whether the class that sslpasswordcallback names can be loaded"
	case properties["connectExecutor"] != "":
		return "it is not known whether the class that connectExecutor names can be loaded"
	case properties["classLoaderStrategy"] != "":
		return "it is not known which classes can be loaded under the setting classLoaderStrategy"
	case properties["pemKeyAlgorithm"] != "":
		return "it is not known whether the client's key is of the type that pemKeyAlgorithm names"
	case properties["channelBinding"] == "require" && !v.Before(pgjdbcDirect):
		return "channelBinding=require needs SCRAM, and it is not known how the server authenticates the client"
	case properties["requireAuth"] != "" && !v.Before(pgjdbcRequireAuth):
		return "requireAuth names authentication methods, and it is not known how the server authenticates the client"
	default:
		return ""
	}
}
