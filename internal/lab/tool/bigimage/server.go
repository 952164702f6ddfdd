package main

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// server is a registry whose blobs lie on the disk, so that none of them is in
// the memory that is measured.
type server struct {
	http      *httptest.Server
	reference string
	size      int64
	fetched   atomic.Int64
}

func (s *server) stop()      { s.http.Close() }
func (s *server) forget()    { s.fetched.Store(0) }
func (s *server) blobs() int { return int(s.fetched.Load()) }

func fileOf(layer int) string { return fmt.Sprintf("etc/wanted-%02d", layer) }

// layerURL is beside the registry's own: a layer by its number.
func layerURL(reference string, layer int) string {
	host, _, _ := strings.Cut(reference, "/")
	return fmt.Sprintf("http://%s/layer/%d", host, layer)
}

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

func serve(folder string) (*server, error) {
	s := &server{}
	config := []byte(`{"os":"linux","architecture":"amd64","config":{},"rootfs":{"type":"layers","diff_ids":[]}}`)
	sum := sha256.Sum256(config)
	configDigest := "sha256:" + hex.EncodeToString(sum[:])
	all := make([]descriptor, layers)
	for i := range all {
		d, err := writeLayer(filepath.Join(folder, fmt.Sprint(i)), i)
		if err != nil {
			return nil, err
		}
		all[i], s.size = d, s.size+d.Size
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": descriptor{"application/vnd.oci.image.config.v1+json", configDigest, int64(len(config))}, "layers": all,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/v2/", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/v2/big/manifests/1", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(manifest) })
	mux.HandleFunc("/v2/big/blobs/"+configDigest, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(config) })
	for i, d := range all {
		name := filepath.Join(folder, fmt.Sprint(i))
		mux.HandleFunc("/v2/big/blobs/"+d.Digest, func(w http.ResponseWriter, r *http.Request) {
			s.fetched.Add(1)
			http.ServeFile(w, r, name)
		})
		mux.HandleFunc(fmt.Sprintf("/layer/%d", i), func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) })
	}
	s.http = httptest.NewServer(mux)
	s.reference = strings.TrimPrefix(s.http.URL, "http://") + "/big:1"
	return s, nil
}

// writeLayer writes files of a size that is usual, half of them compressible,
// and the wanted one at the end.
func writeLayer(name string, number int) (d descriptor, err error) {
	file, err := os.Create(name)
	if err != nil {
		return d, err
	}
	hash, random := sha256.New(), rand.New(rand.NewPCG(uint64(number), 1)) //nolint:gosec // The same octets each time.
	buffered := bufio.NewWriter(io.MultiWriter(file, hash))
	packed, err := gzip.NewWriterLevel(buffered, gzip.BestSpeed)
	if err != nil {
		return d, err
	}
	out := tar.NewWriter(packed)
	content := make([]byte, 48<<10)
	for i := 0; i*len(content) < layerBytes; i++ {
		for j := range content {
			if content[j] = byte(random.Uint32()); i%2 == 0 {
				content[j] = "the quick brown fox"[j%19] ^ byte(i)
			}
		}
		header := &tar.Header{Name: fmt.Sprintf("usr/share/%d/%d", number, i), Mode: 0o644, Size: int64(len(content))}
		if err = out.WriteHeader(header); err != nil {
			return d, err
		}
		if _, err = out.Write(content); err != nil {
			return d, err
		}
	}
	wanted := fileOf(number)
	err = out.WriteHeader(&tar.Header{Name: wanted, Mode: 0o644, Size: int64(len(wanted))})
	if err == nil {
		_, err = out.Write([]byte(wanted))
	}
	if err = errors.Join(err, out.Close(), packed.Close(), buffered.Flush()); err != nil {
		return d, err
	}
	info, err := file.Stat()
	if err = errors.Join(err, file.Close()); err != nil {
		return d, err
	}
	return descriptor{"application/vnd.oci.image.layer.v1.tar+gzip", "sha256:" + hex.EncodeToString(hash.Sum(nil)), info.Size()}, nil
}
