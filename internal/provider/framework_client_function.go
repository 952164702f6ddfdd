package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/framework"
)

// frameworkClientFunction turns a framework's configuration into a client.
func frameworkClientFunction() function.Function {
	return providerFunction{name: "framework_client", run: runFrameworkClient, definition: function.Definition{
		Summary: "A client from a framework's configuration",
		MarkdownDescription: "Works out, from the configuration that a framework reads, which settings the framework passes to its driver. Returns a client with these settings, for the argument `clients` of `sslready_trust_store_validation` and `sslready_readiness`. " +
			"The client's attribute `framework` says what the framework silently drops (`unread`), whether the framework starts at all (`start_error`), and what it adds by itself (`added`).\n\n" +
			"| framework | settings | versions | checked against |\n| --- | --- | --- | --- |\n" + frameworkRows() +
			"\nPasswords and private keys in the settings never reach the result. If Terraform marks the settings as sensitive, the whole result is sensitive.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "framework", MarkdownDescription: "One of " + codeList(framework.Names(), " or ") + "."},
			function.DynamicParameter{Name: "settings", MarkdownDescription: "The configuration, either decoded (`yamldecode`, `jsondecode` or an object) or as a string such as a URL; see the table."},
		},
		VariadicParameter: function.DynamicParameter{
			Name: "overrides",
			MarkdownDescription: "At most one object, which may contain `framework_version` and any attributes of a client. These attributes take precedence over the settings; `environment` and `properties` are merged key by key. " +
				"Placeholders in the settings are filled in from `environment`. If `framework_version`, `driver` or `driver_version` is left out, the function tries all values that the provider's rules cover.",
		},
		Return: function.DynamicReturn{},
	}}
}

// frameworkRows are the rows of the table of frameworks.
func frameworkRows() string {
	var rows strings.Builder
	for _, f := range framework.All() {
		judge := f.Judge
		if judge == "" {
			judge = "the source code"
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s and later | %s |\n", f.Name, f.Reads, f.Versions[0], judge)
	}
	return rows.String()
}

func runFrameworkClient(ctx context.Context, given function.ArgumentsData) (any, *function.FuncError) {
	var name string
	var settings types.Dynamic
	var more []types.Dynamic
	if failed := given.Get(ctx, &name, &settings, &more); failed != nil {
		return nil, failed
	}
	overrides, failed := frameworkOverrides(more)
	if failed != nil {
		return nil, failed
	}
	if !whollyKnown(settings.UnderlyingValue()) || !overrides.decided() {
		return types.DynamicUnknown(), nil
	}
	options, failed := overrides.options()
	if failed != nil {
		return nil, failed
	}
	result, err := framework.Resolve(name, undressed(settings.UnderlyingValue()), options)
	switch {
	case errors.Is(err, framework.ErrUnknownFramework):
		return nil, function.NewArgumentFuncError(0, fmt.Sprintf("unknown framework %q; known frameworks are %s", name, strings.Join(framework.Names(), ", ")))
	case errors.Is(err, framework.ErrDriver):
		return nil, function.NewArgumentFuncError(2, err.Error())
	case err != nil:
		return nil, function.NewArgumentFuncError(1, err.Error())
	}
	return types.DynamicValue(overrides.client(name, options, result)), nil
}

// clientOverrides are attributes of a client that are given beside the
// framework's settings.
type clientOverrides map[string]attr.Value

// frameworkVersion is the one override that is no attribute of a client.
const frameworkVersion = "framework_version"

// frameworkOverrides reads the last argument, and refuses a name that no client
// has: Terraform would drop it without a word.
func frameworkOverrides(more []types.Dynamic) (clientOverrides, *function.FuncError) {
	const argument = 2
	if len(more) > 1 {
		return nil, function.NewArgumentFuncError(argument+1, "pass at most one overrides object")
	}
	if len(more) == 0 || more[0].UnderlyingValue() == nil || more[0].UnderlyingValue().IsNull() {
		return clientOverrides{}, nil
	}
	var given map[string]attr.Value
	switch v := more[0].UnderlyingValue().(type) {
	case types.Object:
		given = v.Attributes()
	case types.Map:
		given = v.Elements()
	default:
		return nil, function.NewArgumentFuncError(argument, "\"overrides\" must be an object")
	}
	known := clientAttributes()
	delete(known, "framework")
	names := append(sortedKeys(known), frameworkVersion)
	for _, name := range sortedKeys(given) {
		if !slices.Contains(names, name) {
			return nil, function.NewArgumentFuncError(argument, fmt.Sprintf("\"overrides\" has no attribute %q; its attributes are %s", name, strings.Join(names, ", ")))
		}
	}
	return given, nil
}

// readOverrides are those on which the client depends; the others are passed on.
var readOverrides = []string{frameworkVersion, "driver", "driver_version", "runtime_version", "connection", "environment", "properties"}

// decided says whether what the client depends on is known.
func (o clientOverrides) decided() bool {
	return !slices.ContainsFunc(readOverrides, func(name string) bool { return !whollyKnown(o[name]) })
}

func (o clientOverrides) options() (framework.Options, *function.FuncError) {
	var options framework.Options
	for name, into := range map[string]*string{frameworkVersion: &options.Version, "driver": &options.Driver, "driver_version": &options.DriverVersion} {
		text, fits := scalar(o[name])
		if !fits {
			return options, function.NewArgumentFuncError(2, "overrides: "+name+" must be a string")
		}
		*into = text
	}
	for _, name := range []string{"environment", "properties"} {
		values, fits := scalars(o[name])
		if !fits {
			return options, function.NewArgumentFuncError(2, "overrides: "+name+" must be a map of strings")
		}
		if name == "environment" {
			options.Environment = values // Its secrets are taken out later.
			continue
		}
		for _, key := range sortedKeys(values) {
			if secret := driver.SecretIn(key, values[key]); secret != "" {
				return options, function.NewArgumentFuncError(2, fmt.Sprintf("overrides: \"properties\" contains %s: leave it out", secret))
			}
		}
	}
	return options, nil
}

// client is the object that goes into clients.
func (o clientOverrides) client(name string, options framework.Options, result framework.Result) types.Object {
	values := maps.Clone(o)
	delete(values, frameworkVersion)
	maps.Copy(values, o.settings(result.Client))
	if _, given := o["environment"]; given {
		values["environment"] = stringMap(result.Environment)
	}
	about := map[string]attr.Value{
		"name": types.StringValue(name), "version": optionalText(options.Version),
		"unread": notEmptyMap(result.Unread), "added": stringList(result.Added),
		"start_error": optionalText(result.StartError), "undecided": optionalText(result.Undecided),
		"alternatives": o.alternatives(result.Alternatives),
	}
	values["framework"] = objectOf(about)
	return objectOf(values)
}

// settings are the attributes that a framework's client sets, with the
// overrides over them.
func (o clientOverrides) settings(c framework.Client) map[string]attr.Value {
	properties := maps.Clone(c.Properties)
	given, _ := scalars(o["properties"])
	maps.Copy(properties, given)
	values := map[string]attr.Value{
		"driver": types.StringValue(c.Driver), "driver_version": optionalText(c.DriverVersion),
		"connection": types.StringValue(c.Connection), "properties": stringMap(properties),
	}
	for _, name := range []string{"driver_version", "runtime_version", "connection"} {
		if text, _ := scalar(o[name]); text != "" {
			values[name] = types.StringValue(text)
		}
	}
	return values
}

func (o clientOverrides) alternatives(all []framework.Alternative) attr.Value {
	if len(all) == 0 {
		return types.TupleNull([]attr.Type{})
	}
	elements := make([]attr.Value, len(all))
	kinds := make([]attr.Type, len(all))
	for i, a := range all {
		values := o.settings(a.Client)
		values["when"] = types.StringValue(a.When)
		values["start_error"], values["undecided"] = optionalText(a.StartError), optionalText(a.Undecided)
		elements[i] = objectOf(values)
		kinds[i] = elements[i].Type(context.Background())
	}
	return types.TupleValueMust(kinds, elements)
}

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
	case interface{ Elements() []attr.Value }: // A list, a tuple or a set.
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
