package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// places knows the server's schemas: they say which values may be secret, because
// they are marked as sensitive or never stored, and where a gate has its clients.
type places struct {
	server  tfprotov6.ProviderServer
	once    sync.Once
	schemas *tfprotov6.GetProviderSchemaResponse
}

// titleSecret begins the titles of diagnostics that refuse a secret.
const titleSecret = "Password in"

// secretsRefused looks at the whole of a configuration: it is stored in the state and
// shown in plans, and no text of it may carry a password, be it in a place where
// nobody expects one. Of the other diagnostics, only those that refuse the same
// in better words stay: the rest quote what they complain of.
func secretsRefused(schema *tfprotov6.Schema, value tftypes.Value, told []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	secret := map[string]bool{".http_proxy": true, ".https_proxy": true} // A proxy may want a login.
	markSecret(secret, "", schema.Block.Attributes)
	found := secretsIn(value, secret)
	if len(found.texts) == 0 && len(found.keys) == 0 {
		return told
	}
	better := slices.DeleteFunc(slices.Clone(told), func(d *tfprotov6.Diagnostic) bool { return !strings.HasPrefix(d.Summary, titleSecret) })
	if len(better) > 0 && len(found.keys) == 0 { // They name the client, by its key.
		return better
	}
	refusals := []*tfprotov6.Diagnostic{}
	for _, places := range []map[string]driver.Secret{found.texts, found.keys} {
		for _, place := range sortedKeys(places) {
			refusals = append(refusals, &tfprotov6.Diagnostic{
				Severity: tfprotov6.DiagnosticSeverityError, Summary: titleSecret + " a Setting",
				// Without a path: Terraform prints the line at it, with the secret.
				Detail: fmt.Sprintf("%s contains %s, which would be stored in the state and shown in plans. Remove the secret.", place, places[place]),
			})
		}
	}
	return refusals
}

// known asks for the schemas, once. What cannot be had is empty.
func (p *places) known(ctx context.Context) *tfprotov6.GetProviderSchemaResponse {
	p.once.Do(func() {
		schemas, err := p.server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
		if p.schemas = schemas; err != nil || schemas == nil {
			p.schemas = &tfprotov6.GetProviderSchemaResponse{}
		}
	})
	return p.schemas
}

// silence makes an error of what a function returns with a secret in it: whoever
// calls it stores the result, or shows it.
func (p *places) silence(ctx context.Context, name string, answer *tfprotov6.CallFunctionResponse) {
	if answer.Error != nil {
		if secret := driver.SecretInText(answer.Error.Text); secret != "" {
			answer.Error.Text = fmt.Sprintf("the arguments contain %s, so no details are shown here: leave the secret out", secret)
		}
		return
	}
	called := p.known(ctx).Functions[name]
	if called == nil || answer.Result == nil {
		return
	}
	value, err := answer.Result.Unmarshal(called.Return.Type)
	if err != nil {
		return // Terraform cannot read it either.
	}
	found := secretsIn(value, nil)
	maps.Copy(found.texts, found.keys)
	for _, place := range sortedKeys(found.texts) {
		answer.Result = nil
		answer.Error = &tfprotov6.FunctionError{Text: fmt.Sprintf("the result would contain %s (%s), and Terraform stores or shows results: leave the secret out of the arguments", found.texts[place], cmp.Or(place, "in the string itself"))}
		return
	}
}

// markSecret collects the attributes that may hold a secret, by their names
// from the root on.
func markSecret(marked map[string]bool, above string, all []*tfprotov6.SchemaAttribute) {
	for _, a := range all {
		name := above + "." + a.Name
		if marked[name] = a.Sensitive || a.WriteOnly; !marked[name] && a.NestedType != nil {
			markSecret(marked, name, a.NestedType.Attributes)
		}
	}
}

// found are texts, and keys of maps, that carry a secret, by where they are.
type found struct{ texts, keys map[string]driver.Secret }

func secretsIn(value tftypes.Value, marked map[string]bool) found {
	f := found{map[string]driver.Secret{}, map[string]driver.Secret{}}
	f.look(value, "", "", marked)
	return f
}

// look goes through a value by itself: tftypes.Walk makes a path for each of a
// thousand clients' values, and takes several times as long. name is of the
// attribute, as in marked, place that with the keys of its maps and lists.
func (f found) look(value tftypes.Value, name, place string, marked map[string]bool) {
	if marked[name] || value.IsNull() || !value.IsKnown() {
		return
	}
	switch kind := value.Type(); {
	case kind.Is(tftypes.String):
		var text string
		if value.As(&text) != nil {
			return // A String is one.
		}
		if secret := driver.SecretInText(text); secret != "" {
			f.texts[strings.TrimPrefix(place, ".")] = secret
		}
	case kind.Is(tftypes.Object{}):
		attributes, _ := elementsOf(value) // An object has attributes.
		for attribute, inner := range attributes {
			f.look(inner, name+"."+attribute, place+"."+attribute, marked)
		}
	case kind.Is(tftypes.Map{}):
		elements, _ := elementsOf(value) // A map has elements.
		for key, inner := range elements {
			if secret := driver.SecretInText(key); secret != "" {
				f.keys["A key of "+strings.TrimPrefix(place, ".")] = secret
				continue
			}
			f.look(inner, name, fmt.Sprintf("%s[%q]", place, key), marked)
		}
	case kind.Is(tftypes.List{}), kind.Is(tftypes.Set{}), kind.Is(tftypes.Tuple{}):
		var elements []tftypes.Value
		if value.As(&elements) != nil {
			return // As above.
		}
		for i, inner := range elements {
			f.look(inner, name, fmt.Sprintf("%s[%d]", place, i), marked)
		}
	}
}
