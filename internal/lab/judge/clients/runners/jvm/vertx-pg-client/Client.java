import io.vertx.core.Vertx;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** vertx-pg-client 4 and 5, whose TLS options stand in different places. */
final class Client {
  static final String NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere?sslmode=require";
  /** How long, in seconds, a JVM that has just started may need to load the client on a busy machine. */
  private static final int START = 12;
  private static final Vertx VERTX = Vertx.vertx();

  private Client() {}

  static Map<String, Object> identity() {
    String release = PgConnection.class.getProtectionDomain().getCodeSource().getLocation().getPath().replaceAll(".*-([0-9.]+)\\.jar", "$1");
    return Map.of("driver", "vertx-pg-client", "version", release);
  }

  static boolean connect(Map<String, Object> test) throws Exception {
    PgConnectOptions options = options((String) test.get("connection"), Runner.driverProperties(test));
    try {
      return PgConnection.connect(VERTX, options)
          .compose(c -> c.query(Runner.QUERY).execute().map(rows -> rows.iterator().next().getBoolean(0)).onComplete(done -> c.close()))
          .toCompletionStage().toCompletableFuture().get(Runner.seconds(test) + START, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception ? (Exception) e.getCause() : e;
    }
  }

  private static PgConnectOptions options(String uri, Map<String, String> given) throws ReflectiveOperationException {
    PgConnectOptions options = "true".equals(given.remove("fromEnv")) ? PgConnectOptions.fromEnv()
        : uri.isEmpty() ? new PgConnectOptions() : PgConnectOptions.fromUri(uri);
    Object tls = options;
    try {
      tls = Class.forName("io.vertx.core.net.ClientSSLOptions").getConstructor().newInstance();
      set(options, "setSslOptions", tls.getClass(), tls);
    } catch (ClassNotFoundException e) {
      // 4 has them among the options of the connection.
    }
    for (Map.Entry<String, String> setting : given.entrySet()) {
      String value = setting.getValue();
      switch (setting.getKey()) {
        case "host" -> options.setHost(value);
        case "port" -> options.setPort(Integer.parseInt(value));
        case "user" -> options.setUser(value);
        case "database" -> options.setDatabase(value);
        case "sslMode" -> options.setSslMode(SslMode.of(value.toLowerCase(Locale.ROOT).replace('_', '-')));
        case "trustAll" -> set(tls, "setTrustAll", boolean.class, Boolean.valueOf(value));
        case "hostnameVerificationAlgorithm" -> set(tls, "setHostnameVerificationAlgorithm", String.class, value);
        case "pemTrustOptions.certPath" -> set(tls, "setTrustOptions", TrustOptions.class, new PemTrustOptions().addCertPath(value));
        case "jksOptions.path" -> set(tls, "setTrustOptions", TrustOptions.class,
            new JksOptions().setPath(value).setPassword(given.get("jksOptions.password")));
        case "jksOptions.password" -> { }
        default -> throw new IllegalArgumentException("the runner does not know " + setting.getKey());
      }
    }
    return options;
  }

  private static void set(Object target, String setter, Class<?> type, Object value) throws ReflectiveOperationException {
    Method method = target.getClass().getMethod(setter, type);
    method.invoke(target, value);
  }
}
