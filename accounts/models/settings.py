"""What people have set for themselves that is kept nowhere else."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.validators import validate_language
from common.models import TimestampedModel


class Theme(models.TextChoices):
    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class LearnerSettings(TimestampedModel):
    """How somebody wants the site to be, and what other learners may see of them. Nobody has a row before they change
    something: `accounts.services.settings.settings_of` knows what holds until then.

    The time zone is the user's own; the switches for e-mail and pushes are in the notification preferences.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="learner_settings"
    )
    language = models.CharField(
        max_length=3, default="en", validators=[validate_language], help_text="Of the interface, ISO 639-1."
    )
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    show_to_peers = models.BooleanField(default=True, help_text="Learners of the same courses find them.")
    share_interests = models.BooleanField(default=True, help_text="And see their interests.")
    show_on_leaderboards = models.BooleanField(
        default=False, db_default=False, help_text="And what they have gathered in a course this week."
    )

    match_with_peers = models.BooleanField(
        default=False, db_default=False, help_text="And learners whom they might learn with."
    )
    preferences = models.JSONField(
        default=dict, blank=True, help_text="What pages keep here for themselves, an object or a list."
    )

    class Meta:
        verbose_name_plural = "learner settings"
        constraints = [models.CheckConstraint(condition=Q(theme__in=Theme.values), name="learner_settings_theme_known")]

    def __str__(self) -> str:
        return f"settings of {self.user_id}"
