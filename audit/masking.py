"""What may not stand in the log: nobody can ever take it out again."""

import re
from typing import Any

from django.db import models

MASK = "[hidden]"

_SECRET = r"password|passphrase|token|secret|cookie|(?<![a-z])(otp|code|pin|cvc|card)s?(?![a-z])"
_PERSONAL = r"email|phone|address|birth|(first|last|full)_?name"
# What people write freely, and where they meet: an erasure has to reach it, and nothing reaches the log.
_WRITTEN = (
    r"(?<![a-z])(title|headline|bio|description|content|comment|notes?|statement|feedback|modules|meeting_(link|id))"
    r"(?![a-z])"
)
_HIDDEN = re.compile(f"{_SECRET}|{_PERSONAL}|{_WRITTEN}")
_HARMLESS = {"country_code", "currency_code", "error_code", "language_code", "phone_code", "subject_code"}


def masked(value: Any) -> Any:
    """The value with everything hidden whose name sounds secret, personal or freely written, at any depth.

    That something was set, unset, changed or switched stays visible: nothing, true and false give nothing away. Of a
    related object only its primary key is kept.
    """
    if isinstance(value, dict):
        return {str(name): _masked_under(str(name), item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(item) for item in value]
    if isinstance(value, models.Model):
        return value.pk
    return storable(value) if type(value) is str else value


def storable(text: str) -> str:
    """The text without the one character that PostgreSQL cannot hold."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _masked_under(name: str, value: Any) -> Any:
    if not value or value is True or not is_hidden(name):
        return masked(value)
    return MASK


def is_hidden(name: str) -> bool:
    """Whether values of this name stay out of the log. `resetToken` counts like `reset_token`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return words not in _HARMLESS and bool(_HIDDEN.search(words))
