package rdsapi_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

func TestSettled(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{
		"available": true, "storage-optimization": true,
		"": false, "modifying": false, "rebooting": false, "backing-up": false, "storage-full": false, "storage-config-upgrade": false,
	} {
		if got := (rdsapi.DBInstance{Status: status}).Settled(); got != want {
			t.Errorf("%q: %t", status, got)
		}
	}
}
