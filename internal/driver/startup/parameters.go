// Package startup knows the run-time parameters that a driver sends to the
// server in its startup message.
package startup

import (
	_ "embed"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// the table is data of the program

// serverParametersText lists the run-time parameters of PostgreSQL 12 to 18,
// with what a client may do with each at the start of a session.
//
// Source: pg_settings (name, context) of the seven majors.
//
//go:embed server_parameters.tsv
var serverParametersText string

// The classes of run-time parameters.
const (
	parameterSession = "session" // every role, in every version
	parameterFixed   = "fixed"   // no session
	parameterOther   = "other"   // some roles, or some versions
)

// runtimeParameters holds the class of each parameter by its lower-case name.
var runtimeParameters = sync.OnceValue(func() map[string]string {
	classes := map[string]string{}
	for line := range strings.Lines(serverParametersText) {
		if name, class, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			classes[strings.ToLower(name)] = class
		}
	}
	return classes
})

// extensionParameter is the form of an extension's parameter.
var extensionParameter = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)+$`)

// WithParameters is the policy of a client that sends parameters to the
// server at the start of its session. One that no server knows, or that no
// session can change, ends every session.
//
// A name with a dot is an extension's, and taken whether or not the extension
// is there.
func WithParameters(p policy.Policy, parameters map[string]string) policy.Policy {
	if p.Rejection != nil || p.Undecided != "" {
		return p
	}
	for _, name := range append(slices.Sorted(maps.Keys(parameters)), optionNames(parameters["options"])...) {
		switch runtimeParameters()[strings.ToLower(name)] {
		case parameterSession:
		case parameterFixed:
			p.Rejection = byServer("the driver sends "+name+" to the server, which does not let a session set it", "cannot be changed")
			return p
		case parameterOther:
			p.Doubt = "whether the server accepts " + name + " depends on its version and on the role"
		default:
			switch {
			case name == "options":
			case extensionParameter.MatchString(name) && policy.ConcernsTransport(name, parameters[name]):
				p.Doubt = policy.ForExtension(name)
			case !extensionParameter.MatchString(name):
				p.Rejection = byServer("the driver sends "+name+" to the server, which has no such parameter", "unrecognized configuration parameter")
				if strings.Contains(name, "://") {
					// A URL was taken for a keyword: the client goes to its default host,
					// and what that says is not known.
					p.Rejection.Client, p.Rejection.ByServer = "", false
				}
				return p
			}
		}
	}
	return p
}

// byServer is a refusal of the server's, at the start of a session.
func byServer(detail, client string) *policy.Rejection {
	refusal := policy.Invalid(detail, client)
	refusal.ByServer = true
	return refusal
}

// optionNames are the parameters in the value of options: "-c name=value" or
// "--name=value".
func optionNames(options string) []string {
	var names []string
	fields := strings.Fields(options)
	for i, field := range fields {
		pair, long := strings.CutPrefix(field, "--")
		if !long {
			switch {
			case field == "-c" && i+1 < len(fields):
				pair = fields[i+1]
			case strings.HasPrefix(field, "-c"):
				pair = field[2:]
			default:
				continue
			}
		}
		if name, _, ok := strings.Cut(pair, "="); ok {
			names = append(names, strings.ReplaceAll(name, "-", "_"))
		}
	}
	return names
}
