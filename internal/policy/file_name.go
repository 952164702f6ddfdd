package policy

import (
	"regexp"
	"strings"
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

// SameFileName says whether two paths end in the same name, on whichever system.
func SameFileName(a, b string) bool {
	base := func(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }
	return a != "" && base(a) == base(b)
}

var fileRead = regexp.MustCompile("\\breadFileSync\\(\\s*['\"`]?([^'\"`),]+)")

// FileRead is the file of a call by which a program of Node reads one: that of
// readFileSync('/etc/ssl/rds.pem').
func FileRead(call string) (file string, read bool) {
	found := fileRead.FindStringSubmatch(call)
	if found == nil {
		return "", false
	}
	return strings.TrimSpace(found[1]), true
}
