package deployment

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// javaValued are options of java whose value is the next word.
var javaValued = strings.Fields(`-cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules --limit-modules --add-opens --add-exports
	--add-reads --enable-native-access --patch-module --source`)

// javaOptions takes the system properties of a command line, up to the class
// or archive that it starts.
//
// Source: the java command, JDK 21.
func (c *completion) javaOptions(words []string) {
	if c.runtime() != "java" {
		return
	}
	for i := 0; i < len(words); i++ {
		word := words[i]
		if file, is := strings.CutPrefix(word, "@"); is {
			c.javaFile(file)
			continue
		}
		if !strings.HasPrefix(word, "-") || word == "-jar" || word == "-m" || word == "--module" {
			return
		}
		if slices.Contains(javaValued, word) {
			i++
			continue
		}
		if name, value, is := policy.JavaProperty(word); is && policy.JavaTLS(name) && !secret(name, value) {
			c.property(name, value)
		}
	}
}

// absolute is a name by the working directory.
func (c *completion) absolute(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return path.Join(c.folder, name)
}

// javaFile looks into a file of options.
func (c *completion) javaFile(name string) {
	name = c.absolute(name)
	content, err := fs.ReadFile(c.files, inside(name))
	if err != nil {
		c.unknown("the options of java in %s cannot be read: %s", name, reason(err))
		return
	}
	c.javaText(name, string(content))
}

// javaVariables looks into variables that a start script hands to the JVM: the
// JVM itself reads others.
func (c *completion) javaVariables() {
	all := maps.Clone(c.all)
	maps.Copy(all, c.declared.Environment)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(policy.JavaVariables, name) {
			c.javaText("the variable "+name, all[name])
		}
	}
}

// javaServers are options of servers, which Tomcat's script gives.
var javaServers = []string{"jdk.tls.ephemeralDHKeySize", "jdk.tls.rejectClientInitiatedRenegotiation"}

// javaText notes what a text gives to the JVM.
func (c *completion) javaText(where, text string) {
	if c.runtime() != "java" {
		return
	}
	for _, m := range javaOption.FindAllStringSubmatch(text, -1) {
		if _, declared := c.declared.Properties[m[1]]; !declared && !slices.Contains(javaServers, m[1]) {
			c.contradiction("%s passes %s to the JVM, so the image's configuration does not show the value of that system property", where, m[1])
			c.unknown("%s passes %s to the JVM: declare that system property in \"properties\"", where, m[1])
		}
	}
}

// nodeValued are options of node whose value may be the next word.
var nodeValued = []string{"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file", "--env-file-if-exists"}

// nodeOptions takes Node's own options of a command line, which NODE_OPTIONS
// may have as well.
//
// Source: Node.js 22, doc/api/cli.md.
func (c *completion) nodeOptions(words []string) {
	if c.runtime() != "node" {
		return
	}
	for i := 0; i < len(words); i++ {
		word := words[i]
		if !strings.HasPrefix(word, "-") {
			return
		}
		name, value, joined := strings.Cut(word, "=")
		if !joined && slices.Contains(nodeValued, name) && i+1 < len(words) {
			i++
			value = words[i]
		}
		if strings.HasPrefix(name, "--env-file") {
			c.scriptFile(c.absolute(value), false, true)
			continue
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
