import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What pgjdbc and the drivers in front of it have in common. */
final class Jdbc {
  private Jdbc() {}

  /** The release of the pgjdbc that is there. */
  static String release() throws ReflectiveOperationException {
    return (String) Class.forName("org.postgresql.util.DriverInfo").getField("DRIVER_VERSION").get(null);
  }

  static boolean connect(Map<String, Object> test) throws Exception {
    return connect(test, Map.of());
  }

  /** Connects, and says whether the session is encrypted. */
  static boolean connect(Map<String, Object> test, Map<String, String> defaults) throws Exception {
    Properties properties = new Properties();
    properties.putAll(defaults);
    // The driver keeps hosts that failed out of a list for ten seconds: one case would tell on the next.
    properties.setProperty("hostRecheckSeconds", "0");
    properties.putAll(Runner.driverProperties(test));
    String seconds = String.valueOf(Runner.seconds(test));
    properties.putIfAbsent("connectTimeout", seconds);
    properties.putIfAbsent("socketTimeout", seconds);
    try (Connection connection = DriverManager.getConnection((String) test.get("connection"), properties);
        ResultSet rows = connection.createStatement().executeQuery(Runner.QUERY)) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  /** Prints the properties that the driver makes of a URL, or null. */
  static String parse(Map<String, Object> test) {
    Map<String, Object> result = new TreeMap<>();
    result.put("id", test.get("id"));
    try {
      Properties given = new Properties();
      Runner.map(test.get("properties")).forEach((key, value) -> given.setProperty(key, (String) value));
      Method parse = Class.forName("org.postgresql.Driver").getMethod("parseURL", String.class, Properties.class);
      Properties parsed = (Properties) parse.invoke(null, test.get("connection"), given);
      if (parsed != null) {
        Map<String, Object> properties = new TreeMap<>();
        parsed.stringPropertyNames().forEach(name -> properties.put(name, parsed.getProperty(name)));
        result.put("properties", properties);
      }
    } catch (ReflectiveOperationException e) {
      result.put("error", Runner.text(e.getCause()));
    }
    return Json.write(result);
  }
}
