package rdsca_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

func TestRestart(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	tests := map[string]struct {
		facts  rdsca.EngineFacts
		want   *bool
		reason string
	}{
		"the version takes it without a restart":       {rdsca.EngineFacts{WithoutRestart: &yes}, &no, "without a restart"},
		"the version does not":                         {rdsca.EngineFacts{WithoutRestart: &no}, &yes, "only with a restart"},
		"RDS does not say":                             {rdsca.EngineFacts{}, nil, ""},
		"Babelfish is on":                              {rdsca.EngineFacts{WithoutRestart: &yes, SupportsBabelfish: true, BabelfishStatus: "on"}, &yes, "Babelfish is turned on"},
		"Babelfish is on, whatever the version":        {rdsca.EngineFacts{BabelfishStatus: "on"}, &yes, "Babelfish is turned on"},
		"Babelfish is off":                             {rdsca.EngineFacts{WithoutRestart: &yes, SupportsBabelfish: true, BabelfishStatus: "off"}, &no, "without a restart"},
		"Babelfish has its data types only":            {rdsca.EngineFacts{WithoutRestart: &yes, SupportsBabelfish: true, BabelfishStatus: "datatypesonly"}, &no, "without a restart"},
		"Babelfish is possible, and could not be read": {rdsca.EngineFacts{WithoutRestart: &yes, SupportsBabelfish: true}, nil, "could not be read"},
		"it needs a restart without Babelfish already": {rdsca.EngineFacts{WithoutRestart: &no, SupportsBabelfish: true}, &yes, "only with a restart"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.facts.Engine, tc.facts.Version = "aurora-postgresql", "16.8"
			got, reason := rdsca.Restart(tc.facts)
			if (got == nil) != (tc.want == nil) || (got != nil && *got != *tc.want) {
				t.Errorf("restarts = %v, want %v", got, tc.want)
			}
			if !strings.Contains(reason, tc.reason) || (tc.reason == "") != (reason == "") {
				t.Errorf("reason = %q, want %q in it", reason, tc.reason)
			}
		})
	}
}

func TestExpectedRenewal(t *testing.T) {
	t.Parallel()
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	yes, no := true, false
	at := day("2026-03-01")
	tests := map[string]struct {
		ca, till string
		restarts *bool
		want     string
	}{
		"a year, at half":                     {"rds-ca-rsa2048-g1", "2027-01-01", &no, "2026-07-02"},
		"three years, at half":                {"rds-ca-rsa4096-g1", "2027-01-01", &yes, "2025-07-02"},
		"issued before the version learned":   {"rds-ca-ecc384-g1", "2028-01-01", &no, "2026-07-02"},
		"not known whether it restarts":       {"rds-ca-rsa2048-g1", "2027-01-01", nil, ""},
		"a CA under which RDS does not renew": {"rds-ca-2019", "2027-01-01", &no, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, known := rdsca.ExpectedRenewal(tc.ca, day(tc.till), tc.restarts, at)
			if known != (tc.want != "") || (known && got.Format(time.DateOnly) != tc.want) {
				t.Errorf("renewal %v (%v), want %q", got, known, tc.want)
			}
		})
	}
	if _, known := rdsca.ExpectedRenewal("rds-ca-rsa2048-g1", time.Time{}, &no, at); known {
		t.Error("a certificate without an end has a renewal")
	}
}

func TestCompareThumbprint(t *testing.T) {
	t.Parallel()
	root := func(region, id string) string {
		ca, known := rdsca.Root(region, id)
		if !known {
			t.Fatalf("no root of %s in %s", id, region)
		}
		return ca.SHA1
	}
	ireland := root("eu-west-1", "rds-ca-rsa2048-g1")
	var intermediate string
	for _, ca := range rdsca.All() {
		if ca.Region == "eu-west-1" && ca.Identifier == "rds-ca-2019" {
			intermediate = ca.SHA1
		}
	}
	tests := map[string]struct {
		region, id, thumbprint string
		want                   rdsca.Agreement
	}{
		"the Region's own":                    {"eu-west-1", "rds-ca-rsa2048-g1", ireland, rdsca.Agrees},
		"in upper case":                       {"eu-west-1", "rds-ca-rsa2048-g1", strings.ToUpper(ireland), rdsca.Agrees},
		"the Region is not known":             {"", "rds-ca-rsa2048-g1", ireland, rdsca.Agrees},
		"another CA's":                        {"eu-west-1", "rds-ca-rsa4096-g1", ireland, rdsca.Contradicts},
		"another Region's":                    {"us-east-1", "rds-ca-rsa2048-g1", ireland, rdsca.Contradicts},
		"unknown, for a CA that is known":     {"us-east-1", "rds-ca-rsa2048-g1", strings.Repeat("ab", 20), rdsca.Contradicts},
		"unknown, for a Region that is not":   {"lab-local-1", "rds-ca-rsa2048-g1", strings.Repeat("ab", 20), rdsca.NotInTable},
		"unknown, for a CA that is not":       {"us-east-1", "rds-ca-rsa9000-g99", strings.Repeat("ab", 20), rdsca.NotInTable},
		"none":                                {"us-east-1", "rds-ca-rsa2048-g1", "", rdsca.NotInTable},
		"rds-ca-2019, the global root":        {"eu-west-1", "rds-ca-2019", root("eu-west-1", "rds-ca-2019"), rdsca.Agrees},
		"rds-ca-2019, the intermediate":       {"eu-west-1", "rds-ca-2019", intermediate, rdsca.Agrees},
		"rds-ca-2019, another's":              {"us-east-1", "rds-ca-2019", intermediate, rdsca.Contradicts},
		"the preview of a Region has its own": {"us-east-2", "rds-ca-rsa2048-g1", root("preview:us-east-2", "rds-ca-rsa2048-g1"), rdsca.Agrees},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, got := rdsca.CompareThumbprint(tc.region, tc.id, tc.thumbprint); got != tc.want {
				t.Errorf("agreement %d, want %d", got, tc.want)
			}
		})
	}
}
