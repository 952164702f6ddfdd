package rdsserver_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/smithy-go"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// client is the SDK's, signing with a key for a Region, without retries.
// inMemory sends requests whose body Go's client knows to be in memory. The SDK
// closes any other as soon as an answer arrives, which on loopback can be before
// Go's client has seen the body's end: it then breaks the connection off, and
// with it an answer that is long.
type inMemory struct{}

func (inMemory) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err //nolint:wrapcheck // a test
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return http.DefaultClient.Do(r) //nolint:gosec,wrapcheck // to the stand-in
}

func client(url, key, region string) *rds.Client {
	return rds.New(rds.Options{
		Region: region, BaseEndpoint: aws.String(url), Retryer: aws.NopRetryer{}, HTTPClient: inMemory{},
		Credentials: credentials.NewStaticCredentialsProvider(key, "lab", ""),
	})
}

func start(t *testing.T, opts rdsserver.Options, scale rdsserver.Scale) (*rdsserver.Server, string) {
	t.Helper()
	server := rdsserver.New(opts)
	server.Populate(scale)
	url, stop, err := server.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return server, url
}

// code is the AWS error code, or the empty string for no error.
func code(err error) string {
	if err == nil {
		return ""
	}
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		return refused.ErrorCode()
	}
	return "not an answer: " + err.Error()
}

func describe(t *testing.T, c *rds.Client, in *rds.DescribeDBInstancesInput) (int, string) {
	t.Helper()
	out, err := c.DescribeDBInstances(t.Context(), in)
	if err != nil {
		return 0, code(err)
	}
	return len(out.DBInstances), ""
}

func TestDescribeRefusesWhatRDSRefuses(t *testing.T) {
	t.Parallel()
	named := &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("db-00001")}
	tests := map[string]struct {
		key, region string
		faults      rdsserver.Faults
		in          *rds.DescribeDBInstancesInput
		want        string
		records     int
	}{
		"one":                           {in: named, records: 1},
		"a page":                        {in: &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(20)}, records: 20},
		"too small a page":              {in: &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(19)}, want: "InvalidParameterValue"},
		"too large a page":              {in: &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(101)}, want: "InvalidParameterValue"},
		"a marker of nobody":            {in: &rds.DescribeDBInstancesInput{Marker: aws.String("x")}, want: "InvalidParameterValue"},
		"an unknown filter":             {in: &rds.DescribeDBInstancesInput{Filters: []types.Filter{{Name: aws.String("color"), Values: []string{"red"}}}}, want: "InvalidParameterValue"},
		"nobody":                        {in: &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("nobody")}, want: "DBInstanceNotFound"},
		"another Region has nothing":    {region: "eu-west-1", in: named, want: "DBInstanceNotFound"},
		"another Region lists nothing":  {region: "eu-west-1", in: &rds.DescribeDBInstancesInput{}},
		"an unknown access key":         {key: "AKIANOBODY", in: named, want: "InvalidClientTokenId"},
		"an action that is denied":      {faults: rdsserver.Faults{Denied: []string{"DescribeDBInstances"}}, in: named, want: "AccessDenied"},
		"a list that is denied":         {faults: rdsserver.Faults{DenyListing: true}, in: &rds.DescribeDBInstancesInput{}, want: "AccessDenied"},
		"one, though lists are denied":  {faults: rdsserver.Faults{DenyListing: true}, in: named, records: 1},
		"too many calls":                {faults: rdsserver.Faults{ThrottleFirst: 1}, in: named, want: "Throttling"},
		"a filter that is ignored":      {faults: rdsserver.Faults{IgnoreFilters: true}, in: &rds.DescribeDBInstancesInput{Filters: []types.Filter{{Name: aws.String("db-instance-id"), Values: []string{"db-00001"}}}}, records: 30},
		"a filter that is not ignored":  {in: &rds.DescribeDBInstancesInput{Filters: []types.Filter{{Name: aws.String("db-instance-id"), Values: []string{"db-00001"}}}}, records: 1},
		"credentials that have expired": {faults: rdsserver.Faults{ExpiredToken: true}, in: named, want: "ExpiredToken"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := start(t, rdsserver.Options{AccessKeys: []string{"AKIALAB"}}, rdsserver.Scale{Instances: 30})
			server.SetFaults(tc.faults)
			if tc.key == "" {
				tc.key = "AKIALAB"
			}
			if tc.region == "" {
				tc.region = rdsserver.DefaultRegion
			}
			records, refusal := describe(t, client(url, tc.key, tc.region), tc.in)
			if refusal != tc.want || records != tc.records {
				t.Errorf("%d records and %q, want %d and %q", records, refusal, tc.records, tc.want)
			}
			if recorded := server.Requests(); len(recorded) != 1 || recorded[0].ErrorCode != tc.want || recorded[0].Region != tc.region {
				t.Errorf("recorded %+v", recorded)
			}
		})
	}
}

func TestACASwitchWaitsForTheWindowUnlessImmediate(t *testing.T) {
	t.Parallel()
	var switched []string
	server, url := start(t, rdsserver.Options{Hooks: rdsserver.Hooks{OnCASwitch: func(id, ca string) error {
		if ca == "rds-ca-ecc384-g1" {
			return errors.New("no such key")
		}
		switched = append(switched, id+" "+ca)
		return nil
	}}}, rdsserver.Scale{Instances: 1})
	c := client(url, "AKIALAB", rdsserver.DefaultRegion)
	modify := func(ca string, now bool) string {
		_, err := c.ModifyDBInstance(t.Context(), &rds.ModifyDBInstanceInput{
			DBInstanceIdentifier: aws.String("db-00000"), CACertificateIdentifier: aws.String(ca), ApplyImmediately: aws.Bool(now),
		})
		return code(err)
	}
	check := func(present, pending string, switches ...string) {
		t.Helper()
		instance, _ := server.Instance("db-00000")
		if instance.CAIdentifier != present || instance.PendingCA != pending || !slices.Equal(switched, switches) {
			t.Fatalf("present %q, pending %q, switched %v", instance.CAIdentifier, instance.PendingCA, switched)
		}
	}
	if refusal := modify("rds-ca-rsa4096-g1", false); refusal != "" {
		t.Fatal(refusal)
	}
	check("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1")
	if refusal := modify("rds-ca-rsa4096-g1", true); refusal != "" {
		t.Fatal(refusal)
	}
	check("rds-ca-rsa4096-g1", "", "db-00000 rds-ca-rsa4096-g1")
	if refusal := modify("rds-ca-rsa2048-g1", true); refusal != "" {
		t.Fatal(refusal)
	}
	check("rds-ca-rsa2048-g1", "", "db-00000 rds-ca-rsa4096-g1", "db-00000 rds-ca-rsa2048-g1")
	if refusal := modify("rds-ca-ecc384-g1", true); refusal != "InternalFailure" {
		t.Errorf("a hook that fails: %q", refusal)
	}
	if refusal := modify("rds-ca-2019", true); refusal != "CertificateNotFound" {
		t.Errorf("a CA that is not offered: %q", refusal)
	}
	server.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "13.4", SupportedCAs: []string{"rds-ca-rsa2048-g1"}})
	if refusal := modify("rds-ca-rsa4096-g1", true); refusal != "InvalidParameterCombination" {
		t.Errorf("a CA that the version does not support: %q", refusal)
	}
	check("rds-ca-rsa2048-g1", "", "db-00000 rds-ca-rsa4096-g1", "db-00000 rds-ca-rsa2048-g1")
}

func TestCreateUsesTheDefaultOfTheAccount(t *testing.T) {
	t.Parallel()
	server, url := start(t, rdsserver.Options{Hooks: rdsserver.Hooks{OnCreate: func(rdsserver.Instance) (string, int, error) {
		return "localhost", 54321, nil
	}}}, rdsserver.Scale{})
	c := client(url, "AKIALAB", rdsserver.DefaultRegion)
	server.SetDefaultCertificate("rds-ca-ecc384-g1")
	in := &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String("Orders"), DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("postgres"), EngineVersion: aws.String("16.10"),
	}
	if _, err := c.CreateDBInstance(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	instance, _ := server.Instance("orders")
	if instance.CAIdentifier != "rds-ca-ecc384-g1" || instance.Host != "localhost" || instance.Port != 54321 || instance.ParameterGroup != "default.postgres16" {
		t.Errorf("%+v", instance)
	}
	if _, err := c.CreateDBInstance(t.Context(), in); code(err) != "DBInstanceAlreadyExists" {
		t.Errorf("a second time: %v", err)
	}
	if _, err := c.DeleteDBInstance(t.Context(), &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String("orders")}); code(err) != "InvalidParameterCombination" {
		t.Errorf("deleting without a word on the snapshot: %v", err)
	}
}

func TestLatencyAndConcurrencyAreMeasured(t *testing.T) {
	t.Parallel()
	server, url := start(t, rdsserver.Options{}, rdsserver.Scale{Instances: 1})
	server.SetFaults(rdsserver.Faults{Latency: 50 * time.Millisecond, Malformed: []string{"DescribeDBInstances"}})
	c := client(url, "AKIALAB", rdsserver.DefaultRegion)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			_, err := c.DescribeDBInstances(context.WithoutCancel(t.Context()), &rds.DescribeDBInstancesInput{})
			if err == nil || !strings.Contains(err.Error(), "deserialization failed") {
				t.Errorf("a cut response: %v", err)
			}
		})
	}
	wg.Wait()
	if peak := server.PeakConcurrency(); peak != 3 {
		t.Errorf("%d calls at once, want 3", peak)
	}
	for _, request := range server.Requests() {
		if request.Duration < 50*time.Millisecond {
			t.Errorf("a call took %v", request.Duration)
		}
	}
	server.ResetRequests()
	if server.PeakConcurrency() != 0 || len(server.Requests()) != 0 {
		t.Error("the record was not reset")
	}
}
