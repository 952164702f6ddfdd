package rdsapi_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// early answers before it has read the request, as Go's client may have the
// answer before it has seen the end of what it sends.
type early struct {
	canned

	body io.Reader
}

func (e *early) RoundTrip(r *http.Request) (*http.Response, error) {
	e.body = r.Body
	return e.canned.RoundTrip(r)
}

func TestARequestCanBeReadToItsEndAfterTheAnswer(t *testing.T) {
	t.Parallel()
	transport := &early{canned: canned{status: http.StatusOK, body: sample(t, "certificates.xml")}}
	config := labConfig()
	config.HTTPClient = &http.Client{Transport: transport}
	if _, err := rdsapi.NewFromConfig(config, "http://rds.invalid", rdsapi.Options{}).Certificates(t.Context()); err != nil {
		t.Fatal(err)
	}
	body := new(strings.Builder)
	if _, err := io.Copy(body, transport.body); err != nil || !strings.Contains(body.String(), "Action=DescribeCertificates") {
		t.Errorf("read %q, %v", body, err)
	}
	if _, err := transport.body.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}
