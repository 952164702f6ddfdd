package provider

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/framework"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// validateClients refuses what can be refused without judging: secrets in
// the wrong place, and trust stores that say where they are twice or not.
func validateClients(declared map[string]attr.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, name := range sortedKeys(declared) {
		at := path.Root("clients").AtMapKey(name)
		client := fieldsOf(declared[name])
		diags.Append(refuseSecrets(client, name)...)
		if client != nil && !settled(client) {
			// At no path: a key that Terraform dropped may hold a secret.
			diags.AddError(fmt.Sprintf("No Settings for the Client %q", name),
				"This client sets none of \"connection\", \"environment\", \"properties\", \"image\" and \"archives\", so it would be judged with its driver's defaults. Terraform silently drops unknown keys, so check the declaration for a key that is not an argument of a client, such as url or dsn. If you mean the defaults, set connection = \"\".")
		}
		diags.Append(validateImage(client, at, name)...)
		diags.Append(validateFiles(client, at, name)...)
		for _, alternative := range fieldsOfEach(fieldsOf(client["framework"])["alternatives"]) {
			diags.Append(refuseSecrets(alternative, name)...)
		}
		if trustStore := fieldsOf(client["trust_store"]); trustStore != nil {
			diags.Append(validateTrustStore(trustStore, at, name)...)
		}
	}
	return diags
}

// settled says whether a client has settings, or may have some that are not
// known yet.
func settled(client fields) bool {
	if client.isSet("connection") || client.isSet("image") || client.isSet("archives") || client.isSet("framework") {
		return true
	}
	for _, name := range []string{"environment", "properties"} {
		if settings := field[types.Map](client, name); settings.IsUnknown() || len(settings.Elements()) > 0 {
			return true
		}
	}
	return false
}

// refuseSecretTexts finds what people paste into settings that take a name.
func refuseSecretTexts(m judgementModel) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, name := range []string{"current_ca_cert_identifier", "db_instance_identifier", "host", "region", "target_ca_cert_identifier"} {
		if secret := driver.SecretInConnection(m.text(name)); secret != "" {
			diags.AddError("Password in a Setting", fmt.Sprintf(
				"\"%s\" contains %s, which would be stored in the state and shown in plans. Use only the host name, Region or identifier.", name, secret))
		}
	}
	return diags
}

// refuseSecrets finds passwords and private keys without showing them.
func refuseSecrets(client fields, name string) diag.Diagnostics {
	var diags diag.Diagnostics
	// Not at the path of the setting: Terraform prints that line of the
	// configuration, with the secret, where it is a literal.
	refuse := func(where string, secret driver.Secret, remedy string) {
		diags.AddError("Password in a Client's Settings", fmt.Sprintf(
			"Client %q: \"%s\" contains %s, which would be stored in the state and shown in plans, and is not needed to judge TLS. %s", name, where, secret, remedy))
	}
	if secret := driver.SecretInConnection(client.text("connection")); secret != "" {
		refuse("connection", secret, remedyConnection(secret))
	}
	for _, attribute := range []string{"driver", "driver_version", "runtime_version", "via"} {
		if secret := driver.SecretInConnection(client.text(attribute)); secret != "" {
			refuse(attribute, secret, remedyRemove)
		}
	}
	match := fieldsOf(client["match"])
	for _, attribute := range []string{"usernames", "databases", "application_names", "client_cidrs"} {
		for i, value := range match.texts(attribute) {
			if secret := driver.SecretInText(value); secret != "" { // worker:1@host is a name.
				refuse(fmt.Sprintf("match.%s[%d]", attribute, i), secret, remedyRemove)
			}
		}
	}
	for _, attribute := range []string{"environment", "properties"} {
		settings := client.textMap(attribute)
		for _, key := range sortedKeys(settings) {
			remedy := remedyRemove
			if attribute == "environment" {
				remedy = "Wrap the map in provider::sslready::tls_environment(…), which keeps what drivers read and removes secrets."
			} else if strings.Contains(settings[key], "://") {
				remedy = remedyConnection(driver.Password)
			}
			if secret := driver.SecretIn(key, settings[key]); secret != "" {
				refuse(attribute+"["+key+"]", secret, remedy)
			}
		}
	}
	return diags
}

const remedyRemove = "Remove the secret."

func remedyConnection(secret driver.Secret) string {
	if secret != driver.Password {
		return remedyRemove
	}
	return "Wrap the connection string in provider::sslready::connection_without_password(…), or remove the password from it."
}

func validateTrustStore(trustStore fields, at path.Path, name string) diag.Diagnostics {
	var diags diag.Diagnostics
	report := func(title, detail string) {
		diags.Append(diag.WithPath(pathOfStore(at, trustStore), diag.NewErrorDiagnostic(title, fmt.Sprintf("Client %q: trust_store sets ", name)+detail)))
	}
	sources := trustStore.given("path", "content", "content_base64")
	if len(sources) == 0 {
		report("No Trust Store", "none of \"path\", \"content\" and \"content_base64\", so there is no store to judge the client with. Set one of them, or remove trust_store if the client has no trust store.")
	}
	const ambiguous = "\", so it is not clear which one the client uses. Keep one."
	if len(sources) > 1 {
		report("Ambiguous Trust Store", `"`+strings.Join(sources, `" and "`)+ambiguous)
	}
	if passwords := trustStore.given("password", "password_env"); len(passwords) > 1 {
		report("Ambiguous Trust Store Password", `"`+strings.Join(passwords, `" and "`)+ambiguous)
	}
	return diags
}

// clientsOf translates the clients that are wholly known, in the order of
// their names. deferred lists the others.
func clientsOf(declared map[string]attr.Value, host string, stores *storeReader) (known []readiness.Client, deferred []string) {
	for _, name := range sortedKeys(declared) {
		value := declared[name]
		if !whollyKnown(value) {
			deferred = append(deferred, name)
			continue
		}
		known = append(known, clientOf(name, fieldsOf(value), host, stores))
	}
	return known, deferred
}

func clientOf(name string, client fields, host string, stores *storeReader) readiness.Client {
	c := readiness.Client{
		Name: name,
		Settings: policy.Settings{
			Driver:      client.text("driver"),
			Version:     client.text("driver_version"),
			Runtime:     client.text("runtime_version"),
			Connection:  client.text("connection"),
			Environment: client.textMap("environment"),
			Properties:  client.textMap("properties"),
			Host:        host,
		},
		ViaProxy: client.text("via") == viaRDSProxy,
	}
	if trustStore := fieldsOf(client["trust_store"]); trustStore != nil {
		c.Settings.StoreDeclared = true
		c.Settings.StorePlace = policy.Place(trustStore.text("place"))
		c.Store = stores.read(trustStore)
		c.Store.Declared, c.Store.Name = true, trustStore.text("path")
	}
	c.Settings.Files = stores.clientFiles(client)
	if match := fieldsOf(client["match"]); match != nil {
		c.Match = matchOf(match)
	}
	if about := fieldsOf(client["framework"]); about != nil {
		c.Framework = frameworkOf(about, c.Settings)
	} else {
		c.Settings, c.Framework = layered(c.Settings)
	}
	return c
}

// layered is what the layer that a connection string names by its scheme hands
// to the driver. Settings that are declared beside it are the layer's own, and
// win. Nil is no layer.
func layered(s policy.Settings) (policy.Settings, *readiness.Framework) {
	name, result := framework.Layer(s)
	if name == "" {
		return s, nil
	}
	handed := func(c framework.Client) policy.Settings {
		settings := s
		settings.Connection, settings.Properties = c.Connection, maps.Clone(c.Properties)
		maps.Copy(settings.Properties, s.Properties)
		return settings
	}
	f := &readiness.Framework{Name: name, Unread: result.Unread, StartError: result.StartError, Undecided: result.Undecided}
	for _, a := range result.Alternatives {
		f.Alternatives = append(f.Alternatives, readiness.FrameworkAlternative{When: a.When, Settings: handed(a.Client), StartError: a.StartError, Undecided: a.Undecided})
	}
	return handed(result.Client), f
}

// frameworkOf translates what framework_client found out. Alternatives have the
// client's environment, store and host.
func frameworkOf(about fields, settings policy.Settings) *readiness.Framework {
	f := &readiness.Framework{
		Name: about.text("name"), Unread: about.textMap("unread"), StartError: about.text("start_error"), Undecided: about.text("undecided"),
	}
	for _, alternative := range fieldsOfEach(about["alternatives"]) {
		s := settings
		s.Driver, s.Version, s.Runtime = alternative.text("driver"), alternative.text("driver_version"), alternative.text("runtime_version")
		s.Connection, s.Properties = alternative.text("connection"), alternative.textMap("properties")
		f.Alternatives = append(f.Alternatives, readiness.FrameworkAlternative{
			When: alternative.text("when"), Settings: s, StartError: alternative.text("start_error"), Undecided: alternative.text("undecided"),
		})
	}
	return f
}

func matchOf(match fields) readiness.Match {
	m := readiness.Match{
		Usernames:        match.texts("usernames"),
		Databases:        match.texts("databases"),
		ApplicationNames: match.texts("application_names"),
	}
	if match.isSet("client_cidrs") {
		m.ClientCIDRs = []netip.Prefix{} // Given, and so far without a value.
	}
	for _, network := range match.texts("client_cidrs") {
		if prefix, err := netip.ParsePrefix(network); err == nil { // The schema's validator has refused others.
			m.ClientCIDRs = append(m.ClientCIDRs, prefix)
		}
	}
	return m
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
