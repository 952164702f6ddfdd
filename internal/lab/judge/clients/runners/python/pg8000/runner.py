"""Connects with pg8000, one JSON case a line."""

import inspect
import warnings

import pg8000
import pyjudge
import python_ssl

warnings.simplefilter("ignore")

WORDS = {"true": True, "false": False, "none": None}


def arguments(case):
    """Returns the keyword arguments of pg8000.connect.

    The driver has no connection string: a case writes its arguments as
    keyword=value pairs, or gives them as properties.
    """
    given = dict(pair.split("=", 1) for pair in (case.get("connection") or "").split())
    given.update(case.get("properties") or {})
    context, properties = python_ssl.settings(given)
    kwargs = {}
    for name, value in properties.items():
        if name == "port":
            kwargs[name] = int(value)
        elif name in ("ssl", "ssl_context"):
            kwargs[name] = context or WORDS[value.lower()]
        else:
            kwargs[name] = value
    if "timeout" in inspect.signature(pg8000.connect).parameters:
        kwargs["timeout"] = case["timeout_ms"] / 1000
    return kwargs


def connect(case):
    connection = pg8000.connect(**arguments(case))
    try:
        cursor = connection.cursor()
        cursor.execute(pyjudge.QUERY)
        return cursor.fetchone()[0]
    finally:
        connection.close()


pyjudge.serve(python_ssl.identity("pg8000", pg8000.__version__), connect)
