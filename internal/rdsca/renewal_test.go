package rdsca_test

import (
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

func TestExpectedRenewalAtItsEdges(t *testing.T) {
	t.Parallel()

	const identifier = "rds-ca-rsa2048-g1"
	at := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	yes, no := true, false
	// Half of twelve months, and half of thirty-six.
	short := func(till time.Time) time.Time {
		return till.AddDate(0, -12, 0).Add(till.Sub(till.AddDate(0, -12, 0)) / 2)
	}
	long := func(till time.Time) time.Time {
		return till.AddDate(0, -36, 0).Add(till.Sub(till.AddDate(0, -36, 0)) / 2)
	}
	boundary := at.AddDate(0, 12, 1) // a day for RDS's own clock
	tests := map[string]struct {
		identifier string
		till       time.Time
		restarts   *bool
		want       time.Time
	}{
		"without a restart":                     {identifier, at.AddDate(0, 6, 0), &no, short(at.AddDate(0, 6, 0))},
		"with a restart":                        {identifier, at.AddDate(0, 6, 0), &yes, long(at.AddDate(0, 6, 0))},
		"the longest that is short":             {identifier, boundary, &no, short(boundary)},
		"the shortest that is long":             {identifier, boundary.Add(time.Second), &no, long(boundary.Add(time.Second))},
		"a CA that RDS does not renew":          {"rds-ca-2019", at.AddDate(0, 6, 0), &no, time.Time{}},
		"no end":                                {identifier, time.Time{}, &no, time.Time{}},
		"not known whether it takes a restart":  {identifier, at.AddDate(0, 6, 0), nil, time.Time{}},
		"a CA that RDS does not have is no one": {"", at.AddDate(0, 6, 0), &no, time.Time{}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, ok := rdsca.ExpectedRenewal(tc.identifier, tc.till, tc.restarts, at)
			if !got.Equal(tc.want) || ok == tc.want.IsZero() {
				t.Errorf("ExpectedRenewal = %s, %t, want %s", got, ok, tc.want)
			}
		})
	}
}
