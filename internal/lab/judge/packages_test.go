package judge_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// TestPackagesAreWholeOrMissing: an install that breaks off leaves none behind.
func TestPackagesAreWholeOrMissing(t *testing.T) {
	cache, bin := t.TempDir(), t.TempDir()
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	mvn := func(script string) {
		if err := os.WriteFile(filepath.Join(bin, "mvn"), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // A program.
			t.Fatal(err)
		}
	}
	p := judge.Packages{Manager: "maven", Names: []string{"org.postgresql:postgresql:42.7.14"}}
	finished := func(string) error { return nil }
	const want = "maven packages org.postgresql:postgresql:42.7.14"
	mvn("exit 1")
	if err := p.Install(t.Context(), cache, io.Discard, finished); err == nil || p.Missing(cache) != want {
		t.Errorf("a broken install ends in %v and misses %q, want %q", err, p.Missing(cache), want)
	}
	mvn(`grep -q '<artifactId>postgresql</artifactId><version>42.7.14</version>' pom.xml && echo a.jar:b.jar > classpath`)
	broken := func(string) error { return io.ErrUnexpectedEOF }
	if err := p.Install(t.Context(), cache, io.Discard, broken); err == nil || p.Missing(cache) != want {
		t.Errorf("an install that is not finished ends in %v and misses %q", err, p.Missing(cache))
	}
	if err := p.Install(t.Context(), cache, io.Discard, finished); err != nil || p.Missing(cache) != "" || p.ClassPath(cache) != "a.jar:b.jar" {
		t.Errorf("got %v, missing %q, class path %q", err, p.Missing(cache), p.ClassPath(cache))
	}
	mvn("exit 1") // It is not asked again.
	if err := p.Install(t.Context(), cache, io.Discard, finished); err != nil {
		t.Error(err)
	}
	if none := (judge.Packages{Manager: "pip"}); none.Dir(cache) != "" || none.Missing(cache) != "" {
		t.Errorf("no packages lie in %q and miss %q", none.Dir(cache), none.Missing(cache))
	}
}
