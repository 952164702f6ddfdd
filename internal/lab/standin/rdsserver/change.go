package rdsserver

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// serverCertificateLife is how long a server certificate lasts where RDS can
// renew it without a restart.
const serverCertificateLife = 365 * 24 * time.Hour

var identifierForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func (s *Server) createDBInstance(c call, out *document) error {
	instance, err := s.readInstance(c)
	if err != nil {
		return err
	}
	if err := s.checkCA(instance, instance.CAIdentifier); err != nil {
		return err
	}
	if s.hooks.OnCreate != nil {
		err := s.unlocked(func() (err error) {
			instance.Host, instance.Port, err = s.hooks.OnCreate(instance)
			return err
		})
		if err != nil {
			return faultf(http.StatusInternalServerError, "InternalFailure", "The database server could not be started.")
		}
	}
	out.raw(s.putInstance(instance).rendered)
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
	if _, exists := s.state.instances.get(identifier); exists {
		return Instance{}, faultf(http.StatusBadRequest, "DBInstanceAlreadyExists", "DB instance already exists")
	}
	storage, err := c.number("AllocatedStorage", 20)
	if err != nil {
		return Instance{}, err
	}
	version := cmp.Or(c.get("EngineVersion"), "15.18")
	major, _, _ := strings.Cut(version, ".")
	return Instance{
		Identifier:                 identifier,
		Class:                      c.get("DBInstanceClass"),
		Engine:                     c.get("Engine"),
		EngineVersion:              version,
		Host:                       s.host(identifier),
		Port:                       5432,
		AllocatedStorage:           storage,
		ParameterGroup:             cmp.Or(c.get("DBParameterGroupName"), "default."+c.get("Engine")+major),
		CAIdentifier:               cmp.Or(c.get("CACertificateIdentifier"), s.state.defaultCertificate),
		ServerCertificateValidTill: s.now().Add(serverCertificateLife),
		Tags:                       c.pairs("Tags", "Tag"),
	}, nil
}

// host is the endpoint of an instance or cluster.
func (s *Server) host(name string) string {
	return name + ".c0example." + s.region + ".rds.amazonaws.com"
}

// mutable returns a copy of the instance that a call wants to change.
func (s *Server) mutable(c call, identifier string) (Instance, error) {
	record, exists := s.state.instances.get(strings.ToLower(identifier))
	if !exists || s.foreign(c) {
		return Instance{}, noInstance(identifier)
	}
	return record.Instance, nil
}

// checkCA refuses a CA that the Region or the engine version does not offer.
func (s *Server) checkCA(instance Instance, ca string) error {
	if _, offered := s.state.certificates.get(ca); !offered {
		return noCertificate(ca)
	}
	version, known := s.state.engineVersions.get(instance.Engine + " " + instance.EngineVersion)
	if known && !slices.Contains(version.SupportedCAs, ca) {
		return faultf(http.StatusBadRequest, "InvalidParameterCombination",
			"The CA certificate %s is not supported by %s %s.", ca, instance.Engine, instance.EngineVersion)
	}
	return nil
}

func (s *Server) modifyDBInstance(c call, out *document) error {
	instance, err := s.mutable(c, c.get("DBInstanceIdentifier"))
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
	instance.Class = cmp.Or(c.get("DBInstanceClass"), instance.Class)
	if now {
		instance.EngineVersion = cmp.Or(c.get("EngineVersion"), instance.EngineVersion)
	}
	if instance.AllocatedStorage, err = c.number("AllocatedStorage", instance.AllocatedStorage); err != nil {
		return err
	}
	out.raw(s.putInstance(instance).rendered)
	return nil
}

// changeCA switches at once, behind the API too, or leaves the CA pending.
func (s *Server) changeCA(instance *Instance, ca string, now bool) error {
	switch {
	case ca == instance.CAIdentifier:
		instance.PendingCA = ""
	case !now:
		instance.PendingCA = ca
	default:
		if s.hooks.OnCASwitch != nil {
			if err := s.unlocked(func() error { return s.hooks.OnCASwitch(instance.Identifier, ca) }); err != nil {
				return faultf(http.StatusInternalServerError, "InternalFailure", "The server certificate could not be installed.")
			}
		}
		instance.CAIdentifier, instance.PendingCA = ca, ""
		instance.ServerCertificateValidTill = s.now().Add(serverCertificateLife)
	}
	return nil
}

func (s *Server) deleteDBInstance(c call, out *document) error {
	instance, err := s.mutable(c, c.get("DBInstanceIdentifier"))
	if err != nil {
		return err
	}
	if !c.flag("SkipFinalSnapshot") && c.get("FinalDBSnapshotIdentifier") == "" {
		return faultf(http.StatusBadRequest, "InvalidParameterCombination", "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
	}
	if s.hooks.OnDelete != nil {
		if err := s.unlocked(func() error { return s.hooks.OnDelete(instance.Identifier) }); err != nil {
			return faultf(http.StatusInternalServerError, "InternalFailure", "The database server could not be stopped.")
		}
	}
	s.state.instances.remove(instance.Identifier)
	out.raw(renderInstance(instance))
	return nil
}

func (s *Server) listTagsForResource(c call, out *document) error {
	instance, err := s.mutable(c, lastPart(c.get("ResourceName")))
	if err != nil {
		return err
	}
	renderTags(&out.fragment, instance.Tags)
	return nil
}

func (s *Server) addTagsToResource(c call, _ *document) error {
	return s.retag(c, func(tags map[string]string) { maps.Copy(tags, c.pairs("Tags", "Tag")) })
}

func (s *Server) removeTagsFromResource(c call, _ *document) error {
	gone := c.list("TagKeys.member.%d")
	return s.retag(c, func(tags map[string]string) {
		maps.DeleteFunc(tags, func(key, _ string) bool { return slices.Contains(gone, key) })
	})
}

// retag changes the tags of a DB instance.
func (s *Server) retag(c call, change func(map[string]string)) error {
	instance, err := s.mutable(c, lastPart(c.get("ResourceName")))
	if err != nil {
		return err
	}
	tags := map[string]string{}
	maps.Copy(tags, instance.Tags)
	change(tags)
	instance.Tags = tags
	s.putInstance(instance)
	return nil
}
