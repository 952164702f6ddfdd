package rdsapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// LogFile is a log file of a DB instance, as RDS keeps it for one to seven
// days.
type LogFile struct {
	// Name such as error/postgresql.log.2026-01-02-03.
	Name string
	// LastWritten is when a line was last added.
	LastWritten time.Time
	// Size in bytes.
	Size int64
}

// LogFiles lists the log files of a DB instance that were written to since a
// time, the oldest first. The zero time means all. Nothing is remembered: log
// files grow.
//
// The error wraps ErrDBInstanceNotFound if there is no such instance.
func (r *Reader) LogFiles(ctx context.Context, instanceIdentifier string, since time.Time) ([]LogFile, error) {
	const action = "rds:DescribeDBLogFiles"
	var files []LogFile
	input := &rds.DescribeDBLogFilesInput{DBInstanceIdentifier: aws.String(instanceIdentifier), MaxRecords: aws.Int32(pageSize)}
	if !since.IsZero() {
		input.FileLastWritten = aws.Int64(since.UnixMilli())
	}
	for range maxCatalogPages {
		page, err := limited(ctx, r, action, func(ctx context.Context) (*rds.DescribeDBLogFilesOutput, error) {
			return r.api.DescribeDBLogFiles(ctx, input)
		})
		if err != nil {
			return nil, err
		}
		for _, file := range page.DescribeDBLogFiles {
			if aws.ToString(file.LogFileName) == "" {
				return nil, &CallError{Action: action, Err: incomplete("log file", "a name")}
			}
			files = append(files, LogFile{
				Name: *file.LogFileName, LastWritten: time.UnixMilli(aws.ToInt64(file.LastWritten)).UTC(), Size: aws.ToInt64(file.Size),
			})
		}
		next := aws.ToString(page.Marker)
		if next == "" {
			slices.SortFunc(files, func(a, b LogFile) int {
				return cmp.Or(a.LastWritten.Compare(b.LastWritten), cmp.Compare(a.Name, b.Name))
			})
			return files, nil
		}
		if next == aws.ToString(input.Marker) {
			break
		}
		input.Marker = aws.String(next)
	}
	return nil, &CallError{Action: action, Err: incomplete("list of log files", "an end")}
}

// firstPortion is the marker that makes RDS begin at the beginning. Without
// one it gives the last lines only.
//
// Source: service/rds v1.132.2, DownloadDBLogFilePortionInput.NumberOfLines.
const firstPortion = "0"

// maxEmptyPortions in a row: an endpoint that gives no more does not end.
const maxEmptyPortions = 100

// ReadLog downloads a log file from its beginning, portion by portion, RDS
// gives at most 1 MB or 10,000 lines each, and hands the text over as it
// comes. A line may go on in the next portion.
//
// It stops when the file ends, when visit returns an error, which it returns,
// or when at least maxBytes were handed over; then complete is false. Errors:
// ErrDBInstanceNotFound, ErrLogFileNotFound and those of every call.
//
// Source: Amazon RDS API Reference, DownloadDBLogFilePortion.
func (r *Reader) ReadLog(ctx context.Context, instanceIdentifier, name string, maxBytes int64, visit func(text string) error) (complete bool, err error) {
	const action = "rds:DownloadDBLogFilePortion"
	input := &rds.DownloadDBLogFilePortionInput{
		DBInstanceIdentifier: aws.String(instanceIdentifier), LogFileName: aws.String(name), Marker: aws.String(firstPortion),
	}
	read, empty := int64(0), 0
	for read < maxBytes {
		portion, err := limited(ctx, r, action, func(ctx context.Context) (*rds.DownloadDBLogFilePortionOutput, error) {
			return r.api.DownloadDBLogFilePortion(ctx, input)
		})
		if err != nil {
			return false, fmt.Errorf("log file %q: %w", name, err)
		}
		text := aws.ToString(portion.LogFileData)
		if err := visit(text); err != nil {
			return false, err
		}
		if read += int64(len(text)); text != "" {
			empty = 0
		} else if empty++; empty >= maxEmptyPortions {
			break
		}
		next := aws.ToString(portion.Marker)
		if !aws.ToBool(portion.AdditionalDataPending) || next == "" {
			return true, nil
		}
		if next == *input.Marker {
			return false, &CallError{Action: action, Err: incomplete("log file", "an end")}
		}
		input.Marker = aws.String(next)
	}
	if empty >= maxEmptyPortions {
		return false, &CallError{Action: action, Err: incomplete("log file", "an end")}
	}
	return false, nil
}
