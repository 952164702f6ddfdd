package rdsapi_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// startMoto serves moto, another stand-in for AWS, where it is installed. It
// is optional everywhere: no package manager that .ci/run uses has it, so its
// absence is counted and printed.
func startMoto(t *testing.T) (url string, found bool) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err == nil {
		err = exec.CommandContext(t.Context(), python, "-c", "import moto.server").Run()
	}
	if err != nil {
		judge.Missing(t, "moto's server", "the reader was not tried against it")
		return "", false
	}
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(t.Context(), python, "-c", "import sys; from moto.server import main; main(sys.argv[1:])", "-H", "127.0.0.1", "-p", port)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // killed: that is no failure
	})
	url = "http://" + address
	if err := answers(t.Context(), url); err != nil {
		t.Fatalf("moto's server does not answer: %v", err)
	}
	return url, true
}

func answers(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/moto-api/data.json", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}
}

// furnishMoto creates five DB instances with two parameter groups, and a DB
// cluster with a group of its own.
func furnishMoto(t *testing.T, client *rds.Client) {
	t.Helper()
	ctx := t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for g, value := range []string{"1", "0"} {
		name := aws.String("group-" + strconv.Itoa(g))
		must(client.CreateDBParameterGroup(ctx, &rds.CreateDBParameterGroupInput{
			DBParameterGroupName: name, DBParameterGroupFamily: aws.String("postgres15"), Description: aws.String("lab"),
		}))
		must(client.ModifyDBParameterGroup(ctx, &rds.ModifyDBParameterGroupInput{
			DBParameterGroupName: name,
			Parameters: []types.Parameter{{
				ParameterName: aws.String("rds.force_ssl"), ParameterValue: aws.String(value), ApplyMethod: types.ApplyMethodImmediate,
			}},
		}))
	}
	for i := range 5 {
		must(client.CreateDBInstance(ctx, &rds.CreateDBInstanceInput{
			DBInstanceIdentifier: aws.String(fmt.Sprintf("moto-%d", i)), Engine: aws.String("postgres"), EngineVersion: aws.String("15.10"),
			DBInstanceClass: aws.String("db.t4g.micro"), AllocatedStorage: aws.Int32(20), MasterUsername: aws.String("lab"),
			MasterUserPassword: aws.String("lab-password"), DBParameterGroupName: aws.String("group-" + strconv.Itoa(i%2)),
			Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}},
		}))
	}
	must(client.CreateDBClusterParameterGroup(ctx, &rds.CreateDBClusterParameterGroupInput{
		DBClusterParameterGroupName: aws.String("cluster-group"), DBParameterGroupFamily: aws.String("aurora-postgresql15"), Description: aws.String("lab"),
	}))
	must(client.CreateDBCluster(ctx, &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String("moto-cluster"), Engine: aws.String("aurora-postgresql"), EngineVersion: aws.String("15.10"),
		MasterUsername: aws.String("lab"), MasterUserPassword: aws.String("lab-password"), DBClusterParameterGroupName: aws.String("cluster-group"),
	}))
}

func TestReaderAgainstMoto(t *testing.T) {
	t.Parallel()
	url, found := startMoto(t)
	if !found {
		return
	}
	furnishMoto(t, rds.NewFromConfig(labConfig(), func(o *rds.Options) { o.BaseEndpoint = aws.String(url) }))
	reader := newReader(url)

	t.Run("force_ssl of every instance", func(t *testing.T) {
		t.Parallel()
		inWaves(t, 5, 5, func(i int) error {
			setting, err := reader.ForceSSL(t.Context(), fmt.Sprintf("moto-%d", i))
			if err == nil && ((setting.Value == "1") != (i%2 == 0) || setting.Effect != rdsapi.EffectInForce) {
				return fmt.Errorf("setting %+v", setting)
			}
			return err
		})
	})
	t.Run("an instance and its tags", func(t *testing.T) {
		t.Parallel()
		instance, err := reader.DBInstance(t.Context(), "moto-3")
		if err != nil {
			t.Fatal(err)
		}
		if instance.Engine != "postgres" || instance.Tags["team"] != "shop" || instance.Region != "us-east-1" || instance.Endpoint == nil {
			t.Errorf("%+v", instance)
		}
	})
	t.Run("a cluster whose group does not show the parameter", func(t *testing.T) {
		t.Parallel()
		setting, err := reader.ClusterForceSSL(t.Context(), "moto-cluster")
		if err != nil {
			t.Fatal(err)
		}
		if setting.Present || setting.Engine != "aurora-postgresql" {
			t.Errorf("%+v", setting)
		}
	})
	t.Run("the fleet", func(t *testing.T) {
		t.Parallel()
		fleet, err := newReader(url).Fleet(t.Context(), rdsapi.FleetQuery{ForceSSL: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(fleet.Instances) != 5 || len(fleet.Gaps) > 0 {
			t.Errorf("%d instances, gaps %v", len(fleet.Instances), fleet.Gaps)
		}
	})
	t.Run("what is not there", func(t *testing.T) {
		t.Parallel()
		if _, err := reader.DBInstance(t.Context(), "nobody"); !errors.Is(err, rdsapi.ErrDBInstanceNotFound) {
			t.Errorf("instance: %v", err)
		}
		if _, err := reader.DBCluster(t.Context(), "nobody"); !errors.Is(err, rdsapi.ErrDBClusterNotFound) {
			t.Errorf("cluster: %v", err)
		}
	})
	t.Run("calls that it does not have are errors, not empty answers", func(t *testing.T) {
		t.Parallel()
		for name, err := range map[string]error{
			"certificates": second(reader.Certificates(t.Context())),
			"version":      second(reader.EngineVersion(t.Context(), "postgres", "15.10")),
			"maintenance":  second(reader.PendingMaintenance(t.Context(), "arn:aws:rds:us-east-1:123456789012:db:moto-1")),
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
