package provider

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
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

// fieldsIn are the attributes of a configuration or a state.
func fieldsIn(ctx context.Context, schema attr.Type, raw tftypes.Value, diags *diag.Diagnostics) fields {
	value, err := schema.ValueFromTerraform(ctx, raw)
	if err != nil {
		diags.AddError("Unexpected Configuration", fmt.Sprintf("%v. This is a bug in the provider: please report it.", err))
	}
	return fieldsOf(value)
}

// field is one attribute; null where it has none of this type.
func field[V attr.Value](f fields, name string) V {
	value, _ := f[name].(V) // The zero values of the framework's types are null.
	return value
}

func (f fields) text(name string) string { return field[types.String](f, name).ValueString() }

// optional is nil where the text is null.
func (f fields) optional(name string) *string {
	return field[types.String](f, name).ValueStringPointer()
}

func (f fields) flag(name string) bool { return field[types.Bool](f, name).ValueBool() }

func (f fields) number(name string) int64 { return field[types.Int64](f, name).ValueInt64() }

func (f fields) duration(name string) time.Duration { return durationOf(f.text(name)) }

func (f fields) time(name string) time.Time { return timeOf(f.text(name)) }

// isSet says whether the attribute has a value that is not null. An unknown
// one is set.
func (f fields) isSet(name string) bool { return f[name] != nil && !f[name].IsNull() }

// given are those of the names that are set.
func (f fields) given(names ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !f.isSet(name) })
}

// texts reads a list of strings. Null is nil.
func (f fields) texts(name string) []string {
	list := field[types.List](f, name)
	if list.IsNull() || list.IsUnknown() {
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

// textMap reads a map of strings; null elements are left out. Null is nil.
func (f fields) textMap(name string) map[string]string {
	m := field[types.Map](f, name)
	if m.IsNull() || m.IsUnknown() {
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

// elements are those of a map, by their keys.
func (f fields) elements(name string) map[string]attr.Value {
	return field[types.Map](f, name).Elements()
}

// fieldsOfEach are the attributes of each object of a list.
func fieldsOfEach(value attr.Value) []fields {
	list, _ := value.(types.List)
	return each(list.Elements(), fieldsOf)
}

// each is what a function makes of each of all. Nil is nil.
func each[T, U any](all []T, of func(T) U) []U {
	if all == nil {
		return nil
	}
	made := make([]U, len(all))
	for i, one := range all {
		made[i] = of(one)
	}
	return made
}

// eachOf is the same for the values of a map.
func eachOf[T, U any](all map[string]T, of func(T) U) map[string]U {
	made := make(map[string]U, len(all))
	for key, one := range all {
		made[key] = of(one)
	}
	return made
}

// of are those of the values that are of these attributes.
func (as attributes) of(values fields) fields {
	kept := make(fields, len(as))
	for name := range as {
		kept[name] = values[name]
	}
	return kept
}

// object is a value with these attributes; what is not given is null.
func (as attributes) object(given fields) types.Object { return complete(as.objectType(), given) }

// list is a list of such objects.
func (as attributes) list(all []fields) types.List {
	kind := as.objectType()
	return types.ListValueMust(kind, each(all, func(given fields) attr.Value { return complete(kind, given) }))
}

// byName is a map of such objects.
func (as attributes) byName(all map[string]fields) types.Map {
	kind, elements := as.objectType(), make(map[string]attr.Value, len(all))
	for name, given := range all {
		elements[name] = complete(kind, given)
	}
	return types.MapValueMust(kind, elements)
}

// raw are the values as Terraform has them.
func (f fields) raw(ctx context.Context) map[string]tftypes.Value {
	values := make(map[string]tftypes.Value, len(f))
	for name, value := range f {
		values[name], _ = value.ToTerraformValue(ctx) // What was made here has a type.
	}
	return values
}

// complete fills in what is not given.
func complete(kind types.ObjectType, given fields) types.Object {
	ctx := context.Background()
	for name, wanted := range kind.AttrTypes {
		if given[name] == nil {
			given[name], _ = wanted.ValueFromTerraform(ctx, tftypes.NewValue(wanted.TerraformType(ctx), nil)) // Every type has null.
		}
	}
	return types.ObjectValueMust(kind.AttrTypes, given)
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
		return allKnown(maps.Values(v.Attributes()))
	case types.Map:
		return allKnown(maps.Values(v.Elements()))
	case interface{ Elements() []attr.Value }: // A list, a tuple or a set.
		return allKnown(slices.Values(v.Elements()))
	case types.Dynamic:
		return whollyKnown(v.UnderlyingValue())
	case types.String, types.Bool, types.Int64, types.Number:
		return true
	}
	return false // Whatever else there is may hold what is not known.
}

func allKnown(values iter.Seq[attr.Value]) bool {
	for value := range values {
		if !whollyKnown(value) {
			return false
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

// optionalTime is a time to the second; null for the zero time.
func optionalTime(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
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
	return types.MapValueMust(types.StringType, eachOf(m, func(value string) attr.Value { return types.StringValue(value) }))
}

// textList is a list of somebody else's texts.
func textList(values []string) types.List {
	return types.ListValueMust(types.StringType, each(values, func(s string) attr.Value { return shown(s) }))
}
