package clients

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// files lays trust stores out on disk, once each, where clients find them.
type files struct {
	world *World
	dir   string
	mu    sync.Mutex
	made  map[string]bool
}

// newFiles uses an empty folder that everybody may read.
func newFiles(w *World, dir string) *files {
	return &files{world: w, dir: dir, made: map[string]bool{}}
}

// place lays the files of a case out.
func (f *files) place(s Settings, c Case, port string) (place, error) {
	p := place{port: port, home: filepath.Join(f.dir, "home", "empty")}
	if err := f.folder(p.home); err != nil {
		return place{}, err
	}
	store := f.world.Store(c.Store, c.Server)
	name := filepath.Join(f.world.Servers[c.Server].CAIdentifier, c.Store)
	if c.Template.namesRoot() {
		p.root = filepath.Join(f.dir, "store", name, "root.crt")
		return p, f.lay(p.root, store)
	}
	if !store.Absent {
		p.home = filepath.Join(f.dir, "home", name)
		return p, f.lay(filepath.Join(p.home, s.DefaultFile), store)
	}
	return p, nil
}

func (f *files) folder(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("files of a case: %w", err)
	}
	return nil
}

// lay puts a store at a path. An absent one leaves its folder empty.
func (f *files) lay(path string, s Store) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.made[path] {
		return nil
	}
	f.made[path] = true
	if err := f.folder(filepath.Dir(path)); err != nil || s.Absent {
		return err
	}
	if s.Directory == nil {
		return f.write(path, s.Content)
	}
	if err := f.folder(path); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.Directory)) {
		if err := f.write(filepath.Join(path, name), s.Directory[name]); err != nil {
			return err
		}
	}
	return nil
}

func (f *files) write(path string, content []byte) error {
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("files of a case: %w", err)
	}
	return nil
}
