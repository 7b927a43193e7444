from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import RefreshTokenSpent, TokenExpired, TokenInvalid, TokenRevoked
from accounts.models import Role, SpentRefreshToken, TokenFamily
from accounts.services import moderation, recovery, tokens
from accounts.services.tokens import REUSE_GRACE, open_family, renew, user_of_access_token
from accounts.tasks import purge_expired_secrets
from accounts.tokens import read_refresh
from audit.models import AuditEntry
from tests.factories import PASSWORD, AdminFactory, StudentFactory, UserFactory
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


def test_an_access_token_names_its_user(user):
    found, claims = user_of_access_token(open_family(user).access)

    assert found == user
    assert claims.family_id == TokenFamily.objects.get().pk


def test_an_access_token_lasts_an_hour(user, clock):
    pair = open_family(user)

    clock.shift(timedelta(minutes=59, seconds=59))
    assert user_of_access_token(pair.access)[0] == user

    clock.shift(timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        user_of_access_token(pair.access)
    assert pair.expires_in == 3600


def test_a_refresh_token_lasts_seven_days(user, clock):
    pair = open_family(user)

    clock.shift(timedelta(days=7) - timedelta(seconds=1))
    renewed, fresh = renew(pair.refresh)
    assert renewed == user

    clock.shift(timedelta(days=7))
    with pytest.raises(TokenExpired):
        renew(fresh.refresh)


def test_renewing_gives_a_new_pair_of_the_same_family(user):
    first = open_family(user)

    _, second = renew(first.refresh)

    assert len({first.access, first.refresh, second.access, second.refresh}) == 4
    assert read_refresh(second.refresh).family_id == read_refresh(first.refresh).family_id
    assert user_of_access_token(second.access)[0] == user


def test_the_two_kinds_of_token_do_not_stand_in_for_each_other(user):
    pair = open_family(user)

    with pytest.raises(TokenInvalid):
        user_of_access_token(pair.refresh)
    with pytest.raises(TokenInvalid):
        renew(pair.access)


def test_a_second_use_within_the_grace_is_refused_but_ends_nothing(user, clock):
    first = open_family(user)
    _, second = renew(first.refresh)

    clock.shift(REUSE_GRACE)
    with pytest.raises(RefreshTokenSpent):
        renew(first.refresh)

    assert user_of_access_token(second.access)[0] == user
    assert renew(second.refresh)[0] == user
    assert not AuditEntry.objects.exists()


def test_a_later_use_of_a_spent_token_ends_the_family_and_is_audited(user, clock):
    first = open_family(user)
    elsewhere = open_family(user)
    _, second = renew(first.refresh)

    clock.shift(REUSE_GRACE + timedelta(seconds=1))
    with pytest.raises(TokenRevoked):
        renew(first.refresh)

    with pytest.raises(TokenRevoked):
        user_of_access_token(second.access)
    with pytest.raises(TokenRevoked):
        renew(second.refresh)
    assert user_of_access_token(elsewhere.access)[0] == user
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id) == ("auth.refresh_token_reused", user.pk)


ENDINGS = {
    "password change": lambda user: recovery.change_password(
        user, current=PASSWORD, new="another password", address="192.0.2.1"
    ),
    "sign-out everywhere": lambda user: tokens.revoke_all(user, actor=user),
    "deactivation": lambda user: moderation.deactivate(user.pk, actor=AdminFactory()),
    "another role": lambda user: moderation.change_role(user.pk, Role.TUTOR, actor=AdminFactory()),
    "soft deletion": lambda user: type(user).objects.filter(pk=user.pk).update(deleted_at=timezone.now()),
    "deletion": lambda user: user.delete(),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_what_ends_a_sign_in_ends_it_on_every_device_at_once(user, end):
    phone, laptop = open_family(user), open_family(user)

    end(user)

    for pair in (phone, laptop):
        with pytest.raises(TokenRevoked):
            user_of_access_token(pair.access)
        with pytest.raises(TokenRevoked):
            renew(pair.refresh)


def test_signing_out_ends_one_device_only(user):
    phone, laptop = open_family(user), open_family(user)

    tokens.revoke_by_refresh_token(phone.refresh)

    with pytest.raises(TokenRevoked):
        user_of_access_token(phone.access)
    assert user_of_access_token(laptop.access)[0] == user


def test_signing_out_with_a_token_that_is_no_good_signs_nobody_out(user):
    pair = open_family(user)

    tokens.revoke_by_refresh_token("not a token")
    tokens.revoke_by_refresh_token(pair.access)

    assert user_of_access_token(pair.access)[0] == user


def test_signing_out_twice_keeps_the_first_time(user, clock):
    claims = read_refresh(open_family(user).refresh)
    tokens.revoke_family(claims)
    first = TokenFamily.objects.get().revoked_at

    clock.shift(60)
    tokens.revoke_family(claims)

    assert TokenFamily.objects.get().revoked_at == first


def test_signing_out_everywhere_is_audited(user):
    tokens.revoke_all(user, actor=user)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.object_id) == ("auth.signed_out_everywhere", user.pk, str(user.pk))


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", None),
        ("192.0.2.1:8443", None),
        ("", None),
        (None, None),
    ],
)
def test_a_device_is_remembered_with_its_address_if_it_has_one(user, address, stored):
    open_family(user, ip=address, user_agent="Browser\0" + "x" * 300)

    family = TokenFamily.objects.get()
    assert family.ip == stored
    assert family.user_agent == "Browser\N{REPLACEMENT CHARACTER}" + "x" * 192


def test_what_nobody_can_renew_any_more_is_purged(user, clock):
    open_family(user)
    renew(open_family(user).refresh)
    clock.shift(timedelta(days=6))
    kept = open_family(user)

    clock.shift(timedelta(days=1, seconds=1))
    purge_expired_secrets()

    assert [family.pk for family in TokenFamily.objects.all()] == [read_refresh(kept.refresh).family_id]
    assert not SpentRefreshToken.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twenty_parallel_renewals_exactly_one_succeeds():
    pair = open_family(UserFactory())

    results = at_once([partial(renew, pair.refresh)] * 20)

    won = [result for result in results if isinstance(result, tuple)]
    lost = [type(result) for result in results if not isinstance(result, tuple)]
    assert len(won) == 1
    assert lost == [RefreshTokenSpent] * 19
    assert user_of_access_token(won[0][1].access)
    assert SpentRefreshToken.objects.count() == 1
