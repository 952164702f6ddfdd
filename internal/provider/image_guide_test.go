package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
)

// standIns are what the guide's expressions name, as their providers give it.
const standIns = `
locals {
  aws_ecs_task_definition = { reports = { container_definitions = jsonencode([
    { name = "sidecar", image = "sidecar:1" },
    { name = "reports", image = "IMAGE", command = ["reports"], environment = [{ name = "PGSSLMODE", value = "verify-full" }, { name = "PGSSLROOTCERT", value = "/etc/ssl/rds.pem" }, { name = "PGPASSWORD", value = "planted-password" }] },
  ]) } }
  kubernetes_deployment_v1 = { reports = { spec = [{ template = [{ spec = [{ container = [{
    image = "IMAGE", command = null, args = null
    env   = [{ name = "PGSSLMODE", value = "verify-full" }, { name = "PGSSLROOTCERT", value = "/absent.pem" }, { name = "PGPASSWORD", value = null }]
  }] }] }] }] } }
  data_archive_file   = { layer = { output_path = "LAYER" }, export = { output_path = "FUNCTION" } }
  aws_lambda_function = { export = { environment = [{ variables = { PGSSLMODE = "verify-full", PGSSLROOTCERT = "/opt/rds.pem", TOKEN = "x" } }] } }
}
data "sslready_readiness" "this" {
  region                     = "eu-west-1"
  host                       = "orders.abcdefghijkl.eu-west-1.rds.amazonaws.com"
  target_ca_cert_identifier  = "rds-ca-rsa2048-g1"
  current_ca_cert_identifier = "rds-ca-rsa2048-g1"
  force_ssl                  = true
  clients                    = { ecs = local.ecs_client, pod = local.pod_client, lambda = local.lambda_client }
}
output "outcomes" {
  value = { for name, verdict in data.sslready_readiness.this.verdicts : name => verdict.target.outcome }
}
`

// TestAccGuideFromImageToVerdict runs the expressions of the guide.
func TestAccGuideFromImageToVerdict(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/guides/from_image_to_verdict.md")
	must(t, err)
	blocks := regexp.MustCompile("(?s)```terraform\n(locals.*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(blocks) != 3 {
		t.Fatalf("the guide has %d blocks of locals", len(blocks))
	}
	server := registry.Start()
	t.Cleanup(server.Stop)
	reference, err := server.Push("reports:1", reportsImage(t, rootsOfRDS(t)))
	must(t, err)
	folder := t.TempDir()
	layer, function := filepath.Join(folder, "layer.zip"), filepath.Join(folder, "function.zip")
	must(t, os.WriteFile(layer, registry.Zip(registry.Entry{Name: "rds.pem", Content: rootsOfRDS(t)}), 0o600))
	must(t, os.WriteFile(function, registry.Zip(registry.Entry{Name: "handler.py", Content: "import psycopg2"}), 0o600))
	var config strings.Builder
	config.WriteString(providerWithImages(t) + strings.NewReplacer("IMAGE", reference, "LAYER", layer, "FUNCTION", function).Replace(standIns))
	for _, block := range blocks {
		config.WriteString(strings.NewReplacer("data.archive_file", "local.data_archive_file", "aws_ecs_task_definition.", "local.aws_ecs_task_definition.",
			"kubernetes_deployment_v1.", "local.kubernetes_deployment_v1.", "aws_lambda_function.", "local.aws_lambda_function.").Replace(block[1]))
	}
	run(t, resource.TestStep{Config: config.String(), ConfigStateChecks: []statecheck.StateCheck{
		statecheck.ExpectKnownOutputValue("outcomes", knownvalue.MapExact(map[string]knownvalue.Check{
			"ecs": knownvalue.StringExact("connects"), "pod": knownvalue.StringExact("fails"), "lambda": knownvalue.StringExact("connects"),
		})),
	}})
}
