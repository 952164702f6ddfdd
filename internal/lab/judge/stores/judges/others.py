"""Adds the stores that Python's cryptography writes. Usage: others.py DIRECTORY"""
import sys
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from cryptography.x509 import load_pem_x509_certificate

base = Path(sys.argv[1])
certificate = lambda name: load_pem_x509_certificate((base / "certificates" / f"{name}.pem").read_bytes())
key = serialization.load_pem_private_key((base / "keys/server.key").read_bytes(), None)
roots = [certificate("root-rsa"), certificate("root-ec")]
named = [pkcs12.PKCS12Certificate(roots[0], b"first"), pkcs12.PKCS12Certificate(roots[1], "zweite ü".encode())]


def builder(algorithm, mac, rounds):
    built = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(rounds)
    return built.key_cert_algorithm(algorithm).hmac_hash(mac).build(b"changeit")


def write(name, *arguments):
    (base / "stores" / f"python-{name}.p12").write_bytes(pkcs12.serialize_key_and_certificates(*arguments))


best, none = serialization.BestAvailableEncryption(b"changeit"), serialization.NoEncryption()
write("roots", b"ignored", None, None, roots, best)
write("roots-named", None, None, None, named, best)
write("roots-plain", None, None, None, roots, none)
write("key", b"server", key, certificate("server"), [certificate("sub"), *roots], best)
write("key-plain", b"server", key, certificate("server"), named, none)
PBES = pkcs12.PBES if hasattr(pkcs12, "PBES") else serialization.pkcs12.PBES
for name, algorithm in (("3des", PBES.PBESv1SHA1And3KeyTripleDESCBC), ("aes", PBES.PBESv2SHA256AndAES256CBC)):
    write(f"key-{name}", b"server", key, certificate("server"), roots, builder(algorithm, hashes.SHA256(), 1000))
    write(f"roots-{name}-sha1", None, None, None, roots, builder(algorithm, hashes.SHA1(), 50000))
for encoding, name in ((serialization.Encoding.PEM, "pem"), (serialization.Encoding.DER, "der")):
    (base / "stores" / f"python-pkcs7.{name}.p7b").write_bytes(pkcs7.serialize_certificates(roots, encoding))
