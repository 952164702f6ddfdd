package rdsapi

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// steady keeps the body of a request readable after the answer has come. The
// SDK closes it then, while Go's client may still be looking for its end: Go
// takes that for a broken body, breaks the connection off, and with it the rest
// of the answer.
//
// Source: smithy-go v1.28.9, transport/http/client.go and internal/io/safe.go;
// net/http, transfer.go, writeBody.
type steady struct{ client aws.HTTPClient }

func (s steady) Do(request *http.Request) (*http.Response, error) {
	if request.Body == nil {
		return s.client.Do(request)
	}
	body, err := io.ReadAll(request.Body) // Some hundred octets, which the SDK wrote.
	_ = request.Body.Close()
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	return s.client.Do(request)
}
