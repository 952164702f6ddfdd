package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const placedSecret = "planted-hunter2"

// placedIn are texts that carry a secret wherever they stand.
func placedIn() map[string]string {
	return map[string]string{
		"a URL":              "postgresql://app:" + placedSecret + "@orders/app",
		"a URL, in a text":   "see postgresql://app:" + placedSecret + "@orders/app for more",
		"a URL of a proxy":   "https://reader:" + placedSecret + "@example.test/rds.pem",
		"a connection":       "host=orders password=" + placedSecret,
		"a private key":      "-----BEGIN PRIVATE KEY-----\n" + placedSecret + "\n-----END PRIVATE KEY-----\n",
		"an assigned URL":    "DATABASE_URL=postgres://app:" + placedSecret + "@orders/app",
		"a JDBC URL":         "jdbc:postgresql://orders/app?user=app&password=" + placedSecret,
		"an ADO.NET's":       "Host=orders;Username=app;Password=" + placedSecret,
		"a property of Java": "-Dspring.datasource.password=" + placedSecret,
	}
}

// TestBulkNoPlaceTakesASecret plants secrets in every text of every type, keys of
// maps among them, one at a time, as the schema has them: what is not marked
// as sensitive or write-only refuses them, and shows them nowhere.
func TestBulkNoPlaceTakesASecret(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, now, values{})
	places := 0
	try := func(kind string, schema *tfprotov6.Schema, validate func(config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic) {
		for place, plant := range textsOf(schema.Block.Attributes) {
			if strings.HasSuffix(place, "_proxy") && kind == "the provider" {
				continue // A proxy may want a login.
			}
			places++
			for form, text := range placedIn() {
				told := diagnosticsOf(validate(p.encode(t, schema.ValueType(), plant(text))))
				for _, d := range told {
					if strings.Contains(fmt.Sprint(d), "hunter2") {
						t.Errorf("%s, %s, %s: shown: %v", kind, place, form, d)
					}
				}
				if !told.failed() {
					t.Errorf("%s, %s: %s is taken", kind, place, form)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.schemas.DataSourceSchemas)) {
		try("data "+name, p.schemas.DataSourceSchemas[name], func(config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
			answer, err := p.server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: config})
			must(t, err)
			return answer.Diagnostics
		})
	}
	for _, name := range slices.Sorted(maps.Keys(p.schemas.ResourceSchemas)) {
		try("resource "+name, p.schemas.ResourceSchemas[name], func(config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
			answer, err := p.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: name, Config: config, ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
			})
			must(t, err)
			return answer.Diagnostics
		})
	}
	try("the provider", p.schemas.Provider, func(config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
		answer, err := p.server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
		must(t, err)
		return answer.Diagnostics
	})
	listing, is := p.server.(tfprotov6.ListResourceServer)
	if !is {
		t.Fatal("no lists")
	}
	for name, schema := range p.schemas.ListResourceSchemas {
		try("list "+name, schema, func(config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
			answer, err := listing.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: config})
			must(t, err)
			return answer.Diagnostics
		})
	}
	acting, is := p.server.(tfprotov6.ActionServer)
	if !is {
		t.Fatal("no actions")
	}
	for name, action := range p.schemas.ActionSchemas {
		try("action "+name, action.Schema, func(config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
			answer, err := acting.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config})
			must(t, err)
			return answer.Diagnostics
		})
	}
	t.Logf("%d places, %d secrets in each", places, len(placedIn()))
	if places < 150 {
		t.Errorf("%d places", places)
	}
}

// textsOf are the texts that a user can give, by where they are, each with the
// configuration that has a text there and the least around it.
func textsOf(all []*tfprotov6.SchemaAttribute) map[string]func(text string) values {
	found := map[string]func(string) values{}
	for _, a := range all {
		if !a.Required && !a.Optional || a.Sensitive || a.WriteOnly {
			continue
		}
		add := func(place string, plant func(string) any) {
			found[place] = func(text string) values { return values{a.Name: plant(text)} }
		}
		switch {
		case a.NestedType != nil:
			for place, plant := range textsOf(a.NestedType.Attributes) {
				switch a.NestedType.Nesting { //nolint:exhaustive // the rest is one object
				case tfprotov6.SchemaObjectNestingModeList, tfprotov6.SchemaObjectNestingModeSet:
					add(a.Name+"[]."+place, func(text string) any { return []any{plant(text)} })
				case tfprotov6.SchemaObjectNestingModeMap:
					add(a.Name+"{}."+place, func(text string) any { return values{"app": plant(text)} })
				default:
					add(a.Name+"."+place, func(text string) any { return plant(text) })
				}
			}
			if a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeMap {
				add("a key of "+a.Name, func(text string) any { return values{text: values{}} })
			}
		case a.Type.Is(tftypes.String):
			add(a.Name, func(text string) any { return text })
		case a.Type.Is(tftypes.List{}):
			add(a.Name+"[]", func(text string) any { return []any{text} })
		case a.Type.Is(tftypes.Map{}):
			add(a.Name+"{}", func(text string) any { return values{"name": text} })
			add("a key of "+a.Name, func(text string) any { return values{text: "x"} })
		}
	}
	return found
}
