"""What privacy itself keeps about people (see `common.personal_data`)."""

from common.personal_data import Delete, Keep, Section

SECTIONS = (
    Section(
        *("privacy.DataExport", "user", "exports", Delete()),
        shows=("id", "size", "sha256", "created_at", "ready_at", "expires_at", "fetched_at"),
    ),
    Section(
        *("privacy.Erasure", "user", "register", Keep("That and when the account was erased has to be proven.")),
        shows=("origin", "state", "requested_at", "begins_at", "due_at", "finished_at"),
    ),
    Section(
        *("privacy.ErasurePart", "erasure__user", "register", Keep("The evidence: counts of rows.")),
        hides="Counts of rows.",
    ),
)

LINKS: dict[str, str] = {}
