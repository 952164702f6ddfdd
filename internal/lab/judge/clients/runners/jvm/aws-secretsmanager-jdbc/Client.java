import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * AWS's Secrets Manager JDBC driver over pgjdbc. A stand-in for Secrets Manager knows every secret: its
 * name, written user@host:port, is what it holds.
 */
final class Client {
  static final String NOWHERE = "jdbc-secretsmanager:postgresql://127.0.0.1:1/?sslmode=require";

  static {
    try {
      HttpServer secrets = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      secrets.createContext("/", exchange -> {
        byte[] answer = answer(new Json(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)).object());
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
      });
      secrets.start();
      System.setProperty("drivers.vpcEndpointUrl", "http://127.0.0.1:" + secrets.getAddress().getPort());
      System.setProperty("drivers.vpcEndpointRegion", "us-east-1");
      System.setProperty("aws.accessKeyId", "none");
      System.setProperty("aws.secretAccessKey", "none");
      Class.forName("com.amazonaws.secretsmanager.sql.AWSSecretsManagerPostgreSQLDriver");
    } catch (IOException | ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Client() {}

  /** What GetSecretValue and DescribeSecret answer, in one. */
  private static byte[] answer(Map<String, Object> question) {
    String name = (String) question.get("SecretId");
    String[] parts = (name + "@").split("[@:]", -1);
    Map<String, Object> secret = new TreeMap<>(Map.of("username", parts[0], "password", "none"));
    if (parts.length > 3) {
      secret.putAll(Map.of("host", parts[1], "port", parts[2], "dbname", "postgres"));
    }
    String known = Json.write(Map.of("Name", name, "ARN", name, "VersionId", "1", "SecretString", Json.write(secret)));
    return known.replaceFirst("}$", ",\"VersionIdsToStages\":{\"1\":[\"AWSCURRENT\"]}}").getBytes(StandardCharsets.UTF_8);
  }

  static Map<String, Object> identity() throws ReflectiveOperationException {
    String jar = com.amazonaws.secretsmanager.sql.AWSSecretsManagerPostgreSQLDriver.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return Map.of("driver", "aws-secretsmanager-jdbc", "version", Jdbc.release(),
        "runtime", "AWS Secrets Manager SQL Connection Library " + jar.replaceAll(".*-([0-9.]+)\\.jar", "$1"));
  }

  static boolean connect(Map<String, Object> test) throws Exception {
    return Jdbc.connect(test);
  }
}
