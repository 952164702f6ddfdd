package provider

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const (
	maxStoreBytes       = 16 << 20 // of one file; RDS's whole global bundle has 165 kB
	maxStoresBytes      = 48 << 20 // of all contents of one judgement, equal ones counted once
	maxDirectoryEntries = 10_000
)

// maxReadTime is how long reading one path may take. A file on a network file
// system that is away never comes, and nothing else would end the wait.
const maxReadTime = 30 * time.Second

// storeReader reads trust stores from files, each file once.
type storeReader struct {
	files    map[string]readiness.Store
	open     func(name string) readiness.Store
	contents map[[sha256.Size]byte][]byte
	octets   int
}

// newStoreReader reads until the context ends. Once a path did not come to an
// end, others get no time of their own: they mostly lie on the same disk.
func newStoreReader(ctx context.Context) *storeReader {
	patience := maxReadTime
	return &storeReader{files: map[string]readiness.Store{}, contents: map[[sha256.Size]byte][]byte{}, open: func(name string) readiness.Store {
		store, inTime := readWithin(ctx, patience, name)
		if !inTime {
			patience = time.Second
		}
		return store
	}}
}

// readPath reads one path until the context ends.
func readPath(ctx context.Context, name string) readiness.Store {
	store, _ := readWithin(ctx, maxReadTime, name)
	return store
}

// readWithin reads one path until the limit, and says whether it came to the end.
func readWithin(ctx context.Context, limit time.Duration, name string) (store readiness.Store, inTime bool) {
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	store, err := untilCancelled(waiting, func() (readiness.Store, error) { return readPathNow(name), nil })
	switch {
	case err == nil:
		return store, true
	case ctx.Err() != nil:
		return readiness.Store{Unavailable: unreadablePath(name) + "the run was cancelled"}, false
	default:
		return readiness.Store{Unavailable: unreadablePath(name) + "reading it took too long, for example because a network file system is not available"}, false
	}
}

// read returns the declared store. What cannot be read is said in
// Unavailable: the client is then not decidable, and never ready.
func (r *storeReader) read(trustStore fields) readiness.Store {
	store := r.content(trustStore)
	wanted, found := truststore.Format(trustStore.text("format")), truststore.Detect(store.Content)
	if wanted != "" && wanted != truststore.FormatAuto && found != truststore.FormatUnknown && found != wanted && store.Unavailable == "" {
		store.Unavailable = fmt.Sprintf("\"format\" is %s, but the content is %s", wanted, found)
	}
	password, unavailable := storePassword(trustStore)
	if unavailable != "" {
		store.Unavailable = unavailable
	}
	store.Password = password
	return store
}

func (r *storeReader) content(trustStore fields) readiness.Store {
	switch {
	case trustStore.isSet("path"):
		name := trustStore.text("path")
		if _, done := r.files[name]; !done {
			r.files[name] = r.held(r.open(name))
		}
		return r.files[name]
	case trustStore.isSet("content_base64"):
		content, err := base64.StdEncoding.DecodeString(trustStore.text("content_base64"))
		if err != nil {
			return readiness.Store{Unavailable: "the content in content_base64 is not valid Base64"}
		}
		return r.held(readiness.Store{Content: content})
	default:
		return r.held(readiness.Store{Content: []byte(trustStore.text("content"))})
	}
}

// held holds equal contents once, and no more than fits into memory.
func (r *storeReader) held(store readiness.Store) readiness.Store {
	if store.Unavailable != "" {
		return store
	}
	sum := sha256.Sum256(store.Content)
	if content, there := r.contents[sum]; there {
		return readiness.Store{Content: content}
	}
	if r.octets+len(store.Content) > maxStoresBytes {
		return readiness.Store{Unavailable: fmt.Sprintf("together, the trust stores are larger than %d MiB: divide them among several resources", maxStoresBytes>>20)}
	}
	r.octets += len(store.Content)
	r.contents[sum] = store.Content
	return store
}

// storePassword returns nil where no password is given, which some stores
// take otherwise than an empty one.
func storePassword(trustStore fields) (password *string, unavailable string) {
	for _, name := range []string{"password", "password_wo"} { // The latter is of sslready_trust_store.
		if trustStore.isSet(name) {
			value := trustStore.text(name)
			return &value, ""
		}
	}
	if !trustStore.isSet("password_env") {
		return nil, ""
	}
	name := trustStore.text("password_env")
	value, present := os.LookupEnv(name)
	if !present {
		if !variableName.MatchString(name) {
			return nil, "the value of password_env is not the name of an environment variable"
		}
		return nil, fmt.Sprintf("the environment variable %s, which password_env names, is not set where Terraform runs", name)
	}
	return &value, ""
}

// readPathNow reads a file, or the files of a directory. Devices, pipes and
// sockets are refused: reading one may never end.
func readPathNow(name string) readiness.Store {
	var content []byte
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		content, err = readDirectory(name)
	} else if err == nil {
		content, err = readFile(name, info)
	}
	if err != nil {
		return readiness.Store{Unavailable: unreadablePath(name) + cause(err)}
	}
	return readiness.Store{Content: content}
}

var (
	errNotRegular = errors.New("it is neither a regular file nor a directory")
	errTooLarge   = fmt.Errorf("it is larger than %d MiB", maxStoreBytes>>20)
)

func readFile(name string, info fs.FileInfo) (content []byte, err error) {
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	if info.Size() > maxStoreBytes {
		return nil, errTooLarge
	}
	file, err := os.Open(name) //nolint:gosec // The path is the user's own configuration.
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	content, err = io.ReadAll(io.LimitReader(file, maxStoreBytes+1))
	if err == nil && len(content) > maxStoreBytes {
		err = errTooLarge
	}
	return content, err
}

// readDirectory reads the regular files of a directory, links followed, not
// its sub-directories.
func readDirectory(name string) ([]byte, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	if len(entries) > maxDirectoryEntries {
		return nil, fmt.Errorf("it has more than %d entries", maxDirectoryEntries)
	}
	directory, total := truststore.Directory{}, 0
	for _, entry := range entries {
		file := filepath.Join(name, entry.Name())
		info, err := os.Stat(file)
		if err != nil || !info.Mode().IsRegular() {
			directory[entry.Name()] = nil // A dangling link or a sub-directory is to OpenSSL what an unreadable file is.
			continue
		}
		content, err := readFile(file, info)
		if err != nil {
			return nil, fmt.Errorf("%s: %s", entry.Name(), cause(err)) // Not wrapped: its path would replace the name.
		}
		if total += len(content); total > maxStoreBytes {
			return nil, errTooLarge
		}
		directory[entry.Name()] = content
	}
	return directory.Archive(), nil
}

// unreadablePath says where a relative path starts, without the folder itself:
// the verdict must not change with the machine.
func unreadablePath(name string) string {
	if filepath.IsAbs(name) {
		return "path " + name + " cannot be read where Terraform runs: "
	}
	return "path " + name + " (relative to the directory where Terraform runs) cannot be read: "
}

// cause is the error without the path that the message names already.
func cause(err error) string {
	if pathError, is := errors.AsType[*fs.PathError](err); is {
		return pathError.Err.Error()
	}
	return err.Error()
}
