package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
)

// imageQuery says which image is meant. It is comparable.
type imageQuery struct {
	reference string
	archives  string // joined by newlines
	platform  string
	limits    artifact.Limits
}

// imageQueryOf reads the arguments that say it.
func imageQueryOf(given fields) imageQuery {
	limits := fieldsOf(given["limits"])
	return imageQuery{given.text("image"), strings.Join(given.texts("archives"), "\n"), given.text("platform"), artifact.Limits{
		Octets: limits.number("max_bytes"), Entries: int(limits.number("max_entries")), Depth: int(limits.number("max_depth")), Time: limits.duration("timeout"),
	}}
}

// String names the image.
func (q imageQuery) String() string {
	if q.archives != "" {
		return strings.ReplaceAll(q.archives, "\n", ", ")
	}
	return q.reference
}

// argument is the attribute that names it, in HCL.
func (q imageQuery) argument() string {
	if q.archives == "" {
		return fmt.Sprintf("image      = %q", q.reference)
	}
	var quoted []string
	for name := range strings.SplitSeq(q.archives, "\n") {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	return "archives   = [" + strings.Join(quoted, ", ") + "]"
}

// imageReader opens each image once, for all that ask for it. It is safe for
// concurrent use.
type imageReader struct {
	services *services
	cache    *artifact.Cache

	mu       sync.Mutex
	images   map[imageQuery]*once[*artifact.Image]
	contents map[regionalQuery]*once[*imageContents]
	lost     map[string]error // by registry
}

type regionalQuery struct {
	imageQuery
	region string
}

// once is a result that is made when first needed. An error stays, so that a
// hundred clients do not each wait for a registry that is not there; the end of
// a caller says nothing.
type once[T any] struct {
	mu    sync.Mutex
	done  bool
	value T
	err   error
}

// onceOf is the result for a key.
func onceOf[K comparable, T any](mu *sync.Mutex, all map[K]*once[T], key K) *once[T] {
	mu.Lock()
	defer mu.Unlock()
	if all[key] == nil {
		all[key] = &once[T]{}
	}
	return all[key]
}

// get reads, or waits for who reads already, until the run is cancelled.
func (o *once[T]) get(ctx context.Context, read func() (T, error)) (T, error) {
	return untilCancelled(ctx, func() (T, error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		if !o.done {
			o.value, o.err = read()
			o.done = o.err == nil || ctx.Err() == nil
		}
		return o.value, o.err
	})
}

func newImageReader(s *services) *imageReader {
	folder := s.config.text("image_cache")
	if user, err := os.UserCacheDir(); folder == "" && err == nil {
		folder = filepath.Join(user, "terraform-provider-sslready", "images")
	}
	return &imageReader{
		services: s, cache: artifact.NewCache(folder, 0),
		images: map[imageQuery]*once[*artifact.Image]{}, contents: map[regionalQuery]*once[*imageContents]{}, lost: map[string]error{},
	}
}

// open finds an image.
func (r *imageReader) open(ctx context.Context, query imageQuery) (*artifact.Image, error) {
	if r.services.deferred {
		return nil, errProviderNotKnown
	}
	return onceOf(&r.mu, r.images, query).get(ctx, func() (*artifact.Image, error) {
		opt := artifact.Options{Platform: query.platform, Limits: query.limits, Keep: deployment.Wanted, Cache: r.cache, ECRToken: r.ecrToken}
		if query.archives != "" {
			return artifact.OpenArchives(ctx, strings.Split(query.archives, "\n"), opt)
		}
		return r.openUnlessLost(ctx, query.reference, opt)
	})
}

// openUnlessLost opens an image, unless its registry has let another one wait in
// vain: a hundred images would wait a hundred times.
func (r *imageReader) openUnlessLost(ctx context.Context, reference string, opt artifact.Options) (*artifact.Image, error) {
	registry := artifact.RegistryOf(reference)
	r.mu.Lock()
	err := r.lost[registry]
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	image, err := artifact.Open(ctx, reference, opt)
	limit, is := errors.AsType[*artifact.LimitError](err)
	waited := is && limit.Argument == "timeout" || errors.Is(err, artifact.ErrUnreachable) || errors.Is(err, artifact.ErrCredentials)
	if registry != "" && waited && ctx.Err() == nil {
		r.mu.Lock()
		r.lost[registry] = err
		r.mu.Unlock()
	}
	return image, err
}

func (r *imageReader) ecrToken(ctx context.Context, registry artifact.ECRRegistry) (username, password string, err error) {
	session, err := r.services.aws.Session(ctx, "")
	if err != nil {
		return "", "", err
	}
	return session.RegistryToken(ctx, registry.Region, registry.FIPS, r.services.awsTimeout)
}

// inspect looks through all files of an image.
func (r *imageReader) inspect(ctx context.Context, query imageQuery, region string) (*imageContents, error) {
	image, err := r.open(ctx, query)
	if err != nil {
		return nil, err
	}
	return onceOf(&r.mu, r.contents, regionalQuery{query, region}).get(ctx, func() (*imageContents, error) {
		found, err := deployment.Inspect(image.Files(ctx), configOf(image), deployment.Options{Region: region, At: r.services.now()})
		return &imageContents{found, image, query.argument()}, err
	})
}

func configOf(image *artifact.Image) deployment.Config {
	return deployment.Config{User: image.Config.User, WorkingDir: image.Config.WorkingDir, Env: image.Config.Env, Entrypoint: image.Config.Entrypoint, Cmd: image.Config.Cmd, Lambda: image.Lambda}
}

// imageDiagnostic says what a failure to read an image means.
func imageDiagnostic(at path.Path, name string, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Cannot Read the Image", fmt.Sprintf(
		"%s: %v. A partial result could hide a driver or a trust store, so there is no result. %s", name, err, imageRemedy(err)))
}

func imageRemedy(err error) string {
	if limit, is := errors.AsType[*artifact.LimitError](err); is {
		if limit.Argument == "" {
			return "Check that this is the right image: this limit cannot be raised."
		}
		return "Check that this is the right image, then raise limits." + limit.Argument + "."
	}
	return remedies{
		{remedyProviderNotKnown, []error{errProviderNotKnown}},
		{awsRemedy(err), []error{artifact.ErrCredentials}},
		{"Correct the reference.", []error{artifact.ErrReference}},
		{"Check the name and the tag, and make sure that the image is pushed, or the file is written, before Terraform runs.", []error{artifact.ErrNotFound}},
		{"Log in with docker login, or a credential helper, where Terraform runs.", []error{artifact.ErrDenied}},
		{"Plan again later, or log in: registries allow more requests from users who are logged in.", []error{artifact.ErrThrottled}},
		{"Check the network and the proxy settings, and plan again.", []error{artifact.ErrUnreachable, artifact.ErrRegistry}},
		{"The image was changed in transit or in the cache: plan again. If the error comes back, push the image again.", []error{artifact.ErrDigest}},
		{"Set \"platform\" to a Linux platform that the image is built for.", []error{artifact.ErrPlatform, artifact.ErrInvalidPlatform}},
		{"Build or save the image again with a current tool.", []error{artifact.ErrUnsupported, artifact.ErrMalformed, artifact.ErrLinkLoop}},
	}.of(err, "Check that Terraform is allowed to read the image, and to write temporary files.")
}
