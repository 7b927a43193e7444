"""Files without rows, and rows without files."""

from datetime import datetime

from accounts.models import User
from adminpanel.integrity.check import EXAMPLES, MENDED_AT_ONCE, REPAIRED, Check, Example, Found
from audit.services import record
from common import files


class Orphans(Check):
    """What an upload that failed half-way leaves behind. The sweep deletes it every day."""

    name = "files.orphans"
    looks_at = "every file that was uploaded is some row's"
    is_thorough = True
    can_repair = True

    def find(self, *, now: datetime, thorough: bool) -> Found:
        names = sorted(files.orphans(now=now))
        return Found(len(names), tuple(Example(name, f"No row has the file {name}.") for name in names[:EXAMPLES]))

    def repair(self, *, actor: User | None, now: datetime) -> int:
        names = sorted(files.orphans(now=now))[:MENDED_AT_ONCE]
        files.discard(names)
        for name in names:
            record(REPAIRED, actor=actor, before={"file": name}, after={"file": None}, reason=self.name)
        return len(names)


class Missing(Check):
    """A row that names a file which is not there: somebody deleted it outside of us, or a backup was partial."""

    name = "files.missing"
    looks_at = "every file that a row names is there"
    is_thorough = True

    def find(self, *, now: datetime, thorough: bool) -> Found:
        missing = sorted(files.missing())
        named = (
            Example(f"{label}:{pk}", f"{label}:{pk} has the file {name}, which is not there.")
            for label, pk, name in missing[:EXAMPLES]
        )
        return Found(len(missing), tuple(named))


CHECKS: list[Check] = [Orphans(), Missing()]
