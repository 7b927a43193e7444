"""`make bench`: how fast the production server is, beside what its database and the server itself could do at most.

    make bench                                  # 2,000 tutors and students, 20,000 sessions
    make bench SCALE=25                         # 25 times as many
    make bench ARGS="--rounds 5 --case join"

Needs PostgreSQL, Redis, wrk and pgbench. DATABASE_URL names the PostgreSQL server: the benchmark makes databases of its
own beside the named one, which it does not touch. Figures never make it fail; wrong answers do.
"""

import argparse
import getpass
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

REPORT = Path("build/bench.json")


def main() -> None:
    options = _read_options()
    _require_programs("wrk", "pgbench")
    database_url = _own_database_url(options.scale)
    redis_url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    _require_servers(database_url, redis_url)
    _set_up_django(database_url, redis_url)

    # Only now: these read the settings.
    from tests.load.cases import CASES
    from tests.load.database import NotOurs, working_copy
    from tests.load.report import save, table
    from tests.load.runner import run
    from tests.load.seed import Sizes

    names = [case.name for case in CASES]
    if not set(options.case) <= set(names):
        _stop(f"The benchmark has no such case; it has: {', '.join(names)}.")
    sizes = Sizes().times(options.scale)
    try:
        with working_copy(database_url, sizes), tempfile.TemporaryDirectory(prefix="peerlearn-bench-") as folder:
            results = run(sizes, Path(folder), rounds=options.rounds, seconds=options.seconds, only=options.case)
    except NotOurs as error:
        _stop(str(error))
    except AssertionError as error:
        _stop(f"Wrong answers: {error}")
    save(REPORT, results, sizes, rounds=options.rounds, seconds=options.seconds)
    print(f"\n{table(results)}\n\nAll figures: {REPORT}")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--case", action="append", default=[], help="only this case; may be repeated")
    parser.add_argument("--scale", type=int, default=int(os.environ.get("SCALE") or 1))
    return parser.parse_args()


def _require_programs(*names: str) -> None:
    for name in names:
        if not shutil.which(name):
            _stop(f"The benchmark needs {name}, which is not installed.")


def _own_database_url(scale: int) -> str:
    """Beside the database of DATABASE_URL, never that one."""
    default = f"postgres://{getpass.getuser()}@127.0.0.1:5432/peerlearn"
    parts = urlsplit(os.environ.get("DATABASE_URL") or default)
    if parts.scheme not in ("postgres", "postgresql"):
        _stop("The benchmark needs PostgreSQL: DATABASE_URL must begin with postgres://.")
    name = f"{parts.path.lstrip('/')}_bench" + (f"_{scale}" if scale > 1 else "")
    return urlunsplit(parts._replace(path=f"/{name}"))


def _require_servers(database_url: str, redis_url: str) -> None:
    import psycopg
    from redis import Redis, RedisError

    try:
        psycopg.connect(urlunsplit(urlsplit(database_url)._replace(path="/postgres"))).close()
    except psycopg.OperationalError as error:
        _stop(f"The benchmark needs PostgreSQL, which does not answer: {str(error).strip()}")
    try:
        Redis.from_url(redis_url).ping()
    except RedisError as error:
        _stop(f"The benchmark needs Redis, which does not answer: {error}")


def _set_up_django(database_url: str, redis_url: str) -> None:
    """This process has the settings of the servers that it starts: it makes their tokens and captures statements."""
    import django

    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "peerlearn.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "EMAIL_URL": "memorymail://",
        "PEERLEARN_DEBUG": "false",
        "PEERLEARN_SECRET_KEY": "only-for-the-benchmark-0123456789-abcdefghijklmnopqrstuvwxyz",
        "PEERLEARN_ALLOWED_HOSTS": "127.0.0.1",
        "PEERLEARN_PUBLIC_URL": "http://127.0.0.1",
        "PEERLEARN_THROTTLING": "off",
    }
    warnings.filterwarnings("ignore", message="No directory at")  # whitenoise: a checkout has no collected files
    django.setup()


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
