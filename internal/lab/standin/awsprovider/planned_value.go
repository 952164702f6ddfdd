package awsprovider

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// text, number and flag are nil for what the configuration leaves open.
func text(value types.String) *string {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	return value.ValueStringPointer()
}

func number(value types.Int64) *int32 {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	return aws.Int32(int32(value.ValueInt64())) //nolint:gosec // ports and GiB fit
}

func flag(value types.Bool) *bool {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	return value.ValueBoolPointer()
}

// changed is the planned value if it is known and differs from the state's.
func changed(plan, state types.String) *string {
	if plan.Equal(state) {
		return nil
	}
	return text(plan)
}

// known is the planned value, or what was read where the plan left it open.
func known(plan, read types.String) types.String {
	if plan.IsUnknown() {
		return read
	}
	return plan
}
