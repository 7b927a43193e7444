"""Path parts."""


class IdConverter:
    """A positive number that fits the database; anything longer is an unknown path, not an error."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
