package provider_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// fleetRegion is a Region of AWS: its roots are in the fact table.
const fleetRegion = "us-east-1"

// fleetLab is an RDS API in a Region of AWS, with the CAs that it has, and no
// database servers.
type fleetLab struct {
	api *rdsserver.Server
	url string
}

// newFleetLab has an instance "single" and its replica, an Aurora cluster
// "aurora" whose members have mixed CAs, one whose server has to be restarted,
// and a Multi-AZ DB cluster "maz".
func newFleetLab(t testing.TB) *fleetLab {
	t.Helper()
	api := rdsserver.New(rdsserver.Options{Region: fleetRegion, Now: always(judgedAt)})
	for _, id := range pki.CAIdentifiers() {
		root, known := rdsca.Root(fleetRegion, id)
		if !known {
			t.Fatalf("no root of %s", id)
		}
		api.PutCertificate(rdsserver.Certificate{Identifier: id, Thumbprint: root.SHA1, ValidFrom: root.NotBefore, ValidTill: root.NotAfter})
	}
	l := &fleetLab{api: api}
	l.putSingles()
	l.putClusters()
	url, stop, err := api.Start(t.Context())
	must(t, err)
	t.Cleanup(stop)
	l.url = url
	return l
}

func (l *fleetLab) putSingles() {
	l.api.PutParameterGroup(forceSSLGroup("on", "1"))
	l.api.PutParameterGroup(forceSSLGroup("off", "0"))
	l.api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "16.8", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	l.api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "13.4", SupportedCAs: []string{presentCA}})
	l.api.PutInstance(l.instance("single", "16.8", presentCA, func(i *rdsserver.Instance) { i.Tags = map[string]string{"stage": "prod"} }))
	l.api.PutInstance(l.instance("single-replica", "16.8", targetCA, func(i *rdsserver.Instance) { i.ReplicaSource, i.ParameterGroup = "single", "off" }))
	l.api.PutInstance(l.instance("restarting", "13.4", presentCA, func(i *rdsserver.Instance) {
		i.PendingCA, i.ParameterApplyStatus, i.Tags = targetCA, "pending-reboot", map[string]string{"stage": "test"}
	}))
	l.api.PutMaintenanceAction(rdsserver.MaintenanceAction{
		ResourceARN: "arn:aws:rds:us-east-1:123456789012:db:single", Action: "server-certificate-rotation", AutoAppliedAfter: judgedAt.AddDate(0, 1, 0),
	})
}

func (l *fleetLab) instance(id, version, ca string, change func(*rdsserver.Instance)) rdsserver.Instance {
	i := rdsserver.Instance{
		Identifier: id, Engine: "postgres", EngineVersion: version, Host: id + ".c0example.us-east-1.rds.amazonaws.com", Port: 5432, ParameterGroup: "on",
		CAIdentifier: ca, ServerCertificateValidTill: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), MaintenanceWindow: "sun:05:00-sun:05:30",
	}
	change(&i)
	return i
}

func (l *fleetLab) putClusters() {
	for _, name := range []string{"aurora", "maz"} {
		l.api.PutParameterGroup(rdsserver.ParameterGroup{Name: name, Family: name, Cluster: true})
	}
	l.api.PutEngineVersion(rdsserver.EngineVersion{
		Engine: "aurora-postgresql", Version: "16.8", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true, Babelfish: true,
	})
	aurora := rdsserver.Cluster{
		Identifier: "aurora", Engine: "aurora-postgresql", EngineVersion: "16.8", ParameterGroup: "aurora", Port: 5432,
		Endpoint: "aurora.cluster-c0example.us-east-1.rds.amazonaws.com", ReaderEndpoint: "aurora.cluster-ro-c0example.us-east-1.rds.amazonaws.com",
	}
	maz := rdsserver.Cluster{
		Identifier: "maz", Engine: "postgres", EngineVersion: "16.8", ParameterGroup: "maz", Port: 5432, CAIdentifier: presentCA, PendingCA: targetCA,
		ServerCertificateValidTill: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), MultiAZ: true, MaintenanceWindow: "sat:04:09-sat:04:39",
	}
	for n := 1; n <= 3; n++ {
		id := fmt.Sprintf("aurora-%d", n)
		aurora.Members = append(aurora.Members, rdsserver.Member{Identifier: id, Writer: n == 1})
		l.api.PutInstance(l.instance(id, "16.8", []string{presentCA, targetCA, presentCA}[n-1], func(i *rdsserver.Instance) {
			i.Engine, i.ClusterIdentifier, i.ParameterGroup = "aurora-postgresql", "aurora", "default.aurora-postgresql16"
		}))
		id = fmt.Sprintf("maz-%d", n)
		maz.Members = append(maz.Members, rdsserver.Member{Identifier: id, Writer: n == 2})
		l.api.PutInstance(l.instance(id, "16.8", "", func(i *rdsserver.Instance) { i.ClusterIdentifier = "maz" }))
	}
	l.api.PutCluster(aurora)
	l.api.PutCluster(maz)
}

// provider is the provider's block for this lab.
func (l *fleetLab) provider() string {
	return fmt.Sprintf(`
provider "sslready" {
  region      = %q
  access_key  = "lab"
  secret_key  = "lab"
  max_retries = 2
  endpoints   = { rds = %[2]q, sts = %[2]q }
}
`, fleetRegion, l.url)
}

// protocol is a provider for this lab, at the fixed time.
func (l *fleetLab) protocol(t testing.TB) *protocol {
	t.Helper()
	return newProtocol(t, always(judgedAt), values{
		"region": fleetRegion, "access_key": "lab", "secret_key": "lab", "max_retries": 2, "endpoints": values{"rds": l.url, "sts": l.url},
	})
}

// deny refuses these actions.
func (l *fleetLab) deny(actions ...string) { l.api.SetFaults(rdsserver.Faults{Denied: actions}) }
