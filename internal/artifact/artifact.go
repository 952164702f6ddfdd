// Package artifact reads what is deployed: images in registries, OCI layouts
// and archives, folders, and the zip files of AWS Lambda. Nothing of an image
// is executed, and nothing of it is unpacked onto the disk.
//
// What a file of an image is, is decided here: whiteouts, opaque folders and
// links as a container's runtime takes them. A file that could not be read is
// an error, never an absent one.
package artifact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// Limits bound what an artifact may make its reader do. A zero field takes the
// default.
type Limits struct {
	// Octets is the sum of all that is decompressed, in bytes; 32 GiB by
	// default.
	Octets int64
	// Entries is the number of files, folders and links of all layers;
	// 500,000 by default.
	Entries int
	// Depth is the number of folders in a path; 255 by default.
	Depth int
	// Time bounds the search for an artifact, and the reading of each of its
	// layers; ten minutes by default.
	Time time.Duration
}

// The defaults of Limits.
const (
	DefaultOctets  = int64(32) << 30
	DefaultEntries = 500_000
	DefaultDepth   = 255
	DefaultTime    = 10 * time.Minute
)

func (l Limits) withDefaults() Limits {
	return Limits{
		Octets: cmp.Or(l.Octets, DefaultOctets), Entries: cmp.Or(l.Entries, DefaultEntries), Depth: cmp.Or(l.Depth, DefaultDepth), Time: cmp.Or(l.Time, DefaultTime),
	}
}

// Options say how an artifact is read.
type Options struct {
	// Platform is os/architecture or os/architecture/variant; empty is
	// linux/amd64.
	Platform string
	Limits   Limits
	// Keep chooses the files whose content is kept at hand while a layer is
	// read: head is the content, or its first 4,096 bytes where the file is
	// larger than a mebibyte; of a hard link it is nil, since the content went by
	// under another name. Any other file can still be read, by going through its
	// layer once more. Nil keeps none.
	Keep func(name string, mode fs.FileMode, size int64, head []byte) bool
	// Cache keeps the layers of registries; required for them.
	Cache *Cache
	// ECRToken returns user name and password for a registry of Amazon ECR; nil
	// is an error for those.
	ECRToken func(ctx context.Context, registry ECRRegistry) (username, password string, err error)
	// Transport reaches registries; nil is a transport with the environment's
	// proxies.
	Transport http.RoundTripper
}

// Config is the image's configuration, as far as it matters to a process.
type Config struct {
	User       string
	WorkingDir string
	Env        []string
	Entrypoint []string
	Cmd        []string
}

// Image is an artifact that was found. Its layers are read when something
// first needs them, the newest first. It is safe for concurrent use.
type Image struct {
	// Digest is "sha256:…" of the image's manifest for its platform; of a zip
	// archive that of the file, of several that of their digests. Empty for a
	// folder.
	Digest string
	// Platform is os/architecture of what was found; empty where the artifact
	// does not say.
	Platform string
	// Config is the zero value where the artifact has none.
	Config Config
	// Lambda is true for the archives of an AWS Lambda function.
	Lambda bool

	tree *tree
}

// Files returns the image's files. Names are as of [io/fs]: without a leading
// slash. The context ends every reading of a layer. The file system implements
// [fs.StatFS], [fs.ReadDirFS], [fs.ReadFileFS] and [fs.ReadLinkFS]; what it
// opens implements [io.ReaderAt].
//
// An error that is [fs.ErrNotExist] says that the file is not there; every
// other one that it is not known.
func (i *Image) Files(ctx context.Context) fs.FS { return view{ctx: ctx, tree: i.tree} }

// LayersRead is how many layers have been read so far.
func (i *Image) LayersRead() int { return i.tree.layersRead() }

// Close gives back what the image holds. Layers in the cache stay.
func (i *Image) Close() error { return i.tree.close() }

// Open finds an artifact by its reference: a registry's reference by tag or
// digest, or "oci:FOLDER[:TAG]", "oci-archive:FILE[:TAG]",
// "docker-archive:FILE[:TAG]", "dir:FOLDER" or "zip:FILE".
//
// The errors are those of this package; each names what to do about it.
func Open(ctx context.Context, reference string, opt Options) (*Image, error) {
	opt.Limits = opt.Limits.withDefaults()
	platform, err := parsePlatform(opt.Platform)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, opt.Limits.Time, timeLimit(opt.Limits))
	defer cancel()
	scheme, rest, local := strings.Cut(reference, ":")
	if !local {
		scheme = ""
	}
	image, err := open(ctx, scheme, rest, reference, platform, opt)
	if err != nil {
		return nil, timed(ctx, err)
	}
	return image, nil
}

// localSchemes are those of files of this machine.
var localSchemes = []string{"oci", "oci-archive", "docker-archive", "dir", "zip"}

func open(ctx context.Context, scheme, rest, reference string, platform platform, opt Options) (*Image, error) {
	switch scheme {
	case "oci":
		return openLayout(ctx, rest, platform, opt)
	case "oci-archive":
		return openLayoutArchive(ctx, rest, platform, opt)
	case "docker-archive":
		return openDockerArchive(ctx, rest, platform, opt)
	case "dir":
		return openFolder(ctx, rest, opt)
	case "zip":
		return OpenArchives(ctx, []string{rest}, opt)
	default:
		return openRegistry(ctx, reference, platform, opt)
	}
}

// timed puts the limit of time in the place of a cancelled context's error.
func timed(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, ctx.Err()) {
		return cause
	}
	return err
}

func timeLimit(l Limits) error {
	return &LimitError{What: "the time to find the image, or to read one of its layers,", Limit: fmt.Sprint(l.Time), Argument: "timeout"}
}
