package rdsapi

import (
	"bytes"
	"context"
	"html"
	"io"
	"net/http"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// checkBody is a step of the SDK's client, taken once an attempt. It makes a
// response that holds no answer an error, which the SDK would decode to an
// empty list and which here would read as "there are none"; it bounds the size
// and the time; and it gives a caller that waits for it the marker of the next
// page before the page is decoded.
//
// Source: service/rds v1.132.2, deserializers.go: io.EOF at the root element
// returns the empty output and no error, and elements of other names are
// skipped.
func checkBody(timeout time.Duration, patience *patience) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("sslreadyCheckBody", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			operation := awsmiddleware.GetOperationName(ctx)
			patience.begin(ctx, operation)
			attempt, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			out, metadata, err := next.HandleDeserialize(attempt, in)
			if response, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil {
				err = readBody(ctx, operation, response)
			}
			if err != nil && attempt.Err() != nil {
				// Silence, a stall or a drip: to ask again would only take as long.
				err = &smithy.CanceledError{Err: attempt.Err()}
			}
			return out, metadata, err
		}), middleware.After)
	}
}

// readBody replaces the body of a response by what it read of it.
func readBody(ctx context.Context, operation string, response *smithyhttp.Response) error {
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
	}
	if err := checkAnswer(operation, body); err != nil {
		return &malformedError{cause: err}
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
