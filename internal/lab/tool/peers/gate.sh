#!/usr/bin/env bash
# The gate that an experienced user writes in an afternoon: the AWS CLI, psql,
# openssl and keytool, before a switch of the CA.
#
#   gate.sh FILES TARGETS CLIENTS
#
# FILES is the folder with the clients' trust stores, with target-chain.pem, what
# a DB instance on the target presents, and with both.pem, what psql trusts. TARGETS
# has a line "DB instance, target CA", and CLIENTS "name, setting, store", with tabs
# in between. A line is printed for each thing that is wrong: of what, what.
set -uo pipefail

files=$1 targets=$2 clients=$3
say() { printf '%s\t%s\n' "$1" "$2"; }

# Before 2.13 the AWS CLI does not read the variable itself.
rds() { aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} rds "$@" --output text; }

declare -A target force_ssl version
while IFS=$'\t' read -r id ca; do target[$id]=$ca; done <"$targets"
offered=$(rds describe-certificates --query 'Certificates[].CertificateIdentifier')

while read -r id engine engine_version group status pending; do
  [[ ${force_ssl[$group]+known} ]] || force_ssl[$group]=$(rds describe-db-parameters --db-parameter-group-name "$group" \
    --filters Name=parameter-name,Values=rds.force_ssl --query 'Parameters[0].ParameterValue')
  key=$engine-$engine_version
  [[ ${version[$key]+known} ]] || version[$key]=$(rds describe-db-engine-versions --engine "$engine" --engine-version "$engine_version" \
    --query 'DBEngineVersions[0].[SupportsCertificateRotationWithoutRestart, join(`,`, SupportedCACertificateIdentifiers)]')
  read -r without_restart supported <<<"${version[$key]}"

  [[ ${force_ssl[$group]} == 1 ]] || say "$id" "rds.force_ssl is off"
  [[ $status == in-sync ]] || say "$id" "the parameter group is $status"
  [[ $pending == None ]] || say "$id" "$pending is pending"
  [[ $without_restart == True ]] || say "$id" "the switch restarts it"
  [[ $offered == *${target[$id]}* ]] || say "$id" "RDS does not offer ${target[$id]}"
  [[ $supported == *${target[$id]}* ]] || say "$id" "engine version $engine_version does not support ${target[$id]}"
done < <(rds describe-db-instances --query 'DBInstances[].[DBInstanceIdentifier, Engine, EngineVersion,
  DBParameterGroups[0].DBParameterGroupName, DBParameterGroups[0].ParameterApplyStatus, PendingModifiedValues.CACertificateIdentifier]')
((${#force_ssl[@]})) || exit 1 # RDS did not answer.

# Who is connected, and should not be, or not like this.
read -r host port < <(rds describe-db-instances --db-instance-identifier orders --query 'DBInstances[0].Endpoint.[Address, Port]')
while read -r user ssl; do
  asked=yes # Its own session is among them.
  [[ $ssl == t ]] || say plaintext-session "user \"$user\" is connected in plaintext"
  [[ " billing legacy readiness blind " == *" $user "* ]] || say undeclared-session "user \"$user\" is not known"
done < <(psql -XAt -F ' ' "host=$host port=$port dbname=postgres user=readiness sslmode=verify-full sslrootcert=$files/both.pem" -c "
  select a.usename, s.ssl from pg_stat_ssl s join pg_stat_activity a using (pid) where a.client_port >= 0")
[[ ${asked-} ]] || exit 1 # PostgreSQL did not answer.

while IFS=$'\t' read -r name setting store; do
  [[ $setting == *verify-ca* || $setting == *verify-full* ]] || say "$name" "the client does not verify the server"
  case $store in
  '') ;;
  *.jks) keytool -list -keystore "$files/$store" -storepass:env STORE_PASSWORD >/dev/null 2>&1 || say "$name" "keytool cannot open the store" ;;
  *) openssl verify -CAfile "$files/$store" -untrusted "$files/target-chain.pem" "$files/target-chain.pem" >/dev/null 2>&1 || say "$name" "the store holds no root for the target" ;;
  esac
done <"$clients"
