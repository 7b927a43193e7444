"""What is kept for ever: the audit log's chain and the ledger, which nothing mends (a person has to look), and the
figures of days that are over, which can be counted again.
"""

from datetime import datetime

from accounts.models import User
from adminpanel.analytics import folding
from adminpanel.integrity.check import EXAMPLES, REPAIRED, Check, Example, Found
from audit import services as audit
from audit.services import record
from payments.services import checking

# So many of the newest links are proven where there is little time.
NEWEST_LINKS = 10_000


class AuditChain(Check):
    name = "audit.chain"
    looks_at = "nobody changed the audit log"

    def find(self, *, now: datetime, thorough: bool) -> Found:
        end = audit.checkpoint()
        first = 1 if thorough or end is None else max(1, end.seq - NEWEST_LINKS)
        broken = audit.verify(first).first_break
        if broken is None:
            return Found()
        place = f"audit.auditlink:{broken.seq}" if broken.seq else "audit.auditentry"
        return Found(1, (Example(place, broken.reason),))


class Ledger(Check):
    """The sums of everything, and with `thorough` also each payment's share of them."""

    name = "payments.ledger"
    looks_at = "the ledger sums to zero, and payments, earnings and payouts agree with it"

    def find(self, *, now: datetime, thorough: bool) -> Found:
        found = checking.problems(of_each_payment=thorough)
        return Found(len(found), tuple(Example("payments.ledgerline", sentence) for sentence in found[:EXAMPLES]))


class RolledUp(Check):
    name = "figures.days"
    looks_at = "the figures of days that are over are what a recount finds"
    is_thorough = True
    can_repair = True

    def find(self, *, now: datetime, thorough: bool) -> Found:
        found = folding.differences()
        return Found(len(found), tuple(Example("adminpanel.figures", f"{each}.") for each in found[:EXAMPLES]))

    def repair(self, *, actor: User | None, now: datetime) -> int:
        found = folding.differences()
        if found:
            folding.rebuild()
        for each in found:
            record(
                REPAIRED, actor=actor, before={"figures": each}, after={"figures": "counted again"}, reason=self.name
            )
        return len(found)


CHECKS: list[Check] = [AuditChain(), Ledger(), RolledUp()]
