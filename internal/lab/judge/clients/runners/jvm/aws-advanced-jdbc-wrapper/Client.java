import java.util.Map;

/** The AWS Advanced JDBC Wrapper, with the plugins that it loads by itself. */
final class Client {
  static final String NOWHERE = "jdbc:aws-wrapper:postgresql://127.0.0.1:1/?sslmode=require";
  private Client() {}

  static Map<String, Object> identity() throws ReflectiveOperationException {
    return Map.of("driver", "aws-advanced-jdbc-wrapper", "version", Jdbc.release(),
        "runtime", "AWS Advanced JDBC Wrapper " + software.amazon.jdbc.util.DriverInfo.DRIVER_VERSION);
  }

  static boolean connect(Map<String, Object> test) throws Exception {
    // Release 4 tries again and again for 30 seconds, whatever failed.
    return Jdbc.connect(test, Map.of("openConnectionRetryTimeoutMs", "5000"));
  }
}
