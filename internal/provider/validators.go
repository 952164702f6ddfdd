package provider

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

var (
	_ validator.String = timestamp{}
	_ validator.String = duration{}
	_ validator.String = knownDriver{}
	_ validator.String = interval{}
	_ validator.List   = cidrs{}
)

// timestamp accepts RFC 3339 times. Null and unknown values are skipped.
type timestamp struct{}

func (timestamp) Description(context.Context) string {
	return "value must be an RFC 3339 time such as 2026-01-31T08:00:00Z"
}
func (v timestamp) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v timestamp) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := time.Parse(time.RFC3339, req.ConfigValue.ValueString()); err != nil {
		refuse(&resp.Diagnostics, req.Path, "Invalid Time", v.Description(ctx), req.ConfigValue.ValueString())
	}
}

// duration accepts positive Go durations. Null and unknown values are skipped.
type duration struct{}

func (duration) Description(context.Context) string {
	return "value must be a positive duration such as 30s or 720h"
}
func (v duration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v duration) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d <= 0 {
		refuse(&resp.Diagnostics, req.Path, "Invalid Duration", v.Description(ctx), req.ConfigValue.ValueString())
	}
}

// interval accepts durations that leave whoever is asked time for others.
type interval struct{ least time.Duration }

func (v interval) Description(context.Context) string {
	return fmt.Sprintf("value must be a duration of at least %v, such as 1s", v.least)
}

func (v interval) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v interval) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d < v.least {
		refuse(&resp.Diagnostics, req.Path, "Invalid Duration", v.Description(ctx), req.ConfigValue.ValueString())
	}
}

// cidrs accepts lists of networks. Null and unknown values are skipped.
type cidrs struct{}

func (cidrs) Description(context.Context) string {
	return "value must be a network in CIDR notation such as 10.0.0.0/8"
}
func (v cidrs) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v cidrs) ValidateList(ctx context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	for i, element := range req.ConfigValue.Elements() {
		network, isString := element.(types.String)
		if !isString || network.IsNull() || network.IsUnknown() {
			continue
		}
		if _, err := netip.ParsePrefix(network.ValueString()); err != nil {
			refuse(&resp.Diagnostics, req.Path.AtListIndex(i), "Invalid Network", v.Description(ctx), network.ValueString())
		}
	}
}

// knownDriver accepts the names of drivers. Null and unknown values are
// skipped.
type knownDriver struct{}

func (knownDriver) Description(context.Context) string {
	return "value must be one of " + strings.Join(driver.Names(), ", ")
}
func (v knownDriver) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v knownDriver) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	name := req.ConfigValue.ValueString()
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || slices.Contains(driver.Names(), name) {
		return
	}
	if hideSecret(&resp.Diagnostics, req.Path, "Unknown Driver", name) {
		return
	}
	meant := ""
	if nearest := driver.Nearest(name); nearest != "" {
		meant = fmt.Sprintf("Probably %q was meant. ", nearest)
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Unknown Driver", fmt.Sprintf(
		"%s: there is no driver %q. Each driver has its own rules, and those of another driver could give a wrong verdict. %sName the driver that the client uses: %s. "+
			"If it is none of these, set driver = \"other\" and properties = { description = %q }: the client's outcome is then indeterminate, but match and waivers work. "+
			"If you know what the client does, declare that in properties so that the client can be judged: for example encrypts = \"always\", verifies = \"path_and_host\", validator = \"openssl\".",
		req.Path, name, meant, strings.Join(driver.Names(), ", "), name))
}

// refuse names the attribute in words: for a nested one Terraform shows the
// resource's line only.
func refuse(diags *diag.Diagnostics, at path.Path, title, rule, got string) {
	if !hideSecret(diags, at, title, got) {
		diags.AddAttributeError(at, title, fmt.Sprintf("%s: the %s, got: %q", at, rule, got))
	}
}

// hideSecret refuses a value that may be a secret without showing it, and
// without the path: Terraform prints the line of the configuration there.
func hideSecret(diags *diag.Diagnostics, at path.Path, title, got string) (hidden bool) {
	if driver.SecretInConnection(got) == "" && !strings.ContainsAny(got, "=@") && len(got) <= 64 {
		return false
	}
	diags.AddError(title, fmt.Sprintf("%s: the value is not one of those that are allowed here; see the documentation of the attribute. The value is not shown, since it may contain a secret.", at))
	return true
}

// choice accepts some words. Null and unknown values are skipped.
type choice []string

func (c choice) Description(context.Context) string {
	return fmt.Sprintf("value must be one of: %q", []string(c))
}
func (c choice) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

func (c choice) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || slices.Contains(c, req.ConfigValue.ValueString()) {
		return
	}
	const title = "Invalid Attribute Value Match"
	if !hideSecret(&resp.Diagnostics, req.Path, title, req.ConfigValue.ValueString()) {
		resp.Diagnostics.AddAttributeError(req.Path, title, fmt.Sprintf("Attribute %s %s, got: %q", req.Path, c.Description(ctx), req.ConfigValue.ValueString()))
	}
}

// variable accepts names of environment variables, and shows no other value:
// who mistakes the attribute gives the password itself.
type variable struct{}

// variableName is a name as shells take it, in capitals as is the custom.
var variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

func (variable) Description(context.Context) string {
	return "value must be the name of an environment variable, such as STORE_PASSWORD: capitals, digits and underscores"
}
func (v variable) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v variable) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || variableName.MatchString(req.ConfigValue.ValueString()) {
		return
	}
	resp.Diagnostics.AddError("Not the Name of a Variable", fmt.Sprintf("%s: the %s. The value is not shown, since it may be the password itself.", req.Path, v.Description(ctx)))
}

func oneVariable() []validator.String { return []validator.String{variable{}} }

func oneDuration() []validator.String { return []validator.String{duration{}} }

func oneTimestamp() []validator.String { return []validator.String{timestamp{}} }
