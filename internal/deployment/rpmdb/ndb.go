package rpmdb

import (
	"encoding/binary"
	"fmt"
)

// Source: RPM, lib/backend/ndb/rpmpkg.c.
const (
	ndbMagic   = "RpmP"
	ndbPage    = 4096
	ndbSlot    = 16
	ndbBlock   = 16
	slotMagic  = "Slot"
	blobMagic  = "BlbS"
	blobHeader = 16
)

// ndb reads the slots: two of them are the file's head, and each other one says
// where a package lies.
func (db *database) ndb(head []byte) error {
	if len(head) < 2*ndbSlot {
		return fmt.Errorf("%w: its header is cut off", ErrMalformed)
	}
	slots, err := db.at(0, int64(binary.LittleEndian.Uint32(head[12:]))*ndbPage)
	if err != nil {
		return err
	}
	for i := 2 * ndbSlot; i+ndbSlot <= len(slots); i += ndbSlot {
		slot := slots[i : i+ndbSlot]
		if string(slot[:4]) != slotMagic {
			return fmt.Errorf("%w: a slot lacks its magic number", ErrMalformed)
		}
		block := binary.LittleEndian.Uint32(slot[8:])
		if block == 0 {
			continue // Free.
		}
		if err := db.ndbBlob(int64(block)*ndbBlock, slot[4:8]); err != nil {
			return err
		}
	}
	return nil
}

func (db *database) ndbBlob(offset int64, index []byte) error {
	head, err := db.at(offset, blobHeader)
	if err != nil {
		return err
	}
	if string(head[:4]) != blobMagic || string(head[4:8]) != string(index) {
		return fmt.Errorf("%w: a package is not where its slot says", ErrMalformed)
	}
	length := int64(binary.LittleEndian.Uint32(head[12:]))
	if length > maxHeader {
		return fmt.Errorf("%w: a package of %d bytes", ErrTooLarge, length)
	}
	blob, err := db.at(offset+blobHeader, length)
	if err != nil {
		return err
	}
	return db.header(blob)
}
