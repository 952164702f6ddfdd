package provider

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// rule accepts some texts, and skips null and unknown ones.
type rule struct {
	title       string
	description string
	accepts     func(string) bool
	// refuse is for a rule that says more than that it does not accept a text.
	refuse func(diags *diag.Diagnostics, at path.Path, got string)
}

func (r rule) Description(context.Context) string { return r.description }

func (r rule) MarkdownDescription(context.Context) string { return r.description }

func (r rule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	got := req.ConfigValue.ValueString()
	switch {
	case req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || r.accepts(got):
	case r.refuse != nil:
		r.refuse(&resp.Diagnostics, req.Path, got)
	default:
		refuse(&resp.Diagnostics, req.Path, r.title, r.description, got)
	}
}

func only(r rule) []validator.String { return []validator.String{r} }

func isTimestamp(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

func oneTimestamp() []validator.String {
	return only(rule{title: "Invalid Time", description: "value must be an RFC 3339 time such as 2026-01-31T08:00:00Z", accepts: isTimestamp})
}

func oneDuration() []validator.String {
	return only(rule{title: "Invalid Duration", description: "value must be a positive duration such as 30s or 720h", accepts: func(text string) bool { return durationOf(text) > 0 }})
}

// oneInterval is for durations that leave whoever is asked time for others.
func oneInterval(least time.Duration) []validator.String {
	return only(rule{
		title: "Invalid Duration", description: fmt.Sprintf("value must be a duration of at least %v, such as 1s", least),
		accepts: func(text string) bool { return durationOf(text) >= least },
	})
}

func onePointInTime() []validator.String {
	return only(rule{
		title: "Invalid Time", description: "value must be a positive duration such as 72h, or an RFC 3339 time such as 2026-01-31T08:00:00Z",
		accepts: func(text string) bool { return durationOf(text) > 0 || isTimestamp(text) },
	})
}

// oneTimeZone is for names of the IANA database.
func oneTimeZone() []validator.String {
	return only(rule{title: "Unknown Time Zone", description: "value must be a time zone such as UTC or Europe/Berlin", accepts: func(text string) bool {
		_, err := time.LoadLocation(text)
		return err == nil && text != "" && !strings.EqualFold(text, "local")
	}})
}

func onePermissions() []validator.String {
	return only(rule{title: "Invalid File Mode", description: "value must be the permissions of a file in octal, such as 0600", accepts: func(text string) bool {
		mode, err := strconv.ParseUint(text, 8, 16)
		return err == nil && mode <= 0o7777
	}})
}

func oneOf(values ...string) []validator.String {
	const title = "Invalid Attribute Value Match"
	described := fmt.Sprintf("value must be one of: %q", values)
	return only(rule{
		description: described, accepts: func(text string) bool { return slices.Contains(values, text) },
		refuse: func(diags *diag.Diagnostics, at path.Path, got string) {
			if !hideSecret(diags, at, title, got) {
				diags.AddAttributeError(at, title, fmt.Sprintf("Attribute %s %s, got: %q", at, described, got))
			}
		},
	})
}

// variableName is a name as shells take it, in capitals as is the custom.
var variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// oneVariable is for names of environment variables, and shows no other value:
// who mistakes the attribute gives the password itself.
func oneVariable() []validator.String {
	const described = "value must be the name of an environment variable in capitals, digits and underscores, such as STORE_PASSWORD"
	return only(rule{description: described, accepts: variableName.MatchString, refuse: func(diags *diag.Diagnostics, at path.Path, _ string) {
		diags.AddError("Not the Name of an Environment Variable", fmt.Sprintf("%s: the %s. The value is not shown, since it may be the password itself.", at, described))
	}})
}

func oneDriver() []validator.String {
	return only(rule{
		description: "value must be one of " + strings.Join(driver.Names(), ", "),
		accepts:     func(text string) bool { return slices.Contains(driver.Names(), text) }, refuse: refuseDriver,
	})
}

func refuseDriver(diags *diag.Diagnostics, at path.Path, name string) {
	if hideSecret(diags, at, "Unknown Driver", name) {
		return
	}
	meant := ""
	if nearest := driver.Nearest(name); nearest != "" {
		meant = fmt.Sprintf("Did you mean %q? ", nearest)
	}
	diags.AddAttributeError(at, "Unknown Driver", fmt.Sprintf(
		"%s: there is no driver %q. Each driver has its own rules, and those of another driver could give a wrong verdict. %sName the driver that the client uses: %s. "+
			"If it is none of these, set driver = \"other\" and properties = { description = %q }: the client's outcome is then indeterminate, but you can still use the arguments \"match\" and \"waivers\" for it. "+
			"If you know what the client does, declare that in properties so that the client can be judged: for example encrypts = \"always\", verifies = \"path_and_host\", validator = \"openssl\".",
		at, name, meant, strings.Join(driver.Names(), ", "), name))
}

// networks is for lists of networks.
func networks() validator.List {
	return listvalidator.ValueStringsAre(rule{title: "Invalid Network", description: "value must be a network in CIDR notation such as 10.0.0.0/8", accepts: func(text string) bool {
		_, err := netip.ParsePrefix(text)
		return err == nil
	}})
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
