// Command frameworks installs the frameworks that judge framework_client, puts
// the cases to them, and compares what they hand to their drivers with what is
// predicted. It exits with 1 where a prediction was wrong, and in CI also where a
// judge is missing: elsewhere it is counted and named.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/frameworks"
)

// folder is the package's, from the module's root.
const folder = "internal/lab/judge/frameworks"

func main() {
	installOnly := flag.Bool("install-only", false, "install what is missing and stop")
	record := flag.Bool("record", false, "record what the frameworks did for the replay in go test")
	only := flag.String("judge", "", "only judges whose name starts with this text")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *installOnly, *record, *only)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "frameworks:", err)
		os.Exit(1)
	}
}

var errWrong = errors.New("a prediction was wrong, or a judge is missing")

func run(ctx context.Context, installOnly, record bool, only string) error {
	cache, err := clients.CacheDir()
	if err != nil {
		return err //nolint:wrapcheck // It says what it is.
	}
	judges, err := frameworks.Judges(folder)
	if err != nil {
		return err //nolint:wrapcheck // It names the file.
	}
	failed, missing := false, 0
	for _, j := range judges {
		if !strings.HasPrefix(j.Name, only) {
			continue
		}
		if err := j.Install(ctx, folder, cache, os.Stderr); err != nil {
			fmt.Printf("MISSING JUDGE: %s: %v\n", j.Name, err)
			missing++
			continue
		}
		if installOnly {
			continue
		}
		wrong, err := ask(ctx, j, cache, record)
		if err != nil {
			fmt.Println(err)
		}
		failed = failed || wrong || err != nil
	}
	fmt.Printf("%d missing judges\n", missing)
	if failed || missing > 0 && judge.InCI() {
		return errWrong
	}
	return nil
}

// ask puts a judge's cases to it and prints where the prediction differs.
func ask(ctx context.Context, j frameworks.Judge, cache string, record bool) (wrong bool, err error) {
	cases, err := frameworks.Cases(folder, j.Framework)
	if err != nil {
		return false, err //nolint:wrapcheck // It names the file.
	}
	home, err := os.MkdirTemp("", "sslready-framework-")
	if err != nil {
		return false, fmt.Errorf("home of a framework: %w", err)
	}
	defer os.RemoveAll(home) //nolint:errcheck // It is empty, or of no use.
	answers, err := j.Ask(ctx, folder, cache, home, cases)
	if err != nil {
		return false, err //nolint:wrapcheck // It names the judge.
	}
	undecided := 0
	for i, c := range cases {
		predicted, err := j.Predict(c, answers[i].Version)
		if err != nil {
			return false, err //nolint:wrapcheck // It names the case.
		}
		switch verdict := frameworks.Verdict(predicted, answers[i]); verdict {
		case "":
		case frameworks.Undecided:
			undecided++
		default:
			wrong = true
			fmt.Printf("%s %s: %s\n", j.Name, c.ID, verdict)
		}
	}
	fmt.Printf("%s: %d cases, %d undecided\n", j.Name, len(cases), undecided)
	if !record {
		return wrong, nil
	}
	var lines strings.Builder
	for _, a := range answers {
		line, err := json.Marshal(a)
		if err != nil {
			return wrong, fmt.Errorf("record: %w", err)
		}
		lines.Write(append(line, '\n'))
	}
	if err := os.WriteFile(filepath.Join(folder, "testdata", "recorded", j.Name+".jsonl"), []byte(lines.String()), 0o600); err != nil {
		return wrong, fmt.Errorf("record: %w", err)
	}
	return wrong, nil
}
