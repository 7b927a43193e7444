"""Who is of age: the one place that says so, for a date and in SQL."""

from datetime import UTC, date

from django.db.models import Q
from django.utils import timezone

# In years: at this age people are adults in nearly all countries. Whoever is younger needs a guardian's word, too
# (R-GDPR-7). Where adults are 19 or 21 years old, this is the number to change.
OF_AGE = 18
OLDEST = 120


def today() -> date:
    """Of UTC: whoever was born there and then is nowhere more than a day older or younger."""
    return timezone.now().astimezone(UTC).date()


def born_by(day: date, *, years: int = OF_AGE) -> date:
    """The last date of birth of all who are so many years old on `day`.

    Who was born on 29 February is a year older on 1 March where there is no 29th.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # a 29 February that the other year does not have
        return day.replace(year=day.year - years, day=28)


def is_minor(birth_date: date | None) -> bool:
    """Whether somebody born then is a minor today. Of whom that is not known nobody is."""
    return birth_date is not None and birth_date > born_by(today())


def minors(user: str) -> Q:
    """The rows whose `user`, a path to a person, is a minor today. The date is written into the query: not for one that
    is `common.compiled`, whose today would be the first one for ever.
    """
    return Q(**{f"{user}__birth_date__gt": born_by(today())})


def of_age(user: str) -> Q:
    """All the other rows."""
    return Q(**{f"{user}__birth_date": None}) | Q(**{f"{user}__birth_date__lte": born_by(today())})
