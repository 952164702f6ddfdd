package rdsca_test

import (
	gocmp "cmp"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

var now = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)

// tableFile is what the tool made; its head counts what it holds.
func tableFile(t *testing.T) (lines [][]string, cas, regions int) {
	t.Helper()
	content, err := os.ReadFile("authorities.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
			continue
		}
		if _, err := fmt.Sscanf(line, "# %d CAs, %d Regions", &cas, &regions); err == nil && cas+regions == 0 {
			t.Error("the table's head counts nothing")
		}
	}
	return lines, cas, regions
}

func TestTheTableHoldsWhatItsFileSays(t *testing.T) {
	t.Parallel()

	lines, cas, regions := tableFile(t)
	all := rdsca.All()
	if len(lines) != cas || len(all) != cas || cas == 0 {
		t.Errorf("%d lines and %d CAs, the head says %d", len(lines), len(all), cas)
	}
	if got := rdsca.Regions(); len(got) != regions || !slices.IsSorted(got) {
		t.Errorf("%d Regions %v, the head says %d", len(got), got, regions)
	}
	for _, f := range lines {
		ca, ok := rdsca.BySHA256(f[5])
		self := map[bool]string{true: "yes", false: "no"}[ca.SelfSigned]
		got := []string{
			ca.Region, ca.Identifier, string(ca.Role), ca.Subject, ca.SHA1, ca.SHA256, ca.SPKISHA256,
			ca.NotBefore.Format(time.RFC3339), ca.NotAfter.Format(time.RFC3339), ca.KeyType, ca.SignatureAlgorithm, self,
		}
		if diff := cmp.Diff(f, got); diff != "" || !ok {
			t.Errorf("BySHA256 (-file +got), %t:\n%s", ok, diff)
		}
		partition := "aws"
		if strings.HasPrefix(ca.Region, "us-gov-") || ca.Identifier == "rds-ca-2017" {
			partition = "aws-us-gov"
		} else if strings.HasPrefix(ca.Region, "cn-") {
			partition = "aws-cn"
		}
		if ca.Partition != partition {
			t.Errorf("%s in %s: partition %s, want %s", ca.Subject, ca.Region, ca.Partition, partition)
		}
	}
	if !slices.IsSortedFunc(all, func(a, b rdsca.CA) int {
		return gocmp.Or(gocmp.Compare(a.Region, b.Region), gocmp.Compare(a.Identifier, b.Identifier))
	}) {
		t.Error("All is not in the order of Region and identifier")
	}
}

func TestABrokenTableIsRefused(t *testing.T) {
	t.Parallel()

	const line = "r\trds-ca-2019\troot\tCN\t1\t2\t3\t2020-01-01T00:00:00Z\t2021-01-01T00:00:00Z\tRSA2048\tsha256WithRSAEncryption\tyes\n"
	if all, err := rdsca.ParseTable("# head\n" + line); err != nil || len(all) != 1 {
		t.Errorf("a good table: %v, %v", all, err)
	}
	for name, text := range map[string]string{
		"a column less":         strings.Replace(line, "CN\t", "", 1),
		"a column more":         strings.Replace(line, "CN\t", "CN\tCN\t", 1),
		"no date of the start":  strings.Replace(line, "2020-01-01T00:00:00Z", "2020", 1),
		"no date of the end":    strings.Replace(line, "2021-01-01T00:00:00Z", "2021", 1),
		"an empty line":         line + "\n",
		"a broken line further": line + "r\n",
	} {
		if all, err := rdsca.ParseTable(text); err == nil {
			t.Errorf("%s: %v", name, all)
		}
	}
}

func TestEveryAuthorityIsWellFormed(t *testing.T) {
	t.Parallel()

	seen := map[string]bool{}
	for _, ca := range append(rdsca.All(), rdsca.TrustServicesRoots()...) {
		for name, want := range map[string]int{ca.SHA1: 20, ca.SHA256: 32, ca.SPKISHA256: 32} {
			if raw, err := hex.DecodeString(name); err != nil || len(raw) != want {
				t.Errorf("%s: fingerprint %q is not %d bytes of hexadecimal", ca.Subject, name, want)
			}
		}
		if seen[ca.SHA256] {
			t.Errorf("%s: %s occurs twice", ca.Subject, ca.SHA256)
		}
		seen[ca.SHA256] = true
		if !ca.NotBefore.Before(ca.NotAfter) {
			t.Errorf("%s: valid from %s to %s", ca.Subject, ca.NotBefore, ca.NotAfter)
		}
		if ca.SelfSigned != (ca.Role == rdsca.RoleRoot) {
			t.Errorf("%s: role %s, self-signed %t", ca.Subject, ca.Role, ca.SelfSigned)
		}
		if ca.Region == "" || ca.Identifier == "" || ca.Subject == "" {
			t.Errorf("%+v: a name is empty", ca)
		}
	}
}

func TestEveryRegionHasARootOfEachIdentifier(t *testing.T) {
	t.Parallel()

	if len(rdsca.Identifiers()) < 3 {
		t.Errorf("only %v", rdsca.Identifiers())
	}
	regions := rdsca.Regions()
	keys := map[string]string{"rsa2048": "RSA2048", "rsa4096": "RSA4096", "ecc384": "EC-secp384r1"}
	for _, region := range regions {
		for _, identifier := range rdsca.Identifiers() {
			root, ok := rdsca.Root(region, identifier)
			if !ok || root.Region != region || root.KeyType != keys[strings.Split(identifier, "-")[2]] || root.Role != rdsca.RoleRoot {
				t.Errorf("Root(%q, %q) = %+v, %t", region, identifier, root, ok)
			}
		}
	}
}

func TestRoot(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		region, identifier, subject string
	}{
		"a Region's own root":                      {"us-east-1", "rds-ca-rsa2048-g1", "Amazon RDS us-east-1 Root CA RSA2048 G1"},
		"the global root above an intermediate":    {"us-east-1", "rds-ca-2019", "Amazon RDS Root 2019 CA"},
		"an opt-in Region's own root of 2019":      {"af-south-1", "rds-ca-2019", "Amazon RDS af-south-1 Root CA"},
		"the preview environment has its own root": {"preview:us-east-2", "rds-ca-2019", "Amazon RDS Preview Root 2019 CA"},
		"an unknown Region has none":               {"mars-north-1", "rds-ca-rsa2048-g1", ""},
		"an unknown identifier has none":           {"us-east-1", "rds-ca-rsa2048-g99", ""},
		"a Region newer than the CA has none":      {"mx-central-1", "rds-ca-2019", ""},
		"no Region has none":                       {"", "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			root, ok := rdsca.Root(tc.region, tc.identifier)
			if root.Subject != tc.subject || ok != (tc.subject != "") {
				t.Errorf("Root(%q, %q) = %q, %t, want %q", tc.region, tc.identifier, root.Subject, ok, tc.subject)
			}
		})
	}
}

func TestThumbprintsAreFound(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		fingerprint, region, identifier string
		role                            rdsca.Role
	}{
		"a regional root":           {sha1Of(t, "us-west-2", "rds-ca-rsa2048-g1"), "us-west-2", "rds-ca-rsa2048-g1", rdsca.RoleRoot},
		"the global root of 2019":   {"D4:0D:DB:29:E3:75:0D:FF:A6:71:C3:14:0B:BF:5F:47:8D:1C:80:96", "global", "rds-ca-2019", rdsca.RoleRoot},
		"a regional CA of 2019":     {"f0ed823ed14447bab557fdf3e4927466988c1c78", "us-east-1", "rds-ca-2019", rdsca.RoleIntermediate},
		"an unknown one is nothing": {"0000000000000000000000000000000000000000", "", "", ""},
		"nothing is nothing":        {"", "", "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			ca, ok := rdsca.BySHA1(tc.fingerprint)
			if ca.Region != tc.region || ca.Identifier != tc.identifier || ca.Role != tc.role || ok != (tc.role != "") {
				t.Errorf("BySHA1(%q) = %+v, %t", tc.fingerprint, ca, ok)
			}
			if again, _ := rdsca.BySHA256(ca.SHA256); again != ca {
				t.Errorf("BySHA256 gives %+v, BySHA1 %+v", again, ca)
			}
		})
	}
}

func sha1Of(t *testing.T, region, identifier string) string {
	t.Helper()
	root, ok := rdsca.Root(region, identifier)
	if !ok {
		t.Fatalf("no root for %s in %s", identifier, region)
	}
	return root.SHA1
}

func TestRetired(t *testing.T) {
	t.Parallel()

	global2019, _ := rdsca.Root("us-east-1", "rds-ca-2019")
	g1, _ := rdsca.Root("us-east-1", "rds-ca-rsa2048-g1")
	early := time.Date(2023, time.January, 1, 0, 0, 0, 0, time.UTC)
	end2019 := time.Date(2024, time.August, 22, 17, 8, 50, 0, time.UTC)
	late := time.Date(2062, time.January, 1, 0, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		ca   rdsca.CA
		at   time.Time
		want bool
	}{
		"rds-ca-2019 served in 2023":      {global2019, early, false},
		"rds-ca-2019 is over":             {global2019, now, true},
		"a current root serves":           {g1, now, false},
		"a current root ends after years": {g1, late, true},
		"Amazon Root CA 1 serves":         {rdsca.TrustServicesRoots()[0], now, false},
		"an old identifier until the end": {rdsca.CA{Identifier: "rds-ca-2019", NotAfter: late}, end2019.Add(-time.Second), false},
		"an old identifier at the end":    {rdsca.CA{Identifier: "rds-ca-2019", NotAfter: late}, end2019, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := rdsca.Retired(tc.ca, tc.at); got != tc.want {
				t.Errorf("Retired(%q, %s) = %t, want %t", tc.ca.Subject, tc.at, got, tc.want)
			}
		})
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()

	for identifier, want := range map[string]bool{
		"rds-ca-rsa2048-g1": true, "rds-ca-2019": true, "rds-ca-2015": true, "rds-ca-2010": true, "rds-ca-2017": true,
		"rds-ca-rsa2048-g99": false, "": false, "RDS-CA-2019": false, rdsca.TrustServices: false,
	} {
		if got := rdsca.Known(identifier); got != want {
			t.Errorf("Known(%q) = %t, want %t", identifier, got, want)
		}
	}
}

func TestRootsOfARegion(t *testing.T) {
	t.Parallel()

	var identifiers []string
	for _, root := range rdsca.Roots("eu-south-1") {
		identifiers = append(identifiers, root.Identifier)
	}
	want := append(rdsca.Identifiers(), "rds-ca-2019") // The latter's root is of this Region only.
	slices.Sort(want)
	if diff := cmp.Diff(want, identifiers); diff != "" {
		t.Errorf("Roots(eu-south-1) (-want +got):\n%s", diff)
	}
	if roots := rdsca.Roots("nowhere"); roots != nil {
		t.Errorf("Roots(nowhere) = %v", roots)
	}
}
