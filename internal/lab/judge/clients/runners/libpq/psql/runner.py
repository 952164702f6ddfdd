"""Connects with psql: a process a case."""

import os
import subprocess

import libpq_library
import pyjudge

PSQL = "/usr/lib/postgresql/15/bin/psql"
FLAGS = {"host": "-h", "port": "-p", "user": "-U", "dbname": "-d"}


def connect(case):
    command = [PSQL, "-X", "-w", "-A", "-t", "-c", pyjudge.QUERY]
    for name, value in sorted(pyjudge.properties(case).items()):
        command += [FLAGS[name], value]
    if case.get("connection"):
        command.append(case["connection"])
    done = subprocess.run(command, env=dict(os.environ), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="replace", timeout=case["timeout_ms"] / 1000, check=False)
    if done.returncode != 0:
        raise ConnectionError(done.stderr.strip())
    return pyjudge.yes(done.stdout.strip())


_, LIBPQ, OPENSSL = libpq_library.load("libpq.so.5")
VERSION = subprocess.run([PSQL, "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
pyjudge.serve(libpq_library.identity("psql", VERSION, LIBPQ, OPENSSL), connect)
