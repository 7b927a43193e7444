"""What `common.compiled` promises: the same rows as the queryset, with the SQL written once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from accounts.models import TokenFamily, User
from common.compiled import compiled, compiled_update
from tests.factories import TokenFamilyFactory, UserFactory

pytestmark = pytest.mark.django_db


@compiled
def named(*, pks: Any) -> Any:
    return User.objects.filter(pk__any=pks).order_by("pk").values_list("first_name", flat=True)


@compiled
def sign_ins(*, user: Any) -> Any:
    return TokenFamily.objects.filter(user=user).select_related("user").order_by("id")


@compiled
def in_order(order: tuple[str, ...], *, page: Any) -> Any:
    return User.objects.filter(pk__within=page).order_by(*order).values("id", "email")


def test_rows_are_instances_with_what_the_queryset_selects(django_assert_num_queries):
    family = TokenFamilyFactory()

    with django_assert_num_queries(1):
        (found,) = sign_ins(user=family.user_id)
        assert (found, found.user.email) == (family, family.user.email)


def test_the_next_call_asks_for_its_own_values():
    first, second = TokenFamilyFactory(), TokenFamilyFactory()

    assert [sign_ins(user=family.user_id) for family in (first, second)] == [[first], [second]]


def test_the_function_runs_once():
    runs = []

    @compiled
    def of(*, pk: Any) -> Any:
        runs.append(pk)
        return User.objects.filter(pk=pk)

    users = UserFactory.create_batch(3)

    assert [of.first(pk=user.pk) for user in users] == users
    assert len(runs) == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_may_have_any_length(count):
    UserFactory(first_name="Else")
    users = [UserFactory(first_name=f"Name{number}") for number in range(count)]

    assert named(pks=[user.pk for user in users]) == [user.first_name for user in users]


def test_a_page_is_a_part_of_the_statement(django_assert_num_queries):
    users = UserFactory.create_batch(4)
    page = User.objects.order_by("-id")[1:3]

    with django_assert_num_queries(1):
        rows = in_order(("-id",), page=page.values("pk"))

    assert rows == [{"id": user.pk, "email": user.email} for user in (users[2], users[1])]


def test_what_is_positional_makes_another_statement():
    users = UserFactory.create_batch(2)
    everybody = User.objects.values("pk")

    rising, falling = (in_order((order,), page=everybody) for order in ("id", "-id"))

    assert [row["id"] for row in rising] == [user.pk for user in users]
    assert falling == rising[::-1]


def test_a_page_with_nothing_on_it_asks_nothing(django_assert_num_queries):
    UserFactory()

    with django_assert_num_queries(0):
        assert in_order(("id",), page=User.objects.none().values("pk")) == []


def test_instants_days_and_uuids_are_stored_values():
    now = timezone.now()
    family = TokenFamilyFactory(expires_at=now + timedelta(days=1))

    @compiled
    def lasting(*, pk: Any, moment: Any, day: Any) -> Any:
        return TokenFamily.objects.filter(pk=pk, expires_at__gt=moment, expires_at__date__gte=day)

    assert lasting(pk=family.pk, moment=now, day=now.date()) == [family]
    assert lasting(pk=family.pk, moment=now + timedelta(days=1), day=now.date()) == []
    assert lasting(pk=family.pk, moment=now, day=now.date() + timedelta(days=2)) == []


def test_an_update_says_how_many_rows_it_changed():
    @compiled_update
    def rename(*, pks: Any, name: Any) -> Any:
        return User.objects.filter(pk__any=pks), {"first_name": name}

    users, other = UserFactory.create_batch(2), UserFactory(first_name="Other")

    assert rename(pks=[user.pk for user in users], name="New") == 2
    assert named(pks=[user.pk for user in [*users, other]]) == ["New", "New", "Other"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_lock_is_asked_for_in_a_transaction_only():
    @compiled
    def locked(*, pk: Any) -> Any:
        return User.objects.select_for_update().filter(pk=pk)

    user = UserFactory()

    with transaction.atomic():
        assert locked(pk=user.pk) == [user]
    with pytest.raises(TransactionManagementError):
        locked(pk=user.pk)
