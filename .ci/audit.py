"""Look every pinned package up in the advisory database; `make lint` runs this.

pip-audit by itself exits 0 where it reached no advisory source, having audited nothing. Here that is said in so many
words, and is an error when PEERLEARN_REQUIRE names `advisories`.
"""

import json
import os
import subprocess
import sys

LOCK = "requirements-prod.txt"  # holds requirements.txt as well


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner=off", "--format=json", "--disable-pip"]
    audit = subprocess.run([*command, "--require-hashes", f"--requirement={LOCK}"], capture_output=True, text=True)  # noqa: S603
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except json.JSONDecodeError:
        return nothing_audited((audit.stderr.strip().splitlines() or ["no output"])[-1])
    skipped = [package for package in packages if "skip_reason" in package]
    if len(skipped) == len(packages):
        return nothing_audited(skipped[0]["skip_reason"] if skipped else "the lock is empty")
    findings = [(package, finding) for package in packages for finding in package.get("vulns", [])]
    for package, finding in findings:
        fix = ", ".join(finding["fix_versions"]) or "nothing yet"
        say(f"  {package['name']} {package['version']}: {finding['id']}, fixed in {fix}")
    for package in skipped:
        say(f"  {package['name']}: not audited, {package['skip_reason']}")
    say(f"  {len(packages) - len(skipped)} packages audited, {len(findings)} advisories")
    return 1 if findings or skipped else 0


def nothing_audited(why: str) -> int:
    say(f"  NOTHING WAS AUDITED: no advisory source can be reached from here ({why})")
    return 1 if "advisories" in os.environ.get("PEERLEARN_REQUIRE", "").split(",") else 0


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
