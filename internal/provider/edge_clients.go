package provider

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
)

// carried are the clients of a gate on their way around the framework. In a plan
// it goes through all values of a resource once for each attribute: with 1,000
// clients that took ten times as long as judging them. So the framework sees a
// map without elements, and the gate finds the clients in the context.
//
// Validation and apply go through the framework as they are.
type carried struct {
	// given are the clients of the configuration; in a refresh, of the state.
	given tftypes.Value
	// kept are those as a state has them, without write-only values.
	kept tftypes.Value
	// prior are those of the state: kept, or null where the state has others.
	prior tftypes.Value
	// wire is kept, encoded; nil where nothing is carried.
	wire []byte
}

type carriedKey struct{}

// givenClients is a configuration, or the state in a refresh, with its clients.
func givenClients(ctx context.Context, raw tftypes.Value) (tftypes.Value, error) {
	return clientsBack(ctx, raw, func(c carried) tftypes.Value { return c.given })
}

// priorClients is the state in a plan, with its clients: null where they are not
// those of the configuration.
func priorClients(ctx context.Context, raw tftypes.Value) (tftypes.Value, error) {
	return clientsBack(ctx, raw, func(c carried) tftypes.Value { return c.prior })
}

func clientsBack(ctx context.Context, raw tftypes.Value, which func(carried) tftypes.Value) (tftypes.Value, error) {
	c, is := ctx.Value(carriedKey{}).(*carried)
	if !is || raw.IsNull() {
		return raw, nil
	}
	return with(raw, map[string]tftypes.Value{"clients": which(*c)})
}

// What the framework sees of clients, in msgpack. It has to see whether they
// change.
var (
	wireEmpty = []byte{0x80} // A map without elements.
	wireNull  = []byte{0xc0}
)

// carryPlan takes the clients out of a plan.
func (p *places) carryPlan(ctx context.Context, r *tfprotov6.PlanResourceChangeRequest) (context.Context, *tfprotov6.PlanResourceChangeRequest, *carried) {
	c := p.carry(ctx, r.TypeName, r.Config)
	if c.wire == nil || clientsOnWire(r.ProposedNewState) == nil {
		return ctx, r, &carried{}
	}
	had, seen := clientsOnWire(r.PriorState), wireEmpty
	if c.prior = c.kept; !bytes.Equal(had, c.wire) {
		prior, err := (tfprotov6.DynamicValue{MsgPack: had}).Unmarshal(c.kept.Type())
		if had == nil || err != nil || !prior.Equal(c.kept) {
			c.prior, seen = tftypes.NewValue(c.kept.Type(), nil), wireNull
		}
	}
	small := *r
	small.Config, small.ProposedNewState, small.PriorState = clientsReplaced(r.Config, wireEmpty), clientsReplaced(r.ProposedNewState, wireEmpty), clientsReplaced(r.PriorState, seen)
	return context.WithValue(ctx, carriedKey{}, c), &small, c
}

// carryRead takes the clients out of a refresh.
func (p *places) carryRead(ctx context.Context, r *tfprotov6.ReadResourceRequest) (context.Context, *tfprotov6.ReadResourceRequest, *carried) {
	c := p.carry(ctx, r.TypeName, r.CurrentState)
	if c.wire == nil {
		return ctx, r, c
	}
	small := *r
	small.CurrentState = clientsReplaced(r.CurrentState, wireEmpty)
	return context.WithValue(ctx, carriedKey{}, c), &small, c
}

// forget lets go of the clients at the end of a call: the framework keeps the
// context of every call until the process ends.
func (c *carried) forget() { *c = carried{} }

// back puts the clients into an answer.
func (c *carried) back(answer *tfprotov6.DynamicValue) *tfprotov6.DynamicValue {
	if c.wire == nil || clientsOnWire(answer) == nil {
		return answer
	}
	return clientsReplaced(answer, c.wire)
}

// carry reads the clients of a gate. What cannot be read is left to the
// framework, which says so.
func (p *places) carry(ctx context.Context, typeName string, value *tfprotov6.DynamicValue) *carried {
	wire := clientsOnWire(value)
	if wire == nil || bytes.Equal(wire, wireNull) || !strings.HasSuffix(typeName, "_"+gateName) || p.known(ctx).ResourceSchemas[typeName] == nil {
		return &carried{}
	}
	all := p.schemas.ResourceSchemas[typeName].Block.Attributes
	schema := all[slices.IndexFunc(all, func(a *tfprotov6.SchemaAttribute) bool { return a.Name == "clients" })]
	given, err := (tfprotov6.DynamicValue{MsgPack: wire}).Unmarshal(schema.ValueType())
	if err != nil {
		return &carried{}
	}
	kept := withoutWriteOnly(given, schema.NestedType.Attributes)
	if !kept.Equal(given) {
		encoded, err := tfprotov6.NewDynamicValue(kept.Type(), kept)
		if err != nil {
			return &carried{}
		}
		wire = encoded.MsgPack
	}
	return &carried{given: given, kept: kept, prior: kept, wire: wire}
}

// withoutWriteOnly is an object with these attributes, or a collection of such
// objects, without what no state has.
func withoutWriteOnly(value tftypes.Value, schema []*tfprotov6.SchemaAttribute) tftypes.Value {
	if value.IsNull() || !value.IsKnown() {
		return value
	}
	if value.Type().Is(tftypes.List{}) {
		var elements []tftypes.Value
		if value.As(&elements) != nil {
			return value // A list has elements.
		}
		kept := make([]tftypes.Value, len(elements))
		for i, element := range elements {
			kept[i] = withoutWriteOnly(element, schema)
		}
		return tftypes.NewValue(value.Type(), kept)
	}
	elements, err := elementsOf(value)
	if err != nil {
		return value // So has a map, and an object attributes.
	}
	kept := make(map[string]tftypes.Value, len(elements))
	if value.Type().Is(tftypes.Map{}) {
		for key, element := range elements {
			kept[key] = withoutWriteOnly(element, schema)
		}
		return tftypes.NewValue(value.Type(), kept)
	}
	for _, a := range schema {
		kept[a.Name] = elements[a.Name]
		switch {
		case a.WriteOnly:
			kept[a.Name] = tftypes.NewValue(a.ValueType(), nil)
		case a.NestedType != nil:
			kept[a.Name] = withoutWriteOnly(elements[a.Name], a.NestedType.Attributes)
		}
	}
	return tftypes.NewValue(value.Type(), kept)
}

// clientsOnWire are the encoded clients of an encoded object; nil where it has
// none, or is null.
func clientsOnWire(value *tfprotov6.DynamicValue) []byte {
	from, to := clientsSpan(value)
	if to == 0 {
		return nil
	}
	return value.MsgPack[from:to]
}

func clientsReplaced(value *tfprotov6.DynamicValue, clients []byte) *tfprotov6.DynamicValue {
	from, to := clientsSpan(value)
	if to == 0 {
		return value
	}
	return &tfprotov6.DynamicValue{MsgPack: slices.Concat(value.MsgPack[:from], clients, value.MsgPack[to:])}
}

// clientsSpan is where an encoded object has its clients; zero where it has none.
func clientsSpan(value *tfprotov6.DynamicValue) (from, to int) {
	if value == nil {
		return 0, 0
	}
	wire := bytes.NewReader(value.MsgPack)
	decoder := msgpack.NewDecoder(wire)
	attributes, err := decoder.DecodeMapLen()
	if err != nil {
		return 0, 0
	}
	for range attributes { // None of null.
		name, err := decoder.DecodeString()
		from = len(value.MsgPack) - wire.Len()
		if err != nil || decoder.Skip() != nil {
			return 0, 0
		}
		if name == "clients" {
			return from, len(value.MsgPack) - wire.Len()
		}
	}
	return 0, 0
}
