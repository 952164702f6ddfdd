import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Connects with the driver of Client, in the driver's own folder, one JSON case a line.
 *
 * <p>Properties under javax.net.ssl., jdk.tls. and user.home are system properties, all others go to
 * the driver. The property {@value #CACERTS} names the file that stands in for the JVM's own store.
 * With the argument "parse" it prints what pgjdbc's Driver.parseURL makes of each case instead of connecting.
 */
public class Runner {
  static final String CACERTS = "lib/security/cacerts";
  static final String QUERY = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
  static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  static final Path WORK = Path.of(System.getProperty("java.class.path").replaceAll(".*:", ""));
  static final boolean IN_CHILD = System.getenv("RUNNER_CHILD") != null;
  static final SSLContext FIRST_CONTEXT = IN_CHILD ? null : defaultContext();

  public static void main(String[] args) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    boolean child = args.length > 0 && args[0].equals("child");
    boolean parse = args.length > 0 && args[0].equals("parse");
    if (!child) {
      warm();
      OUT.println(introduction());
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> test = new Json(line).object();
      if (parse) {
        OUT.println(Jdbc.parse(test));
      } else if (!child && needsChild(test)) {
        OUT.println(inChild(line, test));
      } else {
        OUT.println(judge(test));
      }
    }
    System.exit(0); // A driver's threads may live on.
  }

  static String introduction() throws Exception {
    Map<String, Object> first = new TreeMap<>(Client.identity());
    String java = "Java " + System.getProperty("java.version");
    first.merge("runtime", java, (own, on) -> own + " on " + on);
    first.put("runtime_version", System.getProperty("java.version"));
    return Json.write(first);
  }

  /**
   * The JVM makes its default context once, and keeps the store that it read last: this one is what a
   * fresh JVM would make of the present properties, or null where it would fail.
   */
  static SSLContext defaultContext() {
    try {
      Field field = Class.forName("sun.security.ssl.TrustStoreManager").getDeclaredField("tam");
      field.setAccessible(true);
      Object cache = field.get(null);
      for (String name : List.of("descriptor", "ksRef", "csRef")) {
        Field kept = cache.getClass().getDeclaredField(name);
        kept.setAccessible(true);
        kept.set(cache, name.equals("descriptor") ? null : new WeakReference<>(null));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((java.security.KeyStore) null);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java keeps its default store in another way", e);
    } catch (Exception e) {
      return null;
    }
  }

  static boolean isSystem(String key) {
    return key.startsWith("javax.net.ssl.") || key.startsWith("jdk.tls.") || key.equals("user.home");
  }

  /** What a running JVM cannot change: its environment, static settings, and a store that it cannot read. */
  static boolean needsChild(Map<String, Object> test) {
    Map<String, Object> properties = map(test.get("properties"));
    if (!map(test.get("environment")).isEmpty() || properties.containsKey(CACERTS) || System.getenv("RUNNER_CHILDREN") != null) {
      return true;
    }
    boolean store = false;
    for (String key : properties.keySet()) {
      if (key.startsWith("jdk.tls.")) {
        return true;
      }
      store |= key.startsWith("javax.net.ssl.");
    }
    return store && !setSystem(test);
  }

  /** Sets the system properties of a case, and says whether its default context could be made. */
  static boolean setSystem(Map<String, Object> test) {
    System.getProperties().keySet().removeIf(key -> key.toString().startsWith("javax.net.ssl."));
    System.setProperty("user.home", (String) test.get("home"));
    boolean store = false;
    for (Map.Entry<String, Object> property : map(test.get("properties")).entrySet()) {
      if (isSystem(property.getKey())) {
        System.setProperty(property.getKey(), (String) property.getValue());
        store |= property.getKey().startsWith("javax.net.ssl.");
      }
    }
    SSLContext context = store ? defaultContext() : FIRST_CONTEXT;
    if (context != null) {
      SSLContext.setDefault(context);
    }
    return context != null;
  }

  static String judge(Map<String, Object> test) {
    Map<String, Object> result = new TreeMap<>();
    result.put("id", test.get("id"));
    try {
      if (!IN_CHILD) {
        setSystem(test);
      }
      result.put("outcome", Client.connect(test) ? "tls" : "plaintext");
      result.put("error", "");
    } catch (Throwable e) { // every failure of a client is an answer
      result.put("outcome", "fails");
      result.put("error", text(e));
    }
    return Json.write(result);
  }

  /** Loads the driver's classes, which takes longer than a connection. */
  static void warm() {
    try {
      Client.connect(new TreeMap<>(Map.of("connection", Client.NOWHERE, "timeout_ms", 60000)));
    } catch (Throwable e) { // Nobody listens there.
    }
  }

  /** The settings of a case that are the driver's own. */
  static Map<String, String> driverProperties(Map<String, Object> test) {
    Map<String, String> properties = new TreeMap<>();
    for (Map.Entry<String, Object> property : map(test.get("properties")).entrySet()) {
      if (!isSystem(property.getKey()) && !property.getKey().equals(CACERTS)) {
        properties.put(property.getKey(), (String) property.getValue());
      }
    }
    return properties;
  }

  static int seconds(Map<String, Object> test) {
    return Math.max(1, ((Number) test.getOrDefault("timeout_ms", 10000)).intValue() / 1000);
  }

  static String text(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (int depth = 0; e != null && depth < 6; e = e.getCause(), depth++) {
      text.append(text.length() == 0 ? "" : "; ").append(e.getClass().getSimpleName()).append(": ").append(e.getMessage());
    }
    return text.substring(0, Math.min(500, text.length()));
  }

  /** Runs one case in a JVM of its own, with the system properties on its command line. */
  static String inChild(String line, Map<String, Object> test) throws Exception {
    List<String> command = new ArrayList<>(List.of(
        System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
        "-cp", System.getProperty("java.class.path"), "-Duser.home=" + test.get("home")));
    Map<String, Object> properties = map(test.get("properties"));
    for (Map.Entry<String, Object> property : properties.entrySet()) {
      if (isSystem(property.getKey())) {
        command.add("-D" + property.getKey() + "=" + property.getValue());
      }
    }
    if (properties.containsKey(CACERTS)) {
      command.add("-Djava.home=" + homeWith(Path.of((String) properties.get(CACERTS))));
    }
    command.addAll(List.of("Runner", "child"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("RUNNER_CHILD", "1");
    map(test.get("environment")).forEach((key, value) -> builder.environment().put(key, (String) value));
    Process process = builder.start();
    try (PrintStream to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8)) {
      to.println(line);
    }
    String answer = null;
    BufferedReader from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String next = from.readLine(); next != null; next = from.readLine()) {
      answer = next.startsWith("{") ? next : answer;
    }
    process.waitFor(10, TimeUnit.SECONDS);
    if (answer == null) {
      return Json.write(new TreeMap<>(Map.of("id", test.get("id"), "outcome", "fails", "error", "the JVM ended without an answer")));
    }
    return answer;
  }

  /** Makes a java.home that is the real one but for its store, which may be absent. */
  static String homeWith(Path cacerts) throws Exception {
    Path real = Path.of(System.getProperty("java.home"));
    Path home = Files.createTempDirectory(WORK, "java");
    Files.createDirectories(home.resolve("lib/security"));
    for (String folder : List.of("", "lib", "lib/security")) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(real.resolve(folder))) {
        for (Path entry : entries) {
          Path link = home.resolve(folder).resolve(entry.getFileName());
          if (!Files.exists(link) && !real.relativize(entry).toString().equals(CACERTS)) {
            Files.createSymbolicLink(link, entry);
          }
        }
      }
    }
    if (Files.exists(cacerts)) {
      Files.createSymbolicLink(home.resolve(CACERTS), cacerts);
    }
    return home.toString();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }
}
