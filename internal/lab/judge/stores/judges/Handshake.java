import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes TLS connections to PostgreSQL with a key store as trust store, host name included: one JSON
 * line per line of stdin, "PASSWORD TAB HOST TAB PORT TAB PATH", PASSWORD as in Judge.
 */
public final class Handshake {
    public static void main(String[] args) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null;) {
            String error = "";
            try {
                connect(line.split("\t"));
            } catch (Exception e) {
                error = (e.getClass().getSimpleName() + ": " + e.getMessage()).replaceAll("[^ -~]|[\"\\\\]", "?");
            }
            System.out.println("{\"ok\":" + error.isEmpty() + ",\"anchors\":[],\"error\":\"" + error + "\"}");
        }
    }

    private static void connect(String[] f) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try (InputStream in = Files.newInputStream(Path.of(f[3]))) {
            store.load(in, f[0].equals("null") ? null : f[0].substring(1).toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), new SecureRandom());
        try (Socket plain = new Socket(f[1], Integer.parseInt(f[2]))) {
            plain.setSoTimeout(20_000);
            new DataOutputStream(plain.getOutputStream()).writeLong((8L << 32) | 80877103); // SSLRequest
            if (new DataInputStream(plain.getInputStream()).readByte() != 'S') {
                throw new IllegalStateException("the server has no TLS");
            }
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, f[1], plain.getPort(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
        }
    }
}
