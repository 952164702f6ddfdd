"""Ask a real libpq how it parses connection strings.

Usage: pqconninfo.py LIBRARY < strings, one JSON string a line.
First line out: the major version. Then a line for each string: an object of
the settings, or the error message as a JSON string.
"""
import ctypes
import json
import sys


class Option(ctypes.Structure):
    _fields_ = [(n, ctypes.c_char_p) for n in ("keyword", "envvar", "compiled", "val", "label", "dispchar")] + [
        ("dispsize", ctypes.c_int)
    ]


libpq = ctypes.CDLL(sys.argv[1])
libpq.PQconninfoParse.restype = ctypes.POINTER(Option)
libpq.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)]
libpq.PQconninfoFree.argtypes = [ctypes.POINTER(Option)]
print(libpq.PQlibVersion() // 10000)
for line in sys.stdin:
    # Go writes bytes that are no UTF-8 as Latin-1 code points: see the test.
    text = json.loads(line).encode("latin-1")
    error = ctypes.c_char_p()
    options = libpq.PQconninfoParse(text, ctypes.byref(error))
    if not options:
        print(json.dumps((error.value or b"").decode("latin-1")))
        continue
    settings, i = {}, 0
    while options[i].keyword:
        if options[i].val is not None:
            settings[options[i].keyword.decode()] = options[i].val.decode("latin-1")
        i += 1
    libpq.PQconninfoFree(options)
    print(json.dumps(settings))
