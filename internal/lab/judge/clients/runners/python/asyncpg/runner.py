"""Connects with asyncpg, one JSON case a line."""

import asyncio

import asyncpg
import pyjudge
import python_ssl

BOOLEANS = {"true": True, "false": False}


def arguments(case):
    """Returns the keyword arguments of asyncpg.connect."""
    kwargs = {"timeout": case["timeout_ms"] / 1000}
    context, properties = python_ssl.settings(case.get("properties") or {})
    for name, value in properties.items():
        if name == "port":
            kwargs[name] = int(value)
        elif name == "direct_tls":
            kwargs[name] = BOOLEANS[value.lower()]
        elif name == "ssl":
            kwargs[name] = context or BOOLEANS.get(value.lower(), value)
        else:
            kwargs[name] = value
    return kwargs


async def session(case):
    connection = await asyncpg.connect(case.get("connection") or None, **arguments(case))
    try:
        return await connection.fetchval(pyjudge.QUERY)
    finally:
        connection.terminate()


pyjudge.serve(python_ssl.identity("asyncpg", asyncpg.__version__), lambda case: asyncio.run(session(case)))
