"""Certificates: issued by `completing`, looked up here (R-PRG-2)."""

import re

from common.errors import NotFound
from courses.models import Certificate

_CODE = re.compile(r"[0-9a-f]{32}")


def find(code: str) -> Certificate:
    """The certificate with that code: whoever has the code may check it. Raises NotFound."""
    certificate = Certificate.objects.filter(code=code).first() if _CODE.fullmatch(code) else None
    if certificate is None:
        raise NotFound("Certificate not found")
    return certificate
