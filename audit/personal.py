"""The personal part of the log (R-AUD-5): from where somebody acted, apart from the entries, so that it can go.

An entry keeps a token; the address and the browser are in the row of that token, with whose they are. The token is a
keyed hash of them, and its key is in that row and nowhere else. Without the row the token says and fits nothing; the
chain covers the token, and stays as it is. While there is a row, `altered` finds out whether it was edited.
"""

import hmac
import secrets
from collections.abc import Collection, Iterator
from functools import partial
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction

from audit.masking import storable
from audit.models import PersonalPart
from audit.origin import Origin

# How long a process gives what one person does from one place the same token, without asking the database.
SAME_FOR_SECONDS = 3600


def token_for(subject_id: int | None, origin: Origin) -> str | None:
    """The token of somebody who acts from there, written in the running transaction if it is new; None: nowhere."""
    ip, user_agent = (_fit(name, value) for name, value in (("ip", origin.ip), ("user_agent", origin.user_agent)))
    if not ip and not user_agent:
        return None
    place = sha256(f"{subject_id}\n{ip}\n{user_agent}".encode()).hexdigest()
    known = cache.get(f"audit-origin:{place}")
    if known is not None:
        return known
    key = secrets.token_hex(16)
    part = PersonalPart(subject_id=subject_id, key=key, ip=ip, user_agent=user_agent)
    part.token = _token(part)
    part.save(force_insert=True)
    # Not before the commit: of what is rolled back nobody else may use the token.
    transaction.on_commit(partial(cache.set, f"audit-origin:{place}", part.token, SAME_FOR_SECONDS), robust=True)
    return part.token


def origins(tokens: Collection[str | None]) -> dict[str, Origin]:
    """From where those came whose personal part is still there, in one query."""
    found = PersonalPart.objects.filter(token__in={token for token in tokens if token})
    return {part.token: Origin(ip=part.ip, user_agent=part.user_agent) for part in found}


def altered() -> Iterator[str]:
    """The tokens of those personal parts that are not what was recorded."""
    for part in PersonalPart.objects.iterator():
        if not hmac.compare_digest(part.token, _token(part)):
            yield part.token


def _token(part: PersonalPart) -> str:
    facts = f"{part.subject_id}\n{part.ip}\n{part.user_agent}"
    return hmac.new(part.key.encode(), facts.encode(), "sha256").hexdigest()


def _fit(field: str, text: str) -> str:
    """What strangers send is cut to size: a long header must not make the change fail."""
    return storable(text)[: PersonalPart._meta.get_field(field).max_length]  # type: ignore[union-attr]
