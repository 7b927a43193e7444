"""Lists of words or short sentences: interests, goals, skills."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils.html import is_html_input

MOST_WORDS, LONGEST_WORDS = 30, 300
_WORDS = {"type": "string"}


@extend_schema_field({"oneOf": [_WORDS, {"type": "array", "items": _WORDS, "maxItems": MOST_WORDS}]})
class WordsField(serializers.ListField):
    """A list that may also be sent as one string, with commas between (the edustream document's form)."""

    def __init__(self, *, longest: int = LONGEST_WORDS, **kwargs: Any) -> None:
        child = serializers.CharField(max_length=longest)
        super().__init__(child=child, max_length=MOST_WORDS, **kwargs)

    def get_value(self, dictionary: Any) -> Any:
        value = super().get_value(dictionary)
        # In a form every field is a list: one string alone is the document's form too.
        return value[0] if is_html_input(dictionary) and isinstance(value, list) and len(value) == 1 else value

    def to_internal_value(self, data: Any) -> list[str]:
        if isinstance(data, str):
            data = [words for part in data.split(",") if (words := part.strip())]
        return super().to_internal_value(data)
