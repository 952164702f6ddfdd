package provider

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// validateFiles refuses files that are neither given nor said to be absent.
func validateFiles(client fields, at path.Path, name string) diag.Diagnostics {
	var diags diag.Diagnostics
	files := client.elements("files")
	for _, file := range sortedKeys(files) {
		f := fieldsOf(files[file])
		if f == nil {
			continue
		}
		absent := field[types.Bool](f, "absent")
		if absent.IsUnknown() || f.isSet("path") != absent.ValueBool() {
			continue
		}
		diags.AddAttributeError(at.AtName("files").AtMapKey(file), "Ambiguous Client File", fmt.Sprintf(
			"Client %q: for the file %s, either both \"path\" and absent = true are set, or neither is, so it is not clear whether the client has the file. Set exactly one of the two.", name, file))
	}
	return diags
}

// clientFiles reads the declared files of a client.
func (r *storeReader) clientFiles(client fields) policy.Files {
	declared := client.elements("files")
	files := make(policy.Files, len(declared))
	for _, name := range sortedKeys(declared) {
		f := fieldsOf(declared[name])
		file := policy.File{Absent: f.flag("absent"), Mode: -1}
		if mode, err := strconv.ParseInt(f.text("mode"), 8, 32); err == nil {
			file.Mode = int(mode)
		}
		if f.isSet("path") {
			content := r.content(f)
			file.Content, file.Unavailable = content.Content, content.Unavailable
		}
		files[name] = file
	}
	return files
}
