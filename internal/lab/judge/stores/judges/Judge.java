import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says what Java takes from stores: one JSON line per line of stdin. A request
 * has fields separated by tabs: "factory PATH" (generateCertificates),
 * "certificate PATH" (generateCertificate), or "store TYPE PASSWORD PATH" (KeyStore.load, entries and PKIX trust anchors),
 * where TYPE "default" is KeyStore.getDefaultType() and PASSWORD "null" is none,
 * "=text" is text.
 */
public final class Judge {
    public static void main(String[] args) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null;) {
            String[] f = line.split("\t");
            byte[] content = Files.readAllBytes(Path.of(f[f.length - 1]));
            boolean ok = true;
            String error = "";
            TreeSet<String> anchors = new TreeSet<>();
            List<String> entries = new ArrayList<>();
            try {
                if (f[0].equals("factory")) {
                    CertificateFactory factory = CertificateFactory.getInstance("X.509");
                    Collection<? extends Certificate> all = factory.generateCertificates(new ByteArrayInputStream(content));
                    for (Certificate c : all) {
                        anchors.add(fingerprint(c));
                    }
                } else if (f[0].equals("certificate")) {
                    anchors.add(fingerprint(CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content))));
                } else {
                    store(f, content, anchors, entries);
                }
            } catch (StackOverflowError | Exception e) {
                ok = false;
                anchors.clear();
                error = e.getClass().getSimpleName() + ": " + e.getMessage();
            }
            System.out.println("{\"ok\":" + ok + ",\"anchors\":" + list(anchors) + ",\"entries\":" + list(entries)
                + ",\"error\":" + quote(error) + ",\"request\":" + quote(line) + "}");
        }
    }

    private static void store(String[] f, byte[] content, TreeSet<String> anchors, List<String> entries) throws Exception {
        KeyStore ks = KeyStore.getInstance(f[1].equals("default") ? KeyStore.getDefaultType() : f[1]);
        ks.load(new ByteArrayInputStream(content), f[2].equals("null") ? null : f[2].substring(1).toCharArray());
        for (String alias : new TreeMap<>(aliases(ks)).keySet()) {
            String kind = ks.isCertificateEntry(alias) ? "trusted" : ks.isKeyEntry(alias) ? "key" : "none";
            Certificate c = ks.getCertificate(alias);
            entries.add(alias + " " + kind + " " + (c == null ? "" : fingerprint(c)));
        }
        for (TrustAnchor anchor : new PKIXAnchors(ks).get()) {
            anchors.add(fingerprint(anchor.getTrustedCert()));
        }
    }

    private static TreeMap<String, Boolean> aliases(KeyStore ks) throws Exception {
        TreeMap<String, Boolean> all = new TreeMap<>();
        for (String alias : Collections.list(ks.aliases())) {
            all.put(alias, true);
        }
        return all;
    }

    /** The anchors of the trust manager: trusted entries, and first certificates of key entries. */
    private record PKIXAnchors(KeyStore ks) {
        List<TrustAnchor> get() throws Exception {
            var tmf = javax.net.ssl.TrustManagerFactory.getInstance("PKIX");
            tmf.init(ks);
            List<TrustAnchor> all = new ArrayList<>();
            for (var tm : tmf.getTrustManagers()) {
                for (var c : ((javax.net.ssl.X509TrustManager) tm).getAcceptedIssuers()) {
                    all.add(new TrustAnchor(c, null));
                }
            }
            if (all.isEmpty()) {
                new PKIXParameters(java.util.Set.of());
            }
            return all;
        }
    }

    private static String fingerprint(Certificate c) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(c.getEncoded()));
    }

    private static String list(Collection<String> values) {
        StringBuilder b = new StringBuilder("[");
        for (String v : values) {
            b.append(b.length() > 1 ? "," : "").append(quote(v));
        }
        return b.append("]").toString();
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
