package rdsapi

import (
	"crypto/sha256"
	"fmt"
)

// walk bounds the reading of a list that comes in pages: an endpoint whose
// markers go round, or never end, must not be followed for ever.
type walk struct {
	// of is what is listed, for messages.
	of string
	// most is how many pages it may have.
	most int
	seen map[[sha256.Size]byte]bool // of markers, which may be long and many
}

// Bounds of lists, each several times what AWS lets an account have.
const (
	// maxListPages is for DB instances, DB clusters and what waits for them:
	// fifty thousand in a Region.
	maxListPages = 500
	// maxCatalogPages is for CAs, engine versions and log files.
	maxCatalogPages = 100
	// maxPortions is for one log file, which comes in portions of 1 MB or
	// 10,000 lines.
	maxPortions = 10_000
	// maxParameterPages is for a parameter group, which has some four.
	maxParameterPages = 50
	// maxMarker is for a marker, in octets.
	maxMarker = 4 << 10
	// maxEmptyPortions is how many portions of a log file may bring nothing.
	maxEmptyPortions = 100
)

// next notes the marker of the page that follows. The error says that there
// cannot be one; it is ErrMalformedResponse.
func (w *walk) next(marker string) error {
	if w.seen == nil {
		w.seen = map[[sha256.Size]byte]bool{}
	}
	sum := sha256.Sum256([]byte(marker))
	switch {
	case len(marker) > maxMarker:
		return &malformedError{cause: fmt.Errorf("the list of %s has a marker longer than %d bytes", w.of, maxMarker)}
	case w.seen[sum]:
		return &malformedError{cause: fmt.Errorf("the list of %s returns to an earlier page", w.of)}
	case len(w.seen)+1 >= w.most:
		return &malformedError{cause: fmt.Errorf("the list of %s has more than %d pages", w.of, w.most)}
	}
	w.seen[sum] = true
	return nil
}

// pages calls read for each page of a list, until one names no next page.
func (w walk) pages(action string, read func(marker *string) (next string, err error)) error {
	for marker := ""; ; {
		next, err := read(optional(marker))
		if err != nil || next == "" {
			return err
		}
		if err := w.next(next); err != nil {
			return &CallError{Action: action, Err: err}
		}
		marker = next
	}
}
