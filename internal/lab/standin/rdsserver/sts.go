package rdsserver

import (
	"context"
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

func (s *Server) getCallerIdentity(_ context.Context, c call, out *document) error {
	arn, user := "arn:aws:iam::"+s.accountID+":user/lab", "AIDALABUSER0000000001"
	if c.accessKey == SessionAccessKey {
		arn, user = "arn:aws:sts::"+s.accountID+":assumed-role/lab/session", "AROALABROLE0000000001:session"
	}
	out.text("Arn", arn)
	out.text("UserId", user)
	out.text("Account", s.accountID)
	return nil
}

func (s *Server) assumeRole(_ context.Context, c call, out *document) error {
	role := c.get("RoleArn")
	if !strings.HasPrefix(role, "arn:aws:iam::") || !strings.Contains(role, ":role/") {
		return faultf(http.StatusBadRequest, "ValidationError", "The role ARN is invalid.")
	}
	if c.action == "AssumeRoleWithWebIdentity" && c.get("WebIdentityToken") == "" {
		return faultf(http.StatusBadRequest, "InvalidIdentityToken", "No token was given.")
	}
	s.mu.Lock()
	s.state.sessionKeys[SessionAccessKey] = true
	s.mu.Unlock()
	name := or(c.get("RoleSessionName"), "session")
	out.open("Credentials")
	out.text("AccessKeyId", SessionAccessKey)
	out.text("SecretAccessKey", sessionSecret)
	out.text("SessionToken", sessionToken)
	out.text("Expiration", s.now().Add(time.Hour).UTC().Format(time.RFC3339))
	out.close("Credentials")
	out.open("AssumedRoleUser")
	out.text("AssumedRoleId", "AROALABROLE0000000001:"+name)
	out.text("Arn", strings.Replace(role, ":role/", ":assumed-role/", 1)+"/"+name)
	out.close("AssumedRoleUser")
	return nil
}
