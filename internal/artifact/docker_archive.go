package artifact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

type dockerManifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// openDockerArchive opens what "docker save" wrote. Its digest is that of the
// configuration, which Docker calls the image's ID.
func openDockerArchive(ctx context.Context, at string, want platform, opt Options) (*Image, error) {
	name, tag := cutTag(at)
	archive, err := openTar(ctx, name, opt.Limits)
	if err != nil {
		return nil, err
	}
	image, err := fromDocker(archive, tag, want, opt)
	return closedBy(image, archive, err)
}

func fromDocker(from disk, tag string, want platform, opt Options) (*Image, error) {
	content, err := readPlain(from, "manifest.json")
	if errors.Is(err, ErrNotFound) {
		return nil, malformed("it has no manifest.json, so it is not an archive written by docker save")
	}
	if err != nil {
		return nil, err
	}
	var all []dockerManifest
	if err := json.Unmarshal(content, &all); err != nil {
		return nil, malformed("manifest.json does not have the right form")
	}
	chosen, err := tagged(all, tag, "archive", func(m dockerManifest) []string { return m.RepoTags })
	if err != nil {
		return nil, err
	}
	if content, err = readPlain(from, chosen.Config); err != nil {
		return nil, err
	}
	config, err := configOf(content, want)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	if named := strings.TrimSuffix(chosen.Config[strings.LastIndex(chosen.Config, "/")+1:], ".json"); len(named) == len(digest) && named != digest {
		return nil, fmt.Errorf("%w: the configuration named %s has the digest %s", ErrDigest, named, digest)
	}
	if len(chosen.Layers) != len(config.RootFS.DiffIDs) {
		return nil, malformed("the number of layers is %d in manifest.json, but %d in the configuration", len(chosen.Layers), len(config.RootFS.DiffIDs))
	}
	blobs := make([]blob, len(chosen.Layers))
	for i, name := range chosen.Layers {
		blobs[i] = blob{diffID: config.RootFS.DiffIDs[i], size: unsized, open: func(context.Context) (packed, error) { return from.file(name) }}
	}
	return config.image("sha256:"+digest, blobs, opt)
}
