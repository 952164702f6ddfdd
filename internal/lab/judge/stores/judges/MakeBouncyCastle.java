import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** Makes the key stores of the Bouncy Castle provider. Usage: MakeBouncyCastle DIRECTORY, with bcprov.jar on the class path. */
public final class MakeBouncyCastle {
    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        Security.addProvider((Provider) Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider").getConstructor().newInstance());
        KeyStore server = KeyStore.getInstance("PKCS12", "SunJSSE");
        try (InputStream in = Files.newInputStream(dir.resolve("stores/p12-key-named.p12"))) {
            server.load(in, "changeit".toCharArray());
        }
        String alias = server.aliases().nextElement();
        PrivateKey key = (PrivateKey) server.getKey(alias, "changeit".toCharArray());
        for (String[] kind : new String[][] {{"BKS", "bks"}, {"BKS-V1", "bksv1"}, {"UBER", "uber"}, {"BCFKS", "bcfks"}, {"PKCS12", "p12"},
            {"PKCS12-DEF", "p12"}, {"PKCS12-3DES-40RC2", "p12"}, {"PKCS12-3DES-3DES", "p12"}, {"PKCS12-AES256-AES128", "p12"}, {"PKCS12-DEF-3DES-40RC2", "p12"}}) {
            for (boolean withKey : new boolean[] {false, true}) {
                KeyStore store;
                try {
                    store = KeyStore.getInstance(kind[0], "BC");
                } catch (java.security.KeyStoreException e) {
                    continue; // not in this version
                }
                store.load(null, null);
                store.setCertificateEntry("root-rsa", certificate(dir, "root-rsa"));
                store.setCertificateEntry("Root-EC", certificate(dir, "root-ec"));
                if (withKey) {
                    store.setKeyEntry("server", key, "changeit".toCharArray(), server.getCertificateChain(alias));
                }
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                store.store(out, "changeit".toCharArray());
                String name = "bc-" + kind[0].toLowerCase() + (withKey ? "-key." : ".") + kind[1];
                Files.write(dir.resolve("stores").resolve(name), out.toByteArray());
            }
        }
    }

    private static Certificate certificate(Path dir, String name) throws Exception {
        try (InputStream in = Files.newInputStream(dir.resolve("certificates").resolve(name + ".pem"))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
