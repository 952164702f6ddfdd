"""Asks a libcrypto about certification paths.

Usage: openssl.py LIBCRYPTO LABEL=FLAGS,LEVEL[,last] ... < questions > answers

Each path is verified as a TLS client does it: X509_verify_cert with the
purpose of "ssl_server", the given security level and flags, at the vector's
time. "last" is a verify callback that goes on after errors. One question and
one answer a line, in JSON.
"""

import base64
import ctypes
import json
import sys

lib = ctypes.CDLL(sys.argv[1])
for name, result, arguments in [
    ("d2i_X509", ctypes.c_void_p, [ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long]),
    ("X509_STORE_new", ctypes.c_void_p, []),
    ("X509_STORE_free", None, [ctypes.c_void_p]),
    ("X509_STORE_add_cert", ctypes.c_int, [ctypes.c_void_p, ctypes.c_void_p]),
    ("X509_STORE_CTX_new", ctypes.c_void_p, []),
    ("X509_STORE_CTX_free", None, [ctypes.c_void_p]),
    ("X509_STORE_CTX_init", ctypes.c_int, [ctypes.c_void_p] * 4),
    ("X509_STORE_CTX_set_default", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p]),
    ("X509_STORE_CTX_get0_param", ctypes.c_void_p, [ctypes.c_void_p]),
    ("X509_STORE_CTX_set_verify_cb", None, [ctypes.c_void_p, ctypes.c_void_p]),
    ("X509_VERIFY_PARAM_set_time", None, [ctypes.c_void_p, ctypes.c_long]),
    ("X509_VERIFY_PARAM_set_auth_level", None, [ctypes.c_void_p, ctypes.c_int]),
    ("X509_VERIFY_PARAM_set_flags", ctypes.c_int, [ctypes.c_void_p, ctypes.c_ulong]),
    ("X509_verify_cert", ctypes.c_int, [ctypes.c_void_p]),
    ("X509_STORE_CTX_get_error", ctypes.c_int, [ctypes.c_void_p]),
    ("X509_verify_cert_error_string", ctypes.c_char_p, [ctypes.c_long]),
    ("OPENSSL_sk_new_null", ctypes.c_void_p, []),
    ("OPENSSL_sk_push", ctypes.c_int, [ctypes.c_void_p, ctypes.c_void_p]),
    ("OPENSSL_sk_free", None, [ctypes.c_void_p]),
]:
    function = getattr(lib, name)
    function.restype, function.argtypes = result, arguments

GOES_ON = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p)(lambda ok, context: 1)


def parse(encoded):
    der = base64.b64decode(encoded)
    certificate = lib.d2i_X509(None, ctypes.byref(ctypes.c_char_p(der)), len(der))
    return certificate  # None for one that the library cannot read


def path(presented, anchors, at, flags, level, last):
    if None in presented:
        return {"code": "unreadable"}
    store, context, stack = lib.X509_STORE_new(), lib.X509_STORE_CTX_new(), lib.OPENSSL_sk_new_null()
    for anchor in filter(None, anchors):
        lib.X509_STORE_add_cert(store, anchor)
    for certificate in presented:
        lib.OPENSSL_sk_push(stack, certificate)
    lib.X509_STORE_CTX_init(context, store, presented[0], stack)
    lib.X509_STORE_CTX_set_default(context, b"ssl_server")
    parameters = lib.X509_STORE_CTX_get0_param(context)
    lib.X509_VERIFY_PARAM_set_time(parameters, at)
    lib.X509_VERIFY_PARAM_set_auth_level(parameters, level)
    lib.X509_VERIFY_PARAM_set_flags(parameters, flags)
    if last:
        lib.X509_STORE_CTX_set_verify_cb(context, ctypes.cast(GOES_ON, ctypes.c_void_p))
    ok = lib.X509_verify_cert(context) == 1
    error = lib.X509_STORE_CTX_get_error(context)
    lib.X509_STORE_CTX_free(context)
    lib.OPENSSL_sk_free(stack)
    lib.X509_STORE_free(store)
    if ok and error == 0:
        return {"ok": True}
    return {"code": str(error), "text": lib.X509_verify_cert_error_string(error).decode()}


def main():
    profiles = []
    for argument in sys.argv[2:]:
        label, _, settings = argument.partition("=")
        flags, level, *rest = settings.split(",")
        profiles.append((label, int(flags, 16), int(level), "last" in rest))
    for line in sys.stdin:
        question = json.loads(line)
        answers = {}
        presented = [parse(c) for c in question["presented"]]
        anchors = [parse(c) for c in question["anchors"]]
        for label, flags, level, last in profiles:
            answers[label] = path(presented, anchors, question["at"], flags, level, last)
        print(json.dumps({"id": question["id"], "answers": answers}))


main()
