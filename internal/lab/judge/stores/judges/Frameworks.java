import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;

/**
 * Says what Netty and Vert.x take from files of trust anchors: one JSON line per
 * line of stdin. A request is "netty PATH" (SslContextBuilder.trustManager) or
 * "vertx PATH" (PemTrustOptions).
 */
public final class Frameworks {
    public static void main(String[] args) throws Exception {
        Method read = SslContext.class.getDeclaredMethod("toX509Certificates", InputStream.class);
        read.setAccessible(true);
        Vertx vertx = Vertx.vertx();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null;) {
            String[] f = line.split(" ", 2);
            byte[] content = Files.readAllBytes(Path.of(f[1]));
            boolean ok = true;
            String error = "";
            TreeSet<String> anchors = new TreeSet<>();
            try {
                List<X509Certificate> all = f[0].equals("netty") ? List.of((X509Certificate[]) read.invoke(null, new ByteArrayInputStream(content))) : vertx(vertx, content);
                for (X509Certificate c : all) {
                    anchors.add(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(c.getEncoded())));
                }
            } catch (StackOverflowError | Exception e) {
                Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
                ok = false;
                anchors.clear();
                error = cause.getClass().getSimpleName() + ": " + cause.getMessage();
            }
            System.out.println("{\"ok\":" + ok + ",\"anchors\":[" + (anchors.isEmpty() ? "" : "\"" + String.join("\",\"", anchors) + "\"") + "],\"error\":" + quote(error) + "}");
        }
        System.exit(0);
    }

    private static List<X509Certificate> vertx(Vertx vertx, byte[] content) throws Exception {
        var all = new java.util.ArrayList<X509Certificate>();
        for (TrustManager m : new PemTrustOptions().addCertValue(Buffer.buffer(content)).getTrustManagerFactory(vertx).getTrustManagers()) {
            all.addAll(List.of(((X509TrustManager) m).getAcceptedIssuers()));
        }
        return all;
    }

    private static String quote(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (char c : s.toCharArray()) {
            if (c == '"' || c == '\\') {
                b.append('\\').append(c);
            } else if (c < 32 || c > 126) {
                b.append(String.format("\\u%04x", (int) c));
            } else {
                b.append(c);
            }
        }
        return b.append("\"").toString();
    }
}
