package policy

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Known are the names that one driver reads, TLS or not, in the versions that
// a client declares. A name that ends in an asterisk stands for all names with
// what is before it.
type Known struct {
	// Properties are settings in code. Nil: the rule refuses, or passes on to
	// the server, what the driver does not know.
	Properties []string
	// Parameters are those of the connection string. Nil is the same.
	Parameters []string
	// Given returns the parameters of a connection string; nil is none.
	Given func(connection string) map[string]string
	// Variables are those of the environment.
	Variables []string
	// Strict is the start of properties that only loosen what the driver does by
	// itself: one that it does not know is said, and decides nothing. Empty is none.
	Strict string
	// Fold says that the driver does not mind the case of names.
	Fold bool
}

// Unread is a setting that was declared and that the driver does not read.
type Unread struct {
	// Place is where it was declared: "properties", "connection" or
	// "environment".
	Place string
	// Name as it was declared.
	Name string
	// Meant is the driver's own name that was probably meant; empty is none.
	Meant string
	// Decides says that its name or its value is about TLS, trust or an
	// address: were it read, the verdict could be another.
	Decides bool
}

// Unread returns what a driver that knows these names leaves unread of the
// settings, by place and name. Of an environment, which may be a whole
// process's, it returns only what is about TLS, what is meant to be, and a
// PostgreSQL URL where no connection is given.
func (k Known) Unread(s Settings) []Unread {
	var all []Unread
	if k.Properties != nil {
		all = append(all, k.unread("properties", s.Properties, k.Properties)...)
	}
	if k.Parameters != nil && k.Given != nil {
		all = append(all, k.unread("connection", k.Given(s.Connection), k.Parameters)...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		url, meant := isPostgresURL(s.Environment[name]), Nearest(k.Variables, name)
		misspelt := meant != "" && aboutTLS(meant) && s.Environment[meant] == "" && !s.names(strings.TrimPrefix(meant, "PG"))
		if k.knows(k.Variables, name) || !url && !aboutTLS(name) && !misspelt || url && s.Connection != "" {
			continue
		}
		all = append(all, Unread{Place: "environment", Name: name, Meant: meant, Decides: url || misspelt})
	}
	return all
}

// names says whether the connection string or a property sets what a variable
// would, so that the variable plays no part.
func (s Settings) names(setting string) bool {
	setting = strings.ToLower(setting)
	_, property := s.Properties[setting]
	return property || strings.Contains(strings.ToLower(s.Connection), setting+"=")
}

func (k Known) unread(place string, given map[string]string, known []string) []Unread {
	var all []Unread
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !k.knows(known, name) {
			meant := Nearest(known, name)
			decides := ConcernsTransport(name, given[name]) || meant != "" && aboutTLS(meant)
			all = append(all, Unread{Place: place, Name: name, Meant: meant, Decides: decides && (k.Strict == "" || !strings.HasPrefix(name, k.Strict))})
		}
	}
	return all
}

func (k Known) knows(known []string, name string) bool {
	return slices.ContainsFunc(known, func(n string) bool {
		if prefix, all := strings.CutSuffix(n, "*"); all {
			return strings.HasPrefix(name, prefix)
		}
		return n == name || k.Fold && strings.EqualFold(n, name)
	})
}

// Nearest finds the known name that was probably meant by another one: it
// differs from the last part of it by its spelling, or by one letter that is
// missing, wrong, too much or in its neighbour's place. Empty is none.
func Nearest(known []string, name string) string {
	last := plain(name[strings.LastIndexByte(name, '.')+1:])
	for _, candidate := range known {
		if plain(candidate) == last || plain(candidate) == plain(name) {
			return candidate
		}
	}
	for _, candidate := range known {
		if len(last) > 3 && (oneLetterApart(plain(candidate), last) || oneLetterApart(plain(candidate), plain(name))) {
			return candidate
		}
	}
	return ""
}

// plain is a name without what spellings differ in.
func plain(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// oneLetterApart says whether one edit makes b of a.
func oneLetterApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return i < len(a) && a[i+1:] == b[i+1:] || swapped
	}
	return a[i:] == b[i+1:]
}

// isPostgresURL says whether a value is a connection URL of PostgreSQL, of
// whichever layer.
func isPostgresURL(value string) bool {
	scheme, _, found := strings.Cut(strings.TrimSpace(value), "://")
	scheme = strings.ToLower(scheme)
	return found && len(scheme) < 60 && (strings.Contains(scheme, "postgres") || strings.HasPrefix(scheme, "postgis"))
}

// NamesStoreOfOthers says whether the environment names a store by a variable
// of another runtime: where a store is declared, and no setting of the driver
// names a file, the declared one lies there, and this driver does not look.
func (s Settings) NamesStoreOfOthers() bool {
	for _, variable := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		if s.Environment[variable] != "" {
			return true
		}
	}
	return false
}

// StoreVariable returns the name of a variable that seems to name a file of roots,
// and that a driver which knows these names does not read; empty is none.
func (k Known) StoreVariable(environment map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		value := environment[name]
		spoken := aboutTLS(name) || slices.ContainsFunc(words(name), func(word string) bool { return slices.Contains([]string{"ca", "cas", "pem", "bundle"}, word) })
		file := NamesCertificates(value) || spoken && strings.IndexAny(value, "/~") == 0
		if file && !k.knows(k.Variables, name) && !ownCredential.MatchString(name) {
			return name
		}
	}
	return ""
}

// ownCredential finds variables of client certificates, keys and revocation lists.
var ownCredential = regexp.MustCompile(`(?i)key(?:_?file|_?path)?$|client|^PGSSL(?:CERT|CRL|CRLDIR)$`)
