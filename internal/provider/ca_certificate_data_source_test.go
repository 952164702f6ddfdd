package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

const caCertificateType = "sslready_ca_certificate"

func TestAccCACertificate(t *testing.T) {
	t.Parallel()
	l := newFleetLab(t)
	l.api.SetDefaultCertificate(targetCA)
	root, _ := rdsca.Root(fleetRegion, targetCA)
	address := "data.sslready_ca_certificate.this"
	run(t, // for_each is not to be in the last state: the test framework does not read it.
		resource.TestStep{ // Of each CA, with an instance whose engine version takes one of them; known in the apply only.
			Config: l.provider() + `
resource "terraform_data" "instance" {
  input = "restarting"
}

data "sslready_ca_certificate" "all" {
  for_each               = toset(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"])
  ca_cert_identifier     = each.value
  db_instance_identifier = terraform_data.instance.output
}

output "supported" {
  value = [for id, ca in data.sslready_ca_certificate.all : id if ca.supported]
}
`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("supported", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact(presentCA)})),
			},
		},
		resource.TestStep{
			Config:      l.provider() + `data "sslready_ca_certificate" "this" { ca_cert_identifier = "rds-ca-2019" }`,
			ExpectError: regexp.MustCompile(`(?s)Unknown CA Identifier.*no CA "rds-ca-2019"`),
		},
		resource.TestStep{ // The Region's default.
			Config: l.provider() + `data "sslready_ca_certificate" "this" {}`,
			ConfigStateChecks: []statecheck.StateCheck{
				expect(address, "ca_cert_identifier", knownvalue.StringExact(targetCA)),
				expect(address, "thumbprint", knownvalue.StringExact(root.SHA1)),
				expect(address, "sha256", knownvalue.StringExact(root.SHA256)),
				expect(address, "key_type", knownvalue.StringExact(root.KeyType)),
				expect(address, "default_for_new_launches", knownvalue.Bool(true)),
				expect(address, "customer_override", knownvalue.Bool(false)),
				expect(address, "customer_override_valid_till", knownvalue.Null()),
				expect(address, "in_fact_table", knownvalue.Bool(true)),
				expect(address, "supported", knownvalue.Null()),
				expect(address, "findings", knownvalue.ListSizeExact(0)),
			},
		},
	)
}

func TestACACertificateIsHeldAgainstTheFactTable(t *testing.T) {
	t.Parallel()
	ireland, _ := rdsca.Root("eu-west-1", presentCA)
	other, _ := rdsca.Root(fleetRegion, targetCA)
	tests := map[string]struct {
		id, thumbprint string
		want           []any // severity and code of the finding
		known          bool
	}{
		"another CA's thumbprint":                {presentCA, other.SHA1, []any{"error", "contradicts_fact_table"}, false},
		"another Region's thumbprint":            {presentCA, ireland.SHA1, []any{"error", "contradicts_fact_table"}, false},
		"an unknown one, for a CA that is known": {presentCA, strings.Repeat("ab", 20), []any{"error", "contradicts_fact_table"}, false},
		"an unknown one, for a CA that is not":   {"rds-ca-rsa9000-g99", strings.Repeat("ab", 20), []any{"warning", "not_in_fact_table"}, false},
		"none":                                   {presentCA, "", []any{"warning", "not_in_fact_table"}, false},
		"its own, in upper case":                 {targetCA, strings.ToUpper(other.SHA1), nil, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newFleetLab(t)
			l.api.PutCertificate(rdsserver.Certificate{Identifier: tc.id, Thumbprint: tc.thumbprint})
			state, told := l.protocol(t).read(t, caCertificateType, values{"ca_cert_identifier": tc.id})
			if len(told) > 0 {
				t.Fatal(told)
			}
			var got []any
			for _, finding := range list(at(t, state, "findings")) {
				f := object(finding)
				got = append(got, f["severity"], f["code"])
				if without := strings.Contains(fmt.Sprint(f["detail"]), "RDS reports no thumbprint for this CA"); without != (tc.thumbprint == "") {
					t.Errorf("finding %v", f)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if in := at(t, state, "in_fact_table"); in != tc.known || (at(t, state, "sha256") != nil) != tc.known || (at(t, state, "key_type") != nil) != tc.known {
				t.Errorf("in_fact_table = %v, want %v; sha256 = %v", in, tc.known, at(t, state, "sha256"))
			}
		})
	}
}

// TestACACertificateOfADeniedEngineVersion: what may not be read is null, and
// a finding names the permission.
func TestACACertificateOfADeniedEngineVersion(t *testing.T) {
	t.Parallel()
	l := newFleetLab(t)
	l.deny("DescribeDBEngineVersions")
	state, told := l.protocol(t).read(t, caCertificateType, values{"ca_cert_identifier": targetCA, "db_instance_identifier": "single"})
	if told.failed() {
		t.Fatal(told)
	}
	findings, _ := at(t, state, "findings").([]any)
	if at(t, state, "supported") != nil || at(t, state, "thumbprint") == nil || len(findings) != 1 {
		t.Fatalf("supported = %v, findings = %v", at(t, state, "supported"), findings)
	}
	if f, _ := findings[0].(values); f["code"] != "fact_not_read" || !strings.Contains(fmt.Sprint(f["detail"]), "Access denied: the credentials lack the permission rds:DescribeDBEngineVersions.") {
		t.Errorf("finding %v", f)
	}
	l.deny("DescribeCertificates")
	if _, told := l.protocol(t).read(t, caCertificateType, values{}); !told.failed() || !strings.Contains(told.errors()[0].detail, "rds:DescribeCertificates") {
		t.Errorf("without DescribeCertificates: %v", told)
	}
}
