#!/usr/bin/env bash
# What one writes today to know, before a switch of the CA, what the provider
# tells: the AWS CLI, psql, openssl and keytool, for each DB instance.
#
#   check.sh TARGET-CA STORES ROOTS DB-INSTANCE...
#
# STORES is a folder with the Java trust store of each DB instance's client,
# under STORE_PASSWORD; ROOTS is what psql trusts. It prints one line of JSON
# for each DB instance.
#
# It is the other side of a benchmark, so it starts no process that an
# experienced user would not start, and asks once what is the same for all. It
# does ask for each DB instance and its parameter group by itself, as such
# scripts do. It does not judge: what a driver makes of the answers is left to
# whoever reads them.
set -euo pipefail

target=$1 stores=$2 roots=$3
shift 3

# Before 2.13 the AWS CLI does not read the variable itself.
aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }

thumbprint=$(aws rds describe-certificates --certificate-identifier "$target" \
  --query 'Certificates[0].Thumbprint' --output text)

for id in "$@"; do
  read -r host port ca group < <(aws rds describe-db-instances --db-instance-identifier "$id" \
    --query 'DBInstances[0].[Endpoint.Address,Endpoint.Port,CACertificateIdentifier,DBParameterGroups[0].DBParameterGroupName]' --output text)

  force_ssl=$(aws rds describe-db-parameters --db-parameter-group-name "$group" \
    --filters Name=parameter-name,Values=rds.force_ssl --query 'Parameters[0].ParameterValue' --output text)

  # The readers of both sides are left out: they may see each other.
  read -r tls plaintext < <(psql -XAt -F ' ' "host=$host port=$port dbname=postgres user=readiness sslmode=verify-full sslrootcert=$roots" -c "
    select count(*) filter (where s.ssl), count(*) filter (where not s.ssl)
    from pg_stat_ssl s join pg_stat_activity a using (pid)
    where a.client_port >= 0 and a.usename <> 'readiness'")

  # The last certificate of the path is the root.
  root=$(openssl s_client -starttls postgres -connect "$host:$port" -showcerts </dev/null 2>/dev/null |
    awk '/BEGIN CERTIFICATE/ { pem = "" } /BEGIN CERTIFICATE/, /END CERTIFICATE/ { pem = pem $0 "\n" } END { printf "%s", pem }' |
    openssl x509 -noout -fingerprint -sha256)
  root=${root#*=}
  root=${root//:/}

  # -v, because RDS tells the SHA-1 alone.
  listing=$(keytool -list -v -keystore "$stores/$id.jks" -storepass:env STORE_PASSWORD 2>/dev/null)
  trusted=false
  listing=${listing//:/}
  if [[ ${listing,,} == *"sha1 ${thumbprint,,}"* ]]; then trusted=true; fi

  printf '{"instance":"%s","ca":"%s","force_ssl":"%s","tls_sessions":%d,"plaintext_sessions":%d,"presented_root":"%s","store_has_target":%s}\n' \
    "$id" "$ca" "$force_ssl" "$tls" "$plaintext" "${root,,}" "$trusted"
done
