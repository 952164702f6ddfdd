// Command terraform-provider-aws serves the lab's stand-in for hashicorp/aws.
// Use it by a development override only.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/awsprovider"
)

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger")
	flag.Parse()
	err := providerserver.Serve(context.Background(), awsprovider.New, providerserver.ServeOpts{
		Address: awsprovider.Address, Debug: *debug, ProtocolVersion: 5,
	})
	if err != nil {
		log.Fatal(err)
	}
}
