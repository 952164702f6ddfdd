"""Connects with a libpq, given by its path, through ctypes."""

import ctypes
import sys

import libpq_library
import pyjudge

libpq, VERSION, OPENSSL = libpq_library.load(sys.argv[1])
for name, result in (("PQconnectdb", ctypes.c_void_p), ("PQconnectdbParams", ctypes.c_void_p),
                     ("PQexec", ctypes.c_void_p), ("PQerrorMessage", ctypes.c_char_p),
                     ("PQgetvalue", ctypes.c_char_p)):
    getattr(libpq, name).restype = result
libpq.PQstatus.argtypes = libpq.PQfinish.argtypes = libpq.PQerrorMessage.argtypes = [ctypes.c_void_p]
libpq.PQexec.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
libpq.PQgetvalue.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
libpq.PQresultStatus.argtypes = [ctypes.c_void_p]
TUPLES = 2


def start(case):
    """PQconnectdb, or PQconnectdbParams where there are properties."""
    connection, given = case.get("connection") or "", pyjudge.properties(case)
    if not given:
        return libpq.PQconnectdb(connection.encode())
    pairs = [("dbname", connection)] + sorted(given.items())
    array = ctypes.c_char_p * (len(pairs) + 1)
    return libpq.PQconnectdbParams(array(*[k.encode() for k, _ in pairs], None),
                                   array(*[v.encode() for _, v in pairs], None), 1)


def connect(case):
    session = start(case)
    try:
        if libpq.PQstatus(session) != 0:
            raise ConnectionError(libpq.PQerrorMessage(session).decode(errors="replace").strip())
        answer = libpq.PQexec(session, pyjudge.QUERY.encode())
        if libpq.PQresultStatus(answer) != TUPLES:
            raise ConnectionError(libpq.PQerrorMessage(session).decode(errors="replace").strip())
        return pyjudge.yes(libpq.PQgetvalue(answer, 0, 0).decode())
    finally:
        libpq.PQfinish(session)


pyjudge.serve(libpq_library.identity("libpq", VERSION, VERSION, OPENSSL), connect)
