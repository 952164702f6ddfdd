package rdsapi

import (
	"cmp"
	"context"
	"errors"
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
}

// LogFiles lists the log files of a DB instance that were written to since a
// time, the oldest first. The zero time means all. Nothing is remembered: log
// files grow.
//
// The error wraps ErrDBInstanceNotFound if there is no such instance.
func (r *Reader) LogFiles(ctx context.Context, instanceIdentifier string, since time.Time) (_ []LogFile, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	const action = "rds:DescribeDBLogFiles"
	var files []LogFile
	input := &rds.DescribeDBLogFilesInput{DBInstanceIdentifier: aws.String(instanceIdentifier), MaxRecords: aws.Int32(pageSize)}
	if !since.IsZero() {
		input.FileLastWritten = aws.Int64(since.UnixMilli())
	}
	for page, err := range list(ctx, r, walk{of: "log files", action: action, most: maxCatalogPages}, r.api.DescribeDBLogFiles, input, &input.Marker) {
		if err != nil {
			return nil, err
		}
		input.Marker = page.Marker
		for _, file := range page.DescribeDBLogFiles {
			if aws.ToString(file.LogFileName) == "" {
				return nil, malformed(action, "a log file without a name")
			}
			files = append(files, LogFile{Name: *file.LogFileName, LastWritten: time.UnixMilli(aws.ToInt64(file.LastWritten)).UTC()})
		}
	}
	slices.SortFunc(files, func(a, b LogFile) int {
		return cmp.Or(a.LastWritten.Compare(b.LastWritten), cmp.Compare(a.Name, b.Name))
	})
	return files, nil
}

// firstPortion is the marker that makes RDS begin at the beginning. Without
// one it gives the last lines only.
//
// Source: service/rds v1.132.2, DownloadDBLogFilePortionInput.NumberOfLines.
const firstPortion = "0"

// ReadLog downloads a log file from its beginning, portion by portion, RDS
// gives at most 1 MB or 10,000 lines each, and hands the text over as it
// comes. A line may go on in the next portion.
//
// It stops when the file ends, when visit returns an error, which it returns,
// or when at least maxBytes were handed over; then complete is false. Errors:
// ErrDBInstanceNotFound, ErrLogFileNotFound and those of every call.
func (r *Reader) ReadLog(ctx context.Context, instanceIdentifier, name string, maxBytes int64, visit func(text string) error) (complete bool, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	input := &rds.DownloadDBLogFilePortionInput{
		DBInstanceIdentifier: aws.String(instanceIdentifier), LogFileName: aws.String(name), Marker: aws.String(firstPortion),
	}
	w, empty := walk{of: "portions of the log file", action: "rds:DownloadDBLogFilePortion", most: maxPortions}, 0
	for read := int64(0); read < maxBytes; {
		portion, err := limited(ctx, r, w.action, r.api.DownloadDBLogFilePortion, input)
		if errors.Is(err, errInvalidRequest) && *input.Marker != firstPortion {
			err = fmt.Errorf("%w: a different file now has this name", ErrLogFileNotFound) // It is shorter than the marker.
		}
		if err != nil {
			return false, err
		}
		text := aws.ToString(portion.LogFileData)
		if err := visit(text); err != nil {
			return false, err
		}
		read += int64(len(text))
		next := aws.ToString(portion.Marker)
		if !aws.ToBool(portion.AdditionalDataPending) || next == "" {
			return true, nil
		}
		if text == "" {
			empty++
		}
		if empty > maxEmptyPortions {
			return false, malformed(w.action, "the log file has more than %d portions without text", maxEmptyPortions)
		}
		if err := w.next(next); err != nil {
			return false, err
		}
		input.Marker = aws.String(next)
	}
	return false, nil
}
