// Command terraform-provider-sslready tells Terraform, before the CA of an
// Amazon RDS for PostgreSQL instance is switched, whether its clients are ready.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/sslready/terraform-provider-sslready/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	var debug bool
	flag.BoolVar(&debug, "debug", false, "run so that a debugger can attach")
	flag.Parse()

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/sslready/sslready",
		Debug:   debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
