package rdsapi

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// source is how a directory gets its records from the API.
type source[T any] struct {
	// describe makes one call of the Describe action.
	describe func(ctx context.Context, ask question) (records []T, next string, err error)
	// keys returns the identifier and the ARN of a record.
	keys func(T) (identifier, arn string)
	// of is what the records are, and action the call that lists them, for
	// messages.
	of, action string
	// filter is the name of the filter by identifier.
	filter string
	// missing is the sentinel for a record that is not there.
	missing error
	// memory knows which filters the endpoint takes.
	memory *memory
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

// broken is the error for a list that cannot be read to its end.
func (s source[T]) broken(err error) error { return &CallError{Action: s.action, Err: err} }

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
	return none, s.broken(incomplete("list of "+s.of, "the requested one, although AWS reported no error"))
}

// named reads one page of the records with any of the identifiers.
func (s source[T]) named(ctx context.Context, identifiers []string, marker *string) (records []T, next string, err error) {
	return s.describe(ctx, question{filters: filterBy(s.filter, identifiers), marker: marker, maxRecords: aws.Int32(pageSize)})
}

// page reads one page of all PostgreSQL records.
func (s source[T]) page(ctx context.Context, marker string) (records []T, next string, err error) {
	records, err = withFilter(ctx, s.memory, &s.memory.unfilteredEngines, func(ctx context.Context, filtered bool) (records []T, err error) {
		ask := question{marker: optional(marker), maxRecords: aws.Int32(pageSize), next: true}
		if filtered {
			ask.filters = filterBy("engine", postgreSQLEngines())
		}
		records, next, err = s.describe(ctx, ask)
		return records, err
	})
	return records, next, err
}

// readEach turns the records of a response into plain ones. One that cannot be
// read spoils the response: leaving it out would hide an instance.
func readEach[In, Out any](action string, in []In, read func(*In) (Out, error)) ([]Out, error) {
	records := make([]Out, 0, len(in))
	for i := range in {
		record, err := read(&in[i])
		if err != nil {
			return nil, &CallError{Action: action, Err: err}
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
