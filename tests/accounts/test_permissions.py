import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts.permissions import IsAdmin, IsTutor
from tests.factories import AdminFactory, StudentFactory, TutorFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("permission", "who", "may"),
    [
        (IsTutor, TutorFactory, True),
        (IsTutor, StudentFactory, False),
        (IsTutor, AdminFactory, False),
        (IsTutor, AnonymousUser, False),
        (IsAdmin, AdminFactory, True),
        (IsAdmin, TutorFactory, False),
        (IsAdmin, StudentFactory, False),
        (IsAdmin, AnonymousUser, False),
    ],
)
def test_a_gate_opens_for_its_role_only(permission, who, may):
    request = RequestFactory().get("/")
    request.user = who()

    assert permission().has_permission(request, None) is may
