"""Connects with psycopg 3: the connection string, and the properties as keyword arguments."""

import libpq_library
import psycopg
import pyjudge


def connect(case):
    connection = psycopg.connect(case.get("connection") or "", **pyjudge.properties(case))
    try:
        return connection.execute(pyjudge.QUERY).fetchone()[0]
    finally:
        connection.close()


_, LIBPQ, OPENSSL = libpq_library.load(libpq_library.place())
pyjudge.serve(libpq_library.identity("psycopg", psycopg.__version__, LIBPQ, OPENSSL), connect)
