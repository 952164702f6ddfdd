"""Connects through PgBouncer: a configuration and a process a case.

The connection is the connection string of the database, the properties are
settings of the section [pgbouncer]. What is judged is the session between
PgBouncer and the server; psycopg2 reaches PgBouncer in plaintext.
"""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import libpq_library
import psycopg2
import pyjudge

PGBOUNCER = "/usr/sbin/pgbouncer"


def unprivileged():
    """PgBouncer refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("postgres")


def configure(folder, case):
    """Writes the configuration and returns its path."""
    lines = ["[databases]", f"judged = {case.get('connection') or ''}", "[pgbouncer]",
             "listen_addr =", f"unix_socket_dir = {folder}", "listen_port = 6432", "auth_type = any",
             "logfile = " + os.path.join(folder, "log"), "server_login_retry = 1",
             "query_wait_timeout = 1", "server_connect_timeout = 3", "ignore_startup_parameters = extra_float_digits"]
    lines += [f"{name} = {value}" for name, value in sorted(pyjudge.properties(case).items())]
    path = os.path.join(folder, "pgbouncer.ini")
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return path


def log(folder):
    try:
        with open(os.path.join(folder, "log"), encoding="utf-8", errors="replace") as text:
            return text.read()
    except FileNotFoundError:
        return ""


def wait(process, folder):
    """Returns when PgBouncer listens; raises what it logged when it ends."""
    for _ in range(200):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(os.path.join(folder, ".s.PGSQL.6432")) == 0:
                return
        if process.poll() is not None:
            raise ConnectionError(complaints(process.stderr.read().decode(errors="replace")))
        time.sleep(0.01)
    raise TimeoutError("PgBouncer does not listen")


def complaints(text):
    """What PgBouncer says of its configuration and of its server connections."""
    found = [line for line in text.splitlines() if re.search(r"ERROR|FATAL|WARNING|S-.*closing because", line)]
    return " | ".join(line.split("] ", 1)[-1] for line in found)


def connect(case):
    account = unprivileged()
    folder = tempfile.mkdtemp(prefix="pgb")
    process = None
    try:
        path = configure(folder, case)
        extra = {}
        if account:
            for name in (folder, path):
                os.chown(name, account.pw_uid, account.pw_gid)
            extra = {"user": account.pw_uid, "group": account.pw_gid}
        process = subprocess.Popen([PGBOUNCER, path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, env=dict(os.environ), **extra)
        wait(process, folder)
        try:
            session = psycopg2.connect(host=folder, port=6432, dbname="judged", user="judge",
                                       sslmode="disable", connect_timeout=4)
            with session.cursor() as cursor:
                cursor.execute(pyjudge.QUERY)
                return cursor.fetchone()[0]
        except psycopg2.Error as error:
            raise ConnectionError(complaints(log(folder)) or str(error)) from error
    finally:
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


_, LIBPQ, OPENSSL = libpq_library.load("libpq.so.5")
VERSION = subprocess.run([PGBOUNCER, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
pyjudge.serve({"driver": "pgbouncer", "version": VERSION, "runtime": f"OpenSSL {OPENSSL}",
               "runtime_version": OPENSSL}, connect)
