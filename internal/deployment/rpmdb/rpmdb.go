// Package rpmdb lists the packages of an RPM database. It reads the three
// formats that RPM has had: a table of SQLite, RPM's own ndb, and a hash of
// Berkeley DB.
//
// No library does it here: the known one starts goroutines that panic on a
// malformed page, which ends the whole program, and needs a driver of SQLite of
// several megabytes for one scan of one table.
package rpmdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Package is an installed package.
type Package struct {
	Name string
	// Version is the upstream version, without epoch and release.
	Version string
}

// The errors of [Packages]. Test with [errors.Is].
var (
	ErrFormat    = errors.New("this is not an RPM database in a known format")
	ErrMalformed = errors.New("the RPM database is malformed")
	ErrTooLarge  = errors.New("the RPM database exceeds the size limit")
)

const (
	maxPackages = 100_000
	maxHeader   = 32 << 20 // of one package
	maxRead     = 1 << 30  // in all, so that no page is read for ever
)

// database is the file, and what may still be read of it.
type database struct {
	file io.ReaderAt
	size int64
	left int64
	all  []Package
}

// Packages lists the packages of a database of some size, in bytes.
//
// The error is [ErrFormat], [ErrMalformed], [ErrTooLarge] or that of file. What
// was found before it is returned as well.
func Packages(file io.ReaderAt, size int64) ([]Package, error) {
	db := &database{file: file, size: size, left: maxRead}
	head, err := db.at(0, min(size, 100))
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte(sqliteMagic)):
		err = db.sqlite(head)
	case bytes.HasPrefix(head, []byte(ndbMagic)):
		err = db.ndb(head)
	default:
		err = db.berkeley(head)
	}
	return db.all, err
}

// at reads n bytes from an offset.
func (db *database) at(offset, n int64) ([]byte, error) {
	if n < 0 || offset < 0 || n > db.size || offset > db.size-n {
		return nil, fmt.Errorf("%w: it points outside of the file", ErrMalformed)
	}
	if db.left -= n; db.left < 0 {
		return nil, ErrTooLarge
	}
	read := make([]byte, n)
	if _, err := db.file.ReadAt(read, offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, err //nolint:wrapcheck // the caller's own file
	}
	return read, nil
}

// Tags of a package's header, and the type of a text.
//
// Source: RPM, docs/manual/format_header.md and tags.md.
const (
	tagName    = 1000
	tagVersion = 1001
	typeString = 6
	entrySize  = 16
)

// header adds a package by its header: the numbers of entries and of bytes,
// the entries, and the bytes that they point into.
func (db *database) header(blob []byte) error {
	if len(blob) < 8 {
		return fmt.Errorf("%w: a package's header is cut off", ErrMalformed)
	}
	entries, bytesOfData := int64(binary.BigEndian.Uint32(blob)), int64(binary.BigEndian.Uint32(blob[4:]))
	if 8+entries*entrySize+bytesOfData > int64(len(blob)) {
		return fmt.Errorf("%w: a package's header is cut off", ErrMalformed)
	}
	index, data := blob[8:8+entries*entrySize], blob[8+entries*entrySize:]
	var p Package
	for ; len(index) > 0; index = index[entrySize:] {
		tag, kind, offset := binary.BigEndian.Uint32(index), binary.BigEndian.Uint32(index[4:]), binary.BigEndian.Uint32(index[8:])
		if kind != typeString || tag != tagName && tag != tagVersion {
			continue
		}
		if int64(offset) >= int64(len(data)) {
			return fmt.Errorf("%w: a package's text is outside its header", ErrMalformed)
		}
		text, _, ended := bytes.Cut(data[offset:], []byte{0})
		switch {
		case !ended:
			return fmt.Errorf("%w: a package's text has no end", ErrMalformed)
		case tag == tagName:
			p.Name = string(text)
		default:
			p.Version = string(text)
		}
	}
	if p.Name == "" {
		return fmt.Errorf("%w: a package has no name", ErrMalformed)
	}
	if len(db.all) == maxPackages {
		return fmt.Errorf("%w: %d packages", ErrTooLarge, maxPackages)
	}
	db.all = append(db.all, p)
	return nil
}
