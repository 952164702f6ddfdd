package region

import (
	"os"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// logs is how the log of one server is cut into the hourly files that RDS has.
type logs struct {
	cuts    []int // where a file ended
	expired int   // how many of the oldest are gone
}

// logFiles are the files of the real server behind a DB instance. Its log is
// one file; what was written before RotateLog counts as an hour older for each
// call.
func (r *Region) logFiles(identifier string) []rdsserver.LogFile {
	r.mu.Lock()
	defer r.mu.Unlock()
	server := r.servers[identifier]
	if server == nil {
		return nil
	}
	content, err := os.ReadFile(server.LogFile())
	if err != nil {
		return nil
	}
	kept := r.logs[identifier]
	hour := time.Now().UTC().Truncate(time.Hour)
	var files []rdsserver.LogFile
	start := 0
	for i, end := range append(append([]int{}, kept.cuts...), len(content)) {
		began := hour.Add(-time.Duration(len(kept.cuts)-i) * time.Hour)
		if i >= kept.expired {
			files = append(files, rdsserver.LogFile{
				Name: "error/postgresql.log." + began.Format("2006-01-02-15"), LastWritten: time.Now().UTC(), Content: string(content[start:end]),
			})
		}
		start = end
	}
	return files
}

// RotateLog ends the present log file of a DB instance: what its server writes
// from now on is in another.
func (r *Region) RotateLog(identifier string) error {
	server := r.Server(identifier)
	if server == nil {
		return errNoServer
	}
	info, err := os.Stat(server.LogFile())
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.logs[identifier]
	kept.cuts = append(kept.cuts, int(info.Size()))
	r.logs[identifier] = kept
	return nil
}

// ExpireLog takes the oldest log file of a DB instance away, as RDS does at the
// end of the retention period.
func (r *Region) ExpireLog(identifier string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.logs[identifier]
	kept.expired++
	r.logs[identifier] = kept
}
