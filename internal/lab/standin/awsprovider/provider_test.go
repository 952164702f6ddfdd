package awsprovider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	acctest "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/awsprovider"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

func TestSchemasAreValid(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	subject := awsprovider.New()
	var own provider.SchemaResponse
	subject.Schema(ctx, provider.SchemaRequest{}, &own)
	if diags := own.Schema.ValidateImplementation(ctx); diags.HasError() {
		t.Errorf("provider: %v", diags)
	}
	for _, create := range subject.Resources(ctx) {
		var resp resource.SchemaResponse
		create().Schema(ctx, resource.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(ctx); diags.HasError() {
			t.Errorf("resource: %v", diags)
		}
	}
	for _, create := range subject.DataSources(ctx) {
		var resp datasource.SchemaResponse
		create().Schema(ctx, datasource.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(ctx); diags.HasError() {
			t.Errorf("data source: %v", diags)
		}
	}
}

// factories serve the provider as Terraform knows hashicorp/aws.
func factories() map[string]func() (tfprotov5.ProviderServer, error) {
	return map[string]func() (tfprotov5.ProviderServer, error){
		"aws": providerserver.NewProtocol5WithError(awsprovider.New()),
	}
}

// configuration is what a user of hashicorp/aws writes.
func configuration(endpoint, body string) string {
	return fmt.Sprintf(`
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "AKIALAB"
  secret_key                  = "lab"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  endpoints {
    rds = %[1]q
    sts = %[1]q
  }
}

resource "aws_db_instance" "orders" {
  identifier          = "orders"
  engine              = "postgres"
  engine_version      = "15.18"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  skip_final_snapshot = true
%[2]s
}
`, endpoint, body)
}

func TestAccAnInstanceLivesThroughItsCASwitch(t *testing.T) {
	t.Parallel()
	var switches []string
	server := rdsserver.New(rdsserver.Options{Hooks: rdsserver.Hooks{OnCASwitch: func(instance, ca string) error {
		switches = append(switches, instance+" to "+ca)
		return nil
	}}})
	endpoint, stop, err := server.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	const name = "aws_db_instance.orders"
	acctest.Test(t, acctest.TestCase{
		ProtoV5ProviderFactories: factories(),
		Steps: []acctest.TestStep{
			{
				Config: configuration(endpoint, `  tags = { team = "shop", stage = "test" }`),
				Check: acctest.ComposeAggregateTestCheckFunc(
					acctest.TestCheckResourceAttr(name, "ca_cert_identifier", "rds-ca-rsa2048-g1"),
					acctest.TestCheckResourceAttr(name, "endpoint", "orders.c0example.us-east-1.rds.amazonaws.com:5432"),
					acctest.TestCheckResourceAttr(name, "parameter_group_name", "default.postgres15"),
					acctest.TestCheckResourceAttr(name, "tags.team", "shop"),
				),
			},
			{
				ResourceName: name, ImportState: true, ImportStateId: "orders", ImportStateVerify: true,
				ImportStateVerifyIdentifierAttribute: "identifier",
				ImportStateVerifyIgnore:              []string{"skip_final_snapshot"},
			},
			{
				Config: configuration(endpoint, "  ca_cert_identifier = \"rds-ca-rsa4096-g1\"\n  apply_immediately = true\n  tags = { team = \"shop\" }") +
					"data \"aws_db_instance\" \"orders\" {\n  db_instance_identifier = aws_db_instance.orders.identifier\n  depends_on = [aws_db_instance.orders]\n}\n",
				Check: acctest.ComposeAggregateTestCheckFunc(
					acctest.TestCheckResourceAttr(name, "ca_cert_identifier", "rds-ca-rsa4096-g1"),
					acctest.TestCheckResourceAttr("data.aws_db_instance.orders", "ca_cert_identifier", "rds-ca-rsa4096-g1"),
					acctest.TestCheckNoResourceAttr(name, "tags.stage"),
					func(*terraform.State) error {
						if len(switches) != 1 || switches[0] != "orders to rds-ca-rsa4096-g1" {
							return fmt.Errorf("the database server was switched %v", switches)
						}
						return nil
					},
				),
			},
			{
				// Without apply_immediately the switch waits, and is drift until then.
				Config:             configuration(endpoint, `  ca_cert_identifier = "rds-ca-ecc384-g1"`),
				ExpectNonEmptyPlan: true,
				Check: func(*terraform.State) error {
					if instance, _ := server.Instance("orders"); instance.CAIdentifier != "rds-ca-rsa4096-g1" || instance.PendingCA != "rds-ca-ecc384-g1" {
						return fmt.Errorf("present CA %s, pending CA %s", instance.CAIdentifier, instance.PendingCA)
					}
					return nil
				},
			},
			{
				Config:      configuration(endpoint, "  ca_cert_identifier = \"rds-ca-2019\"\n  apply_immediately = true"),
				ExpectError: regexp.MustCompile("CertificateNotFound"),
			},
		},
	})
	if _, exists := server.Instance("orders"); exists {
		t.Error("the instance outlived its configuration")
	}
}
