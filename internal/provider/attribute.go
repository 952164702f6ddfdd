package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// kind is the shape of an attribute's value.
type kind uint8

const (
	text kind = iota + 1
	boolean
	number
	texts   // list of strings
	textMap // map of strings
	counts  // map of numbers
	object  // one nested object
	objects // list of nested objects
	byName  // map of nested objects
)

// attribute describes an attribute, for whatever has it: a data source, a
// resource, a list, an action or the provider. It is optional where it is neither
// required nor computed. What is inside a computed or a write-only attribute is
// that, too.
type attribute struct {
	kind        kind
	description string
	required    bool
	computed    bool
	// filled attributes are optional, and what is not given is computed.
	filled    bool
	sensitive bool
	// writeOnly attributes are never stored by a resource.
	writeOnly bool
	// resourceOnly attributes are absent from the data source.
	resourceOnly bool
	// replaces: another value is another resource.
	replaces bool
	nested   attributes
	strings  []validator.String
	lists    []validator.List
	maps     []validator.Map
	numbers  []validator.Int64
}

type attributes map[string]attribute

// readable are the attributes as a data source has them, which stores all.
func (as attributes) readable() attributes {
	kept := make(attributes, len(as))
	for name, a := range as {
		if !a.resourceOnly {
			a.writeOnly, a.nested = false, a.nested.readable()
			kept[name] = a
		}
	}
	return kept
}

// unmarked are the attributes where there can be thousands of each. What is
// write-only is in no plan and no state, and needs no other mark. Terraform
// compares each value of an object with the path of each sensitive one: with four
// of them in each of 1,000 clients, a plan took minutes.
func (as attributes) unmarked() attributes {
	kept := make(attributes, len(as))
	for name, a := range as {
		a.sensitive, a.nested = a.sensitive && !a.writeOnly, a.nested.unmarked()
		kept[name] = a
	}
	return kept
}

// schemaOf builds the attributes of a schema. The framework has types of its own
// for each kind of schema, and asks the same of all of them: those of a resource
// have an answer to everything.
func schemaOf[A any](as attributes) map[string]A {
	built := make(map[string]A, len(as))
	for name, a := range as {
		built[name], _ = a.schema().(A)
	}
	return built
}

func (a attribute) schema() schema.Attribute {
	optional, computed := a.filled || !a.required && !a.computed, a.filled || a.computed
	switch a.kind {
	case text:
		var modifiers []planmodifier.String
		if a.replaces {
			modifiers = append(modifiers, stringplanmodifier.RequiresReplace())
		}
		return schema.StringAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Sensitive: a.sensitive, WriteOnly: a.writeOnly, PlanModifiers: modifiers, Validators: a.strings}
	case boolean:
		return schema.BoolAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly}
	case number:
		return schema.Int64Attribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly, Validators: a.numbers}
	case texts:
		return schema.ListAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly, ElementType: types.StringType, Validators: a.lists}
	case textMap:
		return schema.MapAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Sensitive: a.sensitive, WriteOnly: a.writeOnly, ElementType: types.StringType, Validators: a.maps}
	case counts:
		return schema.MapAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly, ElementType: types.Int64Type, Validators: a.maps}
	case object:
		nested := a.inside()
		return schema.SingleNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly, Attributes: nested.Attributes, CustomType: nested.CustomType}
	case objects:
		nested := a.inside()
		return schema.ListNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly, NestedObject: nested, CustomType: types.ListType{ElemType: nested.CustomType}, Validators: a.lists}
	case byName:
		nested := a.inside()
		return schema.MapNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly, NestedObject: nested, CustomType: types.MapType{ElemType: nested.CustomType}, Validators: a.maps}
	}
	return nil
}

// inside is a nested object. Its type is made here once: the framework else makes
// it anew for every value that it meets.
func (a attribute) inside() schema.NestedAttributeObject {
	all := make(attributes, len(a.nested))
	for name, inner := range a.nested {
		inner.computed, inner.writeOnly = inner.computed || a.computed, inner.writeOnly || a.writeOnly
		all[name] = inner
	}
	nested := schema.NestedAttributeObject{Attributes: schemaOf[schema.Attribute](all)}
	nested.CustomType = nested.Type()
	return nested
}

// objectType is the type of an object with these attributes.
func (as attributes) objectType() types.ObjectType {
	all := make(map[string]attr.Type, len(as))
	for name, a := range as {
		all[name] = a.schema().GetType()
	}
	return types.ObjectType{AttrTypes: all}
}
