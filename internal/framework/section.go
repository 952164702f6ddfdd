package framework

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The bounds of settings.
const (
	maxDepth   = 16
	maxEntries = 10_000
)

// measure refuses settings that are nested too deep or too many.
func measure(value any, depth int, entries *int) error {
	*entries++
	if depth > maxDepth || *entries > maxEntries {
		return fmt.Errorf("%w: the limits are %d levels and %d values", ErrTooLarge, maxDepth, maxEntries)
	}
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			if err := measure(inner, depth+1, entries); err != nil {
				return err
			}
		}
	case []any:
		for _, inner := range v {
			if err := measure(inner, depth+1, entries); err != nil {
				return err
			}
		}
	}
	return nil
}

//go:embed kept.tsv
var keptText string

// kept are the settings that a framework keeps for itself.
var kept = func() map[string][]string {
	names := map[string][]string{}
	for line := range strings.Lines(keptText) {
		if framework, list, listed := strings.Cut(line, "\t"); listed {
			names[framework] = strings.Fields(list)
		}
	}
	return names
}()

// section is one object of the settings. What is not taken out of it is
// unread.
type section struct {
	path   string
	values map[string]any
	taken  map[string]bool
}

func newSection(path string, values map[string]any) section {
	return section{path: path, values: values, taken: map[string]bool{}}
}

// take returns a value and marks it as read; null counts as not given.
func (s section) take(name string) (value any, given bool) {
	value, given = s.values[name]
	if given {
		s.taken[name] = true
	}
	return value, given && value != nil
}

// text returns the first of the names that is given, as a text. All of them
// count as read.
func (s section) text(names ...string) string {
	var found string
	for _, name := range slices.Backward(names) {
		if value, given := s.take(name); given {
			found = scalar(value)
		}
	}
	return found
}

// inner returns an object inside of this one; an empty one where there is none.
func (s section) inner(name string) section {
	value, _ := s.take(name)
	values, _ := value.(map[string]any)
	return newSection(s.path+name+".", values)
}

// own marks names as the framework's own: read, and no setting of a
// connection's transport.
func (s section) own(names ...string) {
	for _, name := range names {
		s.taken[name] = true
	}
}

// rest returns, sorted, the names that were not taken.
func (s section) rest() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.values)), func(name string) bool { return s.taken[name] })
}

// unreadInto adds what was not taken.
func (s section) unreadInto(c *Client) {
	for _, name := range s.rest() {
		flatten(c.Unread, s.path+name, s.values[name])
	}
}

// handOn hands everything that was not taken on to the driver, written by write.
func (s section) handOn(c *Client, write func(any) string) {
	for _, name := range s.rest() {
		c.Properties[name] = write(s.values[name])
	}
}

// renamed hands on the settings that have a value, under the driver's names for them.
func (s section) renamed(c *Client, keywords map[string]string) {
	for name, keyword := range keywords {
		c.set(keyword, s.text(name))
	}
}

// done is a rule's answer where there is one client: what is neither taken nor the
// framework's own is unread.
func (s section) done(c Client, own ...string) []Alternative {
	s.own(own...)
	s.unreadInto(&c)
	return one(c)
}

// flatten writes a value, and what is inside of it, by dotted names.
func flatten(into map[string]string, name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for inner := range v {
			flatten(into, name+"."+inner, v[inner])
		}
	case []any:
		for i := range v {
			flatten(into, name+"."+strconv.Itoa(i), v[i])
		}
	default:
		into[name] = scalar(value)
	}
}

// scalar writes a text, number or boolean as people write it; null is empty,
// and so is what has parts.
func scalar(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return v.String()
	}
	return ""
}

// truthy says whether Python, Ruby and JavaScript agree on true, for what
// decoded files hold: false, null, nothing and zero are not.
func truthy(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	case bool:
		return v
	}
	text := scalar(value)
	return text != "" && text != "0"
}

// list is a value that is a list, or one element.
func list(value any) []string {
	elements, many := value.([]any)
	if !many {
		return []string{scalar(value)}
	}
	texts := make([]string, len(elements))
	for i, element := range elements {
		texts[i] = scalar(element)
	}
	return texts
}

// flatSection is the settings as dotted names, whether they were written
// nested or dotted, without a prefix.
func flatSection(values map[string]any) map[string]string {
	flat := map[string]string{}
	for name, value := range values {
		flatten(flat, name, value)
	}
	return flat
}

// anyBelow says whether one of the dotted names is below a prefix.
func anyBelow(flat map[string]string, prefix string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(flat)), func(name string) bool { return strings.HasPrefix(name, prefix) })
}

// client starts a client of a driver.
func client(driver string) Client {
	return Client{Driver: driver, Properties: map[string]string{}, Unread: map[string]string{}}
}

// set adds a property that has a value.
func (c *Client) set(name, value string) {
	if value != "" {
		c.Properties[name] = value
	}
}

// add sets what the framework brings by itself.
func (c *Client) add(name, value string) {
	c.Properties[name] = value
	c.Added = append(c.Added, name)
}

// address sets the parts of a URL that have a value, the database under the driver's
// name for it.
func (c *Client) address(u urlParts, database string) {
	for name, value := range map[string]string{"host": u.host, "port": u.port, "user": u.user, database: u.database} {
		c.set(name, value)
	}
}

// one is a rule's answer where there is one client.
func one(c Client) []Alternative { return []Alternative{{Client: c}} }

// refused is a framework that does not start.
func refused(driver, text string) []Alternative {
	c := client(driver)
	c.StartError = text
	return one(c)
}

// undecided is a framework of which the rules do not know.
func undecided(driver, why string) []Alternative {
	c := client(driver)
	c.Undecided = why
	return one(c)
}

// hasAnyPrefix says whether a text starts with one of the prefixes.
func hasAnyPrefix(text string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
}
