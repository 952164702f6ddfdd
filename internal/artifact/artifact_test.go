package artifact_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
)

func start(t *testing.T) (*registry.Server, artifact.Options) {
	t.Helper()
	server := registry.Start()
	t.Cleanup(server.Stop)
	return server, artifact.Options{Cache: artifact.NewCache(t.TempDir(), 0)}
}

func image(t *testing.T, platform string, layers ...[]byte) v1.Image {
	t.Helper()
	built, err := registry.Image(platform, v1.Config{User: "app", WorkingDir: "/srv", Env: []string{"A=1"}}, layers...)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func push(t *testing.T, server *registry.Server, tag string, built v1.Image) string {
	t.Helper()
	reference, err := server.Push(tag, built)
	if err != nil {
		t.Fatal(err)
	}
	return reference
}

var threeLayers = [][]byte{
	registry.Gzip(registry.Tar(registry.Entry{Name: "bottom", Content: "bottom"})),
	registry.Zstd(registry.Tar(registry.Entry{Name: "etc/middle", Content: "middle"})),
	registry.Gzip(registry.Tar(registry.Entry{Name: "top", Content: "top"})),
}

// TestLayersAreFetchedAsFarAsNeeded also holds that an unchanged image costs
// one request for its manifest.
func TestLayersAreFetchedAsFarAsNeeded(t *testing.T) {
	t.Parallel()
	server, opt := start(t)
	reference := push(t, server, "app:1", image(t, "linux/amd64", threeLayers...))
	for i, want := range []struct{ manifests, blobs int }{{1, 3}, {1, 0}} { // Two layers and the configuration; then nothing.
		server.Forget()
		got, err := artifact.Open(t.Context(), reference, opt)
		if err != nil {
			t.Fatal(err)
		}
		files := got.Files(t.Context())
		for range 2 {
			if found := fileAt(files, "etc/middle"); found != "=middle" {
				t.Fatalf("etc/middle: %s", found)
			}
		}
		if got.LayersRead() != 2 {
			t.Errorf("run %d: %d layers were read, want 2", i, got.LayersRead())
		}
		if n := len(server.Requests("/manifests/")); n != want.manifests {
			t.Errorf("run %d: %d requests for manifests, want %d", i, n, want.manifests)
		}
		if n := len(server.Requests("/blobs/")); n != want.blobs {
			t.Errorf("run %d: %d requests for blobs, want %d: %q", i, n, want.blobs, server.Requests("/blobs/"))
		}
		if n := len(server.Requests("/")); n != want.manifests+want.blobs+1 {
			t.Errorf("run %d: %d requests, want one beside those, for how to log in: %q", i, n, server.Requests("/"))
		}
		if got.Config.User != "app" || got.Config.WorkingDir != "/srv" || got.Platform != "linux/amd64" {
			t.Errorf("run %d: %+v, %s", i, got.Config, got.Platform)
		}
		if err := got.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	server, opt := start(t)
	plain := image(t, "linux/amd64", registry.Tar(registry.Entry{Name: "a", Content: "amd64"}))
	other := image(t, "linux/arm64/v8", registry.Tar(registry.Entry{Name: "a", Content: "arm64"}))
	digest, err := plain.Digest()
	if err != nil {
		t.Fatal(err)
	}
	platformOf := func(architecture string) v1.Descriptor {
		return v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: architecture}}
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: plain, Descriptor: platformOf("amd64")}, mutate.IndexAddendum{Add: other, Descriptor: platformOf("arm64")})
	both, err := server.PushIndex("both:latest", index)
	if err != nil {
		t.Fatal(err)
	}
	byTag := push(t, server, "app:1", plain)
	folder, archive, docker := t.TempDir(), filepath.Join(t.TempDir(), "oci.tar"), filepath.Join(t.TempDir(), "docker.tar")
	for _, err := range []error{
		registry.WriteLayout(folder, "v1", plain), registry.WriteTar(archive, folder), registry.WriteDockerArchive(docker, "example.com/app:v1", plain),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a"), []byte("amd64"), 0o600); err != nil {
		t.Fatal(err)
	}
	for reference, want := range map[string]struct{ platform, content string }{
		byTag: {"", "=amd64"},
		server.Host() + "/app@" + digest.String(): {"", "=amd64"},
		both:                               {"", "=amd64"},
		both + " ":                         {"linux/arm64", "=arm64"},
		"oci:" + folder:                    {"", "=amd64"},
		"oci:" + folder + ":v1":            {"", "=amd64"},
		"oci-archive:" + archive:           {"", "=amd64"},
		"docker-archive:" + docker:         {"", "=amd64"},
		"docker-archive:" + docker + ":v1": {"", "=amd64"},
		"docker-archive:" + docker + ":example.com/app:v1": {"", "=amd64"},
		"dir:" + root: {"", "=amd64"},
	} {
		opt := opt
		opt.Platform = want.platform
		got, err := artifact.Open(t.Context(), strings.TrimSpace(reference), opt)
		if err != nil {
			t.Errorf("%s: %v", reference, err)
			continue
		}
		if found := fileAt(got.Files(t.Context()), "a"); found != want.content {
			t.Errorf("%s: %s, want %s", reference, found, want.content)
		}
		if strings.HasPrefix(reference, server.Host()+"/app") && got.Digest != digest.String() {
			t.Errorf("%s: digest %s, want %s", reference, got.Digest, digest)
		}
		if err := errors.Join(fstest.TestFS(got.Files(t.Context()), "a"), got.Close()); err != nil {
			t.Errorf("%s: %v", reference, err)
		}
	}
}

// TestRegistryThatMisbehaves holds each kind of answer to its meaning, and that
// no text of the registry's reaches an error.
func TestRegistryThatMisbehaves(t *testing.T) {
	t.Parallel()
	layer := threeLayers[0]
	answer := func(path string, status int, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, path) {
				return false
			}
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
			return true
		}
	}
	onlyLayer := func(answered func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/blobs/") || !strings.HasSuffix(r.URL.Path, digestOf(t, layer)) {
				return false
			}
			answered(w)
			return true
		}
	}
	for name, test := range map[string]struct {
		fault func(http.ResponseWriter, *http.Request) bool
		want  error
	}{
		"missing tag":   {answer("/manifests/", 404, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"planted-text"}]}`), artifact.ErrNotFound},
		"denied":        {answer("/manifests/", 403, `planted-text`), artifact.ErrDenied},
		"unauthorized":  {answer("/manifests/", 401, `planted-text`), artifact.ErrDenied},
		"rate limit":    {answer("/manifests/", 429, `{"errors":[{"code":"TOOMANYREQUESTS","message":"planted-text"}]}`), artifact.ErrThrottled},
		"server error":  {answer("/manifests/", 500, `planted-text`), artifact.ErrRegistry},
		"no JSON":       {answer("/manifests/", 200, `<html>planted-text`), artifact.ErrMalformed},
		"schema 1":      {answer("/manifests/", 200, `{"schemaVersion":1,"fsLayers":[{"blobSum":"x"}]}`), artifact.ErrUnsupported},
		"huge manifest": {answer("/manifests/", 200, strings.Repeat(" ", 5<<20)), &artifact.LimitError{}},
		"no image":      {answer("/manifests/", 200, `{"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json"}}`), artifact.ErrUnsupported},
		"digest of manifest": {func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/manifests/") {
				w.Header().Set("Docker-Content-Digest", "sha256:"+strings.Repeat("0", 64))
			}
			return false
		}, nil},
		"other octets": {onlyLayer(func(w http.ResponseWriter) {
			_, _ = w.Write(append([]byte(nil), registry.Gzip(registry.Tar(registry.Entry{Name: "evil", Content: "evil"}))...))
		}), artifact.ErrDigest},
		"more octets":  {onlyLayer(func(w http.ResponseWriter) { _, _ = w.Write(append(append([]byte(nil), layer...), "more"...)) }), artifact.ErrDigest},
		"fewer octets": {onlyLayer(func(w http.ResponseWriter) { _, _ = w.Write(layer[:len(layer)-9]) }), artifact.ErrDigest},
		"transfer breaks off": {onlyLayer(func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", fmt.Sprint(len(layer)))
			_, _ = w.Write(layer[:len(layer)/2])
		}), artifact.ErrUnreachable},
		"layer is gone": {onlyLayer(func(w http.ResponseWriter) { w.WriteHeader(404) }), artifact.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, opt := start(t)
			reference := push(t, server, "app:1", image(t, "linux/amd64", layer))
			server.Fault(test.fault)
			got, err := artifact.Open(t.Context(), reference, opt)
			if err == nil {
				_, err = fs.ReadFile(got.Files(t.Context()), "absent")
				if errors.Is(err, fs.ErrNotExist) {
					err = nil // It was read whole.
				}
			}
			expect(t, err, test.want)
			if err != nil && strings.Contains(err.Error(), "planted-text") {
				t.Errorf("the registry's text is in the error: %v", err)
			}
		})
	}
}

func expect(t *testing.T, err, want error) {
	t.Helper()
	limit := (*artifact.LimitError)(nil)
	switch {
	case want == nil && err != nil, want != nil && err == nil:
		t.Errorf("got %v, want %v", err, want)
	case errors.As(want, &limit):
		if !errors.As(err, &limit) {
			t.Errorf("got %v, want a limit", err)
		}
	case !errors.Is(err, want):
		t.Errorf("got %v, want %v", err, want)
	}
}

func digestOf(t *testing.T, content []byte) string {
	t.Helper()
	digest, _, err := v1.SHA256(strings.NewReader(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	return digest.String()
}

// TestECRIsNeverAskedAnonymously: a failure to get a token is the answer.
func TestECRIsNeverAskedAnonymously(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	opt := artifact.Options{
		Cache:     artifact.NewCache(t.TempDir(), 0),
		Transport: roundTrip(func(*http.Request) (*http.Response, error) { asked.Add(1); return nil, errors.New("no network") }),
	}
	const reference = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:1"
	_, err := artifact.Open(t.Context(), reference, opt)
	expect(t, err, artifact.ErrCredentials)
	cause := errors.New("the credentials lack the permission ecr:GetAuthorizationToken")
	opt.ECRToken = func(_ context.Context, r artifact.ECRRegistry) (string, string, error) {
		if r.AccountID != "123456789012" || r.Region != "eu-central-1" {
			t.Errorf("got %+v", r)
		}
		return "", "", cause
	}
	_, err = artifact.Open(t.Context(), reference, opt)
	expect(t, err, artifact.ErrCredentials)
	expect(t, err, cause)
	if asked.Load() != 0 {
		t.Errorf("the registry was asked %d times", asked.Load())
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (r roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

func TestParseECRHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]artifact.ECRRegistry{
		"123456789012.dkr.ecr.us-east-1.amazonaws.com":          {AccountID: "123456789012", Region: "us-east-1"},
		"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com": {AccountID: "123456789012", Region: "us-gov-west-1", FIPS: true},
		"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn":      {AccountID: "123456789012", Region: "cn-north-1"},
		"123456789012.dkr-ecr.eu-west-1.on.aws":                 {AccountID: "123456789012", Region: "eu-west-1"},
		"123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu":      {AccountID: "123456789012", Region: "eusc-de-east-1"},
		"public.ecr.aws": {},
		"123456789012.dkr.ecr.us-east-1.amazonaws.com.example.com": {},
		"x123456789012.dkr.ecr.us-east-1.amazonaws.com":            {},
	} {
		if got, _ := artifact.ParseECRHost(host); got != want {
			t.Errorf("%s: got %+v, want %+v", host, got, want)
		}
	}
}

// TestRateLimit holds that a registry which asks to wait is waited for, and one
// that asks for too long is named.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	server, opt := start(t)
	reference := push(t, server, "app:1", image(t, "linux/amd64", threeLayers...))
	var refused atomic.Int64
	refuse := func(times int64, wait string) {
		refused.Store(0)
		server.Fault(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/manifests/") || refused.Add(1) > times {
				return false
			}
			w.Header().Set("Retry-After", wait)
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		})
	}
	refuse(2, "0")
	got, err := artifact.Open(t.Context(), reference, opt)
	if err = readAll(t, got, err); err != nil || refused.Load() != 3 {
		t.Errorf("after two refusals: got %v, %d requests", err, refused.Load())
	}
	refuse(100, "0")
	_, err = artifact.Open(t.Context(), reference, opt)
	if expect(t, err, artifact.ErrThrottled); refused.Load() != 4 {
		t.Errorf("%d requests to a registry that refuses all of them, want 4", refused.Load())
	}
	refuse(100, "3600")
	_, err = artifact.Open(t.Context(), reference, opt)
	if expect(t, err, artifact.ErrThrottled); !strings.Contains(err.Error(), "the registry says to retry after 1h0m0s") || refused.Load() != 1 {
		t.Errorf("got %v, %d requests", err, refused.Load())
	}
}
