package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// newFileMode is the mode of a file that was not there and whose mode nobody
// gave: its owner alone can read and write it.
const newFileMode fs.FileMode = 0o600

// fileMode reads file_mode; wanted is false where it is not given.
func fileMode(text types.String) (mode fs.FileMode, wanted bool) {
	n, err := strconv.ParseUint(text.ValueString(), 8, 32)
	if text.IsNull() || err != nil { // The schema's validator has refused others.
		return newFileMode, false
	}
	return fs.FileMode(n) & fs.ModePerm, true
}

// target is the file that a path leads to. A link stays a link: whoever put it
// there wants the file behind it.
func target(name string) (string, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return name, nil //nolint:nilerr // A file that is not there is made; what else is wrong, the write reports.
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		return name, nil
	}
	return filepath.EvalSymlinks(name)
}

// isWritten reports whether a file is already as [replaceFile] would leave it.
func isWritten(ctx context.Context, name string, content []byte, mode types.String) bool {
	store := readPath(ctx, name)
	return store.Unavailable == "" && bytes.Equal(store.Content, content) && !otherMode(ctx, name, mode)
}

// otherMode reports whether a file that is there has another mode than the one
// that is wanted.
func otherMode(ctx context.Context, name string, mode types.String) bool {
	wanted, given := fileMode(mode)
	if !given {
		return false
	}
	info, err := untilCancelled(ctx, func() (fs.FileInfo, error) { return os.Stat(name) })
	return err == nil && info.Mode().Perm() != wanted
}

var errNotWritable = errors.New("it exists, but is not a regular file")

// replaceFile writes a file in one step: whoever reads it sees the old content
// or the new one. One that is there keeps its owner, where that can be, and
// its mode unless another one is wanted: its client must still be able to read
// it.
func replaceFile(name string, content []byte, mode types.String) (err error) {
	if name, err = target(name); err != nil {
		return err
	}
	perm, given := fileMode(mode)
	present, err := os.Stat(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if present != nil && !present.Mode().IsRegular() {
		return errNotWritable // A pipe or a device would be lost, /dev/null among them.
	}
	if present != nil && !given {
		perm = present.Mode().Perm()
	}
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*") // Of mode 0600.
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if _, err = file.Write(content); err != nil {
		return errors.Join(err, file.Close())
	}
	if present != nil {
		if err = keepOwner(file, present); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	if err = file.Chmod(perm); err != nil { // After the owner, whose change takes bits away.
		return errors.Join(err, file.Close())
	}
	if err = errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

// writeFile is replaceFile until the run is cancelled.
func writeFile(ctx context.Context, name string, content []byte, mode types.String) diag.Diagnostics {
	var diags diag.Diagnostics
	_, err := untilCancelled(ctx, func() (struct{}, error) { return struct{}{}, replaceFile(name, content, mode) })
	switch {
	case errors.Is(err, context.Canceled):
		diags.AddAttributeError(path.Root("path"), titleWrite, name+": the run was cancelled while the file was being written. The file is either as it was before, or complete. Apply again.")
	case err != nil:
		diags.AddAttributeError(path.Root("path"), titleWrite, name+": "+cause(err)+". The file is as it was before. Check the path, the folder and its permissions.")
	}
	return diags
}

// removeFile removes a file that still has the content that was written.
func removeFile(ctx context.Context, name, sha256 string) diag.Diagnostics {
	var diags diag.Diagnostics
	file, err := target(name)
	if _, gone := os.Lstat(file); err != nil || errors.Is(gone, fs.ErrNotExist) {
		return diags
	}
	if store := readPath(ctx, file); store.Unavailable != "" || sha256Of(store.Content) != sha256 {
		diags.AddAttributeWarning(path.Root("path"), "Trust Store Left in Place", name+" was not removed: it cannot be read, or its content is no longer what this resource wrote.")
		return diags
	}
	if err := os.Remove(file); err != nil {
		diags.AddAttributeError(path.Root("path"), "Cannot Remove the Trust Store", name+": "+cause(err)+". Remove it by hand, or correct the permissions of its folder.")
	}
	return diags
}

const titleWrite = "Cannot Write the Trust Store"

// writtenPaths are the files that the resources of one run write, each with
// the one that writes it. Two of them would undo each other's work.
type writtenPaths struct {
	mu     sync.Mutex
	owners map[string]string
}

// claim notes that a resource, by its own identifier, writes a path, or says
// that another one does.
func (w *writtenPaths) claim(ctx context.Context, name, owner string) diag.Diagnostics {
	var diags diag.Diagnostics
	file, err := untilCancelled(ctx, func() (string, error) { return samePath(name), nil })
	if err != nil {
		diags.AddAttributeError(path.Root("path"), titleWrite, name+": the run was cancelled.")
		return diags
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if other, claimed := w.owners[file]; claimed && other != owner {
		diags.AddAttributeError(path.Root("path"), "Two Trust Stores Are Written to One File", fmt.Sprintf(
			"Another sslready_trust_store resource also writes %s. Each would replace what the other wrote, so clients would lack certificates. This resource wrote nothing. Use different paths, or put all certificates into one resource.", name))
		return diags
	}
	if w.owners == nil {
		w.owners = map[string]string{}
	}
	w.owners[file] = owner
	return diags
}

// release is for a file that is removed.
func (w *writtenPaths) release(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.owners, samePath(name))
}

// samePath is one name for all ways to write a path.
func samePath(name string) string {
	if absolute, err := filepath.Abs(name); err == nil {
		name = absolute
	}
	if file, err := filepath.EvalSymlinks(name); err == nil {
		return file
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		return filepath.Join(folder, filepath.Base(name))
	}
	return name
}
