"""Connects with psqlodbc through pyodbc and unixODBC."""

import subprocess

import libpq_library
import pyjudge
import pyodbc

pyodbc.pooling = False
# The ANSI driver cannot hand a boolean over to pyodbc.
QUERY = pyjudge.QUERY.replace("select ssl", "select ssl::int")


def connect(case):
    session = pyodbc.connect(case.get("connection") or "", autocommit=True)
    try:
        return pyjudge.yes(session.execute(QUERY).fetchone()[0])
    finally:
        session.close()


def driver_version():
    """The driver's own version as it writes it, from its Debian package."""
    text = subprocess.run(["dpkg-query", "-W", "-f=${Version}", "odbc-postgresql"],
                          capture_output=True, text=True, check=True).stdout
    return text.split(":")[-1].split("-")[0]


_, LIBPQ, OPENSSL = libpq_library.load("libpq.so.5")
pyjudge.serve(libpq_library.identity("odbc", driver_version(), LIBPQ, OPENSSL), connect)
