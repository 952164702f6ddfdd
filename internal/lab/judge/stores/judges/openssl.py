"""Says what libcrypto takes from stores: one JSON line per line of stdin.

Usage: openssl.py LIBCRYPTO < requests
A request is "file PATH" (X509_STORE_load_locations with a file),
"aux PATH" (PEM_read_bio_X509_AUX until it fails, from memory),
"plain PATH" (PEM_read_bio_X509 until it fails, from a file),
"first PATH" (PEM_read_bio_X509 once, from memory), "dir PATH"
(X509_STORE_load_locations with a directory; the certificates of the subjects of
PATH.subjects, a PEM file, are looked up) or "hash PATH" (X509_NAME_hash of the first certificate's subject).
"""
import ctypes
import hashlib
import json
import sys

lib = ctypes.CDLL(sys.argv[1])
P, I, L = ctypes.c_void_p, ctypes.c_int, ctypes.c_long
for name, result, arguments in [
    ("X509_STORE_new", P, []), ("X509_STORE_free", None, [P]),
    ("X509_STORE_load_locations", I, [P, ctypes.c_char_p, ctypes.c_char_p]),
    ("X509_STORE_get0_objects", P, [P]), ("OPENSSL_sk_num", I, [P]), ("OPENSSL_sk_value", P, [P, I]),
    ("X509_OBJECT_get0_X509", P, [P]), ("i2d_X509", I, [P, P]), ("X509_free", None, [P]),
    ("ERR_get_error", ctypes.c_ulong, []), ("ERR_clear_error", None, []),
    ("ERR_reason_error_string", ctypes.c_char_p, [ctypes.c_ulong]),
    ("BIO_new_mem_buf", P, [ctypes.c_char_p, I]), ("BIO_new_file", P, [ctypes.c_char_p, ctypes.c_char_p]),
    ("BIO_free", I, [P]), ("PEM_read_bio_X509_AUX", P, [P, P, P, P]), ("PEM_read_bio_X509", P, [P, P, P, P]),
    ("X509_get_subject_name", P, [P]), ("X509_STORE_CTX_new", P, []), ("X509_STORE_CTX_init", I, [P, P, P, P]),
    ("X509_STORE_CTX_free", None, [P]), ("X509_OBJECT_new", P, []), ("X509_OBJECT_free", None, [P]),
    ("X509_STORE_CTX_get1_certs", P, [P, P]),
]:
    function = getattr(lib, name)
    function.restype, function.argtypes = result, arguments
try:
    lib.X509_NAME_hash_ex.restype, lib.X509_NAME_hash_ex.argtypes = ctypes.c_ulong, [P, P, P, P]
    name_hash = lambda n: lib.X509_NAME_hash_ex(n, None, None, None)
except AttributeError:
    lib.X509_NAME_hash.restype, lib.X509_NAME_hash.argtypes = ctypes.c_ulong, [P]
    name_hash = lib.X509_NAME_hash

# No pass phrase, as Node's NoPasswordCallback.
CALLBACK = ctypes.CFUNCTYPE(I, P, I, I, P)
no_password = CALLBACK(lambda buf, size, rwflag, u: 0)


def fingerprint(x):
    n = lib.i2d_X509(x, None)
    buf = ctypes.create_string_buffer(n)
    at = ctypes.c_void_p(ctypes.addressof(buf))
    lib.i2d_X509(x, ctypes.byref(at))
    return hashlib.sha256(buf.raw[:n]).hexdigest()


def reason():
    text = lib.ERR_reason_error_string(lib.ERR_get_error())
    lib.ERR_clear_error()
    return text.decode() if text else ""


def load_file(path):
    store = lib.X509_STORE_new()
    ok = lib.X509_STORE_load_locations(store, path, None)
    anchors = []
    if ok == 1:
        objects = lib.X509_STORE_get0_objects(store)
        for i in range(lib.OPENSSL_sk_num(objects)):
            x = lib.X509_OBJECT_get0_X509(lib.OPENSSL_sk_value(objects, i))
            if x:
                anchors.append(fingerprint(x))
    lib.X509_STORE_free(store)
    return {"ok": ok == 1, "anchors": anchors, "error": reason() if ok != 1 else ""}


def load_directory(path):
    anchors = []
    bio = lib.BIO_new_file(path + b".subjects", b"r")
    while True:
        x = lib.PEM_read_bio_X509(bio, None, None, None)
        if not x:
            break
        # A store of its own for each name: a store remembers all that it read.
        store, ctx = lib.X509_STORE_new(), lib.X509_STORE_CTX_new()
        lib.X509_STORE_load_locations(store, None, path)
        lib.X509_STORE_CTX_init(ctx, store, None, None)
        found = lib.X509_STORE_CTX_get1_certs(ctx, lib.X509_get_subject_name(x))
        for i in range(lib.OPENSSL_sk_num(found) if found else 0):
            anchors.append(fingerprint(lib.OPENSSL_sk_value(found, i)))
        lib.X509_STORE_CTX_free(ctx)
        lib.X509_STORE_free(store)
        lib.X509_free(x)
    lib.BIO_free(bio)
    lib.ERR_clear_error()
    return {"ok": True, "anchors": anchors, "error": ""}


def read_loop(bio, read, most):
    anchors = []
    while len(anchors) < most:
        x = read(bio, None, ctypes.cast(no_password, P), None)
        if not x:
            break
        anchors.append(fingerprint(x))
        lib.X509_free(x)
    lib.BIO_free(bio)
    return {"ok": True, "anchors": anchors, "error": reason()}


for request in sys.stdin.buffer:
    kind, path = request.rstrip(b"\n").split(b" ", 1)
    lib.ERR_clear_error()
    if kind == b"file":
        answer = load_file(path)
    elif kind == b"dir":
        answer = load_directory(path)
    elif kind == b"plain":
        answer = read_loop(lib.BIO_new_file(path, b"r"), lib.PEM_read_bio_X509, 1 << 30)
    else:
        with open(path, "rb") as f:
            content = f.read()
        bio = lib.BIO_new_mem_buf(content, len(content))
        if kind == b"aux":
            answer = read_loop(bio, lib.PEM_read_bio_X509_AUX, 1 << 30)
        elif kind == b"first":
            answer = read_loop(bio, lib.PEM_read_bio_X509, 1)
        else:
            x = lib.PEM_read_bio_X509(bio, None, None, None)
            answer = {"ok": True, "anchors": [], "error": "%08x" % name_hash(lib.X509_get_subject_name(x))}
    answer["anchors"] = sorted(set(answer["anchors"]))
    answer["request"] = request.rstrip(b"\n").decode()
    print(json.dumps(answer, separators=(",", ":")))
