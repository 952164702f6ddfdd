package rdsserver

import (
	"context"
	"net/http"
	"strings"
)

func (s *Server) describeCertificates(_ context.Context, c call, out *document) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	identifier := c.get("CertificateIdentifier")
	certificates, err := selectRecords(s, c, s.state.certificates, identifier,
		faultf(http.StatusNotFound, "CertificateNotFound", "Certificate %s not found.", identifier),
		func(Certificate, string) ([]string, bool) { return nil, false })
	if err != nil {
		return err
	}
	out.text("DefaultCertificateForNewLaunches", s.state.defaultCertificate)
	return list(out, c, "Certificates", certificates, func(out *fragment, certificate Certificate) {
		renderCertificate(out, certificate, s.region)
	})
}

func (s *Server) describeDBEngineVersions(_ context.Context, c call, out *document) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var versions []EngineVersion
	for _, key := range s.state.engineVersions.keys() {
		version := s.state.engineVersions.records[key]
		wanted, err := c.accepts(version.names)
		if err != nil {
			return err
		}
		engine, number := c.get("Engine"), c.get("EngineVersion")
		if !wanted || (engine != "" && engine != version.Engine) || (number != "" && !version.named(number)) {
			continue
		}
		if or(version.Status, "available") != "available" && !c.flag("IncludeAll") {
			continue
		}
		versions = append(versions, version)
	}
	return list(out, c, "DBEngineVersions", versions, renderEngineVersion)
}

// named reports whether a version number names the version or its major.
func (v EngineVersion) named(number string) bool {
	return v.Version == number || strings.HasPrefix(v.Version, number+".")
}

func (v EngineVersion) family() string {
	major, _, _ := strings.Cut(v.Version, ".")
	return or(v.Family, v.Engine+major)
}

func renderEngineVersion(out *fragment, v EngineVersion) {
	out.open("DBEngineVersion")
	out.text("Engine", v.Engine)
	out.text("EngineVersion", v.Version)
	out.text("DBParameterGroupFamily", v.family())
	out.text("DBEngineDescription", "PostgreSQL")
	out.text("Status", or(v.Status, "available"))
	out.texts("SupportedCACertificateIdentifiers", "member", v.SupportedCAs)
	out.flag("SupportsCertificateRotationWithoutRestart", v.RotationWithoutRestart)
	out.flag("SupportsBabelfish", v.Babelfish)
	out.close("DBEngineVersion")
}

// names gives the names of an engine version for the filters of the API.
func (v EngineVersion) names(filter string) ([]string, bool) {
	switch filter {
	case "engine":
		return []string{v.Engine}, true
	case "engine-version":
		return []string{v.Version}, true
	case "status":
		return []string{or(v.Status, "available")}, true
	case "db-parameter-group-family":
		return []string{v.family()}, true
	case "engine-mode":
		return []string{"provisioned"}, true
	default:
		return nil, false
	}
}
