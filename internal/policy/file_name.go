package policy

import (
	"regexp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// notFiles are texts that a shell, a framework or a program makes a file name of,
// and no driver does: a tilde, a variable, a placeholder, a call, a URL or the
// name of a secret, a list of files, and a name with its quotes. A Windows path
// whose backslashes a conninfo string took away is among them.
var notFiles = regexp.MustCompile("^[~@!%\\[']|'$|[\"`<>{}*?|\x00-\x1f]" + `|\$[\w({]|\w\(|^-----BEGIN |^[A-Za-z]:[^\\/]|^\w[\w+.-]+:|^/.*[:,;]\s*/` +
	`|^(?i:system|true|false|yes|no|on|off|none|null|nil|undefined|require|verify-(?:ca|full))$|^[A-Z_][A-Z0-9_]+$|^__\w+__$|^/dev/null$|^(?:process\.env|os\.environ)\b|^MII[\w+/=]{20,}`)

// NamesFile says whether a text that a driver opens as it stands can be the
// name of a file that is there. No driver expands a tilde or a variable, opens
// a URL, takes quotes away or a file's content for its name; and nobody means a
// file called "system" or "RDS_CA" in the working directory, or one of the
// blanks that an .env file leaves at the end.
func NamesFile(text string) bool {
	return text != "" && strings.TrimSpace(text) == text && !notFiles.MatchString(text)
}

// ServiceFile is the text for a service, whose file is not declared.
const ServiceFile = "the settings name a service, but the service file is not declared"

// NoHost is the text for a client that compares a name, and of which no host is
// known.
const NoHost = "the settings name no host, and no host is declared"

// ReasonSettingNotRead is the reason where a setting of TLS, trust or an address is not
// one that the driver reads.
const ReasonSettingNotRead = "setting_not_read"

// forExtension ends the text for a setting that ends up at the server.
const forExtension = " goes to the server, which mistakes it for a parameter of an extension: nothing reads it"

// ForExtension says that a setting of TLS, trust or an address has a name with a
// dot, so that the server takes it without a word.
func ForExtension(name string) string { return name + forExtension }

// ReasonOf is the code for what is undecided or in doubt, empty where it is
// that no rule covers it.
func (p Policy) ReasonOf(why string) string {
	if why == ServiceFile || strings.HasSuffix(why, notDeclared) {
		return ReasonFileNotDeclared
	}
	if why == NoHost {
		return string(certpath.HostNameMismatch)
	}
	if strings.HasSuffix(why, forExtension) {
		return ReasonSettingNotRead
	}
	if why == p.Undecided {
		return p.Reason
	}
	return ""
}
