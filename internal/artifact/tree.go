package artifact

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

type kind uint8

// The kinds of what a layer holds at a name.
const (
	folder kind = iota
	file
	symlink
	hardLink // to a file of a layer below
	special  // a device, a pipe or a socket
)

// node is what one layer holds at one name.
type node struct {
	kind    kind
	opaque  bool // a folder that hides what the layers below have in it
	wanted  bool // a hard link whose name says that its content is to be looked into
	mode    fs.FileMode
	owner   *owner // nil is not known
	size    int64
	link    string // of symlink and hardLink
	content *content

	children map[string]*node
	hidden   map[string]struct{} // whiteouts: names that the layers below have no more
}

// owner is whom a file belongs to, by numbers.
type owner struct{ uid, gid int }

// content is where the octets of a file are.
type content struct {
	layer   int
	ordinal int   // of the entry in its layer
	spooled int64 // offset in the spool; -1 where the content is not there yet
	kept    bool  // while the layer was read
	path    string
}

// layer is the source of one layer's entries.
type layer interface {
	// index reads all entries. The content of the one that is sought is kept.
	index(ctx context.Context, sought string) (*node, error)
	// open returns the content of one file.
	open(ctx context.Context, n *node) (contentReader, error)
}

// tree is an image's layers, the newest first. Each is read when a name is
// looked for that no newer one decides.
type tree struct {
	layers []*slot
	// within are the folders outside of which nothing is known, without
	// slashes at the ends; nil where the layers are all there is.
	within []string
	closed func() error
}

type slot struct {
	layer layer

	mu   sync.Mutex
	root *node
	err  error
}

func newTree(layers []layer, closed func() error) *tree {
	t := &tree{closed: closed}
	for _, l := range layers {
		t.layers = append(t.layers, &slot{layer: l})
	}
	return t
}

func (t *tree) close() error {
	if t.closed == nil {
		return nil
	}
	return t.closed()
}

func (t *tree) layersRead() int {
	read := 0
	for _, s := range t.layers {
		s.mu.Lock()
		if s.root != nil {
			read++
		}
		s.mu.Unlock()
	}
	return read
}

// root returns the entries of a layer. Its error stays, unless the caller
// went away.
func (s *slot) entries(ctx context.Context, sought []string) (*node, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root != nil || s.err != nil {
		return s.root, s.err
	}
	root, err := s.layer.index(ctx, strings.Join(sought, "/"))
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	s.root, s.err = root, err
	return root, err
}

// found is what the layers have at a path: at is the number of its components
// that lead to the node, which is less than all where the node is no folder.
type found struct {
	node  *node
	layer int
	at    int
}

// walk goes through the layers from the given one down, as far as they have
// anything to say of a path, and hands what each has to visit: a folder, or
// something else at one of the path's components. visit returns whether it has
// seen enough.
//
// An upper folder is no less a folder for a file below, and that file hides
// what is below itself: known is the number of components known as folders.
func (t *tree) walk(ctx context.Context, from int, parts []string, visit func(found) bool) error {
	known := 0
	for i := from; i < len(t.layers); i++ {
		n, err := t.layers[i].entries(ctx, parts)
		if err != nil {
			return err
		}
		sealed, at := n.opaque, 0
		for at < len(parts) && n.kind == folder {
			child := n.children[parts[at]]
			if child == nil {
				_, hidden := n.hidden[parts[at]]
				sealed = sealed || hidden
				break
			}
			n, at = child, at+1
			sealed = sealed || n.opaque
		}
		switch {
		case n.kind != folder:
			if at > known { // Else a folder above has taken its place.
				visit(found{n, i, at})
			}
			return nil
		case at == len(parts) && visit(found{n, i, at}):
			return nil
		}
		if sealed {
			return nil
		}
		known = max(known, at)
	}
	return nil
}

// look returns what the layers have at a path, from the given layer down. No
// link is followed.
func (t *tree) look(ctx context.Context, from int, parts []string) (hit found, ok bool, err error) {
	err = t.walk(ctx, from, parts, func(f found) bool {
		hit, ok = f, true
		return true
	})
	return hit, ok, err
}

const maxLinks = 40 // as Linux has it

// place is what a name leads to.
type place struct {
	found
	path []string // without links
}

// resolve follows the links of a name as a process in the container does:
// ".." stops at the root. A link at the end is followed if wanted.
func (t *tree) resolve(ctx context.Context, from int, name string, follow bool) (place, error) {
	var done []string
	todo := split(name)
	for links := 0; ; {
		up := slices.Index(todo, "..")
		if up == 0 {
			done, todo = done[:max(len(done)-1, 0)], todo[1:]
			continue
		}
		last := up < 0
		step, rest := todo, []string(nil)
		if !last {
			step, rest = todo[:up], todo[up:]
		}
		path := slices.Concat(done, step)
		hit, ok, err := t.look(ctx, from, path)
		if err != nil {
			return place{}, err
		}
		if !ok {
			return place{}, t.absent(name, path)
		}
		whole := hit.at == len(path)
		switch {
		case hit.node.kind == symlink && (follow || !whole || !last):
			if links++; links > maxLinks {
				return place{}, fmt.Errorf("%s: %w", name, ErrLinkLoop)
			}
			done = slices.Clone(path[:hit.at-1])
			if strings.HasPrefix(hit.node.link, "/") {
				done = nil
			}
			todo = slices.Concat(split(hit.node.link), path[hit.at:], rest)
		case !whole, !last && hit.node.kind != folder:
			return place{}, fmt.Errorf("%s: %s is not a folder: %w", name, strings.Join(path[:hit.at], "/"), fs.ErrNotExist)
		case last:
			hit, err = t.linked(ctx, hit)
			return place{hit, path}, err
		default:
			done, todo = path, rest
		}
	}
}

// linked follows a hard link to a layer below.
func (t *tree) linked(ctx context.Context, hit found) (found, error) {
	for hit.node.kind == hardLink {
		target, err := t.resolve(ctx, hit.layer+1, hit.node.link, false)
		if errors.Is(err, fs.ErrNotExist) || err == nil && target.node.kind == folder {
			return found{}, malformed("a hard link leads to %q, which is not a file in any layer below", hit.node.link)
		}
		if err != nil {
			return found{}, err
		}
		hit = target.found
	}
	return hit, nil
}

// absent is the error for a path that no layer has: not there, or outside of
// what the layers are all of.
func (t *tree) absent(name string, path []string) error {
	if t.within == nil {
		return fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	resolved := strings.Join(path, "/") + "/"
	for _, root := range t.within {
		if strings.HasPrefix(resolved, root+"/") {
			return fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
	}
	return fmt.Errorf("%s: %w", name, ErrNotPart)
}

// split returns the components of a path, ".." among them.
func split(name string) []string {
	return slices.DeleteFunc(strings.Split(name, "/"), func(part string) bool { return part == "" || part == "." })
}

// list returns the names in a folder and what is at each.
func (t *tree) list(ctx context.Context, parts []string) (map[string]found, error) {
	all, gone := map[string]found{}, map[string]struct{}{}
	err := t.walk(ctx, 0, parts, func(f found) bool {
		if f.node.kind != folder {
			return true
		}
		for name, child := range f.node.children {
			if _, hidden := gone[name]; hidden {
				continue
			}
			if _, above := all[name]; !above {
				all[name] = found{child, f.layer, len(parts) + 1}
			}
		}
		for name := range f.node.hidden {
			gone[name] = struct{}{}
		}
		return false
	})
	return all, err
}
