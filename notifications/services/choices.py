"""What somebody has chosen, asked as questions: which channels, which hours, which digest. Pure functions.

R-NOTIF-1, the first that says something: mandatory, the type's own choice, the category's, the channel's switch, the
type's default.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from notifications.kinds import EMAIL, IN_APP, PUSH, SMS, Kind
from notifications.models import NotificationPreferences

IMMEDIATE = "off"
DIGESTS = (IMMEDIATE, "hourly", "daily", "weekly")
MINUTE = timedelta(minutes=1)
# Quiet hours are shorter than a day, and no clock change is longer than that.
_LONGEST = 2 * 24 * 60


def wants(preferences: NotificationPreferences, kind: Kind, channel: str, *, mandatory: bool = False) -> bool:
    """Whether a notification of this type is to go out through this channel."""
    if channel == IN_APP or ((mandatory or kind.mandatory) and channel != SMS):
        return True
    for chosen in (preferences.types.get(kind.name, {}), preferences.categories.get(kind.category, {})):
        if channel in chosen:
            return bool(chosen[channel])
    switched = {EMAIL: preferences.email, PUSH: preferences.push, SMS: preferences.sms}.get(channel, True)
    return kind.default(channel) if switched and channel != SMS else switched


def zone_of(user: User) -> ZoneInfo:
    return ZoneInfo(user.timezone)


def quiet_until(preferences: NotificationPreferences, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet hours that are running now end; None outside of them (R-NOTIF-4)."""
    moment = now if is_quiet(preferences, zone, now) else None
    if moment is None:
        return None
    moment = moment.replace(second=0, microsecond=0)
    for step in range(1, _LONGEST):
        if not is_quiet(preferences, zone, moment + step * MINUTE):
            return moment + step * MINUTE
    return None  # they never end: then they do not hold


def quiet_since(preferences: NotificationPreferences, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """When the quiet hours around that moment begin: the end of the waking window before it; None outside of them."""
    if not is_quiet(preferences, zone, moment):
        return None
    whole = moment.replace(second=0, microsecond=0)
    for step in range(1, _LONGEST):
        if not is_quiet(preferences, zone, whole - step * MINUTE):
            return whole - (step - 1) * MINUTE
    return None


def is_quiet(preferences: NotificationPreferences, zone: ZoneInfo, moment: datetime) -> bool:
    """Whether the wall clock at that instant is in the quiet hours, as R-SLOT-1 reads clocks. The day on which they
    begin decides: those of Friday night last into Saturday.
    """
    start, end = preferences.quiet_start, preferences.quiet_end
    if start is None or end is None or start == end:
        return False
    wall = moment.astimezone(zone)
    minute, today = wall.hour * 60 + wall.minute, wall.weekday()
    if start < end:
        return start <= minute < end and today in preferences.quiet_days
    if minute >= start:
        return today in preferences.quiet_days
    return minute < end and (today - 1) % 7 in preferences.quiet_days


def digest_end(preferences: NotificationPreferences, kind: Kind, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the digest goes out that a mail of this type waits for; None where it goes out by itself (R-NOTIF-5). One
    that would go out in quiet hours collects until they end.
    """
    rhythm = preferences.digests.get(kind.category, IMMEDIATE)
    if rhythm == IMMEDIATE or kind.any_hour:
        return None
    end = _window_end(rhythm, preferences.digest_hour, zone, now)
    return quiet_until(preferences, zone, end) or end


def _window_end(rhythm: str, hour: int, zone: ZoneInfo, now: datetime) -> datetime:
    if rhythm == "hourly":
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    wall = now.astimezone(zone)
    day = wall.date()
    while True:
        end = datetime.combine(day, time(hour), zone).astimezone(now.tzinfo)
        if end > now and (rhythm == "daily" or day.weekday() == 0):
            return end
        day += timedelta(days=1)
