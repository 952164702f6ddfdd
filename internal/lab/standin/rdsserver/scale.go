package rdsserver

import (
	"fmt"
	"time"
)

// Scale says how large a lab is to be.
type Scale struct {
	// Instances, ParameterGroups and EngineVersions are counts. Zero groups or
	// versions mean one.
	Instances, ParameterGroups, EngineVersions int
	// Pending is the number of instances with a CA rotation waiting.
	Pending int
	// Clusters is the number of Aurora clusters, each of three instances that
	// come on top of Instances.
	Clusters int
}

// Populate fills the server with DB instances db-00000, db-00001, …, spread
// evenly over parameter groups pg-00, pg-01, … and PostgreSQL versions, half
// of them on rds-ca-rsa2048-g1 and half on rds-ca-rsa4096-g1. Every third
// group has rds.force_ssl = 1 by the user, every third 0, the rest RDS's own.
// Clusters are cluster-000, … with members cluster-000-1 to cluster-000-3.
func (s *Server) Populate(scale Scale) {
	groups, versions := max(1, scale.ParameterGroups), max(1, scale.EngineVersions)
	for g := range groups {
		group := ParameterGroup{Name: fmt.Sprintf("pg-%02d", g), Family: "postgres15"}
		switch g % 3 {
		case 0:
			group.Parameters = []Parameter{{Name: forceSSLParameter, Value: "1", Source: "user"}}
		case 1:
			group.Parameters = []Parameter{{Name: forceSSLParameter, Value: "0", Source: "user"}}
		}
		s.PutParameterGroup(group)
	}
	for v := range versions {
		s.PutEngineVersion(EngineVersion{Engine: "postgres", Version: scaleVersion(v), SupportedCAs: currentCAs(), RotationWithoutRestart: v%4 != 0})
	}
	created := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	for i := range scale.Instances {
		id := fmt.Sprintf("db-%05d", i)
		s.PutInstance(Instance{
			Identifier: id, Class: "db.m7g.large", Engine: "postgres", EngineVersion: scaleVersion(i % versions),
			Host: s.host(id), Port: 5432, MasterUsername: "postgres",
			ParameterGroup: fmt.Sprintf("pg-%02d", i%groups), CAIdentifier: currentCAs()[i%2],
			ServerCertificateValidTill: created.AddDate(3, 0, i%300),
			Tags:                       map[string]string{"team": fmt.Sprintf("team-%02d", i%25), "stage": []string{"prod", "test"}[i%2]},
		})
		if i < scale.Pending {
			s.PutMaintenanceAction(MaintenanceAction{ResourceARN: s.arn("db", id), Action: "ca-certificate-rotation", AutoAppliedAfter: created.AddDate(2, 0, 0)})
		}
	}
	s.populateClusters(scale.Clusters, created)
}

func (s *Server) populateClusters(count int, created time.Time) {
	if count == 0 {
		return
	}
	s.PutParameterGroup(ParameterGroup{Name: "aurora", Family: "aurora-postgresql16", Cluster: true})
	s.PutEngineVersion(EngineVersion{Engine: "aurora-postgresql", Version: "16.8", SupportedCAs: currentCAs(), RotationWithoutRestart: true})
	for n := range count {
		name := fmt.Sprintf("cluster-%03d", n)
		cluster := Cluster{
			Identifier: name, Engine: "aurora-postgresql", EngineVersion: "16.8", ParameterGroup: "aurora",
			Endpoint: s.host(name + ".cluster"), ReaderEndpoint: s.host(name + ".cluster-ro"), Port: 5432, MultiAZ: true,
		}
		for m := 1; m <= 3; m++ {
			id := fmt.Sprintf("%s-%d", name, m)
			cluster.Members = append(cluster.Members, Member{Identifier: id, Writer: m == 1})
			s.PutInstance(Instance{
				Identifier: id, Class: "db.r7g.large", Engine: "aurora-postgresql", EngineVersion: "16.8",
				Host: s.host(id), Port: 5432, ClusterIdentifier: name,
				ParameterGroup: "default.aurora-postgresql16", CAIdentifier: currentCAs()[m%2],
				ServerCertificateValidTill: created.AddDate(3, 0, 0),
			})
		}
		s.PutCluster(cluster)
	}
}

func scaleVersion(n int) string { return fmt.Sprintf("%d.%d", 13+n%5, 4+n/5) }

func currentCAs() []string {
	return []string{"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"}
}

// defaultCertificates have the shape of RDS's, with thumbprints of nothing.
func defaultCertificates() []Certificate {
	from := time.Date(2021, 5, 24, 22, 0, 0, 0, time.UTC)
	return []Certificate{
		{Identifier: "rds-ca-rsa2048-g1", Thumbprint: "1111111111111111111111111111111111111111", ValidFrom: from, ValidTill: from.AddDate(40, 0, 0)},
		{Identifier: "rds-ca-rsa4096-g1", Thumbprint: "2222222222222222222222222222222222222222", ValidFrom: from, ValidTill: from.AddDate(100, 0, 0)},
		{Identifier: "rds-ca-ecc384-g1", Thumbprint: "3333333333333333333333333333333333333333", ValidFrom: from, ValidTill: from.AddDate(100, 0, 0)},
	}
}
