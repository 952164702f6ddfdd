package rdsserver

import (
	"cmp"
	"net/http"
	"strings"
	"time"
)

// Session credentials that AssumeRole hands out. They open nothing but the lab.
const (
	// SessionAccessKey is the access key of every assumed role.
	SessionAccessKey = "ASIALABSESSION000001"
	sessionSecret    = "lab-session-secret" //nolint:gosec // opens nothing
	sessionToken     = "lab-session-token"
)

func (s *Server) getCallerIdentity(c call, out *document) error {
	arn, user := "arn:aws:iam::"+s.accountID+":user/lab", "AIDALABUSER0000000001"
	if c.accessKey == SessionAccessKey {
		arn, user = "arn:aws:sts::"+s.accountID+":assumed-role/lab/session", "AROALABROLE0000000001:session"
	}
	out.fields("Arn", arn, "UserId", user, "Account", s.accountID)
	return nil
}

func (s *Server) assumeRole(c call, out *document) error {
	role := c.get("RoleArn")
	if !strings.HasPrefix(role, "arn:aws:iam::") || !strings.Contains(role, ":role/") {
		return faultf(http.StatusBadRequest, "ValidationError", "The role ARN is invalid.")
	}
	if c.action == "AssumeRoleWithWebIdentity" && c.get("WebIdentityToken") == "" {
		return faultf(http.StatusBadRequest, "InvalidIdentityToken", "No token was given.")
	}
	s.state.sessionKeys[SessionAccessKey] = true
	name := cmp.Or(c.get("RoleSessionName"), "session")
	out.element("Credentials", "AccessKeyId", SessionAccessKey, "SecretAccessKey", sessionSecret, "SessionToken", sessionToken,
		"Expiration", s.now().Add(time.Hour).UTC().Format(time.RFC3339))
	out.element("AssumedRoleUser", "AssumedRoleId", "AROALABROLE0000000001:"+name, "Arn", strings.Replace(role, ":role/", ":assumed-role/", 1)+"/"+name)
	return nil
}
