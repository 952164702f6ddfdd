"""Connects with pg8000, one JSON case a line."""

import inspect
import json
import os
import platform
import ssl
import sys
import warnings

import pg8000

warnings.simplefilter("ignore")

WORDS = {"true": True, "false": False, "none": None}
CONTEXT_NAMES = {"context", "sslcontext", "create_default_context", "ssl.create_default_context()"}
QUERY = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"


def context(properties):
    """Builds the SSLContext that an application would pass as ssl_context."""
    made = ssl.create_default_context(cafile=properties.get("cafile"))
    if properties.get("check_hostname", "").lower() == "false":
        made.check_hostname = False
    if properties.get("verify_mode", "").upper().removeprefix("SSL.") == "CERT_NONE":
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def arguments(case):
    """Returns the keyword arguments of pg8000.connect.

    The driver has no connection string: a case writes its arguments as
    keyword=value pairs, or gives them as properties.
    """
    properties = dict(pair.split("=", 1) for pair in (case.get("connection") or "").split())
    properties.update(case.get("properties") or {})
    kwargs = {}
    for name, value in properties.items():
        if name in ("cafile", "check_hostname", "verify_mode"):
            continue
        if name == "port":
            kwargs[name] = int(value)
        elif name in ("ssl", "ssl_context"):
            kwargs[name] = context(properties) if value.lower() in CONTEXT_NAMES else WORDS[value.lower()]
        else:
            kwargs[name] = value
    if "timeout" in inspect.signature(pg8000.connect).parameters:
        kwargs["timeout"] = case["timeout_ms"] / 1000
    return kwargs


def connect(case):
    """Connects once and asks the server whether the session is encrypted."""
    connection = pg8000.connect(**arguments(case))
    try:
        cursor = connection.cursor()
        cursor.execute(QUERY)
        return cursor.fetchone()[0]
    finally:
        connection.close()


def judge(case, ambient):
    """Runs one case under its own environment."""
    os.environ.clear()
    os.environ.update(ambient)
    os.environ.update(case.get("environment") or {})
    os.environ["HOME"] = case["home"]
    try:
        return {"id": case["id"], "outcome": "tls" if connect(case) else "plaintext", "error": ""}
    except BaseException as error:  # every failure of a client is an answer
        return {"id": case["id"], "outcome": "fails", "error": f"{type(error).__name__}: {error}"[:500]}


def main():
    """Introduces the client, then answers line by line."""
    ambient = dict(os.environ)
    runtime = f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}"
    print(json.dumps({"driver": "pg8000", "version": pg8000.__version__, "runtime": runtime,
                      "runtime_version": platform.python_version()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line), ambient)), flush=True)


main()
