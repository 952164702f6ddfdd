import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Connects with vertx-pg-client, one JSON case a line. */
public class Runner {
  static final String QUERY = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
  static final Vertx VERTX = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2));

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Logger.getLogger("").setLevel(Level.OFF);
    Map<String, Object> first = new TreeMap<>();
    first.put("driver", "vertx-pg-client");
    first.put("version", System.getenv("JUDGE_VERSION"));
    first.put("runtime", "Java " + System.getProperty("java.version"));
    first.put("runtime_version", System.getProperty("java.version"));
    out.println(Json.write(first));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(judge(new Json(line).object()));
    }
    System.exit(0);
  }

  static String judge(Map<String, Object> test) {
    Map<String, Object> result = new TreeMap<>();
    result.put("id", test.get("id"));
    try {
      result.put("outcome", connect(test) ? "tls" : "plaintext");
      result.put("error", "");
    } catch (Throwable e) { // every failure of a client is an answer
      result.put("outcome", "fails");
      result.put("error", text(e));
    }
    return Json.write(result);
  }

  @SuppressWarnings("unchecked")
  static boolean connect(Map<String, Object> test) throws Exception {
    Map<String, Object> given = test.get("properties") == null ? Map.of() : (Map<String, Object>) test.get("properties");
    PgConnectOptions options = PgConnectOptions.fromUri((String) test.get("connection"));
    // The options of TLS are the client's own in Vert.x 4, and apart in 5.
    Object tls = options;
    for (var method : PgConnectOptions.class.getMethods()) {
      if (method.getName().equals("setSslOptions")) {
        tls = method.getParameterTypes()[0].getConstructor().newInstance();
        method.invoke(options, tls);
        break;
      }
    }
    for (Map.Entry<String, Object> option : given.entrySet()) {
      String value = (String) option.getValue();
      switch (option.getKey()) {
        case "sslMode" -> options.setSslMode(SslMode.of(value));
        case "trustAll" -> tls.getClass().getMethod("setTrustAll", boolean.class).invoke(tls, Boolean.valueOf(value));
        case "hostnameVerificationAlgorithm" -> tls.getClass().getMethod("setHostnameVerificationAlgorithm", String.class).invoke(tls, value);
        case "pemTrustOptions.certPath" ->
            tls.getClass().getMethod("setTrustOptions", TrustOptions.class).invoke(tls, new PemTrustOptions().addCertPath(value));
        default -> throw new IllegalArgumentException(option.getKey());
      }
    }
    PgConnection connection = PgConnection.connect(VERTX, options).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    try {
      return connection.query(QUERY).execute().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS).iterator().next().getBoolean(0);
    } finally {
      connection.close();
    }
  }

  static String text(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (int depth = 0; e != null && depth < 7; e = e.getCause(), depth++) {
      text.append(text.length() == 0 ? "" : "; ").append(e.getClass().getSimpleName()).append(": ").append(e.getMessage());
    }
    return text.substring(0, Math.min(500, text.length()));
  }
}
