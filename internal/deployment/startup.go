package deployment

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A container's command can set what the image's configuration does not say:
// options of the JVM and of Node, which are taken over, and in a script what
// nobody knows before it has run.

var (
	assigned     = regexp.MustCompile(`(?m)(?:^|[\s;&|(])([A-Z_][A-Z0-9_]*)=|\$\{([A-Z_][A-Z0-9_]*):?=`)
	javaOption   = regexp.MustCompile(`(?:^|\s)-D((?:javax\.net\.ssl|jdk\.tls)\.[A-Za-z.]+)=`)
	storesChange = regexp.MustCompile(`\bupdate-ca-certificates\b|\bupdate-ca-trust\b|\btrust\s+anchor\b|\bkeytool\b[^\n]*-import|\bopenssl\s+rehash\b|\bc_rehash\b`)
)

const maxScript = 1 << 20

// startup reads the command.
func (c *completion) startup(config Config) {
	words := slices.Concat(config.Entrypoint, config.Cmd)
	for i, word := range words {
		switch {
		case i > 0 && words[i-1] == "-c" && i > 1 && strings.HasSuffix(words[i-2], "sh"):
			c.script("the command of the image", word)
		case isProgramOf(word, "java"):
			c.javaOptions(words[i+1:])
		case isProgramOf(word, "node"):
			c.nodeOptions(words[i+1:])
		default:
			c.scriptFile(word, i == 0)
		}
	}
}

func isProgramOf(word, name string) bool { return path.Base(word) == name }

// scriptFile looks into a word that is the name of a shell script.
func (c *completion) scriptFile(word string, first bool) {
	if strings.HasPrefix(word, "-") || word == "" || len(word) > 1<<10 {
		return
	}
	names := []string{word}
	switch {
	case !strings.Contains(word, "/") && first:
		names = nil
		for folder := range strings.SplitSeq(c.path, ":") {
			names = append(names, path.Join("/", folder, word))
		}
	case !strings.HasPrefix(word, "/"):
		names[0] = path.Join(c.folder, word)
	}
	for _, name := range names {
		info, err := fs.Stat(c.files, inside(name))
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if info.Size() > maxScript {
			return
		}
		content, err := fs.ReadFile(c.files, inside(name))
		if err != nil {
			c.unknown("what %s does when the container starts cannot be read: %s", name, reason(err))
			return
		}
		interpreter, _, _ := bytes.Cut(content, []byte("\n"))
		if bytes.HasPrefix(interpreter, []byte("#!")) && bytes.Contains(interpreter, []byte("sh")) {
			c.script(name, string(content))
		}
		return
	}
}

// inside is a path as of io/fs.
func inside(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }

// script notes what a shell script sets. What is declared counts instead.
func (c *completion) script(where, text string) {
	text = withoutComments(text)
	if strings.Contains(text, "USE_SYSTEM_CA_CERTS") && c.all["USE_SYSTEM_CA_CERTS"] == "" {
		// Eclipse Temurin's entry point does nothing then.
		//
		// Source: adoptium/containers, entrypoint.sh.
		return
	}
	for _, m := range assigned.FindAllStringSubmatch(text, -1) {
		name := m[1] + m[2]
		if _, declared := c.declared.Environment[name]; declared || !c.decides(name) {
			continue
		}
		c.contradiction("%s sets %s when the container starts, so that the image alone does not say its value", where, name)
		c.unknown("%s sets %s: declare environment with %s as it is then", where, name, name)
	}
	if c.runtime() == "java" {
		for _, m := range javaOption.FindAllStringSubmatch(text, -1) {
			if _, declared := c.declared.Properties[m[1]]; !declared {
				c.contradiction("%s gives %s to the JVM, so that the image's configuration does not say its value", where, m[1])
				c.unknown("%s gives %s to the JVM: declare it in properties", where, m[1])
			}
		}
	}
	if found := storesChange.FindString(text); found != "" && c.changes == "" {
		c.changes = where + " changes trust stores when the container starts (" + strings.Join(strings.Fields(found), " ") + ")"
	}
}

func withoutComments(script string) string {
	var kept strings.Builder
	for line := range strings.Lines(script) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// decides says whether a variable can decide what the client's driver does
// about TLS.
func (c *completion) decides(name string) bool {
	switch name {
	case "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF", "PGREQUIRESSL", "PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGHOST", "PGHOSTADDR",
		"PGGSSENCMODE", "PGCHANNELBINDING":
		return true
	case "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED":
		return c.runtime() == "node" || c.Settings.Driver == "prisma"
	case "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS":
		return c.runtime() == "java"
	}
	return strings.HasPrefix(name, "PGSSL")
}

func (c *completion) runtime() string { return runsOn[c.Settings.Driver] }

// javaOptions takes the system properties of a command line, up to the class
// or archive that it starts.
func (c *completion) javaOptions(words []string) {
	if c.runtime() != "java" {
		return
	}
	for _, word := range words {
		if !strings.HasPrefix(word, "-") {
			return
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(word, "-D"), "=")
		if !ok || !strings.HasPrefix(name, "javax.net.ssl.") && !strings.HasPrefix(name, "jdk.tls.") || secret(name, value) {
			continue
		}
		c.property(name, value)
	}
}

// nodeOptions takes Node's own options of a command line, which NODE_OPTIONS
// may have as well.
func (c *completion) nodeOptions(words []string) {
	if c.runtime() != "node" {
		return
	}
	for _, word := range words {
		if !strings.HasPrefix(word, "-") {
			return
		}
		for _, option := range []string{"--use-", "--tls-", "--openssl-", "--force-fips", "--enable-fips", "--secure-heap"} {
			if strings.HasPrefix(word, option) {
				c.Settings.Environment["NODE_OPTIONS"] = strings.TrimSpace(c.Settings.Environment["NODE_OPTIONS"] + " " + word)
			}
		}
	}
}

// property adds a property that is not declared.
func (c *completion) property(name, value string) {
	if _, declared := c.declared.Properties[name]; declared {
		return
	}
	if c.Settings.Properties == nil {
		c.Settings.Properties = map[string]string{}
	}
	c.Settings.Properties[name] = value
}
