package deployment

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// lambdaHome is what the runtimes of AWS Lambda set.
//
// Source: AWS Lambda, execution environment; seen in its base images.
const lambdaHome = "/home/sbx_user1051"

// home is HOME as the runtime sets it: what the image says, else the user's
// folder in /etc/passwd, else "/".
//
// Source: moby daemon/oci_linux.go and runc libcontainer/init_linux.go
// (setupUser: HOME only where it is not set).
func (s *search) home(config Config) string {
	if home := s.environment["HOME"]; home != "" {
		return home
	}
	if config.Lambda {
		return lambdaHome
	}
	content, err := fs.ReadFile(s.files, "etc/passwd")
	switch {
	case errors.Is(err, fs.ErrNotExist) && (config.User == "" || config.User == "0" || config.User == "root"):
		return "/" // runc's default; a scratch image has no /root.
	case errors.Is(err, fs.ErrNotExist):
		return "/"
	case err != nil:
		s.unread("etc/passwd", err)
		return ""
	}
	user, _, _ := strings.Cut(config.User, ":")
	if user == "" {
		user = "0"
	}
	for line := range strings.Lines(string(content)) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) >= 6 && (fields[0] == user || fields[2] == user) {
			return fields[5]
		}
	}
	return "/"
}

func environmentOf(env []string) map[string]string {
	all := make(map[string]string, len(env))
	for _, variable := range env {
		if name, value, ok := strings.Cut(variable, "="); ok {
			all[name] = value
		}
	}
	return all
}

// relevant keeps what drivers, TLS libraries and runtimes read. A variable
// that carries a secret is left out.
func relevant(environment map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range environment {
		if matters(name, value) && driver.SecretIn(name, value) == "" && driver.SecretInConnection(value) == "" {
			kept[name] = value
		}
	}
	return kept
}

func matters(name, value string) bool {
	switch name {
	case "HOME", "APPDATA", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF", "OPENSSL_MODULES",
		"NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_PG_FORCE_NATIVE",
		"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JAVA_OPTS", "CATALINA_OPTS", "GODEBUG":
		return true
	}
	return strings.HasPrefix(name, "PG") && name == strings.ToUpper(name) ||
		strings.HasPrefix(value, "postgres://") || strings.HasPrefix(value, "postgresql://") || strings.HasPrefix(value, "jdbc:postgresql:")
}
