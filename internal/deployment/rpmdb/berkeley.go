package rpmdb

import (
	"encoding/binary"
	"fmt"
)

// Source: Berkeley DB, src/dbinc/db_page.h.
const (
	hashMagic     = 0x00061561
	pageHead      = 26
	hashUnsorted  = 2
	hashPage      = 13
	overflowPage  = 7
	itemInline    = 1
	itemElsewhere = 3

	counter = 4 // bytes of the highest number that was given, among the packages
)

// hash is a Berkeley DB of the type hash, which is where RPM kept packages up
// to 4.16: the keys are numbers, and the values headers.
type hash struct {
	*database
	order binary.ByteOrder
	page  int64
}

func (db *database) berkeley(head []byte) error {
	h := hash{database: db}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if len(head) >= 72 && order.Uint32(head[12:]) == hashMagic {
			h.order = order
		}
	}
	if h.order == nil {
		return ErrFormat
	}
	if h.page = int64(h.order.Uint32(head[20:])); h.page < 512 || h.page > 1<<16 {
		return fmt.Errorf("%w: pages of %d bytes", ErrMalformed, h.page)
	}
	if head[24] != 0 {
		return fmt.Errorf("%w: it is encrypted", ErrFormat)
	}
	for number := int64(1); number <= int64(h.order.Uint32(head[32:])); number++ {
		page, err := h.at(number*h.page, h.page)
		if err != nil {
			return err
		}
		if kind := page[25]; kind != hashPage && kind != hashUnsorted {
			continue
		}
		if err := h.items(page); err != nil {
			return err
		}
	}
	return nil
}

// items reads a page of pairs: the places of keys and values are at its begin,
// and they themselves fill it from its end.
func (h hash) items(page []byte) error {
	count := int(h.order.Uint16(page[20:]))
	if pageHead+2*count > len(page) {
		return fmt.Errorf("%w: a page is cut off", ErrMalformed)
	}
	end := len(page)
	for i := range count {
		at := int(h.order.Uint16(page[pageHead+2*i:]))
		if at >= end {
			return fmt.Errorf("%w: an item is outside its page", ErrMalformed)
		}
		item := page[at:end]
		if end = at; i%2 == 0 {
			continue // The key.
		}
		blob, err := h.value(item)
		if err != nil {
			return err
		}
		if len(blob) == counter {
			continue
		}
		if err := h.header(blob); err != nil {
			return err
		}
	}
	return nil
}

func (h hash) value(item []byte) ([]byte, error) {
	switch {
	case item[0] == itemInline:
		return item[1:], nil
	case item[0] != itemElsewhere || len(item) < 12:
		return nil, fmt.Errorf("%w: an item of kind %d", ErrMalformed, item[0])
	}
	next, length := int64(h.order.Uint32(item[4:])), int64(h.order.Uint32(item[8:]))
	if length > maxHeader {
		return nil, fmt.Errorf("%w: a package of %d bytes", ErrTooLarge, length)
	}
	blob := make([]byte, 0, length)
	for int64(len(blob)) < length {
		page, err := h.at(next*h.page, h.page)
		if err != nil {
			return nil, err
		}
		used := int(h.order.Uint16(page[22:]))
		if page[25] != overflowPage || used == 0 || pageHead+used > len(page) {
			return nil, fmt.Errorf("%w: the continuation of a package is missing", ErrMalformed)
		}
		next, blob = int64(h.order.Uint32(page[16:])), append(blob, page[pageHead:pageHead+used]...)
	}
	return blob[:length], nil
}
