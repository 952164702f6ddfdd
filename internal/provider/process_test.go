package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/awsprovider"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
	sslready "github.com/sslready/terraform-provider-sslready/internal/provider"
)

const pluginPrefix = "terraform-provider-"

// servesAsPlugin serves a provider where Terraform has started this test
// program under a plugin's name: in the tests that look at all that Terraform
// and the provider say as processes of their own.
func servesAsPlugin() bool {
	name, isPlugin := strings.CutPrefix(filepath.Base(os.Args[0]), pluginPrefix)
	if !isPlugin {
		return false
	}
	var err error
	if name == "aws" {
		err = tf5server.Serve(awsprovider.Address, providerserver.NewProtocol5(awsprovider.New()))
	} else {
		err = tf6server.Serve("registry.terraform.io/sslready/sslready", sslready.Server("test"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

// requiredProviders is what a user's own configuration says.
const requiredProviders = `
terraform {
  required_providers {
    sslready = {
      source = "sslready/sslready"
    }
    aws = {
      source = "hashicorp/aws"
    }
  }
}
`

// process runs Terraform as a process, with both providers as processes.
type process struct{ *tfcli.Workspace }

// newProcess writes a configuration. It returns nil where Terraform is not to
// be tested: without TF_ACC, as the other acceptance tests.
func newProcess(t *testing.T, configuration string, environment ...string) *process {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Log("Acceptance tests are left out unless TF_ACC is set.")
		return nil
	}
	self, err := os.Executable()
	must(t, err)
	dir := t.TempDir()
	plugins := filepath.Join(dir, "plugins")
	must(t, os.Mkdir(plugins, 0o750))
	for _, name := range []string{tfcli.SSLReady, tfcli.AWS} {
		must(t, os.Symlink(self, filepath.Join(plugins, name)))
	}
	kept := append([]string{"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=none", "AWS_SHARED_CREDENTIALS_FILE=none", "PGPASSFILE=none"}, environment...)
	workspace, err := tfcli.NewWorkspace(t.Context(), dir, plugins, []byte(configuration), kept...)
	must(t, err)
	return &process{workspace}
}

// run runs Terraform and returns everything that it and the providers wrote.
func (p *process) run(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	written, err := p.Command(t.Context(), arguments...).CombinedOutput()
	return string(written), err
}

// plan plans once, and returns what was written.
func (p *process) plan(t *testing.T) string {
	t.Helper()
	written, err := p.run(t, "plan", "-input=false", "-no-color")
	if err != nil {
		t.Fatalf("plan: %v\n%s", err, written)
	}
	return written
}
