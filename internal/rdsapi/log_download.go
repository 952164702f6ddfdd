package rdsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// The bounds of DownloadLogs.
const (
	// logFilesAtOnce is how many files are downloaded at the same time.
	logFilesAtOnce = 4
	// portionsAhead is how many portions of a file may wait for the files
	// before it: 16 MB at most of each.
	portionsAhead = 16
)

// ErrLogTooLong is returned where there is more log than may be read.
var ErrLogTooLong = errors.New("the log is longer than the limit")

// LogFailure says which file could not be read to its end, and why.
type LogFailure struct {
	// Name of the file.
	Name string
	// Err wraps ErrLogFileNotFound where the file was rotated away, or
	// ErrLogTooLong where the sum passed its bound.
	Err error
}

// DownloadLogs downloads files of a DB instance, several at a time, and writes
// each to what open returns for it, in the order of files, one after the other.
// It closes every writer it opened; their errors are part of the failures.
//
// A file that is gone, in the beginning or in between, is a failure and not an
// error; so is what goes beyond maxBytes in all. The error is that of open, of a
// writer, or of a call.
func (r *Reader) DownloadLogs(ctx context.Context, instanceIdentifier string, files []LogFile, maxBytes int64, open func(LogFile) io.WriteCloser) ([]LogFailure, error) {
	ctx, cancel := context.WithCancel(ctx)
	downloads := make([]download, len(files))
	var wait sync.WaitGroup
	defer func() {
		cancel()
		wait.Wait()
	}()
	for i := range downloads {
		downloads[i].portions = make(chan string, portionsAhead)
	}
	turns := make(chan struct{}, logFilesAtOnce)
	wait.Go(func() { // In their order, so that the file that is wanted next is always among those under way.
		for i, file := range files {
			turns <- struct{}{}
			wait.Go(func() {
				defer func() { <-turns }()
				defer close(downloads[i].portions)
				downloads[i].err = r.download(ctx, instanceIdentifier, file.Name, maxBytes, downloads[i].portions)
			})
		}
	})
	var failures []LogFailure
	left := maxBytes
	for i, file := range files {
		to := open(file)
		for text := range downloads[i].portions {
			if left -= int64(len(text)); left < 0 {
				continue // The download ends by itself, and says so.
			}
			if _, err := io.WriteString(to, text); err != nil {
				return failures, errors.Join(err, to.Close())
			}
		}
		err := downloads[i].err
		if err == nil && left < 0 {
			err = ErrLogTooLong
		}
		closed := to.Close()
		switch {
		case errors.Is(err, ErrLogFileNotFound), errors.Is(err, ErrLogTooLong):
			failures = append(failures, LogFailure{Name: file.Name, Err: err})
		case err != nil:
			return failures, fmt.Errorf("log file %q: %w", file.Name, err)
		case closed != nil:
			failures = append(failures, LogFailure{Name: file.Name, Err: closed})
		}
	}
	return failures, nil
}

// download is a file on its way. The error is there once the channel is closed.
type download struct {
	portions chan string
	err      error
}

func (r *Reader) download(ctx context.Context, instanceIdentifier, name string, maxBytes int64, to chan<- string) error {
	complete, err := r.ReadLog(ctx, instanceIdentifier, name, maxBytes, func(text string) error {
		select {
		case to <- text:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err == nil && !complete {
		return ErrLogTooLong
	}
	return err
}
