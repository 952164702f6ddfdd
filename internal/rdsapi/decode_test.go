package rdsapi_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// canned answers every call with the same bytes.
type canned struct {
	status int
	body   []byte
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: c.status, Request: r, Body: io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)),
		Header: http.Header{"Content-Type": {"text/xml"}, "X-Amzn-Requestid": {"request-1"}},
	}, nil
}

func cannedReader(status int, body []byte) *rdsapi.Reader {
	config := labConfig()
	config.HTTPClient = &http.Client{Transport: canned{status: status, body: body}}
	return rdsapi.NewFromConfig(config, "http://rds.invalid", rdsapi.Options{})
}

func sample(tb testing.TB, name string) []byte {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

// Source: the samples have the elements and values that the API reference and
// the AWS CLI's examples document; in one of them AWS writes ThumbPrint.
func TestDocumentedSamplesDecode(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file string
		read func(t *testing.T, r *rdsapi.Reader) (any, error)
		want any
	}{
		"certificates, either spelling of Thumbprint": {
			file: "certificates.xml",
			read: func(t *testing.T, r *rdsapi.Reader) (any, error) { t.Helper(); return r.Certificates(t.Context()) },
			want: rdsapi.Certificates{DefaultForNewLaunches: "rds-ca-rsa2048-g1", CAs: []rdsapi.CACertificate{
				{
					Identifier: "rds-ca-rsa2048-g1",
					Thumbprint: "7c40cb42714b6fdb2b296f9bbd0e8bb364436a76",
					ValidFrom:  instant("2021-05-24T21:59:00Z"), ValidTill: instant("2061-05-24T22:59:00Z"),
					CustomerOverride: true, CustomerOverrideValidTill: instant("2061-05-24T22:59:00Z"),
				},
				{
					Identifier: "rds-ca-rsa4096-g1",
					Thumbprint: "19da4f2af579a8ae1f6a0fa77aa5befd874b4cab",
					ValidFrom:  instant("2021-05-24T22:03:20Z"), ValidTill: instant("2121-05-24T23:03:20Z"),
				},
			}},
		},
		"an instance with changes pending, and an element that came later": {
			file: "instance.xml",
			read: func(t *testing.T, r *rdsapi.Reader) (any, error) {
				t.Helper()
				return r.DBInstance(t.Context(), "orders")
			},
			want: rdsapi.DBInstance{
				Identifier: "orders", ARN: "arn:aws:rds:eu-central-1:123456789012:db:orders", Region: "eu-central-1", AccountID: "123456789012",
				Engine: "postgres", EngineVersion: "15.18", Status: "available",
				Endpoint:     &rdsapi.Endpoint{Host: "orders.c0example.eu-central-1.rds.amazonaws.com", Port: 5433},
				CAIdentifier: "rds-ca-rsa2048-g1", ServerCertificateValidTill: instant("2027-02-03T04:05:06Z"),
				PendingCAIdentifier: "rds-ca-ecc384-g1",
				ParameterGroups:     []rdsapi.ParameterGroupStatus{{Name: "orders-15", ApplyStatus: "pending-reboot"}},
				ReplicaIdentifiers:  []string{"orders-replica"}, MaintenanceWindow: "sun:05:00-sun:05:30",
				Tags: map[string]string{"team": "shop & orders"},
			},
		},
		"an instance without an endpoint yet": {
			file: "instance-being-created.xml",
			read: func(t *testing.T, r *rdsapi.Reader) (any, error) {
				t.Helper()
				return r.DBInstance(t.Context(), "orders")
			},
			want: rdsapi.DBInstance{
				Identifier: "orders", Engine: "postgres", EngineVersion: "15.18", Status: "creating", CAIdentifier: "rds-ca-rsa2048-g1",
			},
		},
		"a Multi-AZ DB cluster has the CA itself": {
			file: "cluster-multi-az.xml",
			read: func(t *testing.T, r *rdsapi.Reader) (any, error) {
				t.Helper()
				return r.DBCluster(t.Context(), "orders")
			},
			want: rdsapi.DBCluster{
				Identifier: "orders", ARN: "arn:aws:rds:us-east-1:123456789012:cluster:orders", Region: "us-east-1",
				Engine: "postgres", EngineVersion: "16.10",
				Endpoint:       "orders.cluster-c0example.us-east-1.rds.amazonaws.com",
				ReaderEndpoint: "orders.cluster-ro-c0example.us-east-1.rds.amazonaws.com", Port: 5432, ParameterGroup: "orders-16",
				Members: []rdsapi.ClusterMember{
					{InstanceIdentifier: "orders-instance-1", Writer: true, ParameterGroupStatus: "in-sync"},
					{InstanceIdentifier: "orders-instance-2", ParameterGroupStatus: "pending-reboot"},
				},
				CAIdentifier: "rds-ca-rsa2048-g1", ServerCertificateValidTill: instant("2027-02-03T04:05:06Z"),
				PendingCAIdentifier: "rds-ca-rsa4096-g1", MaintenanceWindow: "sat:04:09-sat:04:39",
			},
		},
		"maintenance actions under both names": {
			file: "pending-maintenance.xml",
			read: func(t *testing.T, r *rdsapi.Reader) (any, error) {
				t.Helper()
				return r.PendingMaintenance(t.Context(), "arn:aws:rds:us-west-2:123456789012:db:Orders")
			},
			want: []rdsapi.MaintenanceAction{
				{Action: "ca-certificate-rotation", OptInStatus: "next-maintenance", AutoAppliedAfter: instant("2026-03-04T05:06:07Z")},
				{Action: "server-certificate-rotation", ForcedApply: instant("2026-04-04T05:06:07Z")},
			},
		},
		"an engine version": {
			file: "engine-version.xml",
			read: func(t *testing.T, r *rdsapi.Reader) (any, error) {
				t.Helper()
				return r.EngineVersion(t.Context(), "postgres", "15.18")
			},
			want: rdsapi.EngineVersion{
				Engine: "postgres", Version: "15.18",
				SupportedCAs:           []string{"rds-ca-ecc384-g1", "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1"},
				RotationWithoutRestart: aws.Bool(true),
			},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tc.read(t, cannedReader(http.StatusOK, sample(t, tc.file)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s mismatch (-want +got):\n%s", tc.file, diff)
			}
		})
	}
}

func TestWhatIsNoAnswerIsAnError(t *testing.T) {
	t.Parallel()
	versions := func(t *testing.T, r *rdsapi.Reader) error {
		t.Helper()
		_, err := r.EngineVersion(t.Context(), "postgres", "15.18")
		return err
	}
	instances := func(t *testing.T, r *rdsapi.Reader) error {
		t.Helper()
		_, err := r.Fleet(t.Context(), rdsapi.FleetQuery{})
		return err
	}
	tests := map[string]struct {
		status int
		body   string
		read   func(t *testing.T, r *rdsapi.Reader) error
		want   error
	}{
		"an element that is not closed":   {status: 200, body: string(sample(t, "engine-version-malformed.xml")), read: versions, want: rdsapi.ErrMalformedResponse},
		"nothing":                         {status: 200, read: instances, want: rdsapi.ErrMalformedResponse},
		"white space":                     {status: 200, body: " \n", read: instances, want: rdsapi.ErrMalformedResponse},
		"an HTML page":                    {status: 200, body: "<!DOCTYPE html><html><body>planted-body</body></html>", read: instances, want: rdsapi.ErrMalformedResponse},
		"another action's answer":         {status: 200, body: string(sample(t, "certificates.xml")), read: instances, want: rdsapi.ErrMalformedResponse},
		"half an answer":                  {status: 200, body: string(sample(t, "instance.xml")[:900]), read: instances, want: rdsapi.ErrMalformedResponse},
		"an instance without identifier":  {status: 200, body: strings.Replace(string(sample(t, "instance.xml")), "<DBInstanceIdentifier>orders</DBInstanceIdentifier>", "", 1), read: instances, want: rdsapi.ErrMalformedResponse},
		"a port that is no number":        {status: 200, body: strings.Replace(string(sample(t, "instance.xml")), "5433", "planted-body", 1), read: instances, want: rdsapi.ErrMalformedResponse},
		"an error that is no XML":         {status: 400, body: "planted-body", read: instances, want: rdsapi.ErrMalformedResponse},
		"an error with a code of our own": {status: 400, body: "<ErrorResponse><Error><Code>planted-body (1)</Code><Message>planted-body</Message></Error></ErrorResponse>", read: instances, want: rdsapi.ErrService},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tc.read(t, cannedReader(tc.status, []byte(tc.body)))
			if !errors.Is(err, tc.want) {
				t.Fatalf("error = %v, want %v", err, tc.want)
			}
			if strings.Contains(err.Error(), "planted") {
				t.Errorf("the error carries the response: %v", err)
			}
		})
	}
}

// FuzzResponse feeds any bytes as the answer of RDS.
func FuzzResponse(f *testing.F) {
	for _, name := range []string{"certificates.xml", "instance.xml", "engine-version-malformed.xml", "pending-maintenance.xml"} {
		f.Add(sample(f, name))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fuzzing.Limit(t)
		reader := cannedReader(http.StatusOK, body)
		ca, err := reader.Certificates(t.Context())
		if err != nil && len(ca.CAs) > 0 {
			t.Error("certificates came with an error")
		}
		if instance, err := reader.DBInstance(t.Context(), "orders"); err == nil && !strings.EqualFold(instance.Identifier, "orders") && !strings.EqualFold(instance.ARN, "orders") {
			t.Errorf("asked for orders, got %q", instance.Identifier)
		}
	})
}
