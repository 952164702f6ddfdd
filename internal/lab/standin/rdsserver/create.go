package rdsserver

import (
	"context"
	"net/http"
	"regexp"
	"strings"
)

var identifierForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func (s *Server) createDBInstance(_ context.Context, c call, out *document) error {
	instance, err := s.readInstance(c)
	if err != nil {
		return err
	}
	if err := s.checkCA(instance, instance.CAIdentifier); err != nil {
		return err
	}
	if hook := s.currentHooks().OnCreate; hook != nil {
		instance.Host, instance.Port, err = hook(instance)
		if err != nil {
			return faultf(http.StatusInternalServerError, "InternalFailure", "The database server could not be started.")
		}
	}
	s.PutInstance(instance)
	instance.ARN = s.arn("db", instance.Identifier)
	out.raw(renderInstance(instance))
	return nil
}

// readInstance makes a new instance of the parameters of CreateDBInstance.
func (s *Server) readInstance(c call) (Instance, error) {
	identifier := strings.ToLower(c.get("DBInstanceIdentifier"))
	if !identifierForm.MatchString(identifier) {
		return Instance{}, faultf(http.StatusBadRequest, "InvalidParameterValue", "The parameter DBInstanceIdentifier is not a valid identifier.")
	}
	if c.get("Engine") == "" || c.get("DBInstanceClass") == "" {
		return Instance{}, faultf(http.StatusBadRequest, "MissingParameter", "The request must contain the parameters Engine and DBInstanceClass.")
	}
	if s.foreign(c) {
		return Instance{}, faultf(http.StatusForbidden, "AccessDenied", "The lab creates DB instances in %s only.", s.region)
	}
	if _, exists := s.Instance(identifier); exists {
		return Instance{}, faultf(http.StatusBadRequest, "DBInstanceAlreadyExists", "DB instance already exists")
	}
	storage, err := c.number("AllocatedStorage", 20)
	if err != nil {
		return Instance{}, err
	}
	port, err := c.number("Port", 5432)
	if err != nil {
		return Instance{}, err
	}
	s.mu.RLock()
	defaultCA := s.state.defaultCertificate
	s.mu.RUnlock()
	version := or(c.get("EngineVersion"), "15.18")
	major, _, _ := strings.Cut(version, ".")
	return Instance{
		Identifier:                 identifier,
		Class:                      c.get("DBInstanceClass"),
		Engine:                     c.get("Engine"),
		EngineVersion:              version,
		Host:                       identifier + ".c0example." + s.region + ".rds.amazonaws.com",
		Port:                       port,
		MasterUsername:             c.get("MasterUsername"),
		DBName:                     c.get("DBName"),
		AllocatedStorage:           storage,
		ParameterGroup:             or(c.get("DBParameterGroupName"), "default."+c.get("Engine")+major),
		CAIdentifier:               or(c.get("CACertificateIdentifier"), defaultCA),
		ServerCertificateValidTill: s.now().Add(serverCertificateLife),
		MultiAZ:                    c.flag("MultiAZ"),
		PubliclyAccessible:         c.flag("PubliclyAccessible"),
		DeletionProtection:         c.flag("DeletionProtection"),
		IAMAuthentication:          c.flag("EnableIAMDatabaseAuthentication"),
		Tags:                       c.pairs("Tags", "Tag"),
		Created:                    s.now(),
	}, nil
}

func (s *Server) deleteDBInstance(_ context.Context, c call, out *document) error {
	instance, err := s.mutable(c)
	if err != nil {
		return err
	}
	if instance.DeletionProtection {
		return faultf(http.StatusBadRequest, "InvalidParameterCombination", "Cannot delete protected DB Instance, please disable deletion protection and try again.")
	}
	if !c.flag("SkipFinalSnapshot") && c.get("FinalDBSnapshotIdentifier") == "" {
		return faultf(http.StatusBadRequest, "InvalidParameterCombination", "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
	}
	if hook := s.currentHooks().OnDelete; hook != nil {
		if err := hook(instance.Identifier); err != nil {
			return faultf(http.StatusInternalServerError, "InternalFailure", "The database server could not be stopped.")
		}
	}
	s.RemoveInstance(instance.Identifier)
	instance.Status = "deleting"
	out.raw(renderInstance(instance))
	return nil
}
