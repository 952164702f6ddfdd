import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Flux;

/** r2dbc-postgresql; options that are given in code are set over those of the URL, as Spring Boot sets them. */
final class Client {
  static final String NOWHERE = "r2dbc:postgresql://nobody@127.0.0.1:1/?sslMode=require";
  private Client() {}

  static Map<String, Object> identity() {
    String release = io.r2dbc.postgresql.PostgresqlConnectionFactory.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return Map.of("driver", "r2dbc-postgresql", "version", release.replaceAll(".*-([0-9.]+)\\.RELEASE\\.jar", "$1"));
  }

  static boolean connect(Map<String, Object> test) {
    ConnectionFactoryOptions.Builder options = ConnectionFactoryOptions.parse((String) test.get("connection")).mutate();
    Runner.driverProperties(test).forEach((name, value) -> options.option(Option.valueOf(name), value));
    ConnectionFactory factory = ConnectionFactories.get(options.build());
    return Flux.usingWhen(factory.create(),
            connection -> Flux.from(connection.createStatement(Runner.QUERY).execute()).flatMap(r -> r.map((row, meta) -> row.get(0, Boolean.class))),
            Connection::close)
        .next().block(Duration.ofSeconds(Runner.seconds(test)));
  }
}
