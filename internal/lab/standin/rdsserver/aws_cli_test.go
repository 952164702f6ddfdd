package rdsserver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// awsCLI is the AWS CLI against one server, with an environment of its own.
type awsCLI struct {
	program string
	url     string
	region  string
}

// newAWSCLI finds the CLI. Without one the test passes here and says so, and
// fails where CI promised it.
func newAWSCLI(t *testing.T, url string) (cli awsCLI, found bool) {
	t.Helper()
	program, err := exec.LookPath("aws")
	if err != nil {
		judge.Missing(t, "the AWS CLI", "nothing was compared with it")
		return awsCLI{}, false
	}
	return awsCLI{program: program, url: url, region: rdsserver.DefaultRegion}, true
}

// query returns the compact JSON of a command that must succeed.
func (c awsCLI) query(t *testing.T, args []string) string {
	t.Helper()
	out, failure := c.run(t.Context(), t, args...)
	if failure != "" {
		t.Fatalf("aws %s: %s", strings.Join(args, " "), failure)
	}
	compact, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(compact)
}

// run returns the standard output parsed as JSON, or the standard error text.
func (c awsCLI) run(ctx context.Context, t *testing.T, args ...string) (out any, failure string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	args = append([]string{"--endpoint-url", c.url, "--region", c.region, "--output", "json"}, args...)
	cmd := exec.CommandContext(ctx, c.program, args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(),
		"AWS_ACCESS_KEY_ID=AKIALAB", "AWS_SECRET_ACCESS_KEY=lab", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=", // an empty pager is none

	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, stderr.String()
	}
	if stdout.Len() > 0 {
		if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
			t.Fatalf("aws %s: output is not JSON: %v", strings.Join(args, " "), err)
		}
	}
	return out, ""
}

func TestServerSpeaksToTheAWSCLI(t *testing.T) {
	t.Parallel()
	switched := make(chan string, 1)
	server := rdsserver.New(rdsserver.Options{Hooks: rdsserver.Hooks{
		OnCASwitch: func(instance, ca string) error {
			switched <- instance + " to " + ca
			return nil
		},
	}})
	server.Populate(rdsserver.Scale{Instances: 130, ParameterGroups: 3, EngineVersions: 5, Pending: 2, Clusters: 1})
	url, stop, err := server.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	cli, found := newAWSCLI(t, url)
	if !found {
		return
	}
	reads := map[string]struct {
		args  []string
		query string
		want  string
	}{
		"instances page through": {
			args:  []string{"rds", "describe-db-instances", "--page-size", "50"},
			query: "length(DBInstances)", want: "133",
		},
		"one instance": {
			args:  []string{"rds", "describe-db-instances", "--db-instance-identifier", "db-00001"},
			query: "DBInstances[0].[CertificateDetails.CAIdentifier,Endpoint.Port,TagList[?Key=='team']|[0].Value]",
			want:  `["rds-ca-rsa4096-g1",5432,"team-01"]`,
		},
		"instances by filter": {
			args:  []string{"rds", "describe-db-instances", "--filters", "Name=db-instance-id,Values=db-00007,db-00009"},
			query: "DBInstances[].DBInstanceIdentifier", want: `["db-00007","db-00009"]`,
		},
		"a parameter by filter": {
			args:  []string{"rds", "describe-db-parameters", "--db-parameter-group-name", "pg-00", "--filters", "Name=parameter-name,Values=rds.force_ssl"},
			query: "Parameters[].[ParameterName,ParameterValue,Source]", want: `[["rds.force_ssl","1","user"]]`,
		},
		"a group has as many parameters as in RDS": {
			args:  []string{"rds", "describe-db-parameters", "--db-parameter-group-name", "pg-00"},
			query: "length(Parameters)", want: "378",
		},
		"a cluster parameter": {
			args:  []string{"rds", "describe-db-cluster-parameters", "--db-cluster-parameter-group-name", "aurora", "--filters", "Name=parameter-name,Values=rds.force_ssl"},
			query: "Parameters[0].Source", want: `"engine-default"`,
		},
		"clusters": {
			args:  []string{"rds", "describe-db-clusters"},
			query: "DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier", want: `["cluster-000-1"]`,
		},
		"certificates": { // The CLI of Debian 12 does not know DefaultCertificateForNewLaunches yet.
			args:  []string{"rds", "describe-certificates"},
			query: "sort(Certificates[].CertificateIdentifier)", want: `["rds-ca-ecc384-g1","rds-ca-rsa2048-g1","rds-ca-rsa4096-g1"]`,
		},
		"an engine version": {
			args:  []string{"rds", "describe-db-engine-versions", "--engine", "postgres", "--engine-version", "13.4", "--include-all"},
			query: "DBEngineVersions[0].[SupportsCertificateRotationWithoutRestart,length(SupportedCACertificateIdentifiers)]", want: `[false,3]`,
		},
		"pending maintenance": {
			args:  []string{"rds", "describe-pending-maintenance-actions"},
			query: "PendingMaintenanceActions[].PendingMaintenanceActionDetails[].Action", want: `["ca-certificate-rotation","ca-certificate-rotation"]`,
		},
		"tags": {
			args:  []string{"rds", "list-tags-for-resource", "--resource-name", "arn:aws:rds:us-east-1:123456789012:db:db-00003"},
			query: "TagList[?Key=='stage'].Value", want: `["test"]`,
		},
		"who calls": {
			args:  []string{"sts", "get-caller-identity"},
			query: "Account", want: `"123456789012"`,
		},
		"assume a role": {
			args:  []string{"sts", "assume-role", "--role-arn", "arn:aws:iam::123456789012:role/reader", "--role-session-name", "check"},
			query: "AssumedRoleUser.Arn", want: `"arn:aws:iam::123456789012:assumed-role/reader/check"`,
		},
	}
	for name, tc := range reads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cli.query(t, append(tc.args, "--query", tc.query)); got != tc.want {
				t.Errorf("aws %s = %s, want %s", strings.Join(tc.args, " "), got, tc.want)
			}
		})
	}
	t.Run("a CA switch reaches the database server", func(t *testing.T) {
		t.Parallel()
		out := cli.query(t, []string{
			"rds", "modify-db-instance", "--db-instance-identifier", "db-00100",
			"--ca-certificate-identifier", "rds-ca-ecc384-g1", "--apply-immediately", "--query", "DBInstance.CACertificateIdentifier",
		})
		if out != `"rds-ca-ecc384-g1"` {
			t.Errorf("the response names CA %s", out)
		}
		if got := <-switched; got != "db-00100 to rds-ca-ecc384-g1" {
			t.Errorf("the hook saw %q", got)
		}
	})
	t.Run("an unknown instance is DBInstanceNotFound", func(t *testing.T) {
		t.Parallel()
		if _, failure := cli.run(t.Context(), t, "rds", "describe-db-instances", "--db-instance-identifier", "nobody"); !strings.Contains(failure, "(DBInstanceNotFound)") {
			t.Errorf("standard error = %q", failure)
		}
	})
}
