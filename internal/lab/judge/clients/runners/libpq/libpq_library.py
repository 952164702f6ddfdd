"""libpq through ctypes: which library a runner works with, and its versions."""

import ctypes
import glob
import os
import sys


def load(path):
    """Loads a libpq and returns it with its version and that of its OpenSSL.

    A wheel brings both along: the runner's argument is then where they lie.
    """
    found = sorted(glob.glob(path)) or [path]
    library = ctypes.CDLL(found[-1])
    crypto = glob.glob(os.path.join(os.path.dirname(found[-1]) or "/nowhere", "libcrypto*.so.*"))
    openssl = ctypes.CDLL(crypto[0] if crypto else "libcrypto.so.3")
    openssl.OpenSSL_version.restype = ctypes.c_char_p
    number = library.PQlibVersion()
    text = openssl.OpenSSL_version(0).decode().split()
    return library, f"{number // 10000}.{number % 10000}", text[1]


def place():
    """Returns the libpq of the runner's argument, or Debian's."""
    return sys.argv[1] if len(sys.argv) > 1 else "libpq.so.5"


def identity(driver, version, libpq, openssl):
    """What a runner built on libpq says of itself."""
    return {
        "driver": driver,
        "version": version,
        "rule_version": libpq,
        "runtime": f"libpq {libpq}, OpenSSL {openssl}",
        "runtime_version": openssl,
    }
