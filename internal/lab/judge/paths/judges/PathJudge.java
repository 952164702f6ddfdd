import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks JSSE's trust manager about certification paths and host names, in the
 * state of a TLS 1.2 handshake with an ECDHE suite: its engine is a stand-in
 * that only knows the peer's name and certificates.
 *
 * <p>Arguments: the label of the answers; with "pgjdbc" as a second argument,
 * host names are put to pgjdbc's verifier. One question and one answer a line.
 */
public final class PathJudge {
  private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":(\\[[^\\]]*+\\]|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|-?\\d+)");
  private static final CertificateFactory FACTORY = factory();

  public static void main(String[] args) throws Exception {
    String label = args[0];
    boolean pgjdbc = args.length > 1 && args[1].equals("pgjdbc");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      java.util.Map<String, String> question = new java.util.HashMap<>();
      for (Matcher m = FIELD.matcher(line); m.find(); ) {
        question.put(m.group(1), m.group(2));
      }
      String refusal;
      String code = "";
      try {
        refusal = question.containsKey("host") ? name(question, pgjdbc) : path(question);
      } catch (Exception e) {
        refusal = e.getMessage() == null ? e.toString() : e.getMessage();
        code = code(e);
      }
      if (code.equals("unreadable")) {
        System.out.println("{\"id\":" + question.get("id") + ",\"answers\":{" + quote(label) + ":{\"code\":\"unreadable\"}}}");
        continue;
      }
      String answer = refusal == null ? "{\"ok\":true}" : "{\"code\":" + quote(code) + ",\"text\":" + quote(refusal) + "}";
      System.out.println("{\"id\":" + question.get("id") + ",\"answers\":{" + quote(label) + ":" + answer + "}}");
    }
  }

  /** A certificate of the server that the factory refuses. */
  private static final class Unreadable extends Exception {}

  /** The class of the innermost exception, with the reason that it gives. */
  private static String code(Throwable e) {
    if (e instanceof Unreadable) {
      return "unreadable";
    }
    while (e.getCause() != null && e.getCause() != e && !(e instanceof java.security.cert.CertPathValidatorException)) {
      e = e.getCause();
    }
    if (e instanceof java.security.cert.CertPathValidatorException validator) {
      return "CertPathValidatorException/" + validator.getReason();
    }
    return e.getClass().getSimpleName();
  }

  /** Returns null for an accepted path, else the exception's message. */
  private static String path(java.util.Map<String, String> question) throws Exception {
    X509Certificate[] chain = certificates(question.get("presented"), true);
    Date at = new Date(Long.parseLong(question.get("at")) * 1000);
    manager(certificates(question.get("anchors"), false), at)
        .checkServerTrusted(chain, "ECDHE_RSA", new Handshake("", chain, null));
    return null;
  }

  /** Returns null for an accepted name: the certificate itself is trusted. */
  private static String name(java.util.Map<String, String> question, boolean pgjdbc) throws Exception {
    X509Certificate[] chain = certificates("[" + question.get("leaf") + "]", true);
    String host = unquote(question.get("host"));
    if (pgjdbc) {
      Object verifier = Class.forName("org.postgresql.ssl.PGjdbcHostnameVerifier").getField("INSTANCE").get(null);
      boolean ok = ((javax.net.ssl.HostnameVerifier) verifier).verify(host, new Session(host, chain));
      return ok ? null : "The hostname " + host + " could not be verified by hostnameverifier PgjdbcHostnameVerifier.";
    }
    manager(chain, null).checkServerTrusted(chain, "ECDHE_RSA", new Handshake(host, chain, "HTTPS"));
    return null;
  }

  private static X509ExtendedTrustManager manager(X509Certificate[] anchors, Date at) throws Exception {
    Set<TrustAnchor> set = new java.util.LinkedHashSet<>();
    for (X509Certificate anchor : anchors) {
      set.add(new TrustAnchor(anchor, null));
    }
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(set, new X509CertSelector());
    parameters.setRevocationEnabled(false);
    if (at != null) {
      parameters.setDate(at);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(new CertPathTrustManagerParameters(parameters));
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  /** Reads certificates; one that cannot be read is left out unless all must be there. */
  private static X509Certificate[] certificates(String list, boolean all) throws Exception {
    List<X509Certificate> read = new ArrayList<>();
    for (Matcher m = Pattern.compile("\"([^\"]*)\"").matcher(list); m.find(); ) {
      byte[] der = Base64.getDecoder().decode(m.group(1));
      try {
        ByteArrayInputStream in = new ByteArrayInputStream(der);
        read.add((X509Certificate) FACTORY.generateCertificate(in));
      } catch (java.security.cert.CertificateException e) {
        if (all) {
          throw new Unreadable();
        }
      }
    }
    return read.toArray(new X509Certificate[0]);
  }

  private static CertificateFactory factory() {
    try {
      return CertificateFactory.getInstance("X.509");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String quote(String s) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : s.toCharArray()) {
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

  private static String unquote(String s) {
    return s.substring(1, s.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
  }

  /** A session that knows the peer's name and certificates. */
  private static final class Session extends ExtendedSSLSession {
    private final String host;
    private final X509Certificate[] chain;

    Session(String host, X509Certificate[] chain) {
      this.host = host;
      this.chain = chain;
    }

    @Override public String[] getLocalSupportedSignatureAlgorithms() {
      return new String[] {
        "SHA512withECDSA", "SHA384withECDSA", "SHA256withECDSA", "RSASSA-PSS", "Ed25519", "Ed448", "SHA512withRSA",
        "SHA384withRSA", "SHA256withRSA", "SHA224withECDSA", "SHA224withRSA", "SHA1withECDSA", "SHA1withRSA"
      };
    }

    @Override public String[] getPeerSupportedSignatureAlgorithms() { return getLocalSupportedSignatureAlgorithms(); }
    @Override public List<SNIServerName> getRequestedServerNames() { return List.of(); }
    @Override public List<byte[]> getStatusResponses() { return List.of(); }
    @Override public byte[] getId() { return new byte[0]; }
    @Override public SSLSessionContext getSessionContext() { return null; }
    @Override public long getCreationTime() { return 0; }
    @Override public long getLastAccessedTime() { return 0; }
    @Override public void invalidate() {}
    @Override public boolean isValid() { return true; }
    @Override public void putValue(String name, Object value) {}
    @Override public Object getValue(String name) { return null; }
    @Override public void removeValue(String name) {}
    @Override public String[] getValueNames() { return new String[0]; }
    @Override public Certificate[] getPeerCertificates() { return chain; }
    @Override public Certificate[] getLocalCertificates() { return null; }
    @Override public Principal getPeerPrincipal() { return chain[0].getSubjectX500Principal(); }
    @Override public Principal getLocalPrincipal() { return null; }
    @Override public String getCipherSuite() { return "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"; }
    @Override public String getProtocol() { return "TLSv1.2"; }
    @Override public String getPeerHost() { return host; }
    @Override public int getPeerPort() { return 5432; }
    @Override public int getPacketBufferSize() { return 16384; }
    @Override public int getApplicationBufferSize() { return 16384; }
  }

  /** An engine in the middle of a handshake. */
  private static final class Handshake extends SSLEngine {
    private final Session session;
    private final SSLParameters parameters = new SSLParameters();

    Handshake(String host, X509Certificate[] chain, String identification) {
      session = new Session(host, chain);
      parameters.setEndpointIdentificationAlgorithm(identification);
    }

    @Override public SSLSession getHandshakeSession() { return session; }
    @Override public SSLSession getSession() { return session; }
    @Override public SSLParameters getSSLParameters() { return parameters; }
    @Override public SSLEngineResult wrap(java.nio.ByteBuffer[] s, int o, int l, java.nio.ByteBuffer d) { return null; }
    @Override public SSLEngineResult unwrap(java.nio.ByteBuffer s, java.nio.ByteBuffer[] d, int o, int l) { return null; }
    @Override public Runnable getDelegatedTask() { return null; }
    @Override public void closeInbound() {}
    @Override public boolean isInboundDone() { return false; }
    @Override public void closeOutbound() {}
    @Override public boolean isOutboundDone() { return false; }
    @Override public String[] getSupportedCipherSuites() { return new String[0]; }
    @Override public String[] getEnabledCipherSuites() { return new String[0]; }
    @Override public void setEnabledCipherSuites(String[] s) {}
    @Override public String[] getSupportedProtocols() { return new String[0]; }
    @Override public String[] getEnabledProtocols() { return new String[0]; }
    @Override public void setEnabledProtocols(String[] p) {}
    @Override public void beginHandshake() {}
    @Override public SSLEngineResult.HandshakeStatus getHandshakeStatus() { return null; }
    @Override public void setUseClientMode(boolean m) {}
    @Override public boolean getUseClientMode() { return true; }
    @Override public void setNeedClientAuth(boolean n) {}
    @Override public boolean getNeedClientAuth() { return false; }
    @Override public void setWantClientAuth(boolean w) {}
    @Override public boolean getWantClientAuth() { return false; }
    @Override public void setEnableSessionCreation(boolean f) {}
    @Override public boolean getEnableSessionCreation() { return true; }
  }
}
