package deployment

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A container's command can set what the image's configuration does not say:
// variables, options of the JVM and of Node, which are taken over, and in a
// script what nobody knows before it has run.

var (
	assigned = regexp.MustCompile(`(?m)(?:^|[\s;&|("'])([A-Z_][A-Z0-9_]*)=|\$\{([A-Z_][A-Z0-9_]*):?=|\bunset\s+(?:-v\s+)?([A-Z_][A-Z0-9_ ]*)`)
	sourced  = regexp.MustCompile(`(?m)(?:^|[;&|({]|\b(?:then|do|else))\s*(?:\.|source)\s+["']?(\$\([^)]*\)[^\s"';&|)]*|[^\s"';&|)]+)|\bexport\s+["']?(\$\([^)\n]*\))`)
	// executed are programs that a script runs by their path; those of the
	// distribution are none of its own scripts.
	executed     = regexp.MustCompile(`(?m)(?:^|[;&|({]|\b(?:then|do|else|exec))\s*(?:exec\s+)?["']?((?:\./|\.\./|/)[^\s"';&|(){}$` + "`" + `]+|[\w.-]+\.sh\b)`)
	distributed  = regexp.MustCompile(`^/(?:usr/)?s?bin/`)
	switched     = regexp.MustCompile(`(?m)(?:^|[\s;&|(])(?:` + switches + `)\s+\S`)
	javaOption   = regexp.MustCompile(`(?:^|[^\w.])-D((?:javax\.net\.ssl|jdk\.tls)\.[A-Za-z.]+)=`)
	storesChange = regexp.MustCompile(`\bupdate-ca-certificates\b|\bupdate-ca-trust\b|\btrust\s+anchor\b|\bkeytool\b[^\n]*-import|\bopenssl\s+rehash\b|\bc_rehash\b`)
	shells       = regexp.MustCompile(`^(ba|da|a|z|k|)sh$`)
	shellOption  = regexp.MustCompile(`^-[A-Za-z]+$`)
	switchers    = regexp.MustCompile(`^(?:` + switches + `)$`)
	// lambdaStarts are the commands of an image of AWS Lambda: of its own base
	// images, and of its clients for others.
	lambdaStarts = regexp.MustCompile(`^lambda-entrypoint\.sh$|^awslambdaric$|^aws-lambda-ric$|^aws-lambda-rie$`)
)

const (
	maxScript  = 1 << 20
	maxScripts = 64
	// switches start a program as another user.
	switches = `gosu|su-exec|setpriv|runuser|s6-setuidgid|chpst|sudo|su`
)

// startup reads the command.
func (c *completion) startup(config Config) {
	words := slices.Concat(config.Entrypoint, config.Cmd)
	shell := false
	for i := 0; i < len(words); i++ {
		word, program := words[i], path.Base(words[i])
		switch {
		case shells.MatchString(program):
			shell = true
		case shell && shellOption.MatchString(word) && strings.ContainsAny(word, "cl"):
			if strings.Contains(word, "l") {
				c.login()
			}
			if strings.Contains(word, "c") && i+1 < len(words) {
				i++
				c.script("the command of the image", words[i])
			}
		case program == "env":
			i += c.assignments(words[i+1:])
		case program == "java":
			c.javaOptions(words[i+1:])
		case program == "node":
			c.nodeOptions(words[i+1:])
		case switchers.MatchString(program):
			c.otherUser()
		case strings.HasPrefix(word, "/cnb/"):
			c.buildpacks(word)
		case lambdaStarts.MatchString(program):
			c.ofLambda()
		default:
			c.scriptFile(word, i == 0, shell)
		}
	}
	if c.all["LAMBDA_TASK_ROOT"] != "" {
		c.ofLambda()
	}
	c.javaVariables()
}

// assignments takes what the program env sets, and returns how many words that
// are.
func (c *completion) assignments(words []string) int {
	for i, word := range words {
		name, value, ok := strings.Cut(word, "=")
		switch {
		case strings.HasPrefix(word, "-") && word != "--":
			c.unknown("the command of the image changes the environment (env %s): declare \"command\" without that part, and \"environment\" as it is after the change", word)
		case word == "--":
		case !ok:
			return i
		default:
			c.set(name, value)
		}
	}
	return len(words)
}

// set sets a variable that is not declared.
func (c *completion) set(name, value string) {
	if _, declared := c.declared.Environment[name]; declared || secret(name, value) {
		return
	}
	switch c.all[name] = value; name {
	case "HOME":
		c.process.home = value
	case "PATH":
		c.path = value
	}
	if matters(name, value) {
		c.Settings.Environment[name] = value
	}
}

// otherUser notes that the start leaves root for a user that only it knows.
func (c *completion) otherUser() {
	if c.process.known && c.process.uid == 0 {
		c.process = process{home: c.declared.Environment["HOME"], uid: nobody, known: true}
	}
}

// ofLambda notes that AWS Lambda runs the image, as a user of its own and with
// a home of its own.
//
// Source: AWS Lambda, "Create a Lambda function using a container image".
func (c *completion) ofLambda() {
	c.process, c.lambdaImage = process{home: c.declared.Environment["HOME"], uid: nobody, known: true}, true
}

// buildpacks notes what the launcher of Cloud Native Buildpacks does: it sets the
// variables that its layers have as files, and runs programs that may add to
// trust stores, as Paketo's do.
//
// Source: buildpacks/spec, buildpack.md, "Provided by the Buildpacks";
// paketo-buildpacks/libjvm, helper/openssl_certificate_loader.go.
func (c *completion) buildpacks(launcher string) {
	c.changes = launcher + " may change trust stores when the container starts"
	for _, pattern := range []string{"layers/*/*/env/*", "layers/*/*/env.launch/*", "layers/*/*/env.launch/*/*"} {
		files, err := fs.Glob(c.files, pattern)
		if err != nil {
			continue // The pattern is right.
		}
		for _, file := range files {
			name, _, _ := strings.Cut(path.Base(file), ".")
			content, err := fs.ReadFile(c.files, file)
			switch {
			case !c.decides(name):
			case err != nil:
				c.unknown("it is not known what %s sets when the container starts, since that file cannot be read: %s", absolute(file), reason(err))
			case !strings.HasSuffix(name, "_OPTIONS") || javaOption.Match(content):
				c.sets(absolute(file), name)
			}
		}
	}
}

// login reads what a login shell reads.
func (c *completion) login() {
	names := []string{"/etc/profile"}
	if folder, err := fs.Glob(c.files, "etc/profile.d/*.sh"); err == nil {
		for _, name := range folder {
			names = append(names, absolute(name))
		}
	}
	for _, name := range []string{".bash_profile", ".bash_login", ".profile"} {
		names = append(names, path.Join(c.process.home, name))
	}
	for _, name := range names {
		c.scriptFile(name, false, true)
	}
}
