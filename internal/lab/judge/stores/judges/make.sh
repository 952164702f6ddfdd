#!/bin/sh
# Makes the certificates of the corpus and the stores that openssl and keytool
# write. Usage: make.sh DIRECTORY, which gets certificates/ and stores/.
set -eu
cd "$1"
mkdir -p certificates keys stores
c=certificates k=keys s=stores
new() { # name, subject, arguments of openssl req
	name=$1 subject=$2
	shift 2
	openssl req -x509 -nodes -keyout "$k/$name.key" -out "$c/$name.pem" -utf8 -subj "$subject" -days 7300 "$@" 2>/dev/null
}
new root-rsa "/C=US/O=Corpus/CN=Root RSA" -newkey rsa:2048
new root-twin "/C=US/O=Corpus/CN=Root RSA" -newkey rsa:2048
new root-ec "/C=US/O=Corpus/CN=Root  EC " -newkey ec -pkeyopt ec_paramgen_curve:secp384r1
new root-ed "/CN=Root Ed25519" -newkey ed25519
new root-1024 "/CN=Root 1024" -newkey rsa:1024
new root-sha1 "/CN=Root SHA-1" -newkey rsa:2048 -sha1
new root-md5 "/CN=Root MD5" -newkey rsa:2048 -md5
new root-k1 "/CN=Root secp256k1" -newkey ec -pkeyopt ec_paramgen_curve:secp256k1
new root-brainpool "/CN=Root brainpool" -newkey ec -pkeyopt ec_paramgen_curve:brainpoolP256r1
new root-pss "/CN=Root PSS" -newkey rsa:2048 -sigopt rsa_padding_mode:pss
new root-utf8 "/CN=Würzel Ω/O=Ünïcode" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1
new root-explicit "/CN=Root explicit" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -pkeyopt ec_param_enc:explicit
new root-serial0 "/CN=Root serial 0" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -set_serial 0
new root-negative "/CN=Root negative" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -set_serial -5
openssl dsaparam -out "$k/dsa.params" 2048 2>/dev/null
new root-dsa "/CN=Root DSA" -newkey dsa:"$k/dsa.params"
sign() { # name, subject, issuer, extensions
	openssl req -new -newkey rsa:2048 -nodes -keyout "$k/$1.key" -out "$k/$1.csr" -subj "$2" 2>/dev/null
	printf '%b' "$4" >"$k/$1.ext"
	openssl x509 -req -in "$k/$1.csr" -CA "$c/$3.pem" -CAkey "$k/$3.key" -CAcreateserial -CAserial "$k/serial" -days 3650 -extfile "$k/$1.ext" -out "$c/$1.pem" 2>/dev/null
}
sign sub "/CN=Subordinate" root-rsa 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n'
sign server "/CN=server.example" sub 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:server.example\n'
openssl x509 -req -in "$k/sub.csr" -signkey "$k/sub.key" -days 3650 -out "$c/root-v1.pem" 2>/dev/null
mkdir -p "$k/ca" && : >"$k/ca/index" && echo 01 >"$k/ca/serial"
# Rare keys, which one client takes and another refuses.
openssl x509 -req -in "$k/sub.csr" -CA "$c/root-rsa.pem" -CAkey "$k/root-rsa.key" -set_serial 77 -sha1 -days 3650 -extfile "$k/sub.ext" -out "$c/sub-sha1.pem" 2>/dev/null
for curve in brainpoolP512t1 c2pnb163v1 c2tnb191v1 sect283k1 secp224r1; do new "root-$(echo $curve | tr A-Z a-z)" "/CN=Root $curve" -newkey ec -pkeyopt ec_paramgen_curve:$curve; done
new root-ed448 "/CN=Root Ed448" -newkey ed448
new root-psskey "/CN=Root PSS key" -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048
new root-512 "/CN=Root 512" -newkey rsa:512
new root-exponent3 "/CN=Root exponent 3" -newkey rsa:2048 -pkeyopt rsa_keygen_pubexp:3
forced() { # name, private key: a certificate for a key that cannot sign
	openssl pkey -in "$2" -pubout -out "$k/$1.pub"
	openssl x509 -req -in "$k/sub.csr" -CA "$c/root-rsa.pem" -CAkey "$k/root-rsa.key" -CAserial "$k/serial" -days 3650 -force_pubkey "$k/$1.pub" -extfile "$k/sub.ext" -out "$c/$1.pem" 2>/dev/null
}
openssl genpkey -algorithm DH -pkeyopt group:ffdhe2048 -out "$k/dh.key" 2>/dev/null && forced sub-dh "$k/dh.key"
openssl genpkey -genparam -algorithm DHX -pkeyopt dh_rfc5114:2 -out "$k/dhx.params" 2>/dev/null && openssl genpkey -paramfile "$k/dhx.params" -out "$k/dhx.key" 2>/dev/null && forced sub-dhx "$k/dhx.key"
openssl genpkey -algorithm X25519 -out "$k/x25519.key" && forced sub-x25519 "$k/x25519.key"
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/ca/index\nserial=%s/ca/serial\nnew_certs_dir=%s/ca\npolicy=p\ndefault_md=sha256\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\nbasicConstraints=critical,CA:TRUE\n' "$k" "$k" "$k" >"$k/ca/cnf"
openssl req -new -newkey rsa:2048 -nodes -keyout "$k/root-expired.key" -out "$k/root-expired.csr" -subj "/CN=Root expired" 2>/dev/null
openssl ca -batch -config "$k/ca/cnf" -selfsign -keyfile "$k/root-expired.key" -in "$k/root-expired.csr" -startdate 20100101000000Z -enddate 20200101000000Z -notext -out "$c/root-expired.pem" 2>/dev/null
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/ca/index\ndefault_md=sha256\ndefault_crl_days=30\n' "$k" >"$k/ca/crlcnf"
openssl ca -config "$k/ca/crlcnf" -gencrl -keyfile "$k/root-rsa.key" -cert "$c/root-rsa.pem" -out "$k/root-rsa.crl" 2>/dev/null

cat "$c/root-rsa.pem" "$c/root-ec.pem" >"$k/two.pem"
cat "$c/server.pem" "$c/sub.pem" "$c/root-rsa.pem" >"$k/chain.pem"
cat "$c/root-rsa.pem" "$c/root-ec.pem" "$c/root-ed.pem" "$c/sub.pem" "$c/root-expired.pem" >"$k/bundle.pem"

# PKCS#7, CRL, DER.
for form in PEM DER; do
	ext=$(echo $form | tr A-Z a-z)
	openssl crl2pkcs7 -nocrl -certfile "$k/two.pem" -outform $form -out "$s/pkcs7-two.$ext.p7b"
	openssl crl2pkcs7 -nocrl -certfile "$k/bundle.pem" -outform $form -out "$s/pkcs7-bundle.$ext.p7b"
	openssl crl2pkcs7 -nocrl -outform $form -out "$s/pkcs7-empty.$ext.p7b"
	openssl crl2pkcs7 -in "$k/root-rsa.crl" -certfile "$k/two.pem" -outform $form -out "$s/pkcs7-crl.$ext.p7b"
	echo text | openssl smime -sign -nodetach -signer "$c/server.pem" -inkey "$k/server.key" -certfile "$k/two.pem" -outform $form -out "$s/pkcs7-signed.$ext.p7b"
	echo text | openssl smime -sign -nodetach -stream -signer "$c/server.pem" -inkey "$k/server.key" -certfile "$k/two.pem" -outform $form -out "$s/pkcs7-stream.$ext.p7b"
done
for name in root-rsa root-ec server; do openssl x509 -in "$c/$name.pem" -outform DER -out "$s/der-$name.der"; done
cat "$s/der-root-rsa.der" "$s/der-root-ec.der" >"$s/der-two.der"
openssl crl -in "$k/root-rsa.crl" -outform DER -out "$s/der-crl.crl"
openssl x509 -in "$c/root-rsa.pem" -text -out "$s/pem-text.pem"
openssl x509 -in "$c/root-rsa.pem" -trustout -addtrust serverAuth -out "$s/pem-trusted.pem"
openssl x509 -in "$c/root-rsa.pem" -trustout -addreject serverAuth -setalias name -out "$s/pem-trusted-reject.pem"
cp "$k/root-rsa.crl" "$s/pem-crl-only.pem"
cat "$k/root-rsa.crl" "$k/two.pem" >"$s/pem-crl-and-two.pem"
for name in root-twin root-ed root-1024 root-sha1 root-md5 root-k1 root-brainpool root-pss root-utf8 root-explicit root-serial0 root-negative root-dsa root-v1 root-expired sub server sub-sha1 root-brainpoolp512t1 root-c2pnb163v1 root-c2tnb191v1 root-sect283k1 root-secp224r1 root-ed448 root-psskey root-512 root-exponent3 sub-dh sub-dhx sub-x25519; do cp "$c/$name.pem" "$s/pem-$name.pem"; done
# Keys in a trust store, in every dress.
key() { cat "$1" "$k/two.pem" >"$s/pem-key-$2.pem"; cat "$k/two.pem" "$1" >"$s/pem-key-after-$2.pem"; }
openssl pkey -in "$k/root-rsa.key" -out "$k/pkcs8" && key "$k/pkcs8" pkcs8
openssl rsa -in "$k/root-rsa.key" -traditional -out "$k/rsa" 2>/dev/null && key "$k/rsa" rsa
openssl rsa -in "$k/root-rsa.key" -traditional -aes128 -passout pass:x -out "$k/rsaenc" 2>/dev/null && key "$k/rsaenc" rsa-encrypted
openssl pkcs8 -topk8 -in "$k/root-rsa.key" -passout pass:x -out "$k/enc" && key "$k/enc" pkcs8-encrypted
openssl ec -in "$k/root-ec.key" -out "$k/ec" 2>/dev/null && key "$k/ec" ec
openssl rsa -in "$k/root-rsa.key" -pubout -out "$k/pub" 2>/dev/null && key "$k/pub" public
openssl ecparam -name secp384r1 -out "$k/ecp" && key "$k/ecp" ec-parameters

# PKCS#12 by openssl.
p12() { openssl pkcs12 -export -in "$k/two.pem" -nokeys -out "$s/p12-$1.p12" "$@" 2>/dev/null; }
export_nokeys() { name=$1; shift; openssl pkcs12 -export -nokeys -in "$k/two.pem" -out "$s/p12-nokeys-$name.p12" "$@" 2>/dev/null; }
export_key() { name=$1; shift; openssl pkcs12 -export -inkey "$k/server.key" -in "$k/chain.pem" -out "$s/p12-key-$name.p12" "$@" 2>/dev/null; }
for kind in nokeys key; do
	export_$kind default -passout pass:changeit
	export_$kind empty -passout pass:
	export_$kind unicode -passout pass:pässwörd
	export_$kind named -passout pass:changeit -name 'My Näme' -caname one -caname two
	export_$kind nomac -passout pass:changeit -nomac
	export_$kind nomaciter -passout pass:changeit -nomaciter
	export_$kind noiter -passout pass:changeit -noiter -nomaciter
	export_$kind manyiter -passout pass:changeit -iter 100000
	export_$kind plain -passout pass:changeit -certpbe NONE -keypbe NONE
	export_$kind plain-nomac -passout pass: -certpbe NONE -keypbe NONE -nomac
	export_$kind plain-emptymac -passout pass: -certpbe NONE -keypbe NONE
	for mac in sha1 sha224 sha256 sha384 sha512 md5 sha512-256; do export_$kind mac-$mac -passout pass:changeit -macalg $mac || rm -f "$s/p12-$kind-mac-$mac.p12"; done
	for pbe in aes-128-cbc aes-192-cbc aes-256-cbc des-ede3-cbc camellia-256-cbc; do export_$kind pbe-$pbe -passout pass:changeit -certpbe $pbe -keypbe aes-256-cbc; done
	for pbe in PBE-SHA1-RC2-40 PBE-SHA1-RC2-128 PBE-SHA1-3DES PBE-SHA1-2DES PBE-SHA1-RC4-128 PBE-SHA1-RC4-40; do export_$kind pbe-$pbe -legacy -passout pass:changeit -certpbe $pbe; done
done
openssl pkcs12 -export -legacy -descert -nokeys -in "$k/two.pem" -out "$s/p12-nokeys-descert.p12" -passout pass:changeit
openssl pkcs12 -export -inkey "$k/server.key" -in "$c/server.pem" -nocerts -out "$s/p12-keyonly.p12" -passout pass:changeit

# keytool.
kt() { keytool "$@" >/dev/null 2>&1; }
for type in PKCS12 JKS JCEKS; do
	low=$(echo $type | tr A-Z a-z)
	kt -importcert -noprompt -alias bundle -file "$k/bundle.pem" -keystore "$s/keytool-bundle.$low" -storetype $type -storepass changeit
	kt -importcert -noprompt -alias Root-RSA -file "$c/root-rsa.pem" -keystore "$s/keytool-two.$low" -storetype $type -storepass changeit
	kt -importcert -noprompt -alias root-ec -file "$c/root-ec.pem" -keystore "$s/keytool-two.$low" -storetype $type -storepass changeit
	kt -importkeystore -srckeystore "$s/p12-key-named.p12" -srcstorepass changeit -destkeystore "$s/keytool-key.$low" -deststoretype $type -deststorepass changeit
	cp "$s/keytool-key.$low" "$s/keytool-key-and-root.$low"
	kt -importcert -noprompt -alias root-ec -file "$c/root-ec.pem" -keystore "$s/keytool-key-and-root.$low" -storetype $type -storepass changeit
done
kt -genseckey -alias secret -keyalg AES -keysize 128 -keystore "$s/keytool-secret.pkcs12" -storetype PKCS12 -storepass changeit
kt -importcert -noprompt -alias root-ec -file "$c/root-ec.pem" -keystore "$s/keytool-secret.pkcs12" -storetype PKCS12 -storepass changeit
kt -genseckey -alias secret -keyalg AES -keysize 128 -keystore "$s/keytool-secret.jceks" -storetype JCEKS -storepass changeit
