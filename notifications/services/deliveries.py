"""Which deliveries a notification needs: decided and written in the transaction that wrote the notification."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from common import work
from common.compiled import compiled
from notifications.kinds import EMAIL, KINDS, PUSH, WS, Kind
from notifications.models import Delivery, Digest, Notification, NotificationPreferences
from notifications.services import choices
from notifications.services.preferences import MISSING, preferences_of_all


@dataclass(frozen=True)
class Audience:
    """What is known of the people who are told something."""

    preferences: dict[int, NotificationPreferences]
    zones: dict[int, str]
    browsers: dict[int, list[int]]

    def wants(self, user_id: int, kind: Kind, channel: str, *, mandatory: bool) -> bool:
        return choices.wants(self.preferences.get(user_id, MISSING), kind, channel, mandatory=mandatory)

    def hears_live(self, row: Notification, *, is_urgent: bool) -> bool:
        """Whether the frame of this notification goes to open sockets."""
        return self.wants(row.recipient_id, KINDS[row.type], WS, mandatory=is_urgent)


def audience_of(user_ids: Iterable[int]) -> Audience:
    """One statement for all of them: a row for each browser of each."""
    found = _people(pks=sorted(set(user_ids)))
    browsers: dict[int, list[int]] = {}
    for user in found:
        if user.browser is not None:
            browsers.setdefault(user.pk, []).append(user.browser)
    return Audience(preferences_of_all(found), {user.pk: user.timezone for user in found}, browsers)


@compiled
def _people(*, pks: Any) -> Any:
    people = User.objects.filter(pk__any=pks).select_related("notification_preferences").order_by()
    return people.annotate(browser=F("push_subscriptions"))


def plan(rows: Sequence[Notification], urgent: Sequence[bool], audience: Audience) -> None:
    """Write what must go out of these notifications; what is due at once is woken after the commit.

    What a user has switched off is written down as suppressed, so that the log can say why nothing came.
    """
    now = timezone.now()
    wanted = [
        delivery
        for row, is_urgent in zip(rows, urgent, strict=True)
        for delivery in _deliveries(row, audience, now, is_urgent=is_urgent)
    ]
    if not wanted:
        return
    from notifications.tasks import deliver

    for delivery in Delivery.objects.bulk_create(wanted):
        if delivery.state == Delivery.State.DUE and delivery.digest is None and delivery.due_at <= now:
            work.after_commit(deliver, delivery.pk)


def _deliveries(row: Notification, audience: Audience, now: datetime, *, is_urgent: bool) -> list[Delivery]:
    kind = KINDS[row.type]
    mandatory = is_urgent or kind.mandatory
    mail = _delivery(row, kind, EMAIL, f"{row.pk}:email", now, is_mandatory=mandatory)
    pushes = [
        _delivery(row, kind, PUSH, f"{row.pk}:push:{browser}", now, is_mandatory=mandatory, subscription_id=browser)
        for browser in audience.browsers.get(row.recipient_id, ())
    ]
    wanted = []
    for delivery in [mail, *pushes]:
        if audience.wants(row.recipient_id, kind, delivery.channel, mandatory=mandatory):
            wanted.append(delivery)
        elif kind.default(delivery.channel):
            delivery.state, delivery.outcome = Delivery.State.DONE, "suppressed: switched off"
            wanted.append(delivery)
    if mail in wanted and mail.state == Delivery.State.DUE and not mandatory:
        _let_wait(mail, kind, audience, now)
    return wanted


def _let_wait(mail: Delivery, kind: Kind, audience: Audience, now: datetime) -> None:
    """For the digest that its reader prefers, or for a while in which it may be read elsewhere."""
    preferences = audience.preferences.get(mail.recipient_id, MISSING)
    zone = ZoneInfo(audience.zones.get(mail.recipient_id, "UTC"))
    end = choices.digest_end(preferences, kind, zone, now)
    if end is None:
        mail.due_at = now + kind.email_after
        return
    window = {"user_id": mail.recipient_id, "category": kind.category, "ends_at": end}
    mail.digest, _ = Digest.objects.get_or_create(**window, state=Digest.State.DUE, defaults={"due_at": end})
    mail.due_at = end


def _delivery(row: Notification, kind: Kind, channel: str, key: str, now: datetime, **more: object) -> Delivery:
    return Delivery(
        notification=row,
        recipient_id=row.recipient_id,
        channel=channel,
        type=kind.name,
        about=row.about,
        due_at=now,
        effect_key=key,
        **more,
    )
