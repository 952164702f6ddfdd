package driver

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
)

// Secret is what a setting holds that TLS is judged without, in words; empty
// is nothing.
type Secret string

// The secrets of a client.
const (
	Password   Secret = "a password"
	Token      Secret = "a token or key" //nolint:gosec // A word for what was found.
	PrivateKey Secret = "a private key"
)

// SecretIn says what a setting, in a client's environment or properties, holds
// of a secret, be it by its own name or inside of a URL, a connection string, a
// command line or JSON. An empty value is none.
//
// The password of a Java trust store is not among them: it guards nothing
// that is secret, and where it is wrong the client's verdict changes. Neither
// is the name of a file with a secret.
func SecretIn(name, value string) Secret {
	if value == "" {
		return ""
	}
	if readsFile.MatchString(value) {
		return "" // The name of a file.
	}
	if secret := secretName(name); secret != "" {
		return secret
	}
	if strings.HasSuffix(strings.ToLower(name), "_key") && !keyFile.MatchString(value) {
		return Token // APP_KEY, ENCRYPTION_KEY; that of a certificate is a file.
	}
	return SecretInConnection(value)
}

// readsFile is one call by which a program of Node reads a file, and nothing else.
var readsFile = regexp.MustCompile(`^(?:\w+\.)*readFileSync\([^|?;]*\)(?:\.toString\([^()]*\))?;?$`)

// keyFile is the name of a file with a key, rather than a key.
var keyFile = regexp.MustCompile(`^(?:[.~$%/\\]|[A-Za-z]:[/\\]|file:|classpath:)|\.(?:pem|key|der|pk8|crt)$`)

// knownToken is a value that says by its form what it is.
//
// Source: the documentation of GitHub, GitLab, Slack and Stripe; RFC 7519; AWS,
// "Connecting to your DB instance using IAM authentication".
var knownToken = regexp.MustCompile(`(?:^|[^A-Za-z0-9])(?:X-Amz-Signature=|gh[opsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|[rs]k_live_\w{10,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.)`)

// SecretInConnection says the same of a connection string.
func SecretInConnection(connection string) Secret {
	if secret := SecretInText(connection); secret != "" {
		return secret
	}
	trimmed := strings.Trim(connection, " \t\r\n\"'`")
	if userinfo.MatchString(trimmed) && !strings.Contains(trimmed, "@sha256:") && !strings.HasPrefix(trimmed, "mailto:") {
		return Password
	}
	return ""
}

// userinfo is a connection without a scheme, or with half of one: user,
// password and host; or a line of a password file.
var userinfo = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9+.-]*:)?/{0,2}[^\s:/@=]+:[^\s:/@\\]+@[^\s@]+$|^[\w.*-]+:(?:\d+|\*):[^\s:/]+:[^\s:/]+:[^\s:]+$`)

// separators are what names put between their words.
var separators = strings.NewReplacer("_", "", "-", "", ".", "", " ", "", "\t", "")

// secretName says what a name promises. It errs on the side of a secret: what
// a driver reads has none of these names but passwords.
func secretName(name string) Secret {
	plain := separators.Replace(strings.ToLower(name))
	if plain == "auth" || strings.HasSuffix(plain, "basicauth") {
		return Token
	}
	for _, harmless := range []string{"truststorepassword", "file", "path", "dir", "callback", "callbackclass", "encryption", "command", "arn", "url"} {
		if strings.HasSuffix(plain, harmless) {
			return ""
		}
	}
	for _, word := range []string{"password", "passwd", "passphrase", "pgpass", "psw"} {
		if strings.Contains(plain, word) {
			return Password
		}
	}
	switch last := strings.ToLower(name[strings.LastIndexAny(name, "_-. ")+1:]); last {
	case "pwd", "pass", "pw":
		return Password
	case "pfx":
		return PrivateKey
	case "token", "pat", "jwt", "bearer":
		return Token
	}
	for _, word := range []string{"secret", "apikey", "accesskey", "masterkey", "privatekey", "credential", "authtoken", "sessiontoken", "accesstoken", "scramclientkey", "scramserverkey"} {
		if strings.Contains(plain, word) && !strings.HasSuffix(plain, "id") {
			return Token
		}
	}
	return ""
}

// javaProperty is a system property on a command line, where it begins a word.
var javaProperty = regexp.MustCompile(`(?:^|[\s"'=])-D([^\s="']+)=("[^"]*"|'[^']*'|\S*)`)

// embeddedURL is a URL anywhere in a text, with a blank before its :// too.
var embeddedURL = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.:-]*://[^\s"'` + "`" + `]+`)

// SecretInText says the same of any text, which may quote a connection string.
func SecretInText(value string) Secret {
	if privateKey.MatchString(value) {
		return PrivateKey
	}
	if knownToken.MatchString(value) {
		return Token
	}
	// A text may have megabytes, and expressions are slow: these two are asked
	// only where what they cannot do without is there.
	if strings.Contains(value, "-D") {
		for _, option := range javaProperty.FindAllStringSubmatch(value, -1) {
			if secret := SecretIn(option[1], strings.Trim(option[2], `"'`)); secret != "" {
				return secret
			}
		}
		value = javaProperty.ReplaceAllString(value, " ") // The rest may be anything.
	}
	if strings.Contains(value, "://") && slices.ContainsFunc(embeddedURL.FindAllString(strings.ReplaceAll(value, " ://", "://"), -1), conninfo.HasPassword) {
		return Password
	}
	trimmed := strings.Trim(value, " \t\r\n\"'`")
	if conninfo.HasPassword(trimmed) {
		return Password
	}
	var decoded any // An object such as the ssl of node-postgres; what is no JSON is none.
	if (strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[")) && json.Unmarshal([]byte(trimmed), &decoded) == nil {
		return secretInTree("", decoded, 0)
	}
	return ""
}

// maxJSONDepth bounds how deep it is looked.
const maxJSONDepth = 16

func secretInTree(name string, value any, depth int) Secret {
	if depth > maxJSONDepth {
		return Password // Nobody nests settings like that: nothing is let through.
	}
	switch v := value.(type) {
	case string:
		return SecretIn(name, v)
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if secret := secretInTree(key, v[key], depth+1); secret != "" {
				return secret
			}
		}
	case []any:
		for _, inner := range v {
			if secret := secretInTree(name, inner, depth+1); secret != "" {
				return secret
			}
		}
	}
	return ""
}

// privateKey ends the first line of a key, in a URL as well.
var privateKey = regexp.MustCompile(`PRIVATE(?: |\+|%20)KEY-----`)
