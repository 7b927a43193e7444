"""The description against a real server: thousands of requests of every shape, no server error, no surprise (S17)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.fuzz import world
from tests.peerlearn.processes import environment
from tests.support.figures import at_the_goals, figure
from tests.support.server import Site, running_site

HERE = Path(__file__).parent
ROLES = ("tutor", "student", "anonymous", "admin", "unapproved")
# How many requests of each operation: PostgreSQL is what large sites run on, SQLite answers the same. Of the goal's
# hundred by everybody (`figure`), so that the suite ends in time.
EXAMPLES = {"postgres": {"tutor": 4, "student": 4}, "sqlite": {}}
FEWER = {"postgres": 2, "sqlite": 2}
# Two checks are made by our own, which call them: `hooks.valid_requests_are_accepted`, `invalid_requests_are_refused`.
REPLACED = "positive_data_acceptance,negative_data_rejection"
# At the goal's figure every boundary of every parameter (coverage) is tried as the tutor, chains of operations
# (stateful) as the student: half an hour on two cores.
PHASES = {"tutor": "examples,coverage,fuzzing", "student": "examples,fuzzing,stateful"}
EVERYDAY = "examples,fuzzing"
# A 501, which the fuzzer takes for a failure; and what redirects to pages of a front end, to which it would go.
EXCLUDED = "/google-meet/|/auth/(signin|signout|callback|error|verify-request)"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz")]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request, tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("fuzz"), engine=request.param) as one:
        one.engine = request.param
        one.serve(module="tests.fuzz.quick_hashes")
        one.call(world.make_people)
        yield one


@pytest.mark.parametrize("role", ROLES)
def test_no_request_meets_an_error_or_an_undocumented_answer(site, role):
    run = fuzz(site, role)

    assert run.returncode == 0, run.stdout[-30_000:] + run.stderr[-5_000:]
    assert "Internal Server Error" not in site.logs()
    print(f"{role}: {summary(run.stdout)}")


def fuzz(site: Site, role: str) -> subprocess.CompletedProcess[str]:
    phases = PHASES.get(role, EVERYDAY) if at_the_goals() and site.engine == "postgres" else EVERYDAY
    examples = figure(100, EXAMPLES[site.engine].get(role, FEWER[site.engine]))
    command = [
        str(Path(sys.executable).with_name("st")),
        *("--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{site.servers[0].url}/openapi.json"),
        *("--exclude-path-regex", EXCLUDED),
        *("--checks", "all", "--exclude-checks", REPLACED, "--continue-on-failure", "--no-shrink"),
        *("--seed", os.environ.get("PEERLEARN_FUZZ_SEED", "17")),
        *("--phases", phases, "--max-examples", str(examples)),
        *("--suppress-health-check", "all", "--request-timeout", "30"),
    ]
    variables = environment(**site.variables) | {
        "DJANGO_SETTINGS_MODULE": "peerlearn.settings",
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "FUZZ_ROLE": role,
        "COLUMNS": "200",
    }
    return subprocess.run(command, cwd=settings.BASE_DIR, env=variables, capture_output=True, text=True)


def summary(output: str) -> str:
    """The fuzzer's own count."""
    return next((line.strip() for line in output.splitlines() if " generated" in line), "no count")
