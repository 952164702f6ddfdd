package rdsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// The bounds of LogEvents.
const (
	// eventsPerPage is the most that CloudWatch Logs gives.
	eventsPerPage = 10_000
	// maxEmptyPages in a row: CloudWatch Logs searches in steps, and a step may
	// find nothing.
	maxEmptyPages = 1_000
	// maxEventPages is for what one reading may have.
	maxEventPages = 100_000
)

// ErrLogGroupNotFound is returned where the log is not exported to CloudWatch Logs.
var ErrLogGroupNotFound = errors.New("no such log group")

// ExportsLog reports whether the PostgreSQL log of a DB instance goes to
// CloudWatch Logs.
func (i DBInstance) ExportsLog() bool {
	return slices.Contains(i.LogExports, "postgresql")
}

// LogGroup is the log group of CloudWatch Logs that the PostgreSQL log of a DB
// instance goes to.
//
// Source: Amazon RDS User Guide, "Publishing PostgreSQL logs to Amazon
// CloudWatch Logs", and Aurora User Guide, the same.
func (i DBInstance) LogGroup() string {
	if i.Engine == EngineAuroraPostgreSQL && i.ClusterIdentifier != "" {
		return "/aws/rds/cluster/" + i.ClusterIdentifier + "/postgresql"
	}
	return "/aws/rds/instance/" + i.Identifier + "/postgresql"
}

// LogEvents writes the records of a DB instance's log that CloudWatch Logs has
// since a time, until another, one after the other, with a line feed after each.
//
// The error wraps ErrLogGroupNotFound, ErrLogTooLong where there are more than
// maxBytes, or is that of to or of a call.
func (r *Reader) LogEvents(ctx context.Context, instance DBInstance, since, until time.Time, maxBytes int64, to io.Writer) (err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	const action = "logs:FilterLogEvents"
	if r.events == nil {
		return fmt.Errorf("%w: no endpoint is configured for CloudWatch Logs", ErrInvalidConfiguration)
	}
	input := &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(instance.LogGroup()), LogStreamNamePrefix: aws.String(instance.Identifier),
		EndTime: aws.Int64(until.UnixMilli()), Limit: aws.Int32(eventsPerPage),
	}
	if !since.IsZero() {
		input.StartTime = aws.Int64(since.UnixMilli())
	}
	in := func(err error) error { return fmt.Errorf("log group %q: %w", instance.LogGroup(), err) }
	w, empty := walk{of: "log events", action: action, most: maxEventPages}, 0
	for {
		page, err := limited(ctx, r, action, r.events.FilterLogEvents, input)
		if err != nil {
			return in(err)
		}
		if page.Events == nil {
			return in(malformed(action, "a response without a list of log events"))
		}
		empty++
		for _, event := range page.Events {
			if stream := aws.ToString(event.LogStreamName); stream != instance.Identifier && stream != instance.Identifier+".0" {
				continue // orders-2 also begins as orders does.
			}
			text := aws.ToString(event.Message) + "\n"
			if maxBytes -= int64(len(text)); maxBytes < 0 {
				return in(ErrLogTooLong)
			}
			if _, err := io.WriteString(to, text); err != nil {
				return err
			}
			empty = 0
		}
		next := aws.ToString(page.NextToken)
		if next == "" {
			return nil
		}
		if err := w.next(next); err != nil {
			return in(err)
		}
		if empty > maxEmptyPages {
			return in(malformed(action, "a list of log events without an end"))
		}
		input.NextToken = aws.String(next)
	}
}
