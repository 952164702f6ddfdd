"""The loop of the runners that are written in Python.

serve(identity, connect) introduces the client and answers line by line.
connect(case) makes one connection and returns whether it is encrypted; what
it raises is the client's failure.
"""

import json
import os
import sys
import tempfile

SERVICE_FILE = "pg_service.conf"
QUERY = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"


def serve(identity, connect):
    ambient = dict(os.environ)
    print(json.dumps(identity), flush=True)
    for line in sys.stdin:
        case = json.loads(line)
        os.environ.clear()
        os.environ.update(ambient)
        os.environ.update(case.get("environment") or {})
        os.environ["HOME"] = case["home"]
        services = service_file(case)
        result = {"id": case["id"], "outcome": "fails", "error": ""}
        try:
            result["outcome"] = "tls" if connect(case) else "plaintext"
        except BaseException as error:  # every failure of a client is an answer
            result["error"] = f"{type(error).__name__}: {error}"[:500]
        if services:
            os.unlink(services)
        print(json.dumps(result), flush=True)


def service_file(case):
    """Lays out the service file that a case gives by its content."""
    content = (case.get("properties") or {}).get(SERVICE_FILE)
    if content is None:
        return None
    with tempfile.NamedTemporaryFile("w", delete=False) as out:
        out.write(content)
    os.environ["PGSERVICEFILE"] = out.name
    return out.name


def properties(case):
    """Returns the settings given in code."""
    return {k: v for k, v in (case.get("properties") or {}).items() if k != SERVICE_FILE}


def yes(answer):
    """Translates what the server says of its session."""
    return str(answer) in ("t", "True", "1", "true")
