"""Goal S14: what is installed is pinned, hashed and free of licences that would bind our own code."""

import json
import re
from importlib.metadata import distributions

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ["requirements.txt", "requirements-prod.txt", "requirements-dev.txt"]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[([^\]]+)\])?==([^ ;\\]+)")


def entries(lock):
    """Each requirement of a lock file with its continuation lines."""
    lines = (settings.BASE_DIR / lock).read_text().replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.lstrip().startswith("#")]


def pins(lock):
    """The version of each package."""
    return {name: version for name, _, version in (PIN.match(entry).groups() for entry in entries(lock))}


def pinned_extras(lock):
    found = (PIN.match(entry).groups() for entry in entries(lock))
    return {(canonicalize_name(name), extra) for name, extras, _ in found for extra in re.split(", *", extras or "")}


def wanted_extras():
    """The extras that installed packages ask of each other without a condition, as `coverage[toml]`."""
    for package in distributions():
        for text in package.requires or ():
            wanted = Requirement(text)
            if not wanted.marker or wanted.marker.evaluate({"extra": ""}):
                yield from ((canonicalize_name(wanted.name), extra) for extra in wanted.extras)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_hashes(lock):
    assert [entry for entry in entries(lock) if not PIN.match(entry) or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(("smaller", "larger"), [LOCKS[:2], LOCKS[1:]])
def test_the_larger_lock_holds_the_smaller_one_unchanged(smaller, larger):
    assert pins(smaller).items() <= pins(larger).items()


def test_the_lock_names_the_extras_that_packages_ask_of_each_other():
    """Older pips take `coverage[toml]` for another package than the pinned `coverage`, and refuse its next release."""
    assert set(wanted_extras()) - pinned_extras("requirements-dev.txt") == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_to_download_from(lock):
    assert "://" not in "".join(entries(lock))


def licence(package):
    metadata = package.metadata
    return " ".join(
        [metadata["License-Expression"] or "", metadata["License"] or "", *metadata.get_all("Classifier", [])]
    )


def test_nothing_that_is_shipped_is_under_the_affero_licence():
    shipped = {name.replace("-", "_") for name in pins("requirements-prod.txt")}

    known = {package.name.lower().replace("-", "_").replace(".", "_"): licence(package) for package in distributions()}

    assert len(shipped & known.keys()) > len(shipped) * 0.8  # the rest is for other systems
    assert [name for name in shipped & known.keys() if re.search("AGPL|Affero", known[name])] == []


def test_the_front_ends_client_that_a_test_drives_is_locked_too():
    folder = settings.BASE_DIR / "tests" / "e2e" / "next_auth"
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    locked = {name.removeprefix("node_modules/"): package for name, package in packages.items() if name}

    assert {name: locked[name]["version"] for name in wanted} == wanted
    assert [name for name, package in locked.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in locked.items() if "resolved" in package or "GPL" in package["license"]] == []
