package policy

import "strings"

// JavaVariables are the variables that every JVM, or its command, reads by itself.
var JavaVariables = []string{"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"}

// JavaOptions splits the value of an option variable at white space outside of
// quotes, and takes the quotes away. An empty option says nothing.
//
// Source: OpenJDK 17, Arguments::parse_options_buffer.
func JavaOptions(text string) []string {
	var options []string
	var b strings.Builder
	var quote rune
	for _, c := range text {
		switch {
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && strings.ContainsRune(" \t\n\v\f\r", c):
			options = append(options, b.String())
			b.Reset()
		default:
			b.WriteRune(c)
		}
	}
	return append(options, b.String())
}

// JavaProperty is the system property that an option of the JVM sets.
func JavaProperty(option string) (name, value string, is bool) {
	property, is := strings.CutPrefix(option, "-D")
	name, value, _ = strings.Cut(property, "=")
	return name, value, is
}

// JavaTLS says whether a system property is about the TLS of the JVM.
func JavaTLS(name string) bool {
	return strings.HasPrefix(name, "javax.net.ssl.") || strings.HasPrefix(name, "jdk.tls.")
}
