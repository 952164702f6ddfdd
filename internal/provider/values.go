package provider

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// fields reads the attributes of one nested object. A missing, null or
// unknown attribute reads as its zero value; ask known before.
type fields map[string]attr.Value

// fieldsOf returns the attributes of an object value, or none.
func fieldsOf(value attr.Value) fields {
	object, isObject := value.(types.Object)
	if !isObject || object.IsNull() || object.IsUnknown() {
		return nil
	}
	return object.Attributes()
}

// field is one attribute; null where it has none of this type.
func field[V attr.Value](f fields, name string) V {
	value, _ := f[name].(V) // The zero values of the framework's types are null.
	return value
}

func (f fields) text(name string) string {
	if s, isString := f[name].(types.String); isString {
		return s.ValueString()
	}
	return ""
}

// isSet says whether the attribute has a value that is not null. An unknown
// one is set.
func (f fields) isSet(name string) bool { return f[name] != nil && !f[name].IsNull() }

// given are those of the names that are set.
func (f fields) given(names ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !f.isSet(name) })
}

// texts reads a list of strings.
func (f fields) texts(name string) []string {
	list, isList := f[name].(types.List)
	if !isList || list.IsNull() || list.IsUnknown() {
		return nil
	}
	values := make([]string, 0, len(list.Elements()))
	for _, element := range list.Elements() {
		if s, isString := element.(types.String); isString {
			values = append(values, s.ValueString())
		}
	}
	return values
}

// textMap reads a map of strings; null elements are left out.
func (f fields) textMap(name string) map[string]string {
	m, isMap := f[name].(types.Map)
	if !isMap || m.IsNull() || m.IsUnknown() {
		return nil
	}
	values := make(map[string]string, len(m.Elements()))
	for key, element := range m.Elements() {
		if s, isString := element.(types.String); isString && !s.IsNull() {
			values[key] = s.ValueString()
		}
	}
	return values
}

// whollyKnown says whether a value, and everything inside it, is known.
func whollyKnown(value attr.Value) bool {
	if value == nil || value.IsNull() {
		return true
	}
	if value.IsUnknown() {
		return false
	}
	switch v := value.(type) {
	case types.Object:
		for _, inner := range v.Attributes() {
			if !whollyKnown(inner) {
				return false
			}
		}
	case types.Map:
		for _, inner := range v.Elements() {
			if !whollyKnown(inner) {
				return false
			}
		}
	case types.List:
		for _, inner := range v.Elements() {
			if !whollyKnown(inner) {
				return false
			}
		}
	}
	return true
}

// printable writes what others wrote so that a terminal prints it and does
// nothing else: control characters, and those that turn the direction of
// writing, become escapes such as \u001b. Ends of lines stay.
func printable(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if unprintable(r) {
			quoted := strconv.QuoteToASCII(string(r))
			out.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

func unprintable(r rune) bool {
	return r != '\n' && r != '\u00a0' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r))
}

// optionalText is null for the empty string: an output that has nothing to
// say is null.
func optionalText(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return shown(s)
}

// shown is a text of somebody else's as a value.
func shown(s string) types.String { return types.StringValue(printable(s)) }

// shownMap is stringMap of somebody else's.
func shownMap(m map[string]string) types.Map {
	all := make(map[string]string, len(m))
	for key, value := range m {
		all[printable(key)] = printable(value)
	}
	return stringMap(all)
}

// stringMap is a map of strings as a value.
func stringMap(m map[string]string) types.Map {
	elements := make(map[string]attr.Value, len(m))
	for key, value := range m {
		elements[key] = types.StringValue(value)
	}
	return types.MapValueMust(types.StringType, elements)
}
