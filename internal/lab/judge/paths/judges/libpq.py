"""Asks a libpq about host names, with sslmode=verify-full.

Usage: libpq.py LIBPQ LABEL ROOT < questions > answers

A question names the loopback port whose server presents the certificate. That
server ends every session after the handshake with the words that ACCEPTED
holds; any other error is libpq's refusal.
"""

import ctypes
import json
import sys

ACCEPTED = "the judge's server was accepted"

lib = ctypes.CDLL(sys.argv[1])
lib.PQconnectdb.restype, lib.PQconnectdb.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
lib.PQerrorMessage.restype, lib.PQerrorMessage.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
lib.PQfinish.argtypes = [ctypes.c_void_p]
# Go's TLS server refuses names that PostgreSQL's does not even read.
SNI = "sslsni=0" if lib.PQlibVersion() >= 140000 else ""


def quoted(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


for line in sys.stdin:
    question = json.loads(line)
    conninfo = " ".join([
        "host=" + quoted(question["host"]), "hostaddr=127.0.0.1", f"port={question['port']}",
        "user=judge", "dbname=judge", "sslmode=verify-full", "gssencmode=disable", "connect_timeout=10", SNI,
        "sslrootcert=" + quoted(sys.argv[3]),
    ])
    connection = lib.PQconnectdb(conninfo.encode())
    message = lib.PQerrorMessage(connection).decode().strip()
    lib.PQfinish(connection)
    answer = {"ok": True} if ACCEPTED in message else {"ok": False, "text": message}
    if not answer["ok"] and "failed: " in answer["text"]:
        answer["text"] = answer["text"].split("failed: ", 1)[1]
    print(json.dumps({"id": question["id"], "answers": {sys.argv[2]: answer}}), flush=True)
