package truststore

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
)

// directoryMagic begins an archive of a directory. The NUL keeps any text or
// key store from being taken for one.
const directoryMagic = "sslready trust store directory 1\x00"

// Directory is a directory of certificates by file name, without paths. Links
// are given under their own names with the content that they lead to.
type Directory map[string][]byte

// Archive returns the directory as content for [Read] with [OpenSSLDirectory]
// and for [Inspect]: the same files give the same bytes.
func (d Directory) Archive() []byte {
	out := []byte(directoryMagic)
	for _, name := range slices.Sorted(maps.Keys(d)) {
		out = binary.AppendUvarint(out, uint64(len(name)))
		out = append(out, name...)
		out = binary.AppendUvarint(out, uint64(len(d[name])))
		out = append(out, d[name]...)
	}
	return out
}

// parseDirectory is the reverse of Archive. The files share memory with
// content.
func parseDirectory(content []byte) (Directory, bool) {
	rest, ok := bytes.CutPrefix(content, []byte(directoryMagic))
	if !ok {
		return nil, false
	}
	field := func() ([]byte, bool) {
		n, size := binary.Uvarint(rest)
		if size <= 0 || n > uint64(len(rest)-size) { //nolint:gosec // size is not above the length of rest
			return nil, false
		}
		value := rest[size : size+int(n)] //nolint:gosec // n is not above the length of rest
		rest = rest[size+int(n):]         //nolint:gosec // n is not above the length of rest
		return value, true
	}
	d := make(Directory)
	for len(rest) > 0 {
		name, _ := field() // Where there is none, there is no file either.
		file, ok := field()
		if !ok || len(d) >= maxEntries {
			return nil, false
		}
		d[string(name)] = file
	}
	return d, true
}
