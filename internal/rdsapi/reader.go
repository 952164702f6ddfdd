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
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// API is the part of the RDS client that this package calls. *rds.Client
// implements it.
type API interface {
	resourceAPI
	parameterAPI
	catalogAPI
	logAPI
}

type resourceAPI interface {
	DescribeDBInstances(context.Context, *rds.DescribeDBInstancesInput, ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error)
	DescribeDBClusters(context.Context, *rds.DescribeDBClustersInput, ...func(*rds.Options)) (*rds.DescribeDBClustersOutput, error)
}

type parameterAPI interface {
	DescribeDBParameters(context.Context, *rds.DescribeDBParametersInput, ...func(*rds.Options)) (*rds.DescribeDBParametersOutput, error)
	DescribeDBClusterParameters(context.Context, *rds.DescribeDBClusterParametersInput, ...func(*rds.Options)) (*rds.DescribeDBClusterParametersOutput, error)
}

type catalogAPI interface {
	DescribeCertificates(context.Context, *rds.DescribeCertificatesInput, ...func(*rds.Options)) (*rds.DescribeCertificatesOutput, error)
	DescribeDBEngineVersions(context.Context, *rds.DescribeDBEngineVersionsInput, ...func(*rds.Options)) (*rds.DescribeDBEngineVersionsOutput, error)
	DescribePendingMaintenanceActions(context.Context, *rds.DescribePendingMaintenanceActionsInput, ...func(*rds.Options)) (*rds.DescribePendingMaintenanceActionsOutput, error)
}

type logAPI interface {
	DescribeDBLogFiles(context.Context, *rds.DescribeDBLogFilesInput, ...func(*rds.Options)) (*rds.DescribeDBLogFilesOutput, error)
	DownloadDBLogFilePortion(context.Context, *rds.DownloadDBLogFilePortionInput, ...func(*rds.Options)) (*rds.DownloadDBLogFilePortionOutput, error)
}

// pageSize is MaxRecords of every paged call: the most that RDS allows.
const pageSize = 100

// Defaults of Options.
const (
	// DefaultWindow is how long a lookup waits for others to share its call.
	DefaultWindow = 10 * time.Millisecond
	// DefaultConcurrency is how many calls are under way at most.
	DefaultConcurrency = 8
	// DefaultAttemptTimeout bounds one attempt of a call, its whole response
	// included. RDS answers within a few seconds, if it does.
	DefaultAttemptTimeout = 30 * time.Second
)

// Options tune a Reader. The zero value takes the defaults.
type Options struct {
	// Window is how long a lookup of a DB instance or cluster waits for others
	// to share its call. Zero means DefaultWindow; negative means not at all.
	Window time.Duration
	// Concurrency bounds the calls under way. Zero means DefaultConcurrency.
	Concurrency int
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
	events   eventsAPI // nil where no endpoint of CloudWatch Logs is known
	slots    slots
	window   time.Duration
	patience *patience

	mu     sync.Mutex
	memory *memory
}

// New returns a Reader over an RDS client. It calls nothing.
func New(api API, opts Options) *Reader { return newReader(api, &patience{}, opts) }

func newReader(api API, patience *patience, opts Options) *Reader {
	if opts.Concurrency <= 0 {
		opts.Concurrency = DefaultConcurrency
	}
	if opts.Window == 0 {
		opts.Window = DefaultWindow
	}
	reader := &Reader{shared: &shared{api: api, slots: newSlots(opts.Concurrency), window: opts.Window, patience: patience}}
	reader.memory = newMemory(reader)
	return reader
}

// NewFromConfig returns a Reader over the RDS endpoint of a configuration. An
// empty endpoint is the one of the configuration's Region. It calls nothing.
func NewFromConfig(config aws.Config, endpoint string, opts Options) *Reader {
	patience := &patience{notice: opts.Notice}
	reader := newReader(newClient(config, endpoint, opts.AttemptTimeout, patience), patience, opts)
	reader.events = newEventsClient(config, opts.LogsEndpoint, opts.AttemptTimeout, patience)
	return reader
}

func newClient(config aws.Config, endpoint string, timeout time.Duration, patience *patience) *rds.Client {
	if timeout <= 0 {
		timeout = DefaultAttemptTimeout
	}
	return rds.NewFromConfig(config, func(o *rds.Options) {
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
		o.HTTPClient = steady{o.HTTPClient}
		o.Retryer = patience.retrying(o.Retryer)
		o.APIOptions = append(o.APIOptions, checkBody(timeout, patience))
	})
}

// limited runs one API call, when a slot is free.
func limited[T any](ctx context.Context, r *Reader, action string, call func(context.Context) (T, error)) (T, error) {
	return inSlot(ctx, r, r.slots.take, action, call)
}

// inSlot runs one API call in a slot that take has got.
func inSlot[T any](ctx context.Context, r *Reader, take func(context.Context) error, action string, call func(context.Context) (T, error)) (T, error) {
	var none T
	if err := take(ctx); err != nil {
		return none, err
	}
	defer r.slots.release()
	if err := cmp.Or(ctx.Err(), r.patience.failure(action)); err != nil {
		return none, err
	}
	out, err := call(withAttempts(ctx))
	if err != nil {
		err = translate(ctx, action, err)
		r.patience.lose(action, err)
		return none, err
	}
	return out, nil
}
