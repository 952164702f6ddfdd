package rdsapi

import (
	"context"
	"crypto/sha256"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// walk bounds the reading of a list that comes in pages: an endpoint whose
// markers go round, or never end, must not be followed for ever.
type walk struct {
	// of is what is listed, and action the call that lists it, for messages.
	of, action string
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
		return malformed(w.action, "the list of %s has a marker longer than %d bytes", w.of, maxMarker)
	case w.seen[sum]:
		return malformed(w.action, "the list of %s returns to an earlier page", w.of)
	case len(w.seen)+1 >= w.most:
		return malformed(w.action, "the list of %s has more than %d pages", w.of, w.most)
	}
	w.seen[sum] = true
	return nil
}

// pages yields the answer of each call, until one leaves no marker of a next
// page: the call, or the body of the loop, puts that where marker points. An
// error is the last that it yields.
func pages[Out any](w walk, marker **string, call func() (Out, error)) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		for {
			out, err := call()
			if !yield(out, err) || err != nil || aws.ToString(*marker) == "" {
				return
			}
			if err := w.next(**marker); err != nil {
				yield(out, err)
				return
			}
		}
	}
}

// list is the pages of a list of RDS. marker is that of in.
func list[In, Out, Opt any](
	ctx context.Context, r *Reader, w walk, method func(context.Context, In, ...func(*Opt)) (Out, error), in In, marker **string,
) iter.Seq2[Out, error] {
	return pages(w, marker, func() (Out, error) { return limited(ctx, r, w.action, method, in) })
}
