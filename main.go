// Command terraform-provider-sslready tells Terraform, before the CA of an
// Amazon RDS for PostgreSQL instance is switched, whether its clients are ready.
package main

import (
	"flag"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/sslready/terraform-provider-sslready/internal/provider"
)

// version is set by the release build.
var version = "dev"

// softMemory is where the garbage collector begins to work harder, in octets.
// Nothing is refused by it.
const softMemory = 192 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	var debugged bool
	flag.BoolVar(&debugged, "debug", false, "run so that a debugger can attach")
	flag.Parse()

	var options []tf6server.ServeOpt
	if debugged {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve("registry.terraform.io/sslready/sslready", provider.Server(version), options...); err != nil {
		log.Fatal(err)
	}
}
