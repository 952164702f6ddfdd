package rdsapi_test

import (
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// TestPagesReadAheadAreBounded: a fast endpoint is not read to its end for a
// caller that is slow, and still ahead of it.
func TestPagesReadAheadAreBounded(t *testing.T) {
	t.Parallel()
	const pages = 20
	server, url := startLab(t, rdsserver.Scale{Instances: pages * 100})
	used, records, ahead := 0, 0, 0
	err := newReader(url).EachPage(t.Context(), func(page []rdsapi.DBInstance) {
		records += len(page)
		if len(page) > 0 {
			used++
		}
		time.Sleep(50 * time.Millisecond)
		ahead = max(ahead, server.RDSCalls()-used)
	})
	if err != nil || records != pages*100 || server.RDSCalls() != pages {
		t.Errorf("%d records in %d calls, error %v", records, server.RDSCalls(), err)
	}
	if ahead == 0 || ahead > rdsapi.MaxLookahead {
		t.Errorf("%d pages ahead, want one to %d", ahead, rdsapi.MaxLookahead)
	}
}
