// Command tfcli prints the path of the program that runs Terraform
// configurations here; with -opentofu, of an OpenTofu built from its module, and
// with -terraform, of that release of Terraform, built likewise.
package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

func main() {
	tofu := flag.Bool("opentofu", false, "build OpenTofu even where terraform is there")
	release := flag.String("terraform", "", "build this release of Terraform, such as v1.14.0")
	flag.Parse()

	find := tfcli.Find
	if *tofu {
		find = tfcli.OpenTofu
	}
	if *release != "" {
		find = func(ctx context.Context) (string, error) { return tfcli.Terraform(ctx, *release) }
	}
	command.Main("tfcli", func(ctx context.Context, _ string) error {
		path, err := find(ctx)
		if err == nil {
			fmt.Println(path)
		}
		return err
	})
}
