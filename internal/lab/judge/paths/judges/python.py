"""Asks Python's ssl about certification paths and host names, in handshakes.

Usage: python.py LABEL KEY < questions > answers

The client's context is that of ssl.create_default_context; the server presents
the certificates under the key of the file KEY. Both ends are in memory.
"""

import base64
import json
import ssl
import sys
import tempfile

label, key_file = sys.argv[1:]


def server_context(presented):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as chain:
        chain.write("".join(ssl.DER_cert_to_PEM_cert(der) for der in presented))
        chain.flush()
        context.load_cert_chain(chain.name, key_file)
    return context


def can_read(der):
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except ssl.SSLError:
        return False
    return True


def shake(client, server, host):
    upstream, downstream = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(downstream, upstream, server_hostname=host),
        server.wrap_bio(upstream, downstream, server_side=True),
    ]
    for _ in range(10):
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                pass
        if not ends:
            return


def judge(question):
    host = question.get("host")
    presented = [base64.b64decode(c) for c in question["presented"]]
    anchors = [base64.b64decode(c) for c in question["anchors"]]
    readable = [der for der in anchors if can_read(der)]
    if not readable:
        return None  # the context cannot be made
    try:
        server = server_context(presented)
    except ssl.SSLError:
        return None  # the server cannot present it
    client = ssl.create_default_context(cadata=b"".join(readable))
    client.check_hostname = host is not None
    try:
        shake(client, server, host)
    except ssl.SSLCertVerificationError as error:
        return {"code": str(error.verify_code), "text": error.verify_message}
    except ssl.SSLError as error:
        return {"code": error.reason or "SSLError", "text": "" if host is None else str(error)}
    except ValueError as error:
        return {"text": str(error)}
    return {"ok": True}


for line in sys.stdin:
    asked = json.loads(line)
    answer = judge(asked)
    print(json.dumps({"id": asked["id"], "answers": {label: answer} if answer else {}}))
