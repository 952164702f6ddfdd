package artifact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// ECRRegistry is a private registry of Amazon ECR.
type ECRRegistry struct {
	AccountID, Region string
	// FIPS says that the name is of the FIPS endpoint.
	FIPS bool
}

// ecrHost knows the names of private registries, those of the dual-stack
// endpoints and of all partitions among them.
//
// Source: AWS, Amazon ECR endpoints; the patterns of amazon-ecr-credential-helper.
var ecrHost = regexp.MustCompile(`^(\d{12})\.dkr[.-]ecr(-fips)?\.([a-z0-9-]+)\.(amazonaws\.com(\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$`)

// ParseECRHost recognizes the name of a private registry of Amazon ECR.
func ParseECRHost(host string) (ECRRegistry, bool) {
	m := ecrHost.FindStringSubmatch(host)
	if m == nil {
		return ECRRegistry{}, false
	}
	return ECRRegistry{AccountID: m[1], Region: m[3], FIPS: m[2] != ""}, true
}

const (
	acceptManifests = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, " +
		"application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
	retries = 3
)

// registry is one repository.
type registry struct {
	repository name.Repository
	client     *http.Client
	cache      *Cache
}

func openRegistry(ctx context.Context, reference string, want platform, opt Options) (*Image, error) {
	ref, err := name.ParseReference(reference)
	if err != nil {
		return nil, fmt.Errorf("%w: %q does not start with oci:, oci-archive:, docker-archive:, dir: or zip:, and it is not a registry reference", ErrReference, reference)
	}
	r, err := newRegistry(ctx, ref.Context(), opt)
	if err != nil {
		return nil, err
	}
	var content []byte
	var d descriptor
	if named, byDigest := ref.(name.Digest); byDigest {
		// The media type is in the manifest itself; this one asks for a manifest.
		d = descriptor{Digest: named.DigestStr(), Size: unsized, MediaType: "application/vnd.oci.image.manifest.v1+json"}
		content, err = readSmall(ctx, r, d)
	} else {
		content, d, err = r.manifest(ctx, ref.Identifier())
	}
	if err != nil {
		return nil, err
	}
	m, d, err := choose(ctx, r, content, d, want)
	if err != nil {
		return nil, err
	}
	return assemble(ctx, r, m, d, want, opt)
}

func newRegistry(ctx context.Context, repository name.Repository, opt Options) (*registry, error) {
	auth, err := authOf(ctx, repository, opt)
	if err != nil {
		return nil, err
	}
	base := opt.Transport
	if own, is := http.DefaultTransport.(*http.Transport); base == nil && is {
		own = own.Clone()
		own.ResponseHeaderTimeout = maxSilence
		base = own
	}
	base = transport.NewRetry(base, transport.WithRetryBackoff(transport.Backoff{Duration: 300 * time.Millisecond, Factor: 3, Jitter: 0.1, Steps: retries}),
		transport.WithRetryStatusCodes(http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout))
	signed, err := transport.NewWithContext(ctx, repository.Registry, auth, base, []string{repository.Scope(transport.PullScope)})
	if err != nil {
		return nil, registryError(ctx, err, repository.RegistryStr())
	}
	return &registry{repository: repository, client: &http.Client{Transport: signed}, cache: opt.Cache}, nil
}

// maxSilence is how long a registry may take to begin an answer, each time that
// it is asked.
const maxSilence = 30 * time.Second

// RegistryOf is the registry, by its host, that a reference leads to; empty for
// files and what is no reference.
func RegistryOf(reference string) string {
	if scheme, _, cut := strings.Cut(reference, ":"); cut && slices.Contains(localSchemes, scheme) {
		return ""
	}
	ref, err := name.ParseReference(reference)
	if err != nil {
		return ""
	}
	return ref.Context().RegistryStr()
}

// authOf never falls back to an anonymous request where credentials were meant
// and could not be had.
func authOf(ctx context.Context, repository name.Repository, opt Options) (authn.Authenticator, error) {
	if ecr, ok := ParseECRHost(repository.RegistryStr()); ok {
		if opt.ECRToken == nil {
			return nil, fmt.Errorf("%w: AWS is not configured", ErrCredentials)
		}
		username, password, err := opt.ECRToken(ctx, ecr)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCredentials, err)
		}
		return &authn.Basic{Username: username, Password: password}, nil
	}
	auth, err := authn.Resolve(ctx, authn.DefaultKeychain, repository)
	if err != nil {
		return nil, fmt.Errorf("%w: no credentials for %s could be obtained from Docker's configuration or its credential helper", ErrDenied, repository.RegistryStr())
	}
	return auth, nil
}

// get asks for a manifest or a blob. The caller closes the body.
func (r *registry) get(ctx context.Context, what, accept string) (*http.Response, error) {
	url := fmt.Sprintf("%s://%s/v2/%s/%s", r.repository.Scheme(), r.repository.RegistryStr(), r.repository.RepositoryStr(), what)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrReference, what)
	}
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	response, err := r.client.Do(request)
	for range retries {
		if err != nil || response.StatusCode != http.StatusTooManyRequests || !waited(ctx, response.Header.Get("Retry-After")) {
			break
		}
		_ = response.Body.Close()
		response, err = r.client.Do(request)
	}
	if err != nil {
		return nil, registryError(ctx, err, what)
	}
	if response.StatusCode == http.StatusTooManyRequests {
		_ = response.Body.Close()
		return nil, throttled(what, response.Header.Get("Retry-After"))
	}
	if err := transport.CheckError(response, http.StatusOK); err != nil {
		_ = response.Body.Close()
		return nil, registryError(ctx, err, r.repository.Name()+" "+what)
	}
	return response, nil
}

// maxWait is how long a registry that refuses the rate is waited for, each time
// that it says so.
const maxWait = 10 * time.Second

// waited waits as long as a registry asks for in seconds, and says whether it
// is to be asked again.
func waited(ctx context.Context, seconds string) bool {
	number, err := strconv.Atoi(seconds)
	if err != nil || number < 0 || number > int(maxWait/time.Second) {
		return false
	}
	timer := time.NewTimer(time.Duration(number) * time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func throttled(what, seconds string) error {
	if number, err := strconv.Atoi(seconds); err == nil && number > 0 {
		return fmt.Errorf("%w: %s: the registry says to retry after %s", ErrThrottled, what, time.Duration(number)*time.Second)
	}
	return fmt.Errorf("%w: %s", ErrThrottled, what)
}

// manifest asks what a tag leads to.
func (r *registry) manifest(ctx context.Context, tag string) ([]byte, descriptor, error) {
	response, err := r.get(ctx, "manifests/"+tag, acceptManifests)
	if err != nil {
		return nil, descriptor{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(response.Body, maxManifest+1))
	if err != nil {
		return nil, descriptor{}, fmt.Errorf("%w: the transfer of the manifest was interrupted", brokenOff(ctx, err))
	}
	if len(content) > maxManifest {
		return nil, descriptor{}, errManifestSize
	}
	mediaType, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	sum := sha256.Sum256(content)
	d := descriptor{MediaType: mediaType, Digest: "sha256:" + hex.EncodeToString(sum[:]), Size: int64(len(content))}
	if said := response.Header.Get("Docker-Content-Digest"); strings.HasPrefix(said, "sha256:") && said != d.Digest {
		return nil, d, fmt.Errorf("%w: according to the registry, the digest of the manifest is %s, but the actual digest is %s", ErrDigest, printable(said), d.Digest)
	}
	return content, d, nil
}

func (r *registry) open(ctx context.Context, d descriptor) (packed, error) {
	what, accept := "blobs/"+d.Digest, ""
	if strings.Contains(d.MediaType, "manifest") || strings.Contains(d.MediaType, "index") {
		what, accept = "manifests/"+d.Digest, acceptManifests
	}
	return r.cache.open(ctx, d.Digest, func(ctx context.Context) (io.ReadCloser, error) {
		response, err := r.get(ctx, what, accept)
		if err != nil {
			return nil, err
		}
		return response.Body, nil
	})
}

// registryError maps what the transport says, without its text: a response
// may hold anything.
func registryError(ctx context.Context, err error, what string) error {
	var refused *transport.Error
	switch {
	case ctx.Err() != nil:
		return timed(ctx, ctx.Err())
	case !errors.As(err, &refused):
		return fmt.Errorf("%w: %s", ErrUnreachable, what)
	}
	for _, d := range refused.Errors {
		if d.Code == transport.TooManyRequestsErrorCode {
			return fmt.Errorf("%w: %s", ErrThrottled, what)
		}
	}
	switch refused.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w: %s", ErrDenied, what)
	case http.StatusNotFound:
		return fmt.Errorf("%w: %s", ErrNotFound, what)
	case http.StatusTooManyRequests:
		return fmt.Errorf("%w: %s", ErrThrottled, what)
	default:
		return fmt.Errorf("%w: %s: HTTP status %d", ErrRegistry, what, refused.StatusCode)
	}
}
