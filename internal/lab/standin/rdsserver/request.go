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

// signed returns who signed a request, and for which Region; empty without a
// signature.
func signed(r *http.Request) (accessKey, region string) {
	if scope := credentialScope.FindStringSubmatch(r.Header.Get("Authorization")); scope != nil {
		accessKey, region = scope[1], scope[2]
	}
	return accessKey, region
}

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
	c.accessKey, c.region = signed(r)
	c.filters = readFilters(r.Form)
	return c, nil
}

func (c call) get(name string) string { return c.params.Get(name) }

// flag reads a boolean parameter, false when absent.
func (c call) flag(name string) bool { return strings.EqualFold(c.get(name), "true") }

// list reads Name.member.1, Name.member.2, …
func (c call) list(name string) []string {
	var values []string
	for c.params.Has(fmt.Sprintf("%s.member.%d", name, len(values)+1)) {
		values = append(values, c.get(fmt.Sprintf("%s.member.%d", name, len(values)+1)))
	}
	return values
}

// pairs reads a list of Key and Value structures.
func (c call) pairs(name, member string) map[string]string {
	pairs := map[string]string{}
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("%s.%s.%d.", name, member, i)
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

// accepts reports whether a record passes every filter. names gives its names
// for a filter, and whether the action supports that filter at all.
func (c call) accepts(names func(filter string) (names []string, supported bool)) (bool, error) {
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
