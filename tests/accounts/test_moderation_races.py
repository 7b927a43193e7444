"""Admins who take each other's rights away at the same moment, in real threads on the engine of this run."""

from functools import partial

import pytest

from accounts.models import Role, User
from accounts.services import moderation, moderators
from common.errors import Forbidden
from tests.factories import AdminFactory
from tests.support.threads import at_once, kinds, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)

DEEDS = {
    "role": lambda other, me: moderation.change_role(other.pk, Role.STUDENT, actor=me),
    "account": lambda other, me: moderation.deactivate(other.pk, actor=me),
}


def admins():
    return User.objects.active().filter(role=Role.ADMIN).count()


@pytest.mark.parametrize("first", DEEDS)
@pytest.mark.parametrize("second", DEEDS)
def test_of_two_admins_who_end_each_others_rights_at_once_one_stays(first, second):
    ada, grace = AdminFactory(), AdminFactory()

    results = at_once([partial(DEEDS[first], grace, ada), partial(DEEDS[second], ada, grace)])

    assert kinds(results) == {"ok": 1, Forbidden.__name__: 1}
    assert admins() == 1


def test_of_five_who_each_end_the_next_ones_somebody_stays_and_nobody_waits_in_a_circle():
    people = AdminFactory.create_batch(5)

    results = at_once(
        [partial(DEEDS["role"], other, me) for me, other in zip(people, [*people[1:], people[0]], strict=True)]
    )

    assert set(kinds(results)) <= {"ok", Forbidden.__name__}
    assert admins() == 5 - kinds(results)["ok"] >= 1


@pytest.mark.postgres
def test_without_looking_again_under_the_lock_both_lose_them(monkeypatch):
    """The control. SQLite cannot fail it; its writers stand in line, and each reads what the one before has written."""
    ada, grace = AdminFactory(), AdminFactory()
    monkeypatch.setattr(moderation, "lock_other", _only_the_other)
    monkeypatch.setattr(moderators, "require_admin", waiting_after(moderators.require_admin))

    results = at_once([partial(DEEDS["role"], grace, ada), partial(DEEDS["role"], ada, grace)])

    assert kinds(results) == {"ok": 2}
    assert admins() == 0


def _only_the_other(user_id, actor):
    moderators.require_admin(actor)
    return User.objects.select_for_update(no_key=True).get(pk=user_id)
