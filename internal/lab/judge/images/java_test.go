package images_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const javaMain = `import java.sql.*;
public class Main { public static void main(String[] a) throws Exception {
  try (Connection c = DriverManager.getConnection(a[0]); ResultSet r = c.createStatement().executeQuery("select ssl from pg_stat_ssl where pid = pg_backend_pid()")) {
    r.next(); System.out.println(r.getBoolean(1) ? "tls" : "plaintext");
  } catch (SQLException e) { System.out.println(e); System.exit(1); } } }`

// java is a runtime that jlink made of this machine's, with pgjdbc.
func (c *city) java(t *testing.T) map[string]deployed {
	t.Helper()
	jar := pgjdbc(t)
	made, classes := filepath.Join(t.TempDir(), "jre"), t.TempDir()
	must(t, os.WriteFile(filepath.Join(classes, "Main.java"), []byte(javaMain), 0o600))
	for _, command := range [][]string{
		{"jlink", "--add-modules", "java.base,java.sql,java.naming,java.management,java.security.jgss,jdk.crypto.ec", "--strip-debug", "--no-man-pages", "--output", made},
		{"javac", "-nowarn", "-d", classes, filepath.Join(classes, "Main.java")},
	} {
		if out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err != nil {
			judge.Missing(t, "jlink and javac", "no client was run from an image with a JVM: "+string(out))
			t.SkipNow()
		}
	}
	programsOfJava, err := filepath.Glob(made + "/lib/*.so")
	must(t, err)
	var libraries []registry.Entry
	for _, e := range programs(t, append(programsOfJava, made+"/bin/java", made+"/lib/server/libjvm.so")...) {
		if !strings.HasPrefix("/"+e.Name, made) {
			libraries = append(libraries, e)
		}
	}
	driver, err := os.ReadFile(jar)
	must(t, err)
	program, err := os.ReadFile(filepath.Join(classes, "Main.class"))
	must(t, err)
	password := "changeit"
	store := func(of *pki.Chain) string {
		content, err := truststore.EncodeJKS(of.Presented()[2:], &password)
		must(t, err)
		return string(content)
	}
	right := store(c.chain)
	base := [][]byte{common, registry.Tar(libraries...), packed(t, made, "opt/java"), registry.Tar(at("app/lib/postgresql-42.7.14.jar", string(driver)), at("app/Main.class", string(program)), at("app/t.jks", right), at("work/rds.pem", c.right))}
	laid := func(query string, env, flags []string, layers ...[]byte) deployed {
		url := "jdbc:postgresql://localhost:" + c.port() + "/postgres?user=app&sslmode=verify-full" + query
		return deployed{
			layers: slices.Concat(base, layers), config: v1.Config{User: "app", WorkingDir: "/work", Env: append([]string{"LD_LIBRARY_PATH=/opt/java/lib:/opt/java/lib/server"}, env...), Entrypoint: append(append([]string{"/opt/java/bin/java"}, flags...), "-cp", "/app/lib/postgresql-42.7.14.jar:/app", "Main")},
			declared: policy.Settings{Driver: "pgjdbc", Connection: url}, command: []string{url},
		}
	}
	const factory = "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
	return map[string]deployed{
		"the JVM's own store, without the root":  laid(factory, nil, nil),
		"the JVM's own store, with the root":     laid(factory, nil, nil, registry.Tar(at("opt/java/lib/security/cacerts", right))),
		"jssecacerts comes first":                laid(factory, nil, nil, registry.Tar(at("opt/java/lib/security/jssecacerts", right))),
		"an option on the command line":          laid(factory, nil, []string{"-Djavax.net.ssl.trustStore=/app/t.jks"}),
		"JAVA_TOOL_OPTIONS":                      laid(factory, []string{"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/app/t.jks"}, nil),
		"an option behind a class path":          laid(factory, nil, []string{"-cp", "/absent", "-Djavax.net.ssl.trustStore=/app/t.jks"}),
		"a store that is not there, and cacerts": laid(factory, []string{"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/absent"}, nil, registry.Tar(at("opt/java/lib/security/cacerts", right))),
		"the command line comes last":            laid(factory, []string{"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/app/t.jks"}, []string{"-Djavax.net.ssl.trustStore=/absent"}),
		"the default root file":                  laid("", nil, nil, registry.Tar(at("home/app/.postgresql/root.crt", c.right))),
		"a root file that is named":              laid("&sslrootcert=rds.pem", nil, nil),
		"no root file":                           laid("", nil, nil),
	}
}
