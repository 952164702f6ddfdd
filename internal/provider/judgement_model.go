package provider

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// judgementModel is the configuration of sslready_readiness and of
// sslready_trust_store_validation.
type judgementModel struct{ fields }

// readModel reads a configuration or a state.
func readModel(ctx context.Context, schema attr.Type, raw tftypes.Value, diags *diag.Diagnostics) judgementModel {
	return judgementModel{fieldsIn(ctx, schema, raw, diags)}
}

// inputsKnown says whether all of a configuration but the clients is known.
// Clients are looked at one by one.
func inputsKnown(config tftypes.Value) (bool, error) {
	attributes, err := elementsOf(config)
	if err != nil {
		return false, err
	}
	for name, value := range attributes {
		if name == "clients" && value.IsKnown() {
			continue
		}
		if !value.IsFullyKnown() {
			return false, nil
		}
	}
	return true, nil
}

// subject names what is judged, in the titles of diagnostics: Terraform folds
// those of one title into one.
func (m judgementModel) subject() string {
	if name := cmp.Or(m.text("db_instance_identifier"), m.text("host")); name != "" {
		return name
	}
	const shown = 3
	names := sortedKeys(m.elements("clients"))
	subject := strings.Join(names[:min(len(names), shown)], ", ")
	if more := len(names) - shown; more > 0 {
		subject += fmt.Sprintf(" and %d more", more)
	}
	return subject
}

// shownSubject is the subject, empty where it may hold a secret.
func (m judgementModel) shownSubject() string {
	subject := m.subject()
	if driver.SecretInText(subject) != "" {
		return ""
	}
	return subject
}

// named are diagnostics whose titles name what is judged. They point at no
// client where the password of a store is among the clients: Terraform 1.15
// prints all lines of what is pointed at, which is all of clients where it is
// not written as an object.
func (m judgementModel) named(diags diag.Diagnostics) diag.Diagnostics {
	suffix := ""
	if subject := m.shownSubject(); subject != "" {
		suffix = " (" + subject + ")"
	}
	secret := len(diags) > 0 && m.hasStorePassword()
	named := make(diag.Diagnostics, len(diags))
	for i, d := range diags {
		named[i] = diag.NewWarningDiagnostic(d.Summary()+suffix, d.Detail())
		if d.Severity() == diag.SeverityError {
			named[i] = diag.NewErrorDiagnostic(d.Summary()+suffix, d.Detail())
		}
		at, is := d.(diag.DiagnosticWithPath)
		if is && (!secret || !at.Path().Steps()[0].Equal(path.PathStepAttributeName("clients"))) {
			named[i] = diag.WithPath(at.Path(), named[i])
		}
	}
	return named
}

func (m judgementModel) hasStorePassword() bool {
	for _, client := range m.elements("clients") {
		if fieldsOf(fieldsOf(client)["trust_store"]).isSet("password") {
			return true
		}
	}
	return false
}
