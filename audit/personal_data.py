"""What the audit log keeps about people (see `common.personal_data`)."""

from common.personal_data import Delete, Keep, Section

SECTIONS = (
    Section(
        *("audit.PersonalPart", "subject_id", "audit", Delete()),
        shows=("ip", "user_agent", "created_at"),
    ),
    Section(
        *("audit.AuditEntry", "actor_id", "audit"),
        erasure=Keep("What was done must be proven: a number and tokens, which lead to nobody any more."),
        shows=("created_at", "action", "object_type", "object_id"),
    ),
)

LINKS: dict[str, str] = {}
