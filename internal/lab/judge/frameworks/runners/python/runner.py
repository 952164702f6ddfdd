"""Runs a framework of Python and prints what it hands to its driver.

Each question is a line of JSON with id, settings and environment; each answer
one with id, driver, connection, properties and error.
"""

import contextlib
import io
import json
import os
import sys


class Handed(Exception):
    """Ends the connection once the driver's arguments are known."""


handed = {}


def record(driver):
    def connect(*args, **kwargs):
        handed.update(driver=driver, connection=" ".join(str(a) for a in args), properties=kwargs)
        raise Handed()

    return connect


def patch_drivers():
    import asyncpg
    import pg8000
    import psycopg
    import psycopg2

    async def asyncpg_connect(*args, **kwargs):
        record("asyncpg")(*args, **kwargs)

    psycopg2.connect = record("psycopg2")
    psycopg.connect = record("psycopg")
    psycopg.Connection.connect = record("psycopg")
    asyncpg.connect = asyncpg_connect
    pg8000.connect = record("pg8000")
    pg8000.dbapi.connect = record("pg8000")


def sqlalchemy(settings):
    import asyncio

    import sqlalchemy as sa
    from sqlalchemy.engine import URL, make_url

    arguments = {}
    if isinstance(settings, dict):
        arguments = settings.get("connect_args", {})
        url = settings.get("url") or URL.create(
            **{k: settings[k] for k in ("drivername", "username", "password", "host", "port", "database", "query") if k in settings})
    else:
        url = settings
    if "asyncpg" in str(make_url(url).drivername) or "psycopg_async" in str(make_url(url).drivername):
        from sqlalchemy.ext.asyncio import create_async_engine

        async def connect():
            async with create_async_engine(url, connect_args=arguments).connect():
                pass

        return asyncio.run(connect())
    return sa.create_engine(url, connect_args=arguments).connect()


def django(settings):
    import django as framework
    from django.conf import settings as configured
    from django.db.utils import ConnectionHandler

    if not configured.configured:
        configured.configure(USE_TZ=True)
        framework.setup()
    connection = ConnectionHandler({"default": settings})["default"]
    try:
        connection.connect()
    finally:
        properties = handed.get("properties", {})
        for name in ("cursor_factory", "context", "prepare_threshold"):
            properties.pop(name, None)


def dbt(settings):
    from dbt.adapters.postgres import connections

    kinds = connections.PostgresCredentials
    given = kinds.translate_aliases({k: v for k, v in settings.items() if k != "type"})
    kinds.validate(given)
    connection = type("Connection", (), {"state": "init", "credentials": kinds.from_dict(given)})()
    connections.PostgresConnectionManager.retry_connection = classmethod(lambda cls, c, connect, **_: connect())
    connections.PostgresConnectionManager.open(connection)


def airflow(settings):
    from airflow.models import Connection
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    if isinstance(settings, str):
        connection = Connection(uri=settings)
    else:
        connection = Connection(**settings)
    PostgresHook(connection=connection).get_conn()


def version(name):
    from importlib import metadata

    return metadata.version({"sqlalchemy": "SQLAlchemy", "django": "Django", "dbt": "dbt-postgres", "airflow": "apache-airflow-providers-postgres"}[name])


def text(value):
    return value if isinstance(value, str) else ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def main():
    name = sys.argv[1]
    out = sys.stdout
    sys.stdout = sys.stderr
    patch_drivers()
    print(json.dumps({"framework": name, "version": version(name)}), file=out, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        handed.clear()
        error = ""
        os.environ.update(question.get("environment") or {})
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                globals()[name](question["settings"])
        except Handed:
            pass
        except BaseException as e:  # Whatever it is, it is the framework's answer.
            if not handed:
                error = f"{type(e).__name__}: {e}"
        answer = {"id": question["id"], "driver": handed.get("driver", ""), "connection": handed.get("connection", ""), "error": error,
                  "properties": {k: text(v) for k, v in handed.get("properties", {}).items() if v is not None and k != "context"}}
        print(json.dumps(answer), file=out, flush=True)


main()
