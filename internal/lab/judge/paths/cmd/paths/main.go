// Command paths asks the real validators of this machine about the vectors of
// package certpath. It runs in the module's root.
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
	"regexp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/paths"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

const (
	folder = "internal/certpath/testdata"
	key    = "internal/lab/standin/pki/testkeys/rsa2048-2.pem"
)

func main() {
	update := flag.Bool("update", false, "write the judges' answers")
	generate := flag.Bool("generate", false, "make new certificates and vectors")
	only := flag.String("only", "", "pattern of the judges to ask; all by default")
	names := flag.Bool("names", false, "ask about names alone")
	vectors := flag.String("vectors", "", "pattern of the vectors to ask about; all by default")
	flag.Parse()
	command.Main("paths", func(ctx context.Context, dir string) error {
		if *generate {
			corpus, err := paths.Generate(folder, key)
			if err != nil {
				return err
			}
			return corpus.Save(folder)
		}
		pattern, err := regexp.Compile(*only)
		if err != nil {
			return err
		}
		which, err := regexp.Compile(*vectors)
		if err != nil {
			return err
		}
		return ask(ctx, paths.Bench{Key: key, Only: pattern, Work: dir, NamesOnly: *names, Vectors: which}, *update)
	})
}

func ask(ctx context.Context, bench paths.Bench, update bool) error {
	var err error
	if bench.Cache, err = judge.CacheDir(); err != nil {
		return err
	}
	corpus, err := paths.Load(os.DirFS(folder))
	if err != nil {
		return err
	}
	report, err := corpus.Rejudge(ctx, bench)
	if err != nil {
		return err
	}
	fmt.Print(report)
	if update {
		return corpus.Save(folder)
	}
	return report.Err(judge.InCI())
}
