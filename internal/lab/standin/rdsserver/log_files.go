package rdsserver

import (
	"encoding/json"
	"errors"
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

// logEvent is a record of a DB instance's log in CloudWatch Logs.
type logEvent struct {
	Stream    string `json:"logStreamName"`
	Timestamp int64  `json:"timestamp"`
	Message   string `json:"message"`
	ID        string `json:"eventId"`
}

// maxEventsPage is how much one page has at most. It is small, so that readers
// have to go on.
const maxEventsPage = 500

// serveLogEvents answers one call of the API of CloudWatch Logs, of which there
// is FilterLogEvents: the logs of the DB instances that export them.
func (s *Server) serveLogEvents(w http.ResponseWriter, r *http.Request, target string, arrived time.Time) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_, action, _ := strings.Cut(target, ".")
	c := call{action: action}
	c.accessKey, c.region = signed(r)
	entry := s.log.begin(c, arrived)
	answer, err := s.filterLogEvents(r, c)
	s.faults.wait(r.Context(), s.now().Sub(arrived))
	s.log.end(entry, err)
	if refused, is := errors.AsType[*fault](err); is {
		code := refused.code
		if code == throttlingCode {
			code = "ThrottlingException"
		}
		w.WriteHeader(refused.status)
		answer = map[string]any{"__type": code, "message": refused.message}
	}
	_ = json.NewEncoder(w).Encode(answer) // If the client went away there is nobody to answer.
}

func (s *Server) filterLogEvents(r *http.Request, c call) (any, error) {
	if err := s.faults.refuse(c.action); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.authenticate(c); err != nil {
		return nil, err
	}
	var in struct {
		Group     string `json:"logGroupName"`
		Prefix    string `json:"logStreamNamePrefix"`
		Start     int64  `json:"startTime"`
		End       int64  `json:"endTime"`
		Limit     int    `json:"limit"`
		NextToken string `json:"nextToken"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxRequestBytes)).Decode(&in); err != nil || c.action != "FilterLogEvents" {
		return nil, faultf(http.StatusBadRequest, "InvalidParameterException", "The request is not valid.")
	}
	events, exists := s.exported(in.Group, in.Prefix)
	if !exists || s.foreign(c) {
		return nil, faultf(http.StatusBadRequest, "ResourceNotFoundException", "The specified log group does not exist.")
	}
	events = slices.DeleteFunc(events, func(e logEvent) bool { return e.Timestamp < in.Start || in.End > 0 && e.Timestamp > in.End })
	first := 0
	if in.NextToken != "" {
		var err error
		if first, err = strconv.Atoi(in.NextToken); err != nil || first > len(events) {
			return nil, faultf(http.StatusBadRequest, "InvalidParameterException", "The specified nextToken is invalid.")
		}
	}
	end := min(len(events), first+min(max(in.Limit, 1), maxEventsPage))
	answer := map[string]any{"events": append([]logEvent{}, events[first:end]...)}
	if end < len(events) {
		answer["nextToken"] = strconv.Itoa(end)
	}
	return answer, nil
}

// exported are the events of all DB instances whose logs go to a log group.
func (s *Server) exported(group, streams string) (events []logEvent, exists bool) {
	for _, id := range s.state.instances.keys() {
		instance := s.state.instances.records[id]
		own := "/aws/rds/instance/" + id + "/postgresql"
		if instance.ClusterIdentifier != "" && strings.HasPrefix(instance.Engine, "aurora") {
			own = "/aws/rds/cluster/" + instance.ClusterIdentifier + "/postgresql"
		}
		if own != group || !slices.Contains(instance.LogExports, "postgresql") {
			continue
		}
		if exists = true; !strings.HasPrefix(id, streams) {
			continue
		}
		for _, file := range s.logFilesOf(id) {
			events = append(events, eventsOf(id, file)...)
		}
	}
	slices.SortStableFunc(events, func(a, b logEvent) int { return int(a.Timestamp - b.Timestamp) })
	return events, exists
}

// eventsOf cuts a file into records: a line and those after it that begin with
// a tab.
func eventsOf(stream string, file LogFile) []logEvent {
	var events []logEvent
	for line := range strings.Lines(file.Content) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "\t") && len(events) > 0 {
			events[len(events)-1].Message += "\n" + line
			continue
		}
		at := file.LastWritten
		if stamp, err := time.Parse("2006-01-02 15:04:05 MST", line[:min(len(line), len("2006-01-02 15:04:05 UTC"))]); err == nil {
			at = stamp
		}
		events = append(events, logEvent{Stream: stream, Timestamp: at.UnixMilli(), Message: line, ID: file.Name + ":" + strconv.Itoa(len(events))})
	}
	return events
}
