package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// undressed turns a value into texts, numbers, booleans, lists and objects of Go, as
// encoding/json gives them.
func undressed(value attr.Value) any {
	if value == nil || value.IsNull() {
		return nil
	}
	switch v := value.(type) {
	case types.String:
		return v.ValueString()
	case types.Bool:
		return v.ValueBool()
	case types.Number:
		return json.Number(v.ValueBigFloat().Text('f', -1))
	case types.Dynamic:
		return undressed(v.UnderlyingValue())
	case types.Object:
		return undressedMap(v.Attributes())
	case types.Map:
		return undressedMap(v.Elements())
	case types.List:
		return undressedList(v.Elements())
	case types.Tuple:
		return undressedList(v.Elements())
	case types.Set:
		return undressedList(v.Elements())
	}
	return nil
}

func undressedMap(values map[string]attr.Value) map[string]any {
	all := make(map[string]any, len(values))
	for name, value := range values {
		all[name] = undressed(value)
	}
	return all
}

func undressedList(values []attr.Value) []any {
	all := make([]any, len(values))
	for i, value := range values {
		all[i] = undressed(value)
	}
	return all
}

// objectOf is an object with these attributes, of their own types.
func objectOf(values map[string]attr.Value) types.Object {
	kinds := make(map[string]attr.Type, len(values))
	for name, value := range values {
		kinds[name] = value.Type(context.Background())
	}
	return types.ObjectValueMust(kinds, values)
}

// notEmptyMap is a map of strings as a value; null where it has none: Terraform
// prints a line for each attribute that is not null.
func notEmptyMap(m map[string]string) types.Map {
	if len(m) == 0 {
		return types.MapNull(types.StringType)
	}
	return stringMap(m)
}

// stringList is a list of strings as a value; null where it has none.
func stringList(texts []string) types.List {
	if len(texts) == 0 {
		return types.ListNull(types.StringType)
	}
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, elements)
}
