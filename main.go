// Command terraform-provider-sslready tells Terraform, before the CA of an
// Amazon RDS for PostgreSQL instance is switched, whether its clients are ready.
package main

import (
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/sslready/terraform-provider-sslready/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	var debug bool
	flag.BoolVar(&debug, "debug", false, "run so that a debugger can attach")
	flag.Parse()

	var options []tf6server.ServeOpt
	if debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve("registry.terraform.io/sslready/sslready", provider.Server(version), options...); err != nil {
		log.Fatal(err)
	}
}
