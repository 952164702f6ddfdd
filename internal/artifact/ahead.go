package artifact

import "io"

// What is read ahead, in bytes.
const (
	aheadBlock  = 256 << 10
	aheadBlocks = 8
)

// ahead has a blob fetched, hashed and kept by a goroutine of its own, so that
// its reader unpacks meanwhile.
type ahead struct {
	packed *checked // the goroutine's, until end
	full   chan []byte
	free   chan []byte
	block  []byte
	rest   []byte // of the block, not yet read
}

func readAhead(packed *checked) *ahead {
	a := &ahead{packed: packed, full: make(chan []byte, aheadBlocks), free: make(chan []byte, aheadBlocks)}
	for range aheadBlocks {
		a.free <- make([]byte, aheadBlock)
	}
	go a.fetch()
	return a
}

func (a *ahead) fetch() {
	defer close(a.full)
	for block := range a.free {
		n, _ := io.ReadFull(a.packed, block[:cap(block)]) // The error is in packed.
		if a.full <- block[:n]; a.packed.err != nil {
			return
		}
	}
}

// Read reads what has been fetched.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.block != nil {
			a.free <- a.block
		}
		var more bool
		if a.block, more = <-a.full; !more {
			return 0, a.packed.err
		}
		a.rest = a.block
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// end waits for the goroutine, which has at most the free blocks left to fill.
// Who cannot wait for a slow source cancels the context before.
func (a *ahead) end() {
	close(a.free)
	for range a.full { //nolint:revive // Until it is closed.
	}
}
