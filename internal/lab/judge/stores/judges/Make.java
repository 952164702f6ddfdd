import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** Makes the key stores of the corpus that need Java's own interface. Usage: Make DIRECTORY. */
public final class Make {
    private static Path dir;

    public static void main(String[] args) throws Exception {
        dir = Path.of(args[0]);
        for (String type : new String[] {"PKCS12", "JKS", "JCEKS", "CaseExactJKS"}) {
            String low = type.toLowerCase();
            String[][] many = {{"root-rsa", "root-rsa"}, {"ROOT-EC", "root-ec"}, {"ümläut", "root-utf8"}, {"日本 \uD83D\uDE00", "root-ed"},
                {"sub", "sub"}, {"server", "server"}, {"expired", "root-expired"}, {"weak", "root-1024"}, {"v1", "root-v1"}};
            write("java-many." + low, type, "changeit", many);
            write("java-one." + low, type, "changeit", new String[][] {{"a", "root-rsa"}});
            write("java-empty." + low, type, "changeit", new String[][] {});
            write("java-emptypassword." + low, type, "", new String[][] {{"a", "root-rsa"}, {"b", "root-ec"}});
            write("java-duplicate." + low, type, "changeit", new String[][] {{"a", "root-rsa"}, {"b", "root-rsa"}, {"c", "root-twin"}});
            if (!type.equals("PKCS12")) {
                write("java-unicodepassword." + low, type, "pässwörd", new String[][] {{"a", "root-rsa"}});
            }
            write("java-odd." + low, type, "changeit", new String[][] {{"md5", "root-md5"}, {"sha1", "root-sha1"}, {"dsa", "root-dsa"},
                {"pss", "root-pss"}, {"zero", "root-serial0"}, {"negative", "root-negative"}});
        }
        String[][] two = {{"a", "root-rsa"}, {"b", "root-ec"}};
        property("certProtectionAlgorithm", "NONE", "macAlgorithm", "NONE");
        write("java-passwordless.pkcs12", "PKCS12", null, two);
        property("certProtectionAlgorithm", "NONE", "macAlgorithm", "HmacPBESHA256");
        write("java-plainmac.pkcs12", "PKCS12", "changeit", two);
        for (String pbe : new String[] {"PBEWithSHA1AndRC2_40", "PBEWithSHA1AndRC2_128", "PBEWithSHA1AndRC4_40", "PBEWithSHA1AndRC4_128", "PBEWithSHA1AndDESede",
            "PBEWithHmacSHA1AndAES_128", "PBEWithHmacSHA224AndAES_128", "PBEWithHmacSHA256AndAES_256", "PBEWithHmacSHA384AndAES_128",
            "PBEWithHmacSHA512AndAES_256"}) {
            property("certProtectionAlgorithm", pbe, "macAlgorithm", "HmacPBESHA1");
            write("java-pbe-" + pbe.substring(7).toLowerCase() + ".pkcs12", "PKCS12", "changeit", two);
        }
        for (String mac : new String[] {"HmacPBESHA1", "HmacPBESHA224", "HmacPBESHA256", "HmacPBESHA384", "HmacPBESHA512", "HmacPBESHA512/224", "HmacPBESHA512/256"}) {
            property("certProtectionAlgorithm", "PBEWithHmacSHA256AndAES_256", "macAlgorithm", mac);
            write("java-mac-" + mac.substring(7).toLowerCase().replace('/', '-') + ".pkcs12", "PKCS12", "changeit", two);
        }
    }

    private static void property(String... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            System.setProperty("keystore.pkcs12." + pairs[i], pairs[i + 1]);
        }
    }

    private static void write(String name, String type, String password, String[][] entries) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        char[] chars = password == null ? null : password.toCharArray();
        store.load(null, chars);
        for (String[] entry : entries) {
            store.setCertificateEntry(entry[0], certificate(entry[1]));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, chars);
        Files.write(dir.resolve("stores").resolve(name), out.toByteArray());
    }

    private static Certificate certificate(String name) throws Exception {
        try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(dir.resolve("certificates").resolve(name + ".pem")))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
