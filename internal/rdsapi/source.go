package rdsapi

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// source is how a directory gets its records from the API.
type source[T any] struct {
	// describe makes one call of the Describe action.
	describe func(ctx context.Context, ask question) (records []T, next *string, err error)
	// keys returns the identifier and the ARN of a record.
	keys func(T) (identifier, arn string)
	// list bounds the reading of all records.
	list walk
	// filter is the name of the filter by identifier.
	filter string
	// missing is the sentinel for a record that is not there.
	missing error
	// unfiltered says that the endpoint rejects the engine filter.
	unfiltered *atomic.Bool
}

// question is what a Describe action for DB instances or clusters is asked.
// Nil fields are left out.
type question struct {
	identifier *string
	filters    []types.Filter
	marker     *string
	maxRecords *int32
	// next says that it is a page of the whole list: see takeNext.
	next bool
}

// take gets a slot for the call.
func (q question) take(s slots) func(context.Context) error {
	if q.next {
		return s.takeNext
	}
	return s.take
}

// one reads the record with an identifier or ARN.
func (s source[T]) one(ctx context.Context, identifier string) (T, error) {
	var none T
	records, _, err := s.describe(ctx, question{identifier: aws.String(identifier)})
	if err != nil {
		return none, err
	}
	for _, record := range records {
		id, arn := s.keys(record)
		if strings.EqualFold(id, identifier) || strings.EqualFold(arn, identifier) {
			return record, nil
		}
	}
	// RDS answers DBInstanceNotFound or DBClusterNotFoundFault.
	return none, malformed(s.list.action, "a list of %s without the requested one, although AWS reported no error", s.list.of)
}

// page reads one page of all PostgreSQL records.
func (s source[T]) page(ctx context.Context, marker string) (records []T, next string, err error) {
	records, err = withFilter(s.unfiltered, func(filtered bool) ([]T, error) {
		ask := question{marker: optional(marker), maxRecords: aws.Int32(pageSize), next: true}
		if filtered {
			ask.filters = filterBy("engine", postgreSQLEngines())
		}
		records, marker, err := s.describe(ctx, ask)
		next = aws.ToString(marker)
		return records, err
	})
	return records, next, err
}

// readEach turns the records of a response into plain ones. One that cannot be
// read spoils the response: leaving it out would hide an instance.
func readEach[In, Out any](in []In, read func(*In) (Out, error)) ([]Out, error) {
	records := make([]Out, 0, len(in))
	for i := range in {
		record, err := read(&in[i])
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}

func filterBy(name string, values []string) []types.Filter {
	return []types.Filter{{Name: aws.String(name), Values: values}}
}

// optional is nil for the empty string: RDS refuses an empty marker.
func optional(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}
