package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// plain turns a value into texts, numbers, booleans, lists and objects of Go, as
// encoding/json gives them.
func plain(value attr.Value) any {
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
		return plain(v.UnderlyingValue())
	case types.Object:
		return plainMap(v.Attributes())
	case types.Map:
		return plainMap(v.Elements())
	case types.List:
		return plainList(v.Elements())
	case types.Tuple:
		return plainList(v.Elements())
	case types.Set:
		return plainList(v.Elements())
	}
	return nil
}

func plainMap(values map[string]attr.Value) map[string]any {
	all := make(map[string]any, len(values))
	for name, value := range values {
		all[name] = plain(value)
	}
	return all
}

func plainList(values []attr.Value) []any {
	all := make([]any, len(values))
	for i, value := range values {
		all[i] = plain(value)
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

// stringList is a list of strings as a value.
func stringList(texts []string) types.List {
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, elements)
}
