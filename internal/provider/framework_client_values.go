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
		return eachOf(v.Attributes(), undressed)
	case types.Map:
		return eachOf(v.Elements(), undressed)
	case types.List:
		return each(v.Elements(), undressed)
	case types.Tuple:
		return each(v.Elements(), undressed)
	case types.Set:
		return each(v.Elements(), undressed)
	}
	return nil
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
	return types.ListValueMust(types.StringType, each(texts, func(text string) attr.Value { return types.StringValue(text) }))
}
