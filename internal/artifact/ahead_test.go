package artifact_test

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
)

// watched is the body of a layer: how much of it was read, and whether that is
// over when it is closed.
type watched struct {
	io.ReadCloser
	read   *atomic.Int64
	closed *atomic.Bool
	t      *testing.T
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.read.Add(int64(n))
	if w.closed.Load() {
		w.t.Error("the layer is read after it was closed")
	}
	return n, err
}

func (w watched) Close() error {
	w.closed.Store(true)
	return w.ReadCloser.Close()
}

// watch has the bodies of blobs watched.
func watch(t *testing.T, opt *artifact.Options) (read *atomic.Int64, closed *atomic.Bool) {
	t.Helper()
	read, closed = &atomic.Int64{}, &atomic.Bool{}
	opt.Transport = roundTrip(func(request *http.Request) (*http.Response, error) {
		response, err := http.DefaultTransport.RoundTrip(request)
		if err == nil && strings.Contains(request.URL.Path, "/blobs/") {
			closed.Store(false)
			response.Body = watched{response.Body, read, closed, t}
		}
		return response, err
	})
	return read, closed
}

// large is a layer of one file that cannot be packed.
func large(octets int) []byte {
	content, random := make([]byte, octets), rand.New(rand.NewPCG(1, 1)) //nolint:gosec // The same octets each time.
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	return registry.Gzip(registry.Tar(registry.Entry{Name: "large", Content: string(content)}))
}

// TestALayerIsFetchedAhead holds that a layer is fetched while its reader is
// busy, and no more than a few mebibytes of it.
func TestALayerIsFetchedAhead(t *testing.T) {
	t.Parallel()
	const least, most = 2 << 20, 3 << 20
	server, opt := start(t)
	read, _ := watch(t, &opt)
	opt.Keep = func(string, fs.FileMode, int64, []byte) bool {
		for waited := 0; read.Load() < least && waited < 10_000; waited++ {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(50 * time.Millisecond)
		if got := read.Load(); got < least || got > most {
			t.Errorf("%d bytes are fetched ahead, want %d to %d", got, least, most)
		}
		return false
	}
	got, err := artifact.Open(t.Context(), push(t, server, "app:1", image(t, "linux/amd64", large(8<<20))), opt)
	if err = readAll(t, got, err); err != nil {
		t.Error(err)
	}
}

// TestFetchingEnds: who has read enough does not wait for a registry that sends
// no more, and nothing is fetched after that.
func TestFetchingEnds(t *testing.T) {
	t.Parallel()
	layer := large(4 << 20)
	for name, test := range map[string]struct {
		limits artifact.Limits
		want   string
	}{
		"a limit of octets": {artifact.Limits{Octets: 1 << 20}, "max_bytes"},
		"the limit of time": {artifact.Limits{Time: 500 * time.Millisecond}, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, opt := start(t)
			_, closed := watch(t, &opt)
			opt.Limits = test.limits
			reference := push(t, server, "app:1", image(t, "linux/amd64", layer))
			ended := make(chan struct{})
			server.Fault(func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, digestOf(t, layer)) {
					return false
				}
				_, _ = w.Write(layer[:len(layer)/2])
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
				close(ended)
				return true
			})
			got, err := artifact.Open(t.Context(), reference, opt)
			err = readAll(t, got, err)
			limit := (*artifact.LimitError)(nil)
			if !errors.As(err, &limit) || limit.Argument != test.want || !closed.Load() {
				t.Errorf("got %v, and the layer's body is closed: %t", err, closed.Load())
			}
			select {
			case <-ended:
			case <-time.After(20 * time.Second):
				t.Error("the registry is still asked")
			}
		})
	}
}

// TestAFileThatIsSoughtCostsOneReading: its layer is unpacked no second time.
func TestAFileThatIsSoughtCostsOneReading(t *testing.T) {
	t.Parallel()
	unpacked := registry.Tar(registry.Entry{Name: "./etc/rds.pem", Content: "sought"}, registry.Entry{Name: "etc/other", Content: "other"})
	opt := artifact.Options{Limits: artifact.Limits{Octets: int64(len(unpacked))}}
	got, err := openLayers(t, opt, registry.Gzip(unpacked))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = got.Close() })
	files := got.Files(t.Context())
	if found := fileAt(files, "etc/rds.pem"); found != "=sought" {
		t.Errorf("the file that is looked for: %s", found)
	}
	limit := (*artifact.LimitError)(nil)
	if _, err := fs.ReadFile(files, "etc/other"); !errors.As(err, &limit) {
		t.Errorf("another file was kept as well: %v", err)
	}
}
