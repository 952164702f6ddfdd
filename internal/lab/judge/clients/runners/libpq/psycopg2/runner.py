"""Connects with psycopg2: the connection string, and the properties as keyword arguments."""

import libpq_library
import psycopg2
import pyjudge


def connect(case):
    connection = psycopg2.connect(case.get("connection") or "", **pyjudge.properties(case))
    try:
        with connection.cursor() as cursor:
            cursor.execute(pyjudge.QUERY)
            return cursor.fetchone()[0]
    finally:
        connection.close()


_, LIBPQ, OPENSSL = libpq_library.load(libpq_library.place())
pyjudge.serve(libpq_library.identity("psycopg2", psycopg2.__version__.split()[0], LIBPQ, OPENSSL), connect)
