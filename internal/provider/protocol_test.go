package provider_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	sslready "github.com/sslready/terraform-provider-sslready/internal/provider"
)

// values is a configuration, as JSON would have it: string, bool, int, nil,
// values and []any. Attributes that are left out are null.
type values = map[string]any

// notKnown stands for a value that is known only after apply.
type notKnown struct{}

// protocol speaks Terraform's protocol with the provider, without Terraform:
// its diagnostics carry the paths that Terraform's own output leaves out, and
// a call takes milliseconds.
type protocol struct {
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
}

// newProtocol configures a provider.
func newProtocol(t testing.TB, clock func() time.Time, config values) *protocol {
	t.Helper()
	return protocolWith(t, sslready.ServerAt("test", clock)(), config)
}

func protocolWith(t testing.TB, server tfprotov6.ProviderServer, config values) *protocol {
	t.Helper()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	p := &protocol{server: server, schemas: schemas}
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.4", Config: p.encode(t, schemas.Provider.ValueType(), config),
	})
	if err != nil {
		t.Fatal(err)
	}
	if told := diagnosticsOf(configured.Diagnostics); len(told) > 0 {
		t.Fatalf("configure: %v", told)
	}
	return p
}

func (p *protocol) encode(t testing.TB, schema tftypes.Type, config any) *tfprotov6.DynamicValue {
	t.Helper()
	value, is := config.(tftypes.Value)
	if !is {
		value = valueOf(schema, config)
	}
	encoded, err := tfprotov6.NewDynamicValue(schema, value)
	if err != nil {
		t.Fatal(err)
	}
	return &encoded
}

// read validates the configuration of a data source and reads it, as
// Terraform does. The state is null where either says an error.
func (p *protocol) read(t testing.TB, name string, config values) (tftypes.Value, diagnostics) {
	t.Helper()
	schema := p.schemas.DataSourceSchemas[name].ValueType()
	encoded := p.encode(t, schema, config)
	validated, err := p.server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: encoded})
	if err != nil {
		t.Fatal(err)
	}
	told := diagnosticsOf(validated.Diagnostics)
	if told.failed() {
		return tftypes.NewValue(schema, nil), told
	}
	answer, err := p.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: encoded})
	if err != nil {
		t.Fatal(err)
	}
	told = append(told, diagnosticsOf(answer.Diagnostics)...)
	if told.failed() {
		return tftypes.NewValue(schema, nil), told
	}
	state := decode(t, schema, answer.State)
	checkNulls(t, p.schemas.DataSourceSchemas[name], state)
	return state, told
}

const gateType = "sslready_trust_store_validation"

// validateGate validates the configuration of a gate.
func (p *protocol) validateGate(t testing.TB, config values) diagnostics {
	t.Helper()
	encoded := p.encode(t, p.schemas.ResourceSchemas[gateType].ValueType(), config)
	validated, err := p.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: gateType, Config: encoded,
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return diagnosticsOf(validated.Diagnostics)
}

// planGate plans the creation of a gate.
func (p *protocol) planGate(t testing.TB, config values) (tftypes.Value, diagnostics) {
	t.Helper()
	schema := p.schemas.ResourceSchemas[gateType].ValueType()
	told := p.validateGate(t, config)
	if told.failed() {
		return tftypes.NewValue(schema, nil), told
	}
	prior := p.encode(t, schema, tftypes.NewValue(schema, nil))
	planned, err := p.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: gateType, PriorState: prior,
		ProposedNewState: p.encode(t, schema, withoutWriteOnly(config)), Config: p.encode(t, schema, config),
	})
	if err != nil {
		t.Fatal(err)
	}
	told = append(told, diagnosticsOf(planned.Diagnostics)...)
	if told.failed() {
		return tftypes.NewValue(schema, nil), told
	}
	state := decode(t, schema, planned.PlannedState)
	checkNulls(t, p.schemas.ResourceSchemas[gateType], state)
	return state, told
}

// withoutWriteOnly is the configuration as Terraform proposes it: write-only
// values are null in every plan.
func withoutWriteOnly(config values) values {
	proposed := maps.Clone(config)
	clients, _ := config["clients"].(values)
	kept := make(values, len(clients))
	for name, client := range clients {
		fields, is := client.(values)
		store, declared := fields["trust_store"].(values)
		if is && declared {
			fields, store = maps.Clone(fields), maps.Clone(store)
			for _, attribute := range []string{"content", "content_base64", "password"} {
				delete(store, attribute)
			}
			fields["trust_store"] = store
			client = fields
		}
		kept[name] = client
	}
	if clients != nil {
		proposed["clients"] = kept
	}
	return proposed
}

func decode(t testing.TB, schema tftypes.Type, encoded *tfprotov6.DynamicValue) tftypes.Value {
	t.Helper()
	value, err := encoded.Unmarshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// valueOf makes a value of Terraform's type system.
func valueOf(schema tftypes.Type, v any) tftypes.Value {
	switch v := v.(type) {
	case notKnown:
		return tftypes.NewValue(schema, tftypes.UnknownValue)
	case values:
		return tftypes.NewValue(schema, elementsOf(schema, v))
	case []any:
		list, _ := schema.(tftypes.List)
		elements := make([]tftypes.Value, len(v))
		for i, element := range v {
			elements[i] = valueOf(list.ElementType, element)
		}
		return tftypes.NewValue(schema, elements)
	default:
		return tftypes.NewValue(schema, v)
	}
}

func elementsOf(schema tftypes.Type, given values) map[string]tftypes.Value {
	elements := map[string]tftypes.Value{}
	switch schema := schema.(type) {
	case tftypes.Object:
		for name, inner := range schema.AttributeTypes {
			elements[name] = valueOf(inner, given[name])
		}
	case tftypes.Map:
		for name, v := range given {
			elements[name] = valueOf(schema.ElementType, v)
		}
	}
	return elements
}

// diagnostic is one diagnostic with its path in words.
type diagnostic struct {
	severity, path, title, detail string
}

func (d diagnostic) String() string {
	return fmt.Sprintf("%s %s: %s: %s", d.severity, d.path, d.title, d.detail)
}

type diagnostics []diagnostic

// failed says whether there is an error.
func (ds diagnostics) failed() bool { return len(ds.errors()) > 0 }

func (ds diagnostics) errors() diagnostics { return ds.of("ERROR") }

func (ds diagnostics) warnings() diagnostics { return ds.of("WARNING") }

func (ds diagnostics) of(severity string) diagnostics {
	var some diagnostics
	for _, d := range ds {
		if d.severity == severity {
			some = append(some, d)
		}
	}
	return some
}

func diagnosticsOf(all []*tfprotov6.Diagnostic) diagnostics {
	told := make(diagnostics, len(all))
	for i, d := range all {
		told[i] = diagnostic{severity: d.Severity.String(), path: pathText(d.Attribute), title: d.Summary, detail: d.Detail}
	}
	return told
}

// pathText writes a path as messages do: clients["billing"].trust_store.
func pathText(path *tftypes.AttributePath) string {
	if path == nil {
		return ""
	}
	var b strings.Builder
	for _, step := range path.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(string(step))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&b, "[%q]", string(step))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", int64(step))
		}
	}
	return b.String()
}

// at returns the value at a path of attribute names and map keys, as Go's
// own: string, bool, int64, []any or values; nil is null.
func at(t testing.TB, value tftypes.Value, steps ...string) any {
	t.Helper()
	for _, step := range steps {
		elements := map[string]tftypes.Value{}
		if err := value.As(&elements); err != nil {
			t.Fatalf("%v: %v", steps, err)
		}
		inner, exists := elements[step]
		if !exists {
			t.Fatalf("%v: there is no %q", steps, step)
		}
		value = inner
	}
	return plain(t, value)
}

func plain(t testing.TB, value tftypes.Value) any {
	t.Helper()
	switch {
	case !value.IsKnown():
		return notKnown{}
	case value.IsNull():
		return nil
	case value.Type().Is(tftypes.String):
		var s string
		must(t, value.As(&s))
		return s
	case value.Type().Is(tftypes.Bool):
		var b bool
		must(t, value.As(&b))
		return b
	case value.Type().Is(tftypes.List{}):
		var list []tftypes.Value
		must(t, value.As(&list))
		all := make([]any, len(list))
		for i, element := range list {
			all[i] = plain(t, element)
		}
		return all
	case value.Type().Is(tftypes.Map{}), value.Type().Is(tftypes.Object{}):
		elements := map[string]tftypes.Value{}
		must(t, value.As(&elements))
		all := make(values, len(elements))
		for name, element := range elements {
			all[name] = plain(t, element)
		}
		return all
	default:
		return value.String()
	}
}

// list and object are parts of what at returns; empty for null.
func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func object(v any) values {
	o, _ := v.(values)
	return o
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// always is a clock that stands.
func always(at time.Time) func() time.Time { return func() time.Time { return at } }

// expect wants exactly one diagnostic of a severity: at this path, under this
// title, with all of these parts in its detail.
func (ds diagnostics) expect(t testing.TB, severity, path, title string, parts ...string) {
	t.Helper()
	some := ds.of(severity)
	if len(some) != 1 {
		t.Fatalf("%d diagnostics of severity %s, want 1: %v", len(some), severity, ds)
	}
	some[0].expect(t, path, title, parts...)
}

// plainTitle is the title without what it is about, which TestTitlesNameTheGate
// looks at.
func (d diagnostic) plainTitle() string {
	plain, _, _ := strings.Cut(d.title, " (")
	return plain
}

// lowerCase is a first word that should have a capital, unless it is a name.
var lowerCase = regexp.MustCompile(`^[a-z]+,?$`)

func (d diagnostic) expect(t testing.TB, path, title string, parts ...string) {
	t.Helper()
	if d.path != path || d.plainTitle() != title {
		t.Errorf("diagnostic at %s under %q, want at %s under %q", d.path, d.title, path, title)
	}
	if first, _, _ := strings.Cut(d.detail, " "); lowerCase.MatchString(first) && !slices.Contains(driver.Names(), first) {
		t.Errorf("the detail begins in lower case: %s", d.detail)
	}
	for _, part := range parts {
		if !strings.Contains(d.detail, part) {
			t.Errorf("the detail does not say %q: %s", part, d.detail)
		}
	}
}

// call calls a function and returns its error, or nil.
func (p *protocol) call(t testing.TB, name string, arguments ...any) *tfprotov6.FunctionError {
	t.Helper()
	return p.answer(t, name, arguments...).Error
}

// answer is what a function answers.
func (p *protocol) answer(t testing.TB, name string, arguments ...any) *tfprotov6.CallFunctionResponse {
	t.Helper()
	encoded := make([]*tfprotov6.DynamicValue, len(arguments))
	for i, argument := range arguments {
		definition := p.schemas.Functions[name]
		parameter := definition.VariadicParameter
		if i < len(definition.Parameters) {
			parameter = definition.Parameters[i]
		}
		encoded[i] = p.encode(t, parameter.Type, dynamicValue(argument))
	}
	answer, err := p.server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: name, Arguments: encoded})
	must(t, err)
	return answer
}

// dynamicValue is a literal as Terraform types it.
func dynamicValue(v any) tftypes.Value {
	switch v := v.(type) {
	case values:
		attributeTypes, elements := map[string]tftypes.Type{}, map[string]tftypes.Value{}
		for name, inner := range v {
			elements[name] = dynamicValue(inner)
			attributeTypes[name] = elements[name].Type()
		}
		return tftypes.NewValue(tftypes.Object{AttributeTypes: attributeTypes}, elements)
	case []any:
		elementTypes, elements := make([]tftypes.Type, len(v)), make([]tftypes.Value, len(v))
		for i, inner := range v {
			elements[i] = dynamicValue(inner)
			elementTypes[i] = elements[i].Type()
		}
		return tftypes.NewValue(tftypes.Tuple{ElementTypes: elementTypes}, elements)
	case tftypes.Value:
		return v
	case notKnown:
		return tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	case bool:
		return tftypes.NewValue(tftypes.Bool, v)
	default:
		return tftypes.NewValue(tftypes.String, v)
	}
}
