"""Who is a minor, on which day: leap days, the day itself, and the same in SQL."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts import ages
from accounts.models import Guardian
from tests.factories import GuardianFactory, UserFactory


@pytest.mark.parametrize(("day", "born", "minor"), [
    ("2026-11-27", "2008-11-27", False),  # of age on the day itself
    ("2026-11-27", "2008-11-28", True),
    ("2026-02-28", "2008-02-29", True),  # of age on 1 March
    ("2026-03-01", "2008-02-29", False),
    ("2028-02-29", "2010-02-28", False),
    ("2028-02-29", "2010-03-01", True),
    ("2028-02-28", "2010-02-28", False),
    ("2026-11-27", "2026-11-27", True),
    ("2026-11-27", "1926-11-27", False),
])  # fmt: skip
@pytest.mark.django_db
def test_one_is_a_minor_until_the_day_on_which_one_is_18(day, born, minor):
    user = UserFactory(birth_date=born)
    guardian = GuardianFactory(user=user)

    with time_machine.travel(f"{day}T12:00:00Z"):
        assert ages.is_minor(date.fromisoformat(born)) is minor
        assert (guardian in Guardian.objects.filter(ages.minors("user"))) is minor
        assert (guardian in Guardian.objects.filter(ages.of_age("user"))) is not minor


@pytest.mark.django_db
def test_who_has_told_nothing_counts_as_of_age():
    guardian = GuardianFactory(user=UserFactory(birth_date=None))

    assert not ages.is_minor(None)
    assert guardian not in Guardian.objects.filter(ages.minors("user"))
    assert guardian in Guardian.objects.filter(ages.of_age("user"))


def test_the_day_is_that_of_utc():
    with time_machine.travel("2026-11-26T23:30:00-05:00"):
        assert ages.today() == date(2026, 11, 27)


def test_every_day_of_four_years_has_one_last_birth_date_and_they_never_go_back():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(4 * 366)]
    last = [ages.born_by(day) for day in days]

    assert last == sorted(last)
