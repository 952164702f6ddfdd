package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// titleMissing is the framework's title for a required attribute that is null.
const titleMissing = "Missing Configuration for Required Attribute"

// withoutUnknown leaves out what the framework misses in an object that is not
// known as a whole, such as the result of a function with a variable in its
// arguments: the attributes are there as soon as it is known.
//
// Source: terraform-plugin-framework v1.19.0, fwserver/attribute_validation.go:
// the elements of a map are validated whether they are known or not, and what is
// below an unknown value is read as null.
func withoutUnknown(value tftypes.Value, told []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	return slices.DeleteFunc(slices.Clone(told), func(d *tfprotov6.Diagnostic) bool {
		return d.Summary == titleMissing && d.Attribute != nil && belowUnknown(value, d.Attribute.Steps())
	})
}

// belowUnknown is whether a path leads through a value that is not known.
func belowUnknown(value tftypes.Value, steps []tftypes.AttributePathStep) bool {
	for i := range steps {
		at, _, err := tftypes.WalkAttributePath(value, tftypes.NewAttributePathWithSteps(steps[:i]))
		if err != nil {
			return false
		}
		if v, is := at.(tftypes.Value); is && !v.IsKnown() {
			return true
		}
	}
	return false
}
