"""Calls functions by name, one JSON line each, with the settings of the environment (see `server.Console`)."""

import importlib
import json
import sys
import traceback

import django

django.setup()

from django.core.serializers.json import DjangoJSONEncoder  # noqa: E402
from django.db import connections  # noqa: E402


def answer(line: str) -> dict:
    request = json.loads(line)
    try:
        function = getattr(importlib.import_module(request["module"]), request["name"])
        return {"result": function(*request["arguments"], **request["named"])}
    except Exception:  # noqa: BLE001 - the test that asked shows it
        return {"error": traceback.format_exc()}
    finally:
        connections.close_all()  # the database may be another one, or gone, at the next call


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        out.write(json.dumps(answer(line), cls=DjangoJSONEncoder) + "\n")
        out.flush()
