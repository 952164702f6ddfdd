package provider

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// connectionTLSFunction says what a client's settings mean for TLS.
func connectionTLSFunction() function.Function {
	return providerFunction{name: "connection_tls", run: runConnectionTLS, definition: function.Definition{
		Summary: "What a client's settings mean for TLS",
		MarkdownDescription: "Returns how a driver interprets a client's settings. The function does not look at any server or file. The result is an object with these attributes:\n\n" +
			"- `mode`: the effective mode, under the driver's own name for it\n" +
			"- `encrypts`: whether the driver's first attempt uses TLS\n" +
			"- `verifies_path`: whether the driver verifies the certificate chain in every TLS attempt\n" +
			"- `verifies_host`: whether the driver verifies the host name in every TLS attempt\n" +
			"- `falls_back_to_plaintext`: whether the driver continues in plaintext when TLS fails\n" +
			"- `trust_anchors`: `file` if the trust anchors come from a file or from certificates in the settings themselves; `system` if they come from the store of the operating system or runtime. If there are no trust anchors: `missing` if the file does not exist, `empty` if the store has no anchors, `none` if nothing is verified, so that no anchors are needed\n" +
			"- `trust_store_path`: the path of the trust store that the settings name; null when they name none\n" +
			"- `rejected`: why the driver refuses the settings, if it does; otherwise null. If `rejected` is set, all other attributes are null\n" +
			"- `undecided`: why the provider's rules for this driver do not cover the settings, if they do not; otherwise null. If `undecided` is set, all other attributes are null\n\n" +
			"A trust store that is named in the settings is assumed to exist, and the driver's default root file is assumed not to exist. Set `trust_store` in the argument `settings` to change these assumptions.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "driver", MarkdownDescription: "The client's driver: " + codeList(driver.Names(), " or ") + "."},
			function.StringParameter{Name: "connection", MarkdownDescription: "Connection string in the driver's own syntax; may be empty. A connection string with a password is refused."},
		},
		VariadicParameter: function.DynamicParameter{
			Name:                "settings",
			MarkdownDescription: "At most one object with any of `environment` and `properties` (maps of strings), `driver_version`, `runtime_version`, and `trust_store` (whether there is a trust store where the driver looks).",
		},
		Return: function.ObjectReturn{AttributeTypes: connectionTLSAttributes().objectType().AttrTypes},
	}}
}

func connectionTLSAttributes() attributes {
	return attributes{
		"mode": {kind: text}, "trust_anchors": {kind: text}, "trust_store_path": {kind: text}, "rejected": {kind: text}, "undecided": {kind: text},
		"encrypts": {kind: boolean}, "verifies_path": {kind: boolean}, "verifies_host": {kind: boolean}, "falls_back_to_plaintext": {kind: boolean},
	}
}

func runConnectionTLS(ctx context.Context, given function.ArgumentsData) (any, *function.FuncError) {
	var name, connection string
	var more []types.Dynamic
	if failed := given.Get(ctx, &name, &connection, &more); failed != nil {
		return nil, failed
	}
	if len(more) > 0 && !whollyKnown(more[0].UnderlyingValue()) {
		return types.ObjectUnknown(connectionTLSAttributes().objectType().AttrTypes), nil
	}
	settings := policy.Settings{Driver: name, Connection: connection}
	storeGiven, failed := readSettings(more, &settings)
	if failed != nil {
		return nil, failed
	}
	if !slices.Contains(driver.Names(), name) {
		return nil, function.NewArgumentFuncError(0, fmt.Sprintf("unknown driver %q; known drivers are %s", name, strings.Join(driver.Names(), ", ")))
	}
	if conninfo.HasPassword(connection) {
		return nil, function.NewArgumentFuncError(1, "the connection string contains a password, which the result of a function could reveal. Wrap the connection string in provider::sslready::connection_without_password(…), or remove the password from it")
	}
	return connectionTLSAttributes().object(summarize(settings, storeGiven)), nil
}

// summarize takes a named store to be there, unless told.
func summarize(settings policy.Settings, storeGiven bool) fields {
	if !storeGiven {
		settings.StoreDeclared = true
		settings.StoreDeclared = slices.ContainsFunc(driver.Resolve(settings).Possible(), func(p policy.Policy) bool { return p.Anchors.Path != "" })
	}
	p := driver.Resolve(settings).Agreed()
	switch {
	case p.Undecided != "":
		return fields{"undecided": types.StringValue(p.Undecided)}
	case p.Rejection != nil:
		return fields{"rejected": types.StringValue(p.Rejection.Detail)}
	}
	s := policy.Summarize(p)
	return fields{
		"mode": types.StringValue(s.Mode), "encrypts": types.BoolValue(s.Encrypts),
		"verifies_path": types.BoolValue(s.VerifiesPath), "verifies_host": types.BoolValue(s.VerifiesHost),
		"falls_back_to_plaintext": types.BoolValue(s.FallsBackToPlaintext),
		"trust_anchors":           types.StringValue(s.Anchors), "trust_store_path": optionalText(s.Path),
	}
}

// readSettings reads the optional last argument.
func readSettings(more []types.Dynamic, settings *policy.Settings) (storeGiven bool, err *function.FuncError) {
	const argument = 2
	if len(more) > 1 {
		return false, function.NewArgumentFuncError(argument+1, "pass at most one settings object")
	}
	if len(more) == 0 {
		return false, nil
	}
	f := fieldsOf(more[0].UnderlyingValue())
	if f == nil {
		return false, function.NewArgumentFuncError(argument, "\"settings\" must be an object")
	}
	for _, name := range sortedKeys(f) {
		value, kind := f[name], "a map of strings"
		var fits bool
		switch name {
		case "environment":
			settings.Environment, fits = scalars(value)
		case "properties":
			settings.Properties, fits = scalars(value)
		case "driver_version":
			kind = "a string"
			settings.Version, fits = scalar(value)
		case "runtime_version":
			kind = "a string"
			settings.Runtime, fits = scalar(value)
		case "trust_store":
			kind = "true or false"
			_, fits = value.(types.Bool)
			settings.StoreDeclared, storeGiven = f.flag(name), f.isSet(name)
		default:
			return false, function.NewArgumentFuncError(argument, fmt.Sprintf("\"settings\" has no attribute %q", name))
		}
		if !fits {
			return false, function.NewArgumentFuncError(argument, fmt.Sprintf("settings: %s must be %s", name, kind))
		}
	}
	return storeGiven, nil
}

// scalars reads a map of strings, or an object literal of strings, numbers
// and booleans. What is not there and null are no map; null elements are left out.
func scalars(value attr.Value) (all map[string]string, fits bool) {
	var elements map[string]attr.Value
	switch v := value.(type) {
	case types.Map:
		elements = v.Elements()
	case types.Object:
		elements = v.Attributes()
	case nil:
		return nil, true
	default:
		return nil, value.IsNull()
	}
	all = make(map[string]string, len(elements))
	for key, element := range elements {
		text, fits := scalar(element)
		if !fits {
			return nil, false
		}
		if !element.IsNull() {
			all[key] = text
		}
	}
	return all, true
}

// scalar writes a value as Terraform's own conversion to a string does. What
// is not there and null are empty.
func scalar(value attr.Value) (text string, fits bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case types.String:
		return v.ValueString(), true
	case types.Bool:
		if v.IsNull() {
			return "", true
		}
		return strconv.FormatBool(v.ValueBool()), true
	case types.Number:
		if v.IsNull() {
			return "", true
		}
		return v.ValueBigFloat().Text('f', -1), true
	case types.Dynamic:
		return scalar(v.UnderlyingValue())
	}
	return "", false
}
