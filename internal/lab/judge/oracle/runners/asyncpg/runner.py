"""Connects with asyncpg, one JSON case a line."""

import asyncio
import json
import os
import platform
import ssl
import sys

import asyncpg

BOOLEANS = {"true": True, "false": False}
CONTEXT_NAMES = {"context", "sslcontext", "create_default_context", "ssl.create_default_context()"}
CONTEXT_PROPERTIES = {"cafile", "check_hostname", "verify_mode"}
QUERY = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"


def context(properties):
    """Builds the SSLContext that an application would pass as ssl."""
    made = ssl.create_default_context(cafile=properties.get("cafile"))
    if properties.get("check_hostname", "").lower() == "false":
        made.check_hostname = False
    if properties.get("verify_mode", "").upper().removeprefix("SSL.") == "CERT_NONE":
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def arguments(case):
    """Returns the keyword arguments of asyncpg.connect."""
    properties = case.get("properties") or {}
    kwargs = {"timeout": case["timeout_ms"] / 1000}
    for name, value in properties.items():
        if name in CONTEXT_PROPERTIES:
            continue
        if name == "port":
            kwargs[name] = int(value)
        elif name == "direct_tls":
            kwargs[name] = BOOLEANS[value.lower()]
        elif name == "ssl" and value.lower() in CONTEXT_NAMES:
            kwargs[name] = context(properties)
        elif name == "ssl":
            kwargs[name] = BOOLEANS.get(value.lower(), value)
        else:
            kwargs[name] = value
    return kwargs


async def connect(case):
    """Connects once and asks the server whether the session is encrypted."""
    connection = await asyncpg.connect(case.get("connection") or None, **arguments(case))
    try:
        return await connection.fetchval(QUERY)
    finally:
        connection.terminate()


def judge(case, ambient):
    """Runs one case under its own environment."""
    os.environ.clear()
    os.environ.update(ambient)
    os.environ.update(case.get("environment") or {})
    os.environ["HOME"] = case["home"]
    try:
        encrypted = asyncio.run(connect(case))
        return {"id": case["id"], "outcome": "tls" if encrypted else "plaintext", "error": ""}
    except BaseException as error:  # every failure of a client is an answer
        return {"id": case["id"], "outcome": "fails", "error": f"{type(error).__name__}: {error}"[:500]}


def main():
    """Introduces the client, then answers line by line."""
    ambient = dict(os.environ)
    runtime = f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}"
    print(json.dumps({"driver": "asyncpg", "version": asyncpg.__version__, "runtime": runtime,
                      "runtime_version": platform.python_version()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line), ambient)), flush=True)


main()
