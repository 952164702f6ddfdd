// Package rdsapi reads what Amazon RDS knows of DB instances, DB clusters,
// their parameter groups and the CAs of a Region, and returns it as plain
// structs. It asks for each thing once, however many callers want it, and
// decides nothing: what the facts mean is the domain's business.
package rdsapi

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// API is the part of the RDS client that this package calls. *rds.Client
// implements it.
type API interface {
	DescribeDBInstances(context.Context, *rds.DescribeDBInstancesInput, ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error)
	DescribeDBClusters(context.Context, *rds.DescribeDBClustersInput, ...func(*rds.Options)) (*rds.DescribeDBClustersOutput, error)
	DescribeDBParameters(context.Context, *rds.DescribeDBParametersInput, ...func(*rds.Options)) (*rds.DescribeDBParametersOutput, error)
	DescribeDBClusterParameters(context.Context, *rds.DescribeDBClusterParametersInput, ...func(*rds.Options)) (*rds.DescribeDBClusterParametersOutput, error)
	DescribeCertificates(context.Context, *rds.DescribeCertificatesInput, ...func(*rds.Options)) (*rds.DescribeCertificatesOutput, error)
	DescribeDBEngineVersions(context.Context, *rds.DescribeDBEngineVersionsInput, ...func(*rds.Options)) (*rds.DescribeDBEngineVersionsOutput, error)
	DescribePendingMaintenanceActions(context.Context, *rds.DescribePendingMaintenanceActionsInput, ...func(*rds.Options)) (*rds.DescribePendingMaintenanceActionsOutput, error)
	DescribeDBLogFiles(context.Context, *rds.DescribeDBLogFilesInput, ...func(*rds.Options)) (*rds.DescribeDBLogFilesOutput, error)
	DownloadDBLogFilePortion(context.Context, *rds.DownloadDBLogFilePortionInput, ...func(*rds.Options)) (*rds.DownloadDBLogFilePortionOutput, error)
}

// pageSize is MaxRecords of every paged call: the most that RDS allows.
const pageSize = 100

// Bounds of calls.
const (
	// DefaultConcurrency is how many calls are under way at most.
	DefaultConcurrency = 8
	// DefaultAttemptTimeout bounds one attempt of a call, its whole response
	// included. RDS answers within a few seconds, if it does.
	DefaultAttemptTimeout = 30 * time.Second
)

// Options tune a Reader. The zero value takes the defaults.
type Options struct {
	// LogsEndpoint is a URL that replaces that of CloudWatch Logs, for
	// NewFromConfig. Empty is the one of the configuration's Region.
	LogsEndpoint string
	// AttemptTimeout bounds one attempt of a call, for NewFromConfig. Zero
	// means DefaultAttemptTimeout. An endpoint that stays silent is
	// ErrUnreachable after one attempt.
	AttemptTimeout time.Duration
	// Within bounds, for Lazy, everything that one call of Session or Reader
	// leads to. Zero is no bound.
	Within time.Duration
	// Notice is called before each attempt of a call, for NewFromConfig, so
	// that a log shows progress: from several goroutines, and perhaps after the
	// call has timed out. Nil is nobody.
	Notice func(ctx context.Context, attempt Attempt)
}

// Reader reads RDS in one account and Region. What it has read once it does
// not ask for again, so it lives no longer than one plan or apply; Forget
// makes it start anew. It is safe for concurrent use.
//
// Every method returns the context's error when the context ends first, and
// else an error that wraps one of this package's sentinels. A caller that
// gives up does not disturb others that wait for the same answer.
type Reader struct {
	*shared

	budget budget
}

// shared is what Readers of the same account and Region share.
type shared struct {
	api      API
	events   *cloudwatchlogs.Client // nil where no endpoint of CloudWatch Logs is known
	slots    slots
	patience *patience

	mu     sync.Mutex
	memory *memory
}

// New returns a Reader over an RDS client. It calls nothing.
func New(api API) *Reader { return newReader(api, &patience{}) }

func newReader(api API, patience *patience) *Reader {
	reader := &Reader{shared: &shared{api: api, slots: newSlots(DefaultConcurrency), patience: patience}}
	reader.memory = newMemory(reader)
	return reader
}

// NewFromConfig returns a Reader over the RDS endpoint of a configuration. An
// empty endpoint is the one of the configuration's Region. It calls nothing.
func NewFromConfig(config aws.Config, endpoint string, opts Options) *Reader {
	patience, timeout := &patience{notice: opts.Notice}, cmp.Or(opts.AttemptTimeout, DefaultAttemptTimeout)
	reader := newReader(rds.NewFromConfig(config, func(o *rds.Options) {
		o.HTTPClient = steady{o.HTTPClient}
		patience.guard(endpoint, timeout, &o.BaseEndpoint, &o.Retryer, &o.APIOptions)
	}), patience)
	reader.events = cloudwatchlogs.NewFromConfig(config, func(o *cloudwatchlogs.Options) {
		o.HTTPClient = steady{o.HTTPClient}
		patience.guard(opts.LogsEndpoint, timeout, &o.BaseEndpoint, &o.Retryer, &o.APIOptions)
	})
	return reader
}

// limited makes one API call, when a slot is free.
func limited[In, Out, Opt any](ctx context.Context, r *Reader, action string, method func(context.Context, In, ...func(*Opt)) (Out, error), in In) (Out, error) {
	return inSlot(ctx, r, r.slots.take, action, method, in)
}

// inSlot makes one API call in a slot that take has got.
func inSlot[In, Out, Opt any](
	ctx context.Context, r *Reader, take func(context.Context) error, action string, method func(context.Context, In, ...func(*Opt)) (Out, error), in In,
) (Out, error) {
	var none Out
	if err := take(ctx); err != nil {
		return none, err
	}
	defer r.slots.release()
	if err := cmp.Or(ctx.Err(), r.patience.failure(action)); err != nil {
		return none, err
	}
	out, err := method(withAttempts(ctx), in)
	if err != nil {
		err = translate(ctx, action, err)
		r.patience.lose(action, err)
		return none, err
	}
	return out, nil
}
