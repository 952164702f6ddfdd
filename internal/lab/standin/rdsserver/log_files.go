package rdsserver

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxPortionLines is how many lines DownloadDBLogFilePortion gives at most.
const maxPortionLines = 10_000

// maxPortionBytes is how much it gives at most.
const maxPortionBytes = 1 << 20

// LogFile is a log file of a DB instance.
type LogFile struct {
	// Name such as error/postgresql.log.2026-01-02-03.
	Name string
	// LastWritten is when a line was last added.
	LastWritten time.Time
	// Content is the whole file.
	Content string
}

// PutLogFile adds or replaces a log file of a DB instance.
func (s *Server) PutLogFile(instanceIdentifier string, file LogFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.logFiles.put(logKey(instanceIdentifier, file.Name), file)
}

// RemoveLogFile removes a log file that was put there, as retention does.
func (s *Server) RemoveLogFile(instanceIdentifier, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.logFiles.remove(logKey(instanceIdentifier, name))
}

func logKey(instanceIdentifier, name string) string {
	return strings.ToLower(instanceIdentifier) + "\x00" + name
}

// logFilesOf returns what was put there and what the database server wrote.
func (s *Server) logFilesOf(identifier string) []LogFile {
	var files []LogFile
	for _, key := range s.state.logFiles.keys() {
		if strings.HasPrefix(key, logKey(identifier, "")) {
			files = append(files, s.state.logFiles.records[key])
		}
	}
	if s.hooks.LogFiles != nil {
		files = append(files, s.hooks.LogFiles(strings.ToLower(identifier))...)
	}
	return files
}

func (s *Server) describeDBLogFiles(c call, out *document) error {
	identifier := c.get("DBInstanceIdentifier")
	if _, exists := s.state.instances.get(strings.ToLower(identifier)); !exists || s.foreign(c) {
		return noInstance(identifier)
	}
	since, err := c.number("FileLastWritten", 0)
	if err != nil {
		return err
	}
	files := s.logFilesOf(identifier)
	files = slices.DeleteFunc(files, func(file LogFile) bool {
		return !strings.Contains(file.Name, c.get("FilenameContains")) || file.LastWritten.UnixMilli() < int64(since)
	})
	return list(out, c, "DescribeDBLogFiles", files, func(out *fragment, file LogFile) {
		out.element("DescribeDBLogFilesDetails", "LogFileName", file.Name, "LastWritten", file.LastWritten.UnixMilli(), "Size", len(file.Content))
	})
}

func (s *Server) downloadDBLogFilePortion(c call, out *document) error {
	name := c.get("LogFileName")
	files := s.logFilesOf(c.get("DBInstanceIdentifier"))
	at := slices.IndexFunc(files, func(file LogFile) bool { return file.Name == name })
	if at < 0 || s.foreign(c) {
		return faultf(http.StatusNotFound, "DBLogFileNotFoundFault", "DBLog File: %s is not found on the DB instance", name)
	}
	file := files[at]
	lines, err := c.number("NumberOfLines", maxPortionLines)
	if err != nil {
		return err
	}
	lines = min(lines, maxPortionLines)
	start, err := portionStart(c.get("Marker"), file.Content, lines)
	if err != nil {
		return err
	}
	end := portionEnd(file.Content, start, lines)
	out.fields("LogFileData", file.Content[start:end], "Marker", "3:"+strconv.Itoa(end), "AdditionalDataPending", end < len(file.Content))
	return nil
}

// portionStart is where a portion begins: at the beginning for marker 0, where
// the portion before ended, or so that it is the last of the file.
func portionStart(marker, content string, lines int) (int, error) {
	switch marker {
	case "0":
		return 0, nil
	case "":
		start := len(content)
		for range lines + 1 {
			at := strings.LastIndexByte(content[:start], '\n')
			if at < 0 {
				return 0, nil
			}
			start = at
		}
		return start + 1, nil
	}
	_, offset, _ := strings.Cut(marker, ":")
	start, err := strconv.Atoi(offset)
	if err != nil || start < 0 || start > len(content) {
		return 0, faultf(http.StatusBadRequest, "InvalidParameterValue", "Invalid value for Marker.")
	}
	return start, nil
}

func portionEnd(content string, start, lines int) int {
	end := start
	for range lines {
		at := strings.IndexByte(content[end:], '\n')
		if at < 0 {
			end = len(content)
			break
		}
		if end+at+1-start > maxPortionBytes && end > start {
			break
		}
		end += at + 1
	}
	return end
}
