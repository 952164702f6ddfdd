package rdsca_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

func TestForceSSLDefault(t *testing.T) {
	t.Parallel()

	tests := []struct {
		engine, version string
		enforced, known bool
	}{
		{"postgres", "15", true, true},
		{"postgres", "15.4", true, true},
		{"postgres", "16.3-R2", true, true},
		{"postgres", "18.1", true, true},
		{"postgres", "14.22", false, true},
		{"postgres", "11.22-rds.20240418", false, true},
		{"postgres", "9.6.24", false, true},
		{"postgres", "8.4.22", false, true},
		{"postgres", "7.4.30", false, false},
		{"aurora-postgresql", "15.4", false, true},
		{"aurora-postgresql", "16.4-limitless", false, true},
		{"aurora-postgresql", "16.9", false, true},
		{"aurora-postgresql", "17", true, true},
		{"aurora-postgresql", "17.4", true, true},
		{"mysql", "8.0", false, false},
		{"", "15", false, false},
		{"postgres", "", false, false},
		{"postgres", "15.", false, false},
		{"postgres", "latest", false, false},
		{"postgres", "-15", false, false},
		{"postgres", "15beta1", false, false},
		{"postgres", "150", false, false},
		{"postgres", "1", false, false},
		{"postgres", " 15", false, false},
		{"postgres", "15.4\n", false, false},
		{"Postgres", "15", false, false},
	}
	for _, tc := range tests {
		t.Run(tc.engine+" "+tc.version, func(t *testing.T) {
			t.Parallel()

			enforced, known := rdsca.ForceSSLDefault(tc.engine, tc.version)
			if enforced != tc.enforced || known != tc.known {
				t.Errorf("ForceSSLDefault(%q, %q) = %t, %t, want %t, %t",
					tc.engine, tc.version, enforced, known, tc.enforced, tc.known)
			}
		})
	}
}
