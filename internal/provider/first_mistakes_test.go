package provider_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

// given is a judgement without RDS, by the fact table.
func given(client values, more values) values {
	config := values{"region": "us-east-1", "target_ca_cert_identifier": targetCA, "force_ssl": true, "clients": values{"app": client}}
	maps.Copy(config, more)
	return config
}

// TestFirstMistakes are those of the first hour: each diagnostic names the
// attribute in words, since Terraform shows no nested path, and says what to do.
func TestFirstMistakes(t *testing.T) {
	t.Parallel()
	unverified := values{"driver": "psql", "connection": "sslmode=require"}
	abroad := values{"driver": "psql", "connection": "host=orders.c0example.eu-west-1.rds.amazonaws.com sslmode=verify-full"}
	const anotherServer = "the verdict would be about another server"
	tests := map[string]struct {
		subject string // default: sslready_readiness
		config  values
		want    complaint
	}{
		"a network without its length": {
			config: given(values{"driver": "psql", "match": values{"client_cidrs": []any{"10.0.0.0/8", "10.1.0.0"}}}, nil),
			want:   complaint{"ERROR", `clients["app"].match.client_cidrs[1]`, "Invalid Network", `clients["app"].match.client_cidrs[1]: `, "CIDR notation such as 10.0.0.0/8", `got: "10.1.0.0"`},
		},
		"a waiver's end without a time": {
			config: given(unverified, values{"waivers": values{"app": values{"reason": "later", "expires": "2026-06-01"}}}),
			want:   complaint{"ERROR", `waivers["app"].expires`, "Invalid Time", `waivers["app"].expires: `, "RFC 3339 time such as", `got: "2026-06-01"`},
		},
		"a duration in days": {
			config: given(unverified, values{"minimum_validity": "30d"}),
			want:   complaint{"ERROR", "minimum_validity", "Invalid Duration", "minimum_validity: ", "such as 30s or 720h", `got: "30d"`},
		},
		"a trust store without a source": {
			config: given(values{"driver": "psql", "trust_store": values{"place": "home"}}, nil),
			want:   complaint{"ERROR", `clients["app"].driver`, "No Trust Store", `trust_store sets none of "path", "content" and "content_base64"`, "so there is no store to judge the client with", "Set one of them, or remove trust_store"},
		},
		"a client in another Region": {
			config: given(abroad, nil),
			want:   complaint{"ERROR", `clients["app"].connection`, "Host in Another Region", "is in Region eu-west-1, but the client is judged against the root CA of Region us-east-1", anotherServer, `Correct "region" or the host`},
		},
		"a present CA that nobody knows": {
			config: given(unverified, values{"current_ca_cert_identifier": "rds-ca-rsa2048"}),
			want:   complaint{"WARNING", "current_ca_cert_identifier", "Unknown CA Identifier", `No root CA is known for "rds-ca-rsa2048"`, "on_unready = \"hold\" would assign this CA to the DB instance", "Correct the identifier"},
		},
		"a store of a Region that nobody knows": {
			subject: storeType, config: values{"content": "none", "region": "us-east1"},
			want: complaint{"ERROR", "region", "Region Not Known", `no root CA for Region "us-east1"`, "cannot say what is missing from the store", `Correct or remove "region"`},
		},
		"a relative path that leads nowhere": {
			subject: storeType, config: values{"path": filepath.Join("nowhere", "rds.pem")},
			want: complaint{"ERROR", "path", "Cannot Read the Trust Store", "relative to the directory where Terraform runs", "It is therefore not known which certificates in this store would be trusted by clients.", "that are available where Terraform runs"},
		},
		"an engine that RDS calls otherwise": { // It would be an empty fleet.
			subject: "sslready_instances", config: values{"engines": []any{"postgresql"}},
			want: complaint{"ERROR", "engines[0]", "Invalid Attribute Value Match", `"postgres" "aurora-postgresql"`, "must be one of", `"postgresql"`},
		},
		"a server that is not there": {
			subject: clientsType, config: values{"host": "127.0.0.1", "port": 1},
			want: complaint{"ERROR", "host", "Cannot Read the Clients", "127.0.0.1:1: PostgreSQL cannot be reached: ", "that does not mean that nobody is", `or set allow_unreachable = true and then check the attribute "reachable".`},
		},
		"a server that is not there, as allowed": {
			subject: clientsType, config: values{"host": "127.0.0.1", "port": 1, "allow_unreachable": true},
			want: complaint{"WARNING", "host", "Cannot Read the Clients", "127.0.0.1:1: PostgreSQL cannot be reached: ", "it says nothing about the sessions", "Run Terraform where the server can be reached."},
		},
		"a server without a certificate to show": {
			subject: "sslready_server_certificate", config: values{"host": "127.0.0.1", "port": 1},
			want: complaint{"ERROR", "host", "Cannot Read the Server Certificate", "connection refused", "It is therefore not known", `or set allow_unreachable = true and then check the attribute "reachable".`},
		},
		"a store's variable that is not set": {
			subject: storeType, config: values{"content": "none", "password_env": "SSLREADY_NOT_SET"},
			want: complaint{"ERROR", "content", "Cannot Read the Trust Store", "SSLREADY_NOT_SET, which password_env names, is not set", "It is therefore not known which certificates in this store would be trusted by clients.", "that are available where Terraform runs"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.subject == "" {
				tc.subject = readinessType
			}
			tc.want.expectIn(t, newProtocol(t, always(judgedAt), values{}).ask(t, tc.subject, tc.config))
		})
	}
}

// TestHostsThatAreNoneOfAnotherRegion pass: a proxy has no certificate of
// RDS's CAs, an alias says nothing, and an exact path needs no Region.
func TestHostsThatAreNoneOfAnotherRegion(t *testing.T) {
	t.Parallel()
	client := func(host string) values {
		return values{"driver": "psql", "connection": "sslmode=require host=" + host}
	}
	const abroad = "orders.c0example.eu-west-1.rds.amazonaws.com"
	issued, err := newAccount(t).cas.Chain(targetCA, pki.Options{DNSNames: []string{abroad}})
	must(t, err)
	viaProxy := client(abroad)
	viaProxy["via"] = "rds_proxy"
	tests := map[string]values{
		"the same Region": given(client("orders.c0example.us-east-1.rds.amazonaws.com"), nil),
		"an alias":        given(client("orders.example"), nil),
		"by way of proxy": given(viaProxy, nil),
		"a proxy":         given(client("orders.proxy-c0example.eu-west-1.rds.amazonaws.com"), nil),
		"a global writer": given(client("orders.global-c0example.global.rds.amazonaws.com"), nil),
		"an exact path":   given(client(abroad), values{"server_certificate_chain_pem": string(issued.PEM())}),
	}
	for name, config := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if told := newProtocol(t, always(judgedAt), values{}).ask(t, readinessType, config); strings.Contains(fmt.Sprint(told.errors()), "Another Region") {
				t.Error(told)
			}
		})
	}
}

// TestAHeldGateSaysWhatTheInstanceDoes where its present CA is not given: the
// instance may well exist.
func TestAHeldGateSaysWhatTheInstanceDoes(t *testing.T) {
	t.Parallel()
	_, told := newProtocol(t, always(judgedAt), values{}).planGate(t, given(libpq("verify-ca", values{"content": "none"}), values{"on_unready": "hold"}))
	complaint{"WARNING", "target_ca_cert_identifier", "CA Switch Held Back", "ca_cert_identifier stays null", "an existing DB instance keeps its CA", "it happens automatically."}.expectIn(t, told)
}

// TestFirstMistakesOfTheProviderBlock are refused before anything is asked: a
// duration that cannot be read would be a session of the default's length.
func TestFirstMistakesOfTheProviderBlock(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, always(judgedAt), values{})
	tests := map[string]struct {
		config values
		want   complaint
	}{
		"a role's duration without a unit": {
			values{"assume_role": []any{values{"role_arn": "arn:aws:iam::123456789012:role/x", "duration": "3600"}}},
			complaint{"ERROR", "assume_role[0].duration", "Invalid Duration", "assume_role[0].duration: ", "such as 30s or 720h", `got: "3600"`},
		},
		"a web identity's duration without a unit": {
			values{"assume_role_with_web_identity": values{"duration": "1 hour"}},
			complaint{"ERROR", "assume_role_with_web_identity.duration", "Invalid Duration", "duration: ", "such as 30s or 720h", `got: "1 hour"`},
		},
		"an sslmode with a fallback": {
			values{"postgres": values{"sslmode": "prefer"}},
			complaint{"ERROR", "postgres.sslmode", "Invalid Attribute Value Match", "postgres.sslmode", "must be one of", `"prefer"`},
		},
		"an unknown retry_mode": {
			values{"retry_mode": "legacy"},
			complaint{"ERROR", "retry_mode", "Invalid Attribute Value Match", "retry_mode", "must be one of", `"legacy"`},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := p.server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{
				Config: p.encode(t, p.schemas.Provider.ValueType(), tc.config),
			})
			must(t, err)
			tc.want.expectIn(t, diagnosticsOf(answer.Diagnostics))
		})
	}
}
