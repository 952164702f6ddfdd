package artifact

import (
	"archive/tar"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	whiteoutPrefix = ".wh."
	opaqueMarker   = ".wh..wh..opq"
	aufsPrefix     = ".wh..wh." // AUFS's own bookkeeping, which no runtime delivers

	maxName = 4096 // octets of a path, as Linux has it
)

// entries builds one layer's tree from its entries, in their order.
type entries struct {
	root  *node
	depth int
	last  *owner
	asIs  bool // no name is a whiteout
}

func newEntries(limits Limits) *entries { return &entries{root: newFolder(), depth: limits.Depth} }

func newFolder() *node { return &node{kind: folder, mode: 0o755} }

// parts returns the components of an entry's name, which must stay inside of
// the root.
func (e *entries) parts(name string) ([]string, error) {
	if len(name) > maxName || strings.ContainsRune(name, 0) {
		return nil, malformed("the name of an entry is longer than %d bytes, or contains a NUL", maxName)
	}
	clean := path.Clean(strings.TrimLeft(name, "/"))
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return nil, malformed("the entry %q points outside the root", name)
	}
	parts := split(clean)
	if len(parts) > e.depth {
		return nil, &LimitError{What: "the depth of folders", Limit: strconv.Itoa(e.depth), Argument: "max_depth"}
	}
	return parts, nil
}

// add puts a node at a name. The folders above it that the layer does not have
// are made: a runtime unpacks a layer by itself, so that such a folder takes
// the place of what a layer below has there. A link of the same layer is
// followed.
//
// Source: moby pkg/archive diff.go UnpackLayer; containerd archive/tar.go.
func (e *entries) add(name string, n *node) error {
	parts, err := e.parts(name)
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		if n.kind == folder {
			e.root.mode, e.root.owner = n.mode, n.owner
		}
		return nil
	}
	parent, err := e.folder(parts[:len(parts)-1], 0)
	if err != nil {
		return err
	}
	base := parts[len(parts)-1]
	switch {
	case e.asIs:
		parent.put(base, n)
	case base == opaqueMarker:
		parent.opaque = true
	case strings.HasPrefix(base, aufsPrefix):
	case strings.HasPrefix(base, whiteoutPrefix):
		if parent.hidden == nil {
			parent.hidden = map[string]struct{}{}
		}
		parent.hidden[strings.TrimPrefix(base, whiteoutPrefix)] = struct{}{}
	default:
		parent.put(base, n)
	}
	return nil
}

// owner shares one value between the entries of one owner.
func (e *entries) owner(uid, gid int) *owner {
	if e.last == nil || e.last.uid != uid || e.last.gid != gid {
		e.last = &owner{uid, gid}
	}
	return e.last
}

// put replaces what is there, but a folder stays with what it has.
func (n *node) put(name string, child *node) {
	if n.children == nil {
		n.children = map[string]*node{}
	}
	if there := n.children[name]; there != nil && there.kind == folder && child.kind == folder {
		there.mode, there.owner = child.mode, child.owner
		return
	}
	n.children[name] = child
}

// folder returns the folder at a path, made if need be.
func (e *entries) folder(parts []string, links int) (*node, error) {
	at := []*node{e.root}
	for i, part := range parts {
		current := at[len(at)-1]
		if part == ".." {
			at = at[:max(len(at)-1, 1)]
			continue
		}
		child := current.children[part]
		switch {
		case child == nil:
			child = newFolder()
			current.put(part, child)
		case child.kind == symlink:
			if links++; links > maxLinks {
				return nil, malformed("%q: %w", strings.Join(parts, "/"), ErrLinkLoop)
			}
			target := slices.Concat(split(child.link), parts[i+1:])
			if !strings.HasPrefix(child.link, "/") {
				target = slices.Concat(parts[:i], target)
			}
			return e.folder(target, links)
		case child.kind != folder:
			return nil, malformed("the entry %q is inside a file of the same layer", strings.Join(parts, "/"))
		}
		at = append(at, child)
	}
	return at[len(at)-1], nil
}

// hardLink returns a node for a link to another name: to what the layer has
// there so far, else to what the layers below have.
func (e *entries) hardLink(target string) (*node, error) {
	parts, err := e.parts(target)
	if err != nil {
		return nil, err
	}
	n := e.root
	for _, part := range parts {
		if n = n.children[part]; n == nil {
			return &node{kind: hardLink, link: "/" + strings.Join(parts, "/")}, nil
		}
	}
	if n.kind == folder {
		return nil, malformed("a hard link leads to the folder %q", target)
	}
	same := *n
	return &same, nil
}

// done returns the tree. A folder that the layer hides and has itself hides
// all that is below it.
func (e *entries) done() *node {
	e.root.seal()
	return e.root
}

func (n *node) seal() {
	for name := range n.hidden {
		if child := n.children[name]; child != nil && child.kind == folder {
			child.opaque = true
		}
	}
	for _, child := range n.children {
		if child.kind == folder {
			child.seal()
		}
	}
}

// nodeOf translates a header; nil is an entry that is none of the tree's.
func (e *entries) nodeOf(h *tar.Header) (*node, error) {
	n := &node{mode: h.FileInfo().Mode(), size: h.Size, link: h.Linkname, owner: e.owner(h.Uid, h.Gid)}
	switch h.Typeflag {
	case tar.TypeReg, '\x00', tar.TypeCont, tar.TypeGNUSparse:
		n.kind, n.link = file, ""
	case tar.TypeDir:
		n.kind, n.size, n.link = folder, 0, ""
	case tar.TypeSymlink:
		if n.kind, n.size = symlink, 0; len(n.link) > maxName {
			return nil, malformed("the target of a link is longer than %d bytes", maxName)
		}
	case tar.TypeLink:
		return e.hardLink(h.Linkname)
	case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		n.kind, n.size = special, 0
	case tar.TypeXGlobalHeader:
		return nil, nil
	default:
		return nil, malformed("an entry has the unknown type %q", h.Typeflag)
	}
	return n, nil
}
