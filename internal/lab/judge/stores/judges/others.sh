#!/bin/sh
# Adds stores of other makers, and of rarer options of keytool and openssl, to
# what make.sh made. Usage: others.sh DIRECTORY
set -eu
cd "$1"
c=certificates k=keys s=stores
kt() { keytool "$@" >/dev/null 2>&1; }

# openssl: attributes of keys, one part encrypted and the other not, odd content.
key() { name=$1; shift; openssl pkcs12 -export -inkey "$k/server.key" -in "$k/chain.pem" -out "$s/p12-key-$name.p12" -passout pass:changeit "$@" 2>/dev/null; }
key csp -CSP 'Microsoft Enhanced Provider' -LMK -keysig
key keyex -keyex -name server
key plainkey -keypbe NONE
key plaincerts -certpbe NONE
key iter1 -iter 1 -maciter
key noname -caname root
key legacy -legacy
key camellia -keypbe camellia-256-cbc -certpbe camellia-128-cbc
key aria -keypbe aria-256-cbc -certpbe aria-256-cbc
key blanks -name '  Blank Name  ' -caname ''
openssl pkcs12 -export -nokeys -in "$c/root-rsa.pem" -certfile "$c/root-rsa.pem" -out "$s/p12-nokeys-twice.p12" -passout pass:changeit
openssl pkcs12 -export -nokeys -in "$k/bundle.pem" -caname a -caname b -caname a -out "$s/p12-nokeys-samename.p12" -passout pass:changeit
openssl pkcs12 -export -nokeys -in "$k/bundle.pem" -legacy -nomac -out "$s/p12-nokeys-legacy-nomac.p12" -passout pass:changeit
openssl pkcs12 -export -inkey "$k/root-ed.key" -in "$c/root-ed.pem" -out "$s/p12-key-ed25519.p12" -passout pass:changeit
openssl pkcs12 -export -inkey "$k/root-ec.key" -in "$c/root-ec.pem" -out "$s/p12-key-ec.p12" -passout 'pass:pass word~!'
openssl pkcs7 -in "$s/pkcs7-two.pem.p7b" -print_certs -out "$s/pem-printed.pem"
openssl pkcs7 -in "$s/pkcs7-bundle.pem.p7b" -print_certs -text -out "$s/pem-printed-text.pem"
openssl crl2pkcs7 -nocrl -certfile "$k/two.pem" | sed 's/PKCS7/CMS/' >"$s/pkcs7-cms.pem"
cat "$s/pkcs7-two.pem.p7b" "$k/two.pem" >"$s/pem-pkcs7-and-two.pem"
cat "$k/two.pem" "$s/pkcs7-two.pem.p7b" >"$s/pem-two-and-pkcs7.pem"
cat "$s/der-root-rsa.der" "$c/root-ec.pem" >"$s/der-and-pem.der"
cat "$c/root-ec.pem" "$s/der-root-rsa.der" >"$s/pem-and-der.pem"
openssl cms -sign -nodetach -signer "$c/server.pem" -inkey "$k/server.key" -certfile "$k/two.pem" -outform DER -in /dev/null -out "$s/pkcs7-cms-signed.der.p7b"
openssl x509 -in "$c/root-rsa.pem" -trustout -addtrust emailProtection -addreject serverAuth -setalias 'Näme' -out "$s/pem-trusted-mail.pem"
openssl x509 -in "$c/root-rsa.pem" -trustout -addtrust serverAuth -outform DER -out "$s/der-trusted.der"
cat "$s/pem-trusted.pem" "$c/root-ec.pem" "$s/pem-trusted-reject.pem" >"$s/pem-trusted-mixed.pem"
openssl req -new -key "$k/root-rsa.key" -subj /CN=request -out "$k/request" && cat "$k/request" "$k/two.pem" >"$s/pem-request.pem"
openssl dhparam -dsaparam -out "$k/dh" 2048 2>/dev/null && cat "$k/dh" "$k/two.pem" >"$s/pem-dhparam.pem"

# keytool: protection by other algorithms, several keys, chains, secrets.
gen() { kt -genkeypair -alias "$1" -keyalg "$2" -dname "CN=$1" -validity 3650 -keystore "$3" -storepass changeit; shift 3; }
new() { # name, Java options…: a key, its chain, a trusted certificate
	name=$1
	shift
	kt -importkeystore -srckeystore "$s/p12-key-named.p12" -srcstorepass changeit -destkeystore "$s/keytool-$name.pkcs12" -deststoretype PKCS12 -deststorepass changeit "$@"
	kt -importcert -noprompt -alias root-ec -file "$c/root-ec.pem" -keystore "$s/keytool-$name.pkcs12" -storepass changeit "$@"
}
j=-J-Dkeystore.pkcs12
new legacy $j.legacy
new plainkey $j.keyProtectionAlgorithm=NONE
new plaincerts $j.certProtectionAlgorithm=NONE
new nomac $j.macAlgorithm=NONE
new plain $j.keyProtectionAlgorithm=NONE $j.certProtectionAlgorithm=NONE $j.macAlgorithm=NONE
new iterations $j.certPbeIterationCount=1234 $j.keyPbeIterationCount=77 $j.macIterationCount=4321
new iteration1 $j.certPbeIterationCount=1 $j.keyPbeIterationCount=1 $j.macIterationCount=1
new mac512 $j.macAlgorithm=HmacPBESHA512 $j.certProtectionAlgorithm=PBEWithHmacSHA512AndAES_256
for type in PKCS12 JKS JCEKS; do
	low=$(echo $type | tr A-Z a-z)
	for key in RSA EC DSA; do kt -genkeypair -alias "key $key" -keyalg $key -dname "CN=key $key" -keystore "$s/keytool-keys.$low" -storetype $type -storepass changeit; done
	kt -importcert -noprompt -alias 'Ünï 日本' -file "$c/root-ec.pem" -keystore "$s/keytool-keys.$low" -storetype $type -storepass changeit
	kt -importcert -noprompt -alias '' -file "$c/root-rsa.pem" -keystore "$s/keytool-noalias.$low" -storetype $type -storepass changeit || true
	kt -importcert -noprompt -alias 'a,b=c "d" \' -file "$c/root-rsa.pem" -keystore "$s/keytool-punctuation.$low" -storetype $type -storepass changeit
	kt -importkeystore -srckeystore "$s/java-many.jks" -srcstorepass changeit -destkeystore "$s/keytool-imported.$low" -deststoretype $type -deststorepass 'other pass'
done
kt -importpass -alias word -keystore "$s/keytool-word.pkcs12" -storetype PKCS12 -storepass changeit <<-END || true
	secretword
	secretword
END

# NSS and GnuTLS, which stretch passwords by 600,000 rounds: few, as reading
# each takes a while.
mkdir -p "$k/nss"
certutil -N -d "sql:$k/nss" --empty-password
openssl pkcs12 -export -inkey "$k/server.key" -in "$k/chain.pem" -name server -out "$k/in.p12" -passout pass:changeit
pk12util -i "$k/in.p12" -d "sql:$k/nss" -W changeit >/dev/null
certutil -A -d "sql:$k/nss" -n other -t C,, -i "$c/root-ec.pem"
pk12util -o "$s/nss-rc2.p12" -n server -d "sql:$k/nss" -W changeit -c DES-EDE3-CBC -C RC2-CBC >/dev/null || rm -f "$s/nss-rc2.p12"
certutil -L -d "sql:$k/nss" -n other -a >"$s/nss-certutil.pem"
certutil -L -d "sql:$k/nss" -n other -r >"$s/nss-certutil.der"
gnutls() { name=$1; shift; certtool --to-p12 --load-ca-certificate "$k/two.pem" --p12-name gnutls --password changeit --outder --outfile "$s/gnutls-$name.p12" "$@" 2>/dev/null; }
gnutls cas
gnutls 3des-pkcs12 --load-certificate "$c/server.pem" --load-privkey "$k/server.key" --pkcs-cipher 3des-pkcs12
certtool --to-p12 --load-ca-certificate "$k/two.pem" --p12-name gnutls --null-password --outder --outfile "$s/gnutls-null.p12" 2>/dev/null
certtool --to-p12 --load-ca-certificate "$k/two.pem" --p12-name gnutls --password changeit --outfile "$s/gnutls-armored.pem" 2>/dev/null
certtool -i --infile "$c/root-rsa.pem" --outfile "$s/gnutls-text.pem"
certtool --p7-generate --load-certificate "$k/two.pem" --outfile "$s/gnutls-p7.pem" 2>/dev/null || rm -f "$s/gnutls-p7.pem"
