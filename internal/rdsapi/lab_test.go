package rdsapi_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// startLab serves a stand-in for RDS as long as the test runs.
func startLab(tb testing.TB, scale rdsserver.Scale) (server *rdsserver.Server, url string) {
	tb.Helper()
	server = rdsserver.New(rdsserver.Options{})
	server.Populate(scale)
	url, stop, err := server.Start(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(stop)
	return server, url
}

// labConfig has credentials of nobody and retries that do not wait long.
func labConfig() aws.Config {
	return aws.Config{
		Region:      rdsserver.DefaultRegion,
		Credentials: credentials.NewStaticCredentialsProvider("AKIALAB", "lab", ""),
		Retryer:     func() aws.Retryer { return attemptsOf(25) },
	}
}

// attemptsOf is a retryer that does not wait long.
func attemptsOf(most int) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = most
		o.MaxBackoff = 5 * time.Millisecond
		o.RateLimiter = ratelimit.None
	})
}

func newReader(url string) *rdsapi.Reader {
	return rdsapi.NewFromConfig(labConfig(), url, rdsapi.Options{})
}

// newReaderWithLogs has the stand-in for CloudWatch Logs, too.
func newReaderWithLogs(url string) *rdsapi.Reader {
	return rdsapi.NewFromConfig(labConfig(), url, rdsapi.Options{LogsEndpoint: url})
}
