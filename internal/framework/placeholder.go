package framework

import (
	"regexp"
	"strings"
)

// A syntax is how a framework fills placeholders in: each pattern's first group
// is the variable's name, and the second one, where it takes part, the default.
type syntax []*regexp.Regexp

var (
	// springSyntax is ${NAME} and ${NAME:default}, of Spring and of SmallRye.
	springSyntax = syntax{regexp.MustCompile(`\$\{([^}:]+)(?::([^}]*))?\}`)}
	// erbSyntax are the ways in which a database.yml reads a variable.
	erbSyntax = syntax{
		regexp.MustCompile(`<%=\s*ENV\[["'](\w+)["']\]\s*(?:\|\|\s*["']?([^"'%]*?)["']?\s*)?-?%>`),
		regexp.MustCompile(`<%=\s*ENV\.fetch\(?\s*["'](\w+)["']\s*(?:,\s*["']?([^"')]*)["']?\s*)?\)?\s*-?%>`),
		regexp.MustCompile(`<%=\s*ENV\.fetch\(?\s*["'](\w+)["']\s*\)?\s*\{\s*["']?([^"'}]*?)["']?\s*\}\s*-?%>`),
	}
	// dbtSyntax is dbt's env_var.
	dbtSyntax = syntax{regexp.MustCompile(`\{\{\s*env_var\(\s*["'](\w+)["']\s*(?:,\s*["']([^"']*)["']\s*)?\)\s*(?:\|\s*\w+\s*)?\}\}`)}
	// prismaSyntax is a schema's env("NAME").
	prismaSyntax = syntax{regexp.MustCompile(`^env\(["'](\w+)["']\)()$`)}
)

// expand returns the settings with their placeholders filled in. What a lookup
// does not have, and has no default, stays as it is.
func (s syntax) expand(value any, lookup func(string) (string, bool)) any {
	switch v := value.(type) {
	case string:
		return s.text(v, lookup)
	case map[string]any:
		expanded := make(map[string]any, len(v))
		for name, inner := range v {
			expanded[name] = s.expand(inner, lookup)
		}
		return expanded
	case []any:
		expanded := make([]any, len(v))
		for i, inner := range v {
			expanded[i] = s.expand(inner, lookup)
		}
		return expanded
	}
	return value
}

func (s syntax) text(text string, lookup func(string) (string, bool)) string {
	for _, pattern := range s {
		var b strings.Builder
		rest := 0
		for _, at := range pattern.FindAllStringSubmatchIndex(text, -1) {
			b.WriteString(text[rest:at[0]])
			rest = at[1]
			switch value, set := lookup(text[at[2]:at[3]]); {
			case set:
				b.WriteString(value)
			case at[4] >= 0 && at[5] > at[4]:
				b.WriteString(text[at[4]:at[5]])
			default:
				b.WriteString(text[at[0]:at[1]])
			}
		}
		b.WriteString(text[rest:])
		text = b.String()
	}
	return text
}

// filled is the request with its placeholders filled in from the environment.
func (r request) filled(s syntax) request {
	lookup := func(name string) (string, bool) {
		value, set := r.options.Environment[name]
		return value, set
	}
	r.text = s.text(r.text, lookup)
	values, _ := s.expand(r.settings.values, lookup).(map[string]any)
	r.settings = newSection("", values)
	return r
}
