package org.postgresql;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;

/** Stands in front of pgjdbc's own driver and records what it is given. */
public class Driver implements java.sql.Driver {
  public static String url;
  public static Properties properties;

  static {
    try {
      DriverManager.registerDriver(new Driver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  public Connection connect(String url, Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    Driver.url = url;
    Driver.properties = info == null ? new Properties() : (Properties) info.clone();
    throw new SQLException("handed", "08001");
  }

  public boolean acceptsURL(String url) {
    return url.startsWith("jdbc:postgresql:");
  }

  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  /** PGSimpleDataSource asks the driver to take a URL apart. */
  public static Properties parseURL(String url, Properties defaults) {
    try {
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        if (entry.contains("postgresql-42")) {
          ClassLoader own = new URLClassLoader(new URL[] {new File(entry).toURI().toURL()}, ClassLoader.getPlatformClassLoader());
          return (Properties) own.loadClass("org.postgresql.Driver").getMethod("parseURL", String.class, Properties.class).invoke(null, url, defaults);
        }
      }
    } catch (ReflectiveOperationException | java.net.MalformedURLException e) {
      throw new IllegalStateException(e);
    }
    return null;
  }

  public int getMajorVersion() {
    return 42;
  }

  public int getMinorVersion() {
    return 7;
  }

  public boolean jdbcCompliant() {
    return false;
  }

  public Logger getParentLogger() {
    return Logger.getLogger("org.postgresql");
  }
}
