package rdsserver

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// serverCertificateLife is how long a server certificate lasts where RDS can
// renew it without a restart.
const serverCertificateLife = 365 * 24 * time.Hour

// mutable returns a copy of the instance that a call wants to change.
func (s *Server) mutable(c call) (Instance, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	identifier := strings.ToLower(c.get("DBInstanceIdentifier"))
	record, exists := s.state.instances.get(identifier)
	if !exists || s.foreign(c) {
		return Instance{}, faultf(http.StatusNotFound, "DBInstanceNotFound", "DBInstance %s not found.", identifier)
	}
	if status := or(record.Status, "available"); status != "available" {
		return Instance{}, faultf(http.StatusBadRequest, "InvalidDBInstanceState", "Database instance is not in available state.")
	}
	return record.Instance, nil
}

// checkCA refuses a CA that the Region or the engine version does not offer.
func (s *Server) checkCA(instance Instance, ca string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, offered := s.state.certificates.get(ca); !offered {
		return faultf(http.StatusNotFound, "CertificateNotFound", "Certificate %s not found.", ca)
	}
	version, known := s.state.engineVersions.get(instance.Engine + " " + instance.EngineVersion)
	if known && !slices.Contains(version.SupportedCAs, ca) {
		return faultf(http.StatusBadRequest, "InvalidParameterCombination",
			"The CA certificate %s is not supported by %s %s.", ca, instance.Engine, instance.EngineVersion)
	}
	return nil
}

func (s *Server) modifyDBInstance(_ context.Context, c call, out *document) error {
	instance, err := s.mutable(c)
	if err != nil {
		return err
	}
	now := c.flag("ApplyImmediately")
	if ca := c.get("CACertificateIdentifier"); ca != "" {
		if err := s.checkCA(instance, ca); err != nil {
			return err
		}
		if err := s.changeCA(&instance, ca, now); err != nil {
			return err
		}
	}
	if group := c.get("DBParameterGroupName"); group != "" && group != instance.ParameterGroup {
		instance.ParameterGroup = group
		instance.ParameterApplyStatus = "pending-reboot"
	}
	if err := instance.apply(c, now); err != nil {
		return err
	}
	s.PutInstance(instance)
	out.raw(renderInstance(instance))
	return nil
}

// apply changes the settings that no database server has to know of.
func (i *Instance) apply(c call, now bool) error {
	i.Class = or(c.get("DBInstanceClass"), i.Class)
	i.MaintenanceWindow = or(c.get("PreferredMaintenanceWindow"), i.MaintenanceWindow)
	if now {
		i.EngineVersion = or(c.get("EngineVersion"), i.EngineVersion)
	}
	for name, setting := range map[string]*bool{
		"DeletionProtection": &i.DeletionProtection, "PubliclyAccessible": &i.PubliclyAccessible,
		"EnableIAMDatabaseAuthentication": &i.IAMAuthentication,
	} {
		if c.params.Has(name) {
			*setting = c.flag(name)
		}
	}
	storage, err := c.number("AllocatedStorage", i.AllocatedStorage)
	i.AllocatedStorage = storage
	return err
}

// changeCA switches at once, behind the API too, or leaves the CA pending.
func (s *Server) changeCA(instance *Instance, ca string, now bool) error {
	switch {
	case ca == instance.CAIdentifier:
		instance.PendingCA = ""
	case !now:
		instance.PendingCA = ca
	default:
		if hook := s.currentHooks().OnCASwitch; hook != nil {
			if err := hook(instance.Identifier, ca); err != nil {
				return faultf(http.StatusInternalServerError, "InternalFailure", "The server certificate could not be installed.")
			}
		}
		instance.CAIdentifier, instance.PendingCA = ca, ""
		instance.ServerCertificateValidTill = s.now().Add(serverCertificateLife)
	}
	return nil
}

// ApplyPending does what the maintenance window would: it switches a DB
// instance to the CA that waits. It reports whether anything waited.
func (s *Server) ApplyPending(identifier string) (applied bool, err error) {
	instance, exists := s.Instance(identifier)
	if !exists || instance.PendingCA == "" {
		return false, nil
	}
	if err := s.changeCA(&instance, instance.PendingCA, true); err != nil {
		return false, err
	}
	s.PutInstance(instance)
	return true, nil
}

func (s *Server) currentHooks() Hooks {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.hooks
}

func (s *Server) modifyDBCluster(_ context.Context, c call, out *document) error {
	identifier := c.get("DBClusterIdentifier")
	cluster, exists := s.Cluster(identifier)
	if !exists || s.foreign(c) {
		return faultf(http.StatusNotFound, "DBClusterNotFoundFault", "DBCluster %s not found.", identifier)
	}
	if ca := c.get("CACertificateIdentifier"); ca != "" {
		if cluster.CAIdentifier == "" {
			return faultf(http.StatusBadRequest, "InvalidParameterCombination", "The CA certificate of an Aurora cluster is set on its DB instances.")
		}
		cluster.PendingCA = ca
		if c.flag("ApplyImmediately") {
			cluster.CAIdentifier, cluster.PendingCA = ca, ""
			cluster.ServerCertificateValidTill = s.now().Add(serverCertificateLife)
		}
	}
	if group := c.get("DBClusterParameterGroupName"); group != "" && group != cluster.ParameterGroup {
		cluster.ParameterGroup = group
		cluster.Members = slices.Clone(cluster.Members)
		for i := range cluster.Members {
			cluster.Members[i].ParameterGroupStatus = "pending-reboot"
		}
	}
	s.PutCluster(cluster)
	renderCluster(&out.fragment, cluster)
	return nil
}

func (s *Server) rebootDBInstance(_ context.Context, c call, out *document) error {
	instance, err := s.mutable(c)
	if err != nil {
		return err
	}
	instance.ParameterApplyStatus = ""
	s.PutInstance(instance)
	if err := s.enforce(instance); err != nil {
		return err
	}
	out.raw(renderInstance(instance))
	return nil
}

// enforce makes rds.force_ssl take effect behind the instance, as its
// parameter group has it.
func (s *Server) enforce(instance Instance) error {
	hook := s.currentHooks().OnForceSSL
	if hook == nil {
		return nil
	}
	s.mu.RLock()
	group, exists := s.state.parameterGroups.get(groupKey(false, instance.ParameterGroup))
	enforced := false
	if exists {
		if at := group.find(forceSSLParameter); at >= 0 {
			enforced = group.all[at].Value == "1"
		}
	}
	s.mu.RUnlock()
	if !exists {
		return nil
	}
	if err := hook(instance.Identifier, enforced); err != nil {
		return faultf(http.StatusInternalServerError, "InternalFailure", "The parameter could not be applied.")
	}
	return nil
}

func (s *Server) modifyCertificates(_ context.Context, c call, out *document) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	identifier := c.get("CertificateIdentifier")
	if c.flag("RemoveCustomerOverride") {
		identifier = "rds-ca-rsa2048-g1"
	}
	if _, offered := s.state.certificates.get(identifier); !offered || s.foreign(c) {
		return faultf(http.StatusNotFound, "CertificateNotFound", "Certificate %s not found.", identifier)
	}
	for key, certificate := range s.state.certificates.records {
		certificate.CustomerOverride = key == identifier && !c.flag("RemoveCustomerOverride")
		certificate.CustomerOverrideValidTill = time.Time{}
		if certificate.CustomerOverride {
			certificate.CustomerOverrideValidTill = certificate.ValidTill
		}
		s.state.certificates.put(key, certificate)
	}
	s.state.defaultCertificate = identifier
	renderCertificate(&out.fragment, s.state.certificates.records[identifier], s.region)
	return nil
}
