package framework

import (
	"slices"
	"strings"
)

// nodeDriver is the driver in which the frameworks of JavaScript end.
const nodeDriver = "node-postgres"

// nodeTLSParameters are the parameters of a URL from which
// pg-connection-string makes the ssl option.
var nodeTLSParameters = []string{"ssl", "sslmode", "sslrootcert", "sslcert", "sslkey", "uselibpqcompat"}

// nodeObject hands an object to node-postgres as it is: ssl by its members,
// connectionString as the connection string.
func nodeObject(c *Client, values map[string]any) {
	for name, value := range values {
		switch {
		case value == nil:
		case name == "connectionString":
			c.Connection = scalar(value)
		case name == "ssl":
			nodeSSL(c, value)
		case name != "password":
			flatten(c.Properties, name, value)
		}
	}
}

// nodeSSL hands the ssl option on; it replaces one that is there.
func nodeSSL(c *Client, value any) {
	for name := range c.Properties {
		if name == "ssl" || strings.HasPrefix(name, "ssl.") {
			delete(c.Properties, name)
		}
	}
	members, isObject := value.(map[string]any)
	switch {
	case value == nil:
	case !isObject:
		c.Properties["ssl"] = scalar(value)
	case len(members) == 0:
		c.Properties["ssl"] = "object"
	}
	for name, member := range members {
		switch pieces, many := member.([]any); {
		case member == nil:
		case many && len(pieces) > 0:
			c.Properties["ssl."+name] = strings.Join(list(member), "\n")
		default:
			flatten(c.Properties, "ssl."+name, member)
		}
	}
}

// nodeURLWithTLS is a URL that says to node-postgres what the parts and the TLS
// parameters of another one do.
func nodeURLWithTLS(u urlParts) string {
	var query []string
	for _, p := range u.query {
		if slices.Contains(nodeTLSParameters, p.name) {
			query = append(query, escape(p.name)+"="+escape(p.value))
		}
	}
	if len(query) == 0 {
		return ""
	}
	user := ""
	if u.user != "" {
		user = escape(u.user) + "@"
	}
	return "postgres://" + user + authority(u.host, u.port) + "/" + escape(u.database) + "?" + strings.Join(query, "&")
}
