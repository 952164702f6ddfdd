package artifact

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

const (
	maxManifest = 4 << 20 // of a manifest, an index or a configuration, in bytes
	maxLayers   = 1000
	maxIndexes  = 4 // nested in each other
)

// errManifestSize is for what is longer than maxManifest.
var errManifestSize = &LimitError{What: "the size of a manifest or configuration", Limit: fmt.Sprintf("%d bytes", maxManifest)}

type descriptor struct {
	MediaType string    `json:"mediaType"`
	Digest    string    `json:"digest"`
	Size      int64     `json:"size"`
	Platform  *platform `json:"platform"`
	// Annotations of an OCI layout's index have the tags.
	Annotations map[string]string `json:"annotations"`
}

type manifest struct {
	SchemaVersion int             `json:"schemaVersion"`
	MediaType     string          `json:"mediaType"`
	Manifests     []descriptor    `json:"manifests"`
	Config        descriptor      `json:"config"`
	Layers        []descriptor    `json:"layers"`
	FSLayers      json.RawMessage `json:"fsLayers"`
}

type imageConfig struct {
	platform
	Config Config `json:"config"`
	RootFS struct {
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

// source is where the blobs of an image are.
type source interface {
	open(ctx context.Context, d descriptor) (packed, error)
}

// readSmall reads a manifest or a configuration, and checks it.
func readSmall(ctx context.Context, from source, d descriptor) ([]byte, error) {
	if err := d.valid(); err != nil {
		return nil, err
	}
	if d.Size > maxManifest {
		return nil, errManifestSize
	}
	raw, err := from.open(ctx, d)
	if err != nil {
		return nil, err
	}
	stream := &checked{ctx: ctx, reader: raw, hash: sha256.New(), blob: blob{digest: d.Digest, size: d.Size}}
	content, _ := io.ReadAll(io.LimitReader(stream, maxManifest+1)) // verify has the error
	if len(content) > maxManifest {
		_ = raw.done(false)
		return nil, errManifestSize
	}
	err = stream.verify()
	if failed := raw.done(err == nil); err == nil {
		err = failed
	}
	return content, err
}

// valid refuses digests that are not SHA-256: nothing else is in use, and a
// digest becomes a file's name.
func (d descriptor) valid() error {
	hexadecimal, ok := strings.CutPrefix(d.Digest, "sha256:")
	if !ok || len(hexadecimal) != 64 || strings.Trim(hexadecimal, "0123456789abcdef") != "" {
		return malformed("a manifest names a digest that is not a SHA-256: %q", printable(d.Digest))
	}
	if d.Size < unsized {
		return malformed("a manifest says that a blob has the size %d", d.Size)
	}
	return nil
}

// unsized is the size of a blob of which only the digest is known.
const unsized = -1

// printable keeps what another wrote to the characters of a media type.
func printable(text string) string {
	const longest = 120
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && r != '"' && r != '\\' {
			return r
		}
		return '?'
	}, text[:min(len(text), longest)])
}

// choose goes through indexes to the manifest of the platform.
func choose(ctx context.Context, from source, content []byte, d descriptor, want platform) (manifest, descriptor, error) {
	for range maxIndexes {
		var m manifest
		if err := json.Unmarshal(content, &m); err != nil {
			return m, d, malformed("the manifest does not have the right form")
		}
		if m.MediaType != "" {
			d.MediaType = m.MediaType
		}
		if m.SchemaVersion == 1 || m.FSLayers != nil || strings.Contains(d.MediaType, "docker.distribution.manifest.v1+") {
			return m, d, unsupported("it has a manifest of schema 1, which Docker no longer supports; push the image again with a current version of Docker")
		}
		if m.Manifests == nil {
			return m, d, nil
		}
		chosen, err := want.among(m.Manifests)
		if err != nil {
			return m, d, err
		}
		d = chosen
		if content, err = readSmall(ctx, from, d); err != nil {
			return m, d, err
		}
	}
	return manifest{}, d, &LimitError{What: "the nesting of image indexes", Limit: strconv.Itoa(maxIndexes)}
}

// assemble makes an image of its manifest.
func assemble(ctx context.Context, from source, m manifest, d descriptor, want platform, opt Options) (*Image, error) {
	switch m.Config.MediaType {
	case "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json":
	default:
		return nil, unsupported("it is not a container image: its configuration has the media type %q", printable(m.Config.MediaType))
	}
	for _, l := range m.Layers {
		if err := l.layer(); err != nil {
			return nil, err
		}
	}
	content, err := readSmall(ctx, from, m.Config)
	if err != nil {
		return nil, err
	}
	config, err := configOf(content, want)
	if err != nil {
		return nil, err
	}
	blobs := make([]blob, len(m.Layers))
	for i, l := range m.Layers {
		blobs[i] = blob{digest: l.Digest, size: l.Size, open: func(ctx context.Context) (packed, error) { return from.open(ctx, l) }}
	}
	return config.image(d.Digest, blobs, opt)
}

// layer refuses what is no readable layer.
func (d descriptor) layer() error {
	switch {
	case strings.HasSuffix(d.MediaType, "+encrypted"):
		return unsupported("a layer is encrypted (%s)", printable(d.MediaType))
	case strings.Contains(d.MediaType, "foreign") || strings.Contains(d.MediaType, "nondistributable"):
		return unsupported("a layer is stored elsewhere (%s), as in Windows images", printable(d.MediaType))
	}
	switch d.MediaType {
	case "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar+zstd",
		"application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.docker.image.rootfs.diff.tar.zstd":
		if d.Size == unsized {
			return malformed("a manifest says that a layer has the size %d", d.Size)
		}
		return d.valid()
	}
	return unsupported("a layer has the media type %q", printable(d.MediaType))
}

func configOf(content []byte, want platform) (imageConfig, error) {
	var config imageConfig
	if err := json.Unmarshal(content, &config); err != nil {
		return config, malformed("the configuration does not have the right form")
	}
	if !want.matches(config.platform) {
		return config, fmt.Errorf("%w: %s is requested, but the image is for %s", ErrPlatform, want, config.platform)
	}
	return config, nil
}

// image makes the image of layers in the order of the manifest, the oldest
// first.
func (c imageConfig) image(digest string, blobs []blob, opt Options) (*Image, error) {
	if len(blobs) > maxLayers {
		return nil, &LimitError{What: "the number of layers in the image", Limit: strconv.Itoa(maxLayers)}
	}
	shared, spool := &budget{limits: opt.Limits}, &spool{}
	layers := make([]layer, 0, len(blobs))
	for i, b := range slices.Backward(blobs) {
		layers = append(layers, &tarLayer{number: i, blob: b, budget: shared, spool: spool, keep: opt.Keep})
	}
	return &Image{Digest: digest, Platform: c.String(), tree: newTree(layers, spool.close), Config: c.Config}, nil
}
