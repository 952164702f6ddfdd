package main

import (
	"embed"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed overlay/switch.go.txt
var switchSource string

//go:embed overlay/replay.go.txt
var replaySource string

//go:embed overlay/serve.go.txt
var serveSource string

//go:embed overlay/*_cases_test.go.txt
var vectorSources embed.FS

func (t *Trial) writeOverlay(p *Package) error {
	replace := map[string]string{}
	sources := p.Sources
	sources[filepath.Join(t.root, t.target.Dir, "mutant_switch.go")] = []byte(
		strings.NewReplacer("PACKAGE", p.Name, "COUNT", strconv.Itoa(len(p.Mutants))).Replace(switchSource))
	replay := filepath.Join(t.root, "internal", "lab", "tool", "mutation", "replay")
	serve := func(name string) []byte {
		return []byte(strings.NewReplacer("PACKAGE", name, "IMPORT", module+t.target.Dir).Replace(serveSource))
	}
	sources[filepath.Join(replay, "main.go")], sources[filepath.Join(replay, "serve.go")] = []byte(replaySource), serve("main")
	if t.target.Vectors != "" {
		cases, err := vectorSources.ReadFile("overlay/" + p.Name + "_cases_test.go.txt")
		if err != nil {
			return err
		}
		tests := filepath.Join(t.root, t.target.Dir)
		sources[filepath.Join(tests, "mutant_cases_test.go")], sources[filepath.Join(tests, "mutant_serve_test.go")] = cases, serve(p.Name+"_test")
	}
	for path, content := range sources {
		replace[path] = filepath.Join(t.work, "source-"+strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(replace[path], content, 0o600); err != nil {
			return err
		}
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.work, "overlay.json"), content, 0o600)
}
