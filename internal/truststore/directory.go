package truststore

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
)

// Directory is a folder of certificates, content by file name, as
// c_rehash or "openssl rehash" makes it.
type Directory map[string][]byte

// archiveMagic starts an archive. No format of trust stores begins so.
var archiveMagic = []byte("\x00sslready-directory\x00")

// Archive returns the directory as one content for [Read] with
// [OpenSSLDirectory]. Equal directories give equal archives. Every other
// reader finds an archive unreadable, as its client does a directory.
func (d Directory) Archive() []byte {
	archive := slices.Clone(archiveMagic)
	for _, name := range slices.Sorted(maps.Keys(d)) {
		for _, part := range [][]byte{[]byte(name), d[name]} {
			archive = binary.BigEndian.AppendUint32(archive, uint32(len(part))) //nolint:gosec // A file's size, bounded by MaxSize.
			archive = append(archive, part...)
		}
	}
	return archive
}

// openArchive is the inverse of Archive; false for any other content.
func openArchive(content []byte) (Directory, bool) {
	rest, is := bytes.CutPrefix(content, archiveMagic)
	if !is {
		return nil, false
	}
	d := Directory{}
	for len(rest) > 0 {
		var parts [2][]byte
		for i := range parts {
			if len(rest) < 4 {
				return nil, false
			}
			size := int(binary.BigEndian.Uint32(rest))
			if rest = rest[4:]; size > len(rest) {
				return nil, false
			}
			parts[i], rest = rest[:size], rest[size:]
		}
		d[string(parts[0])] = parts[1]
	}
	return d, true
}
