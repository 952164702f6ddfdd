package storecorpus_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/storecorpus"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

func TestKS(t *testing.T) {
	files, _ := filepath.Glob(os.Getenv("KS") + "/*")
	dir := t.TempDir()
	type c struct {
		content []byte
		typ, pw string
		name    string
	}
	var cases []c
	var reqs []string
	per := 0
	fmt.Sscan(os.Getenv("PER"), &per)
	for _, f := range files {
		if strings.HasSuffix(f, ".sh") || strings.HasSuffix(f, ".key") || strings.HasSuffix(f, ".csr") {
			continue
		}
		b, _ := os.ReadFile(f)
		typ := "default"
		if strings.HasSuffix(strings.ToLower(f), "jceks") {
			typ = "JCEKS"
		}
		for i := range per + 1 {
			m := bytes.Clone(b)
			r := rand.New(rand.NewPCG(uint64(i)+off(), 3))
			if i > 0 {
				switch r.IntN(4) {
				case 0:
					m = m[:r.IntN(len(m)+1)]
				case 1:
					p := r.IntN(len(m))
					m = append(m[:p:p], append([]byte{byte(r.IntN(256))}, m[p:]...)...)
				default:
					for range 1 + r.IntN(2) {
						lim := len(m)
						if r.IntN(2) == 0 {
							lim = min(lim, 100)
						}
						m[r.IntN(lim)] = byte(r.IntN(256))
					}
				}
			}
			pws := []string{"null", "=changeit"}
			if i == 0 {
				pws = []string{"null", "=changeit", "=", "=wrong!", "=pässwort"}
			}
			p := filepath.Join(dir, fmt.Sprintf("%s-%d", filepath.Base(f), i))
			os.WriteFile(p, m, 0o600)
			for _, pw := range pws {
				cases = append(cases, c{m, typ, pw, filepath.Base(p)})
				reqs = append(reqs, strings.Join([]string{"store", typ, pw, p}, "\t"))
			}
		}
	}
	answers, err := storecorpus.Java(t.Context(), reqs)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for i, a := range answers {
		o := truststore.Options{Reader: truststore.JavaKeyStore}
		if cases[i].typ != "default" {
			o.StoreType = cases[i].typ
		}
		if cases[i].pw != "null" {
			s := cases[i].pw[1:]
			o.Password = &s
		}
		got, err := truststore.Read(cases[i].content, o)
		var fps []string
		for _, x := range got.Anchors {
			fps = append(fps, x.SHA256)
		}
		slices.Sort(fps)
		re := &truststore.ReadError{}
		errors.As(err, &re)
		gotOK := err == nil || errors.Is(err, truststore.ErrNoAnchors)
		_, _ = 0, 0
		realNo := strings.Contains(a.Error, "trustAnchors")
		realOK := a.OK || realNo
		_ = 0
		if !slices.Equal(fps, a.Anchors) && len(fps)+len(a.Anchors) > 0 || gotOK != realOK {
			bad++
			if bad < 25 {
				t.Errorf("%s %s: got %d %v, real %d %v %q", cases[i].name, cases[i].pw, len(fps), err, len(a.Anchors), a.OK, a.Error)
				os.WriteFile("/tmp/ts/badks-"+cases[i].name, cases[i].content, 0o600)
			}
		}
	}
	t.Logf("%d of %d agree", len(answers)-bad, len(answers))
}
