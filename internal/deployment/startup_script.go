package deployment

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// scriptFile looks into a word that is the name of a shell script. A shell runs
// also one that does not say so in its first line.
func (c *completion) scriptFile(word string, first, shell bool) {
	if strings.HasPrefix(word, "-") || word == "" || len(word) > 1<<10 || len(c.scripts) > maxScripts {
		return
	}
	names := []string{c.absolute(word)}
	if !strings.Contains(word, "/") {
		names = nil
		for folder := range strings.SplitSeq(c.path, ":") {
			names = append(names, path.Join("/", folder, word))
		}
		if !first {
			names = append(names, path.Join(c.folder, word))
		}
	}
	for _, name := range names {
		info, err := fs.Stat(c.files, inside(name))
		switch {
		case err == nil && info.Mode().IsRegular():
			c.readScript(name, shell)
			return
		case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid):
			c.unknown("it is not known what %s does when the container starts, since that file cannot be read: %s", name, reason(err))
		}
	}
}

func (c *completion) readScript(name string, shell bool) {
	content, err := c.head(name, maxScript)
	if err != nil {
		c.unknown("it is not known what %s does when the container starts, since that file cannot be read: %s", name, reason(err))
		return
	}
	content, _, _ = bytes.Cut(content, []byte{0}) // An archive may follow, as in a jar that is a program.
	interpreter, _, _ := bytes.Cut(content, []byte("\n"))
	if marked := bytes.HasPrefix(interpreter, []byte("#!")); marked && bytes.Contains(interpreter, []byte("sh")) || !marked && shell {
		c.script(name, string(content))
	}
}

// head is the begin of a file.
func (c *completion) head(name string, most int64) ([]byte, error) {
	opened, err := c.files.Open(inside(name))
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(opened, most))
	return content, errors.Join(err, opened.Close())
}

// inside is a path as of io/fs.
func inside(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }

// script notes what a shell script sets. What is declared counts instead.
func (c *completion) script(where, text string) {
	if c.scripts[text] {
		return
	}
	if c.scripts[text] = true; len(c.scripts) > maxScripts {
		c.unknown("the container runs more than %d scripts at startup, which is more than the provider reads", maxScripts)
		return
	}
	text = withoutComments(text)
	// Eclipse Temurin's entry point changes nothing without this variable.
	//
	// Source: adoptium/containers, entrypoint.sh.
	temurin := strings.Contains(text, "USE_SYSTEM_CA_CERTS") && c.all["USE_SYSTEM_CA_CERTS"] == ""
	for _, m := range assigned.FindAllStringSubmatch(text, -1) {
		for name := range strings.FieldsSeq(m[1] + m[2] + m[3]) {
			if !temurin || name != "JAVA_TOOL_OPTIONS" {
				c.sets(where, name)
			}
		}
	}
	c.javaText(where, text)
	if found := storesChange.FindString(text); found != "" && c.changes == "" && !temurin {
		c.changes = where + " changes trust stores when the container starts (" + strings.Join(strings.Fields(found), " ") + ")"
	}
	if switched.MatchString(text) {
		c.otherUser()
	}
	for _, m := range sourced.FindAllStringSubmatch(text, -1) {
		c.sources(where, m[1]+m[2])
	}
	for _, m := range executed.FindAllStringSubmatch(text, -1) {
		if !distributed.MatchString(m[1]) {
			c.scriptFile(m[1], false, false)
		}
	}
	if where == "/etc/profile" {
		c.login()
	}
}

// sources reads what a script reads. Where a variable is in the name, the rest of
// it is looked for beside the script, which is how a script finds its own.
func (c *completion) sources(where, name string) {
	last := strings.LastIndexAny(name, "$`*?)}")
	if last < 0 {
		c.scriptFile(name, false, true)
		return
	}
	_, rest, named := strings.Cut(name[last:], "/")
	for _, folder := range []string{path.Dir(where), path.Dir(path.Dir(where))} {
		beside := path.Join(folder, rest)
		if info, err := fs.Stat(c.files, inside(beside)); named && err == nil && info.Mode().IsRegular() {
			c.scriptFile(beside, false, true)
			return
		}
	}
	if where != "/etc/profile" { // What that reads is known.
		c.contradiction("%s runs a script whose name is known only at run time, so it is not known what that script sets", where)
	}
}

// sets notes that the start sets a variable that decides, unless it is declared.
func (c *completion) sets(where, name string) {
	if _, declared := c.declared.Environment[name]; declared || !c.decides(name) {
		return
	}
	c.contradiction("%s sets %s when the container starts, so the image does not show the variable's value", where, name)
	c.unknown("%s sets %s: in \"environment\", declare the value that %s has afterwards", where, name, name)
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
	}
	return strings.HasPrefix(name, "PGSSL") || slices.Contains(policy.JavaVariables, name) && c.runtime() == "java"
}

func (c *completion) runtime() string { return driver.RuntimeOf(c.Settings.Driver) }
