package provider_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// nullInWords does not find the code of a problem, such as `null_password`.
var nullInWords = regexp.MustCompile(`(?i)\bnull\b`)

// maySayNull says whether the description of an output tells when it is null.
func maySayNull(a *tfprotov6.SchemaAttribute) bool {
	return nullInWords.MatchString(a.Description)
}

// checkNulls fails for an output that is null though its description does not
// say that it can be. Every state that a test reads goes through here.
func checkNulls(t testing.TB, schema *tfprotov6.Schema, state tftypes.Value) {
	t.Helper()
	checkAttributes(t, "", schema.Block.Attributes, state)
}

func checkAttributes(t testing.TB, at string, schema []*tfprotov6.SchemaAttribute, object tftypes.Value) {
	t.Helper()
	if object.IsNull() || !object.IsKnown() {
		return
	}
	values := map[string]tftypes.Value{}
	must(t, object.As(&values))
	for _, a := range schema {
		value := values[a.Name]
		if a.Computed && value.IsNull() && !maySayNull(a) {
			t.Errorf("%s is null, and its description does not say when: %s", at+a.Name, a.Description)
		}
		if a.NestedType != nil {
			checkNested(t, at+a.Name, a.NestedType, value)
		}
	}
}

func checkNested(t testing.TB, at string, schema *tfprotov6.SchemaObject, value tftypes.Value) {
	t.Helper()
	if value.IsNull() || !value.IsKnown() {
		return
	}
	switch schema.Nesting {
	case tfprotov6.SchemaObjectNestingModeSingle:
		checkAttributes(t, at+".", schema.Attributes, value)
	case tfprotov6.SchemaObjectNestingModeMap:
		elements := map[string]tftypes.Value{}
		must(t, value.As(&elements))
		for key, element := range elements {
			checkAttributes(t, at+"["+key+"].", schema.Attributes, element)
		}
	case tfprotov6.SchemaObjectNestingModeList, tfprotov6.SchemaObjectNestingModeSet:
		var elements []tftypes.Value
		must(t, value.As(&elements))
		for i, element := range elements {
			checkAttributes(t, at+"["+strconv.Itoa(i)+"].", schema.Attributes, element)
		}
	case tfprotov6.SchemaObjectNestingModeInvalid:
		t.Errorf("%s: invalid nesting", at)
	}
}

// neverNull lists, by type, the outputs whose description does not speak of
// null, nested ones by their own name: each was looked at, and checkNulls holds
// them to it.
const neverNull = `
resource sslready_client_census: clients complete cut_off distrusts first_seen handshakes last_seen meaning observation refused source
resource sslready_trust_store: certificate_sha256
resource sslready_trust_store_validation: action affected clients code configuration current detail driver endpoint evaluated_at follows identifier members name on_cluster outcome ready reason severity state summary target
sslready_ca_certificate: ca_cert_identifier code customer_override default_for_new_launches detail findings in_fact_table region severity
sslready_clients: clients complete cut_off first_seen last_seen meaning observation reachable refused samples sessions source unreachable
sslready_connection_log: clients complete connections cut_off distrusts first_seen handshakes incomplete_because last_seen meaning observation plaintext_refused refused replication source text unfinished username
sslready_force_ssl: certainty engine engine_version parameter_group_name pending_reboot region
sslready_image: configuration drafts driver drivers environment held missing name path problems reason runtimes trust_stores unread used_by version working_directory
sslready_instances: by_ca by_state ca_cert_identifiers clusters code complete detail engine engine_version findings identifier instances members region severity total unread
sslready_readiness: action affected clients code configuration current detail driver endpoint evaluated_at findings follows identifier members name on_cluster outcome ready reason report severity state summary target verdicts
sslready_server_certificate: entry is_ca issuer not_after not_before self_signed serial sha1 sha256 subject
sslready_trust_store: anchors ca_cert_identifier certificates code detail entry go is_ca issuer java not_after not_before openssl problems readable self_signed serial sha1 sha256 subject
`

// TestEveryOutputSaysWhenItIsNull asks it of every output that is not listed as
// one that never is.
func TestEveryOutputSaysWhenItIsNull(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, always(judgedAt), values{})
	listed := map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(neverNull)) {
		name, outputs, _ := strings.Cut(line, ":") // "resource …" for resources
		for output := range strings.FieldsSeq(outputs) {
			listed[name+"."+output] = true
		}
	}
	found := map[string]bool{}
	var walk func(name string, schema []*tfprotov6.SchemaAttribute)
	walk = func(name string, schema []*tfprotov6.SchemaAttribute) {
		for _, a := range schema {
			if output := name + "." + a.Name; a.Computed && !maySayNull(a) {
				found[output] = true
				if !listed[output] {
					t.Errorf("%s neither says when it is null nor is listed in neverNull: %s", output, a.Description)
				}
			}
			if a.NestedType != nil {
				walk(name, a.NestedType.Attributes)
			}
		}
	}
	for name, schema := range p.schemas.DataSourceSchemas {
		walk(name, schema.Block.Attributes)
	}
	for name, schema := range p.schemas.ResourceSchemas {
		walk("resource "+name, schema.Block.Attributes)
	}
	for name := range listed {
		if !found[name] {
			t.Errorf("%s is listed as never null, and is not there or says when it is", name)
		}
	}
}
