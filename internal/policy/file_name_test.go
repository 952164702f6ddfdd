package policy_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// TestNamesFile: what drivers open as it stands, and what only a shell, a
// framework or a program makes a name of.
func TestNamesFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"/etc/ssl/rds.pem", "/etc/my certs/rds (1).pem", "rds.pem", "../certs/rds.pem", "./rds.pem", `C:\certs\rds.pem`, "C:/certs/rds.pem", "cacerts", "/home/o'brien/rds.pem", "/a:b/rds.pem", "/system"} {
		if !policy.NamesFile(name) {
			t.Errorf("%q is no file", name)
		}
	}
	for _, text := range []string{
		"", "~/rds.pem", "$HOME/rds.pem", "/home/$USER/rds.pem", "$(CA_FILE)", "${CA_FILE}", "%CA_FILE%", "%env(CA)%", "{{ .Values.ca }}", "<path>/rds.pem", "__CA__", "@/etc/rds.pem",
		"file:///rds.pem", "https://h/rds.pem", "classpath:rds.pem", "arn:aws:s3:::b/rds.pem", "s3://b/k", "base64:AAAA", "-----BEGIN CERTIFICATE-----", "MIIEBjCCAu6gAwIBAgIJAMc0Zza",
		`"/etc/rds.pem"`, "'/etc/rds.pem'", "`/etc/rds.pem`", " /etc/rds.pem", "/etc/rds.pem ", "/etc/rds.pem\r", "C:certsrds.pem", "/a.pem:/b.pem", "/a.pem, /b.pem", "/etc/*.pem",
		"os.path.join(BASE_DIR, 'rds.pem')", "Rails.root.join('rds.pem')", "process.env.CA", "os.environ['CA']", "system", "SYSTEM", "true", "none", "RDS_CA", "/dev/null",
	} {
		if policy.NamesFile(text) {
			t.Errorf("%q is a file", text)
		}
	}
}
