// Command tfcli prints the path of the program that runs Terraform
// configurations here; with -opentofu, of an OpenTofu built from its module.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

func main() {
	tofu := flag.Bool("opentofu", false, "build OpenTofu even where terraform is there")
	flag.Parse()

	find := tfcli.Find
	if *tofu {
		find = tfcli.OpenTofu
	}
	path, err := find(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(path) //nolint:forbidigo // It is what the command is for.
}
