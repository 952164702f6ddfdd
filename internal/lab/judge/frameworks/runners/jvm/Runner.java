import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;

/**
 * Runs a framework of the JVM and prints what it hands to pgjdbc. A question is
 * a line of name=value pairs, each percent-encoded, separated by blanks.
 */
public class Runner {
  public static void main(String[] args) throws Exception {
    java.io.PrintStream out = System.out;
    System.setOut(System.err);
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    String version = switch (args[0]) {
      case "spring" -> org.springframework.boot.SpringBootVersion.getVersion();
      case "hibernate" -> org.hibernate.Version.getVersionString();
      default -> "6.3.3";
    };
    out.println("{\"framework\":" + quoted(args[0]) + ",\"version\":" + quoted(version) + "}");
    out.flush();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, String> question = new HashMap<>();
      for (String pair : line.split(" ")) {
        String[] sides = pair.split("=", 2);
        question.put(java.net.URLDecoder.decode(sides[0], "UTF-8"), java.net.URLDecoder.decode(sides[1], "UTF-8"));
      }
      String id = question.remove("");
      org.postgresql.Driver.url = null;
      String error = "";
      try {
        switch (args[0]) {
          case "spring" -> spring(question);
          case "hibernate" -> hibernate(question);
          default -> hikari(question);
        }
      } catch (Throwable e) {
        if (org.postgresql.Driver.url == null) {
          StringBuilder all = new StringBuilder();
          for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            all.append(cause.getClass().getSimpleName()).append(": ").append(cause.getMessage()).append("; ");
          }
          error = all.toString();
        }
      }
      boolean handed = org.postgresql.Driver.url != null;
      StringBuilder properties = new StringBuilder();
      if (handed) {
        for (Map.Entry<Object, Object> p : org.postgresql.Driver.properties.entrySet()) {
          properties.append(properties.length() == 0 ? "" : ",").append(quoted(p.getKey().toString())).append(":").append(quoted(String.valueOf(p.getValue())));
        }
      }
      out.println("{\"id\":" + quoted(id) + ",\"driver\":" + quoted(handed ? "pgjdbc" : "") + ",\"connection\":" + quoted(handed ? org.postgresql.Driver.url : "")
          + ",\"properties\":{" + properties + "},\"error\":" + quoted(error) + "}");
      out.flush();
    }
  }

  static void hikari(Map<String, String> settings) throws Exception {
    Properties properties = new Properties();
    properties.putAll(settings);
    HikariConfig config = new HikariConfig(properties);
    config.setInitializationFailTimeout(1);
    config.setConnectionTimeout(250);
    new HikariDataSource(config).close();
  }

  static void spring(Map<String, String> settings) throws Exception {
    var application = new org.springframework.boot.builder.SpringApplicationBuilder(org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration.class)
        .web(org.springframework.boot.WebApplicationType.NONE).bannerMode(org.springframework.boot.Banner.Mode.OFF).logStartupInfo(false);
    Map<String, Object> properties = new HashMap<>(settings);
    properties.put("spring.datasource.hikari.connection-timeout", "250");
    properties.put("spring.datasource.hikari.initialization-fail-timeout", "1");
    try (var context = application.properties(properties).run()) {
      context.getBean(DataSource.class).getConnection();
    }
  }

  static void hibernate(Map<String, String> settings) throws Exception {
    var registry = new org.hibernate.boot.registry.StandardServiceRegistryBuilder();
    settings.forEach(registry::applySetting);
    if (settings.keySet().stream().anyMatch(name -> name.startsWith("hibernate.hikari."))) {
      registry.applySetting("hibernate.hikari.connectionTimeout", "250");
    }
    try (var built = registry.build()) {
      built.getService(org.hibernate.engine.jdbc.connections.spi.ConnectionProvider.class).getConnection();
    }
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
