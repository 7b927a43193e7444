import pytest

from accounts.models import User
from accounts.services.profile import EDITABLE, update_own
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_own_data_can_be_changed():
    user = UserFactory()

    update_own(user, {"first_name": "Grace", "phone": "+14155550123", "timezone": "Asia/Tokyo", "currency": "JPY"})

    user.refresh_from_db()
    assert (user.first_name, user.phone, user.timezone, user.currency) == (
        "Grace", "+14155550123", "Asia/Tokyo", "JPY"
    )  # fmt: skip


def test_every_other_field_is_left_alone():
    user = UserFactory()
    before = User.objects.filter(pk=user.pk).values().get()
    others = {field.name: "changed" for field in User._meta.concrete_fields if field.name not in EDITABLE}

    update_own(user, others)

    assert User.objects.filter(pk=user.pk).values().get() == before
