package rpmdb

import (
	"encoding/binary"
	"fmt"
)

// Source: sqlite.org, fileformat2.html.
const (
	sqliteMagic  = "SQLite format 3\x00"
	sqliteHead   = 100 // before the tree of the first page
	leafPage     = 0x0d
	interiorPage = 0x05
	maxDepth     = 20
)

// scan reads one table of an SQLite database whole.
type scan struct {
	*database
	page   int64 // bytes of a page
	usable int64 // of them, less what is kept free at the end
	seen   map[int64]bool
	row    func(columns [][]byte) error
}

// sqlite finds the table Packages in the schema, and reads its blobs.
func (db *database) sqlite(head []byte) error {
	if len(head) < sqliteHead {
		return fmt.Errorf("%w: its header is cut off", ErrMalformed)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 1 << 16
	}
	usable := page - int64(head[20])
	if page < 512 || usable < 480 {
		return fmt.Errorf("%w: pages of %d bytes", ErrMalformed, page)
	}
	root := int64(0)
	schema := scan{db, page, usable, map[int64]bool{}, func(columns [][]byte) error {
		if len(columns) > 3 && string(columns[0]) == "table" && string(columns[1]) == "Packages" {
			root = integer(columns[3])
		}
		return nil
	}}
	if err := schema.tree(1, 0); err != nil {
		return err
	}
	if root == 0 {
		return fmt.Errorf("%w: it has no table Packages", ErrFormat)
	}
	packages := scan{db, page, usable, map[int64]bool{}, func(columns [][]byte) error {
		if len(columns) < 2 {
			return fmt.Errorf("%w: a row without a package", ErrMalformed)
		}
		return db.header(columns[1])
	}}
	return packages.tree(root, 0)
}

// tree reads a page and those below it.
func (s *scan) tree(number int64, depth int) error {
	if s.seen[number] || depth > maxDepth {
		return fmt.Errorf("%w: its pages form a loop", ErrMalformed)
	}
	s.seen[number] = true
	page, err := s.at((number-1)*s.page, s.page)
	if err != nil {
		return err
	}
	head := page
	if number == 1 {
		head = page[sqliteHead:]
	}
	kind, cells := head[0], int(binary.BigEndian.Uint16(head[3:]))
	pointers := head[8:]
	if kind == interiorPage {
		pointers = head[12:]
	}
	if kind != interiorPage && kind != leafPage || 2*cells > len(pointers) {
		return fmt.Errorf("%w: page %d is not part of a table", ErrMalformed, number)
	}
	for i := range cells {
		at := int(binary.BigEndian.Uint16(pointers[2*i:]))
		if int64(at)+4 > s.usable {
			return fmt.Errorf("%w: a cell is outside its page", ErrMalformed)
		}
		if kind == interiorPage {
			err = s.tree(int64(binary.BigEndian.Uint32(page[at:])), depth+1)
		} else {
			err = s.cell(page[at:s.usable:s.usable])
		}
		if err != nil {
			return err
		}
	}
	if kind == interiorPage {
		return s.tree(int64(binary.BigEndian.Uint32(head[8:])), depth+1)
	}
	return nil
}

// cell reads a row: its length, its number, and its content, of which what does
// not fit lies on pages of its own.
func (s *scan) cell(cell []byte) error {
	length, cell, ok := varint(cell)
	if !ok || length < 0 {
		return fmt.Errorf("%w: a row is cut off", ErrMalformed)
	}
	if length > maxHeader {
		return fmt.Errorf("%w: a package of %d bytes", ErrTooLarge, length)
	}
	if _, cell, ok = varint(cell); !ok {
		return fmt.Errorf("%w: a row is cut off", ErrMalformed)
	}
	local := length
	if most := s.usable - 35; length > most {
		least := (s.usable-12)*32/255 - 23
		if local = least + (length-least)%(s.usable-4); local > most {
			local = least
		}
	}
	if local > int64(len(cell)) {
		return fmt.Errorf("%w: a row is cut off", ErrMalformed)
	}
	record := append(make([]byte, 0, length), cell[:local]...)
	if local < length {
		if int64(len(cell)) < local+4 {
			return fmt.Errorf("%w: a row is cut off", ErrMalformed)
		}
		next := int64(binary.BigEndian.Uint32(cell[local:]))
		for int64(len(record)) < length {
			page, err := s.at((next-1)*s.page, s.usable)
			if err != nil {
				return err
			}
			next = int64(binary.BigEndian.Uint32(page))
			record = append(record, page[4:min(s.usable, 4+length-int64(len(record)))]...)
		}
	}
	columns, err := columnsOf(record)
	if err != nil {
		return err
	}
	return s.row(columns)
}

// columnsOf takes a record apart: the length of its head, the kind of each
// column, and their bytes.
func columnsOf(record []byte) (columns [][]byte, err error) {
	length, head, ok := varint(record)
	if !ok || length < 1 || length > int64(len(record)) {
		return nil, fmt.Errorf("%w: a row is cut off", ErrMalformed)
	}
	content := record[length:]
	for head = head[:length-int64(len(record)-len(head))]; len(head) > 0; {
		var kind int64
		if kind, head, ok = varint(head); !ok || kind < 0 {
			return nil, fmt.Errorf("%w: a row is cut off", ErrMalformed)
		}
		size := kind
		switch {
		case kind >= 12:
			size = (kind - 12) / 2
		case kind >= 8:
			size = 0
		case kind == 7:
			size = 8
		case kind >= 5:
			size = 2*kind - 4 // 6 and 8 bytes
		}
		if size > int64(len(content)) {
			return nil, fmt.Errorf("%w: a row is cut off", ErrMalformed)
		}
		columns, content = append(columns, content[:size]), content[size:]
	}
	return columns, nil
}

// integer reads a column that is a number.
func integer(column []byte) (n int64) {
	for _, b := range column {
		n = n<<8 | int64(b)
	}
	return n
}

// varint reads a number of up to nine bytes, the highest bits first, and
// returns what comes after it.
func varint(from []byte) (n int64, rest []byte, ok bool) {
	for i, b := range from {
		if i == 8 {
			return n<<8 | int64(b), from[9:], true
		}
		n = n<<7 | int64(b&0x7f)
		if b&0x80 == 0 {
			return n, from[i+1:], true
		}
	}
	return 0, nil, false
}
