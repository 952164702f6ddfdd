import java.util.Map;

/** pgjdbc itself. */
final class Client {
  static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/?sslmode=require";
  private Client() {}

  static Map<String, Object> identity() throws ReflectiveOperationException {
    return Map.of("driver", "pgjdbc", "version", Jdbc.release());
  }

  static boolean connect(Map<String, Object> test) throws Exception {
    return Jdbc.connect(test);
  }
}
