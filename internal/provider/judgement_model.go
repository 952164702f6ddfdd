package provider

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// judgementModel is the configuration of sslready_readiness and of
// sslready_trust_store_validation.
type judgementModel struct {
	TargetCACertIdentifier           types.String
	DBInstanceIdentifier             types.String
	Region                           types.String
	Host                             types.String
	CurrentCACertIdentifier          types.String
	ForceSSL                         types.Bool
	ServerTLS                        types.Object
	ServerCertificateChainPEM        types.String
	CanaryServerCertificateChainPEM  types.String
	CurrentServerCertificateChainPEM types.String
	Clients                          types.Map
	Observations                     types.List
	OnUndeclared                     types.String
	OnIndeterminate                  types.String
	OnUnready                        types.String // of the gate alone
	Details                          types.Bool   // of the gate alone
	ApplyImmediately                 types.Bool
	EvaluationTime                   types.String
	MinimumValidity                  types.String
	Waivers                          types.Map
}

// readModel reads a configuration or a state.
func readModel(ctx context.Context, schema attr.Type, raw tftypes.Value, diags *diag.Diagnostics) judgementModel {
	f := fieldsIn(ctx, schema, raw, diags)
	return judgementModel{
		TargetCACertIdentifier:           field[types.String](f, "target_ca_cert_identifier"),
		DBInstanceIdentifier:             field[types.String](f, "db_instance_identifier"),
		Region:                           field[types.String](f, "region"),
		Host:                             field[types.String](f, "host"),
		CurrentCACertIdentifier:          field[types.String](f, "current_ca_cert_identifier"),
		ForceSSL:                         field[types.Bool](f, "force_ssl"),
		ServerTLS:                        field[types.Object](f, "server_tls"),
		ServerCertificateChainPEM:        field[types.String](f, "server_certificate_chain_pem"),
		CanaryServerCertificateChainPEM:  field[types.String](f, "canary_server_certificate_chain_pem"),
		CurrentServerCertificateChainPEM: field[types.String](f, "current_server_certificate_chain_pem"),
		Clients:                          field[types.Map](f, "clients"),
		Observations:                     field[types.List](f, "observations"),
		OnUndeclared:                     field[types.String](f, "on_undeclared"),
		OnIndeterminate:                  field[types.String](f, "on_indeterminate"),
		OnUnready:                        field[types.String](f, "on_unready"),
		Details:                          field[types.Bool](f, "details"),
		ApplyImmediately:                 field[types.Bool](f, "apply_immediately"),
		EvaluationTime:                   field[types.String](f, "evaluation_time"),
		MinimumValidity:                  field[types.String](f, "minimum_validity"),
		Waivers:                          field[types.Map](f, "waivers"),
	}
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
	if name := cmp.Or(m.DBInstanceIdentifier.ValueString(), m.Host.ValueString()); name != "" {
		return name
	}
	const shown = 3
	names := sortedNames(m.Clients)
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
		named[i] = retitled{d, d.Summary() + suffix}
		at, is := d.(diag.DiagnosticWithPath)
		if is && (!secret || !at.Path().Steps()[0].Equal(path.PathStepAttributeName("clients"))) {
			named[i] = diag.WithPath(at.Path(), named[i])
		}
	}
	return named
}

func (m judgementModel) hasStorePassword() bool {
	for _, client := range m.Clients.Elements() {
		if fieldsOf(fieldsOf(client)["trust_store"]).isSet("password") {
			return true
		}
	}
	return false
}

// retitled is a diagnostic under another title.
type retitled struct {
	diag.Diagnostic

	title string
}

func (r retitled) Summary() string { return r.title }

func (r retitled) Equal(other diag.Diagnostic) bool {
	o, is := other.(retitled)
	return is && r.title == o.title && r.Diagnostic.Equal(o.Diagnostic)
}
