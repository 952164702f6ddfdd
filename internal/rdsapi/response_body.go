package rdsapi

import (
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"net/http"
	"time"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxResponseBytes bounds one response. A page of a hundred DB instances has
// well under one MiB; a portion of a log file has at most one.
const maxResponseBytes = 32 << 20

// errEmptyBody and errHugeBody are inside ErrMalformedResponse.
var (
	errEmptyBody = errors.New("the response has no body")
	errHugeBody  = errors.New("the response does not end")
)

// checkBody is a step of the SDK's client, taken once an attempt. It makes an
// empty response an error, which the SDK would decode to an empty list and
// which here would read as "there are none"; it bounds the size and the time;
// and it tells a caller that waits for it the marker of the next page before
// the page is decoded.
//
// Source: service/rds v1.132.2, deserializers.go: io.EOF at the root element
// returns the empty output and no error.
func checkBody(timeout time.Duration) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("sslreadyCheckBody", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			attempt, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			out, metadata, err := next.HandleDeserialize(attempt, in)
			if response, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil {
				err = readBody(ctx, response)
			}
			return out, metadata, err
		}), middleware.After)
	}
}

// readBody replaces the body of a response by what it read of it.
func readBody(ctx context.Context, response *smithyhttp.Response) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponseBytes+1))
	_ = response.Body.Close() // read to its end or given up
	response.Body = io.NopCloser(bytes.NewReader(body))
	failed := response.StatusCode >= http.StatusMultipleChoices
	switch {
	case err != nil:
		return &smithyhttp.RequestSendError{Err: err}
	case len(body) > maxResponseBytes:
		return &malformedError{cause: errHugeBody}
	case failed:
		return nil // the SDK reads the error, if there is one
	case len(bytes.TrimSpace(body)) == 0:
		return &malformedError{cause: errEmptyBody}
	}
	if announce, waits := ctx.Value(announceKey{}).(func(string)); waits {
		if marker := peekMarker(body); marker != "" {
			announce(marker)
		}
	}
	return nil
}

// announceKey is the context key under which a caller leaves a func(string).
type announceKey struct{}

// withAnnounce makes calls of the context announce their next marker early.
func withAnnounce(ctx context.Context, announce func(marker string)) context.Context {
	return context.WithValue(ctx, announceKey{}, announce)
}

// peekMarker finds the marker in a response without decoding it. It may be
// wrong: whoever acts on it compares it with the decoded one.
func peekMarker(body []byte) string {
	_, rest, found := bytes.Cut(body, []byte("<Marker>"))
	if !found {
		return ""
	}
	marker, _, found := bytes.Cut(rest, []byte("</Marker>"))
	if !found {
		return ""
	}
	return html.UnescapeString(string(marker))
}
