"""Parents and guardians, whom minors have named."""

from django.db import models

from accounts.models.user import User
from common.models import TimestampedModel


class Guardian(TimestampedModel):
    """Who agrees for a minor, by a link that is mailed to them (R-GDPR-7). They need no account.

    Another address is another guardian, with a row of their own: what the one before has agreed to, and the links that
    they were sent, end with theirs. Written by `services.guardians`.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="guardian")
    name = models.CharField(max_length=100)
    email = models.EmailField(max_length=254)

    def __str__(self) -> str:
        return f"guardian of {self.user_id}"
