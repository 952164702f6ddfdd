package rdsserver

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Namespaces of the two APIs, by the Version parameter of a request.
const (
	rdsNamespace = "http://rds.amazonaws.com/doc/2014-10-31/"
	stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"
)

// maxRequestBytes bounds a request body: RDS requests are small.
const maxRequestBytes = 1 << 20

// call is one decoded request of the query API.
type call struct {
	action    string
	namespace string
	region    string // of the signature's credential scope; empty if unsigned
	accessKey string
	params    url.Values
	filters   []filter
}

type filter struct {
	name   string
	values []string
}

var credentialScope = regexp.MustCompile(`Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/`)

func readCall(r *http.Request) (call, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxRequestBytes)
	if err := r.ParseForm(); err != nil {
		return call{}, faultf(http.StatusBadRequest, "MalformedQueryString", "The query string contains a syntax error.")
	}
	c := call{action: r.Form.Get("Action"), namespace: rdsNamespace, params: r.Form}
	if c.action == "" {
		return call{}, faultf(http.StatusBadRequest, "MissingAction", "The request is missing an action.")
	}
	if r.Form.Get("Version") == "2011-06-15" {
		c.namespace = stsNamespace
	}
	if scope := credentialScope.FindStringSubmatch(r.Header.Get("Authorization")); scope != nil {
		c.accessKey, c.region = scope[1], scope[2]
	}
	c.filters = readFilters(r.Form)
	return c, nil
}

// unsigned reports whether AWS serves the action without a signature.
func (c call) unsigned() bool { return c.action == "AssumeRoleWithWebIdentity" }

func (c call) get(name string) string { return c.params.Get(name) }

// flag reads a boolean parameter, false when absent.
func (c call) flag(name string) bool { return strings.EqualFold(c.get(name), "true") }

// list reads Name.Member.1, Name.Member.2, … with either a member name of the
// API or the protocol's plain "member".
func (c call) list(name, member string) []string {
	var values []string
	for i := 1; ; i++ {
		value, ok := c.params[fmt.Sprintf("%s.%s.%d", name, member, i)]
		if !ok {
			value, ok = c.params[fmt.Sprintf("%s.member.%d", name, i)]
		}
		if !ok || len(value) == 0 {
			return values
		}
		values = append(values, value[0])
	}
}

// pairs reads a list of Key and Value structures.
func (c call) pairs(name, member string) map[string]string {
	pairs := map[string]string{}
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("%s.%s.%d.", name, member, i)
		if !c.params.Has(prefix + "Key") {
			prefix = fmt.Sprintf("%s.member.%d.", name, i)
		}
		if !c.params.Has(prefix + "Key") {
			return pairs
		}
		pairs[c.get(prefix+"Key")] = c.get(prefix + "Value")
	}
}

// number reads an integer parameter; absent gives the fallback.
func (c call) number(name string, fallback int) (int, error) {
	text := c.get(name)
	if text == "" {
		return fallback, nil
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		return 0, faultf(http.StatusBadRequest, "MalformedInput", "%s is not a number.", name)
	}
	return value, nil
}

func readFilters(form url.Values) []filter {
	var filters []filter
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("Filters.Filter.%d.", i)
		if !form.Has(prefix + "Name") {
			return filters
		}
		f := filter{name: form.Get(prefix + "Name")}
		for j := 1; form.Has(fmt.Sprintf("%sValues.Value.%d", prefix, j)); j++ {
			f.values = append(f.values, form.Get(fmt.Sprintf("%sValues.Value.%d", prefix, j)))
		}
		filters = append(filters, f)
	}
}

// lookup gives a record's names for a filter, and whether the action supports
// that filter at all.
type lookup func(filterName string) (names []string, supported bool)

// accepts reports whether a record with these names passes every filter.
func (c call) accepts(names lookup) (bool, error) {
	for _, f := range c.filters {
		have, supported := names(f.name)
		if !supported {
			return false, faultf(http.StatusBadRequest, "InvalidParameterValue", "Unrecognized filter name: %s", f.name)
		}
		if !slices.ContainsFunc(f.values, func(want string) bool {
			return slices.ContainsFunc(have, func(name string) bool { return strings.EqualFold(name, want) })
		}) {
			return false, nil
		}
	}
	return true, nil
}
