package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// outputs writes expressions as outputs a, b, c, ….
func outputs(expressions ...string) string {
	var b strings.Builder
	for i, expression := range expressions {
		fmt.Fprintf(&b, "output %q {\n  value = %s\n}\n", string(rune('a'+i)), expression)
	}
	return b.String()
}

func output(name string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownOutputValue(name, want)
}

func outputField(name, field string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownOutputValueAtPath(name, pathTo(field), want)
}

func TestAccFunctionsOfKnownValues(t *testing.T) {
	t.Parallel()
	yes, no := knownvalue.Bool(true), knownvalue.Bool(false)
	run(t, resource.TestStep{
		Config: outputs(
			`provider::sslready::force_ssl_default("postgres", "14.9")`,
			`provider::sslready::force_ssl_default("postgres", "15.2")`,
			`provider::sslready::force_ssl_default("aurora-postgresql", "16.8")`,
			`provider::sslready::force_ssl_default("aurora-postgresql", "17")`,
			`provider::sslready::connection_without_password("host=db user=app password='s3 cret' sslmode=require")`,
			`provider::sslready::connection_without_password("postgresql://app:s3cret@db/orders?sslmode=verify-full")`,
			`provider::sslready::connection_tls("psql", "host=db sslmode=verify-full sslrootcert=/etc/ssl/rds.pem")`,
			`provider::sslready::connection_tls("psycopg2", "host=db", { trust_store = true })`,
			`provider::sslready::connection_tls("psycopg2", "host=db", { trust_store = false })`,
			`provider::sslready::connection_tls("psql", "host=db", { environment = { PGSSLMODE = "require" } })`,
			`provider::sslready::connection_tls("psql", "host=db sslmode=secure")`,
			`provider::sslready::connection_tls("pgjdbc", "jdbc:postgresql://db/orders", { properties = { ssl = "true" }, driver_version = "42.7.3" })`,
			`provider::sslready::connection_tls("pgjdbc", "jdbc:postgresql://db/orders", { properties = { ssl = true, loginTimeout = 5, sslpassword = null } })`,
		),
		ConfigStateChecks: []statecheck.StateCheck{
			output("a", no), output("b", yes), output("c", no), output("d", yes),
			output("e", knownvalue.StringExact("host=db user=app  sslmode=require")),
			output("f", knownvalue.StringRegexp(regexp.MustCompile(`^postgresql://app@db/orders\?sslmode=verify-full$`))),
			outputField("g", "mode", knownvalue.StringExact("verify-full")),
			outputField("g", "encrypts", yes), outputField("g", "verifies_path", yes), outputField("g", "verifies_host", yes),
			outputField("g", "falls_back_to_plaintext", no), outputField("g", "trust_anchors", knownvalue.StringExact("file")),
			outputField("g", "trust_store_path", knownvalue.StringExact("/etc/ssl/rds.pem")), outputField("g", "rejected", knownvalue.Null()),
			outputField("h", "mode", knownvalue.StringExact("prefer")), outputField("h", "verifies_path", yes),
			outputField("h", "falls_back_to_plaintext", yes),
			outputField("i", "verifies_path", no), outputField("i", "encrypts", yes),
			outputField("j", "mode", knownvalue.StringExact("require")), outputField("j", "falls_back_to_plaintext", no),
			outputField("k", "rejected", knownvalue.NotNull()), outputField("k", "mode", knownvalue.Null()),
			outputField("l", "mode", knownvalue.StringExact("verify-full")), outputField("l", "verifies_host", yes),
			outputField("m", "mode", knownvalue.StringExact("verify-full")),
		},
	})
}

// TestAccFunctionsRefuseNull takes the null from a conditional: a literal one
// is refused before the function is looked at.
func TestAccFunctionsRefuseNull(t *testing.T) {
	t.Parallel()
	refused := regexp.MustCompile(`(?i)argument must not be null|must not be null`)
	run(t,
		resource.TestStep{Config: outputs(`provider::sslready::force_ssl_default(null, "15")`), ExpectError: refused},
		resource.TestStep{Config: outputs(`provider::sslready::connection_without_password(null)`), ExpectError: refused},
		resource.TestStep{Config: outputs(`provider::sslready::connection_tls("psql", null)`), ExpectError: refused},
	)
}

func TestAccFunctionsOfUnknownValuesAreUnknown(t *testing.T) {
	t.Parallel()
	run(t, resource.TestStep{
		Config: "resource \"terraform_data\" \"later\" {\n  input = \"15.2\"\n}\n" + outputs(
			`provider::sslready::force_ssl_default("postgres", terraform_data.later.output)`,
			`provider::sslready::connection_without_password("host=db password=x application_name=${terraform_data.later.output}")`,
			`provider::sslready::connection_tls("psql", "host=${terraform_data.later.output} sslmode=require")`,
			`provider::sslready::connection_tls("psql", "host=db", { environment = { PGAPPNAME = terraform_data.later.output, PGSSLMODE = "require" } })`,
		),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownOutputValue("a"), plancheck.ExpectUnknownOutputValue("b"), plancheck.ExpectUnknownOutputValue("c"),
			plancheck.ExpectUnknownOutputValue("d"),
		}},
		ConfigStateChecks: []statecheck.StateCheck{
			output("a", knownvalue.Bool(true)),
			output("b", knownvalue.StringExact("host=db  application_name=15.2")),
			outputField("c", "mode", knownvalue.StringExact("require")),
			outputField("d", "mode", knownvalue.StringExact("require")),
		},
	})
}

// TestFunctionsOfPartlyUnknownValuesAreUnknown: what is not known may be at any
// depth, in whatever holds it.
func TestFunctionsOfPartlyUnknownValuesAreUnknown(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, always(judgedAt), values{})
	later := dynamicValue(notKnown{})
	for name, holder := range map[string]tftypes.Value{
		"a tuple":           dynamicValue([]any{"one", later}),
		"a list":            tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{later}),
		"a set":             tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{later}),
		"a map":             tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"one": later}),
		"an object":         dynamicValue(values{"one": later}),
		"a tuple in a list": tftypes.NewValue(tftypes.List{ElementType: dynamicValue([]any{later}).Type()}, []tftypes.Value{dynamicValue([]any{later})}),
		"nothing":           tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for function, arguments := range map[string][]any{
				"connection_tls":   {"psql", "host=db", values{"environment": values{"PGSSLMODE": holder}}},
				"framework_client": {"hikari", values{"jdbcUrl": "jdbc:postgresql://db/app", "dataSourceProperties": holder}},
			} {
				answer := p.answer(t, function, arguments...)
				if answer.Error != nil {
					t.Errorf("%s: %s", function, answer.Error.Text)
					continue
				}
				result, err := answer.Result.Unmarshal(p.schemas.Functions[function].Return.Type)
				if must(t, err); result.IsKnown() {
					t.Errorf("%s is known: %v", function, result)
				}
			}
		})
	}
}

// TestFunctionsNameTheArgumentAtFault calls them without Terraform.
func TestFunctionsNameTheArgumentAtFault(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, always(judgedAt), values{})
	tests := map[string]struct {
		function  string
		arguments []any
		argument  int64
		text      string
	}{
		"an engine that is not PostgreSQL":        {"force_ssl_default", []any{"mysql", "8.0"}, 0, `engine "mysql"`},
		"a version that is none":                  {"force_ssl_default", []any{"postgres", "latest"}, 1, `engine version "latest"`},
		"a driver that is not known":              {"connection_tls", []any{"libfoo", "host=db"}, 0, `unknown driver "libfoo"`},
		"a connection string with a password":     {"connection_tls", []any{"psql", "host=db password=planted-secret"}, 1, "connection_without_password"},
		"a connection that cannot be taken":       {"connection_without_password", []any{"host=db password='planted-secret"}, 0, "cannot be parsed"},
		"settings of an unknown name":             {"connection_tls", []any{"psql", "host=db", values{"colour": "red"}}, 2, `no attribute "colour"`},
		"two objects of settings":                 {"connection_tls", []any{"psql", "host=db", values{}, values{}}, 3, "at most one"},
		"settings that are no object":             {"connection_tls", []any{"psql", "host=db", "verify"}, 2, "must be an object"},
		"a trust_store that is not true or not":   {"connection_tls", []any{"psql", "host=db", values{"trust_store": "yes"}}, 2, "trust_store must be true or false"},
		"an environment that is no map":           {"connection_tls", []any{"psql", "host=db", values{"environment": "PGSSLMODE=require"}}, 2, "environment must be a map of strings"},
		"an encrypted store without its password": {"trust_store_certificates", []any{storeOf(t, "keytool-two.pkcs12")}, 1, "no password was passed"},
		"two passwords of a store":                {"trust_store_certificates", []any{"", "one", "two"}, 2, "one password"},
		"a store that is no Base64":               {"trust_store_certificates", []any{"%"}, 0, "not valid Base64"},
		"an environment within the environment":   {"connection_tls", []any{"psql", "host=db", values{"environment": values{"PGSSLMODE": values{}}}}, 2, "environment must be a map of strings"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failure := p.call(t, tc.function, tc.arguments...)
			if failure == nil {
				t.Fatal("no error")
			}
			if failure.FunctionArgument == nil || *failure.FunctionArgument != tc.argument || !strings.Contains(failure.Text, tc.text) {
				t.Errorf("error %q of argument %v, want %q of argument %d", failure.Text, failure.FunctionArgument, tc.text, tc.argument)
			}
			if strings.Contains(failure.Text, "planted-secret") {
				t.Errorf("the error shows the password: %s", failure.Text)
			}
		})
	}
}
