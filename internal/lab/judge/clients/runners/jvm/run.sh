#!/bin/sh
# Compiles the runner of the working directory against a driver's jar and
# starts it: run.sh JAR [parse]
set -eu
jar=$1
shift
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
javac -nowarn -cp "$jar" -d "$classes" ./*.java ../*.java
java -XX:+UseSerialGC --add-opens java.base/sun.security.ssl=ALL-UNNAMED -cp "$jar:$classes" Runner "$@"
