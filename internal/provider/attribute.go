package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
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
	object  // one nested object
	objects // list of nested objects
	byName  // map of nested objects
)

// attribute describes an attribute once for the data source and the resource
// that share it: their schema packages have different types for the same.
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
	nested       attributes
	strings      []validator.String
	lists        []validator.List
	maps         []validator.Map
	numbers      []validator.Int64
}

type attributes map[string]attribute

// dataSource builds the attributes as a data source has them.
func (as attributes) dataSource() map[string]datasource.Attribute {
	built := make(map[string]datasource.Attribute, len(as))
	for name, a := range as {
		if !a.resourceOnly {
			built[name] = a.dataSource()
		}
	}
	return built
}

// dataSourceObject is an object with these attributes. Its type is made here
// once: the framework else makes it anew for every value that it meets.
func (as attributes) dataSourceObject() datasource.NestedAttributeObject {
	nested := datasource.NestedAttributeObject{Attributes: as.dataSource()}
	nested.CustomType = nested.Type()
	return nested
}

func (a attribute) dataSource() datasource.Attribute {
	optional, computed := a.filled || !a.required && !a.computed, a.filled || a.computed
	switch a.kind {
	case text:
		return datasource.StringAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Sensitive: a.sensitive, Validators: a.strings}
	case boolean:
		return datasource.BoolAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed}
	case number:
		return datasource.Int64Attribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Validators: a.numbers}
	case texts:
		return datasource.ListAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, ElementType: types.StringType, Validators: a.lists}
	case textMap:
		return datasource.MapAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Sensitive: a.sensitive, ElementType: types.StringType, Validators: a.maps}
	case object:
		nested := a.nested.dataSourceObject()
		return datasource.SingleNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Attributes: nested.Attributes, CustomType: nested.CustomType}
	case objects:
		nested := a.nested.dataSourceObject()
		return datasource.ListNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, NestedObject: nested, CustomType: types.ListType{ElemType: nested.CustomType}, Validators: a.lists}
	case byName:
		nested := a.nested.dataSourceObject()
		return datasource.MapNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, NestedObject: nested, CustomType: types.MapType{ElemType: nested.CustomType}, Validators: a.maps}
	}
	return nil
}

// resource builds the attributes as a resource has them.
func (as attributes) resource() map[string]resource.Attribute {
	built := make(map[string]resource.Attribute, len(as))
	for name, a := range as {
		built[name] = a.resource()
	}
	return built
}

// resourceObject is the same for a resource.
func (as attributes) resourceObject() resource.NestedAttributeObject {
	nested := resource.NestedAttributeObject{Attributes: as.resource()}
	nested.CustomType = nested.Type()
	return nested
}

func (a attribute) resource() resource.Attribute {
	optional, computed := a.filled || !a.required && !a.computed, a.filled || a.computed
	// What is write-only is in no plan and no state, and needs no other mark.
	// Terraform compares each value of an object with the path of each sensitive
	// one: with four of them in each of 1,000 clients, a plan took minutes.
	sensitive := a.sensitive && !a.writeOnly
	switch a.kind {
	case text:
		return resource.StringAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Sensitive: sensitive, WriteOnly: a.writeOnly, Validators: a.strings}
	case boolean:
		return resource.BoolAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly}
	case number:
		return resource.Int64Attribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly, Validators: a.numbers}
	case texts:
		return resource.ListAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, ElementType: types.StringType, Validators: a.lists}
	case textMap:
		return resource.MapAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Sensitive: sensitive, ElementType: types.StringType, Validators: a.maps}
	case object:
		nested := a.nested.resourceObject()
		return resource.SingleNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, Attributes: nested.Attributes, CustomType: nested.CustomType}
	case objects:
		nested := a.nested.resourceObject()
		return resource.ListNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, WriteOnly: a.writeOnly, NestedObject: nested, CustomType: types.ListType{ElemType: nested.CustomType}, Validators: a.lists}
	case byName:
		nested := a.nested.resourceObject()
		return resource.MapNestedAttribute{MarkdownDescription: a.description, Required: a.required, Optional: optional, Computed: computed, NestedObject: nested, CustomType: types.MapType{ElemType: nested.CustomType}, Validators: a.maps}
	}
	return nil
}

// elementType is the type of the elements of a list or map of objects.
func (a attribute) elementType() attr.Type { return types.ObjectType{AttrTypes: a.nested.types()} }

// types are the attributes' types, by name.
func (as attributes) types() map[string]attr.Type {
	all := make(map[string]attr.Type, len(as))
	for name, a := range as {
		all[name] = a.valueType()
	}
	return all
}

func (a attribute) valueType() attr.Type {
	switch a.kind {
	case text:
		return types.StringType
	case boolean:
		return types.BoolType
	case number:
		return types.Int64Type
	case texts:
		return types.ListType{ElemType: types.StringType}
	case textMap:
		return types.MapType{ElemType: types.StringType}
	case object:
		return a.elementType()
	case objects:
		return types.ListType{ElemType: a.elementType()}
	case byName:
		return types.MapType{ElemType: a.elementType()}
	}
	return nil
}
