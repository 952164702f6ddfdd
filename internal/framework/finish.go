package framework

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// finish takes out secrets, and names placeholders that nobody has filled in.
func (a *Alternative) finish(settings any) {
	c := &a.Client
	if c.StartError != "" && c.Undecided == "" {
		if name, placeholder, found := placeholderIn(settings, ""); found {
			c.Undecided = policy.Unfilled(cmp.Or(name, "the setting"), placeholder)
			c.StartError = ""
		}
	}
	c.nameplaceholders()
	c.dropSecrets()
	slices.Sort(c.Added)
}

// dropSecrets leaves no password and no private key in the client. Of a private
// key it stays visible that there is one.
func (c *Client) dropSecrets() {
	without, _, err := conninfo.Redact(c.Connection)
	if err != nil {
		c.Connection = ""
		c.Undecided = "the connection string cannot be parsed, so it is not known where its password ends"
	} else {
		c.Connection = without
	}
	if strings.Contains(c.Connection, "PRIVATE KEY-----") {
		c.Connection = ""
		c.Undecided = "the connection string contains a private key and is therefore not read"
	}
	clean(c.Properties, true)
	clean(c.Unread, false)
}

// privateKey stands for a private key that is written out in the settings.
const privateKey = "(a private key)"

// clean takes secrets out of named values. Passwords go with their names where
// drop says so, else the value alone goes.
func clean(values map[string]string, drop bool) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		last := name[strings.LastIndexByte(name, '.')+1:]
		secret := driver.SecretIn(last, values[name])
		if isPassword(last) {
			secret = driver.Password
		}
		without, found, err := "", false, error(nil)
		if strings.ContainsAny(values[name], "=:") {
			without, found, err = conninfo.Redact(values[name])
		}
		switch {
		case secret == driver.PrivateKey:
			values[name] = privateKey
		case secret == "" && err == nil && found:
			values[name] = without
		case secret == "" && err == nil:
		case secret == driver.Password && !isPassword(last) && err == nil && found:
			values[name] = without
		case drop:
			delete(values, name)
		default:
			values[name] = ""
		}
	}
}

// isPassword says whether a name is one of a secret, in any framework.
func isPassword(name string) bool {
	name = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
	if strings.HasSuffix(name, "truststorepassword") {
		return false // It guards nothing, and where it is wrong the verdict changes.
	}
	return hasAnyPrefix(name, "password", "passwd", "passphrase", "secret", "token") || name == "pass" || name == "pwd" ||
		strings.HasSuffix(name, "password") || strings.HasSuffix(name, "passphrase") || strings.HasSuffix(name, "secret") || strings.HasSuffix(name, "token")
}

// placeholder finds what something else fills in before, or while, the
// framework reads its settings.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}|<%.*?%>|\{\{.*?\}\}|%\([^)]*\)s|\benv\(["'][^)]*\)`)

// placeholderIn returns the first placeholder of the settings, in the order of
// their names.
func placeholderIn(settings any, path string) (name, text string, found bool) {
	switch v := settings.(type) {
	case string:
		text = placeholder.FindString(v)
		return strings.TrimPrefix(path, "."), text, text != ""
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if name, text, found = placeholderIn(v[key], path+"."+key); found {
				return name, text, true
			}
		}
	case []any:
		for i := range v {
			if name, text, found = placeholderIn(v[i], path+"."+strconv.Itoa(i)); found {
				return name, text, true
			}
		}
	}
	return "", "", false
}

// identity are settings that neither TLS nor the server's address depend on.
var identity = []string{"user", "username", "dbname", "database", "databaseName", "password", "application_name", "ApplicationName", "options"}

// nameplaceholders makes a client undecided whose transport depends on a
// placeholder.
func (c *Client) nameplaceholders() {
	if c.Undecided != "" {
		return
	}
	if found := placeholder.FindString(transport(c.Connection)); found != "" {
		c.Undecided = policy.Unfilled("the connection string", found)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.Properties)) {
		found := placeholder.FindString(c.Properties[name])
		if found != "" && !slices.Contains(identity, name) && !isPassword(name) {
			c.Undecided = policy.Unfilled(name, found)
			return
		}
	}
}

// identityPair is a setting of a keyword/value or semicolon list that TLS does
// not depend on.
var identityPair = regexp.MustCompile(`(?i)\b(?:user|user id|username|dbname|database|password)\s*=\s*[^\s;&]*`)

// transport is a connection string without user, password and database.
func transport(connection string) string {
	scheme, rest, isURL := strings.Cut(connection, "://")
	if !isURL || strings.ContainsAny(scheme, " =") {
		return identityPair.ReplaceAllString(connection, "")
	}
	rest, query, _ := strings.Cut(rest, "?")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	authority, _, _ := strings.Cut(rest, "/")
	return authority + " " + identityPair.ReplaceAllString(query, "")
}
