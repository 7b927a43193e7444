"""What the API itself keeps about people (see `common.personal_data`)."""

from common.personal_data import Delete, Section

SECTIONS = (
    Section(
        *("api.CompletedRequest", "user", "requests", Delete()),
        hides="Answers of two days at most, so that a repeated request gets the same one.",
    ),
)

LINKS: dict[str, str] = {}
