"""R-AUTH-5: with REQUIRE_VERIFIED_EMAIL, who has not proven the e-mail address books, pays and writes nothing."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.errors import EmailNotVerified
from accounts.services.proven import require_verified
from audit.models import AuditEntry
from bookings.models import Booking, PackagePurchase
from courses.models import Enrolment
from messaging.models import Conversation, Message
from notifications.models import Notification
from payments.models import Payment, PaymentStatus
from sessions_app.models import JoinRequest, Participant, PlaceState, SessionMessage, WaitlistEntry
from tests.factories import (
    AdminFactory,
    BookingFactory,
    ConversationFactory,
    CourseFactory,
    OpenTutorFactory,
    PackageFactory,
    ParticipantFactory,
    PaymentFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
    UserFactory,
    WaitlistEntryFactory,
)

pytestmark = pytest.mark.django_db

WRITTEN = [
    *(Booking, PackagePurchase, Payment, Conversation, Message, SessionMessage, Participant, JoinRequest),
    *(Enrolment, Notification, AuditEntry),
]


def in_three_days():
    return (timezone.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)


def lesson(me):
    return "/api/bookings", {"tutor_profile_id": OpenTutorFactory().pk, "start_at": in_three_days()}


def lesson_as_a_session(me):
    return "/api/sessions", {"mentorId": OpenTutorFactory().pk, "startAt": in_three_days()}


def package(me):
    return "/api/packages", {"package_id": PackageFactory().pk}


def payment(me):
    return "/api/payments/create-intent", {"bookingId": BookingFactory(student=me).pk}


def payment_to_confirm(me):
    begun = PaymentFactory(payer=me, status=PaymentStatus.REQUIRES_PAYMENT, provider_id="")
    return "/api/payments/confirm", {"paymentId": begun.pk, "paymentMethod": "pm_card_visa"}


def message(me):
    return "/api/messages", {"recipient_id": TutorFactory().pk, "message": "Hello!"}


def message_with_a_file(me):
    file = SimpleUploadedFile("notes.txt", b"A note.", content_type="text/plain")
    return "/api/messages/with-attachment", {"recipient_id": TutorFactory().pk, "message": "Here", "file": file}


def message_to_a_peer(me):
    return "/api/v1/learner/messages", {"receiverId": StudentFactory().pk, "message": "Hello!"}


def message_in_a_chat(me):
    return f"/api/v1/chat/conversations/{ConversationFactory(one=me).pk}/messages", {"text": "Hello!"}


def word_in_a_session(me):
    session = ParticipantFactory(user=me).session
    return f"/api/v1/chat/sessions/{session.pk}/chat", {"message": "Hello!"}


def seat(me):
    return f"/api/sessions/{SessionFactory().pk}/join", {}


def seat_of_a_learner(me):
    return f"/api/learners/{me.pk}/sessions/{SessionFactory().pk}/book", {}


def seat_in_learner_v1(me):
    return f"/api/v1/learner/sessions/{SessionFactory().pk}/join", {}


def seat_to_ask_for(me):
    return f"/api/sessions/{SessionFactory(needs_approval=True).pk}/join", {}


def place_in_a_queue(me):
    session = SessionFactory(max_participants=2)
    for _ in range(2):
        ParticipantFactory(session=session)
    return f"/api/sessions/{session.pk}/join", {"waitlist": True}


def seat_that_is_offered(me):
    place = WaitlistEntryFactory(user=me, offered=True)
    return f"/api/sessions/{place.session_id}/waitlist/accept", {}


def place_in_a_course(me):
    return f"/api/v1/courses/{CourseFactory().pk}/enroll", {}


DOORS = [
    *(lesson, lesson_as_a_session, package, payment, payment_to_confirm),
    *(message, message_with_a_file, message_to_a_peer, message_in_a_chat, word_in_a_session),
    *(seat, seat_of_a_learner, seat_in_learner_v1, seat_to_ask_for, place_in_a_queue, seat_that_is_offered),
    place_in_a_course,
]
every_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)


@pytest.fixture
def required(settings):
    settings.REQUIRE_VERIFIED_EMAIL = True


@pytest.fixture
def me():
    return StudentFactory(is_verified=False)


def go(client, door, me):
    """Through a door, with all that is behind it made before; how much was written by that, too."""
    path, body = door(me)
    before = written()
    form = {"format": "multipart"} if "attachment" in path else {}
    return client.post(path, body, **form), before


def written():
    states = [*Payment.objects.values_list("status"), *WaitlistEntry.objects.values_list("state")]
    return [model.objects.count() for model in WRITTEN], states


@every_door
def test_off_by_default_the_unverified_go_through_every_door(door, api, me):
    answer, before = go(api.as_(me), door, me)

    assert answer.status_code in (200, 201, 202), answer.json()
    assert written() != before


@every_door
def test_the_unverified_are_refused_and_nothing_is_written(door, api, required, me):
    answer, before = go(api.as_(me), door, me)

    assert (answer.status_code, answer.json()["code"]) == (403, "EMAIL_NOT_VERIFIED")
    assert written() == before


@every_door
def test_the_verified_go_through_every_door(door, api, required):
    me = StudentFactory()

    answer, before = go(api.as_(me), door, me)

    assert answer.status_code in (200, 201, 202), answer.json()
    assert written() != before


@pytest.mark.parametrize("door", [message, message_with_a_file, seat], ids=lambda door: door.__name__)
def test_admins_go_through_the_doors_that_are_theirs_too(door, api, required):
    admin = AdminFactory(is_verified=False)

    answer, _ = go(api.as_(admin), door, admin)

    assert answer.status_code == 201, answer.json()


def test_the_staff_is_exempt_and_a_deputy_is_an_admin(required):
    staff, helper = UserFactory(is_verified=False, is_staff=True), UserFactory(is_verified=False)

    require_verified(staff)
    with helper.deputised():
        require_verified(helper)
    with pytest.raises(EmailNotVerified):
        require_verified(helper)


def test_who_proves_the_address_need_not_sign_in_again(api, required, me):
    mine = api.as_(me)
    assert go(mine, message, me)[0].status_code == 403
    me.is_verified = True
    me.save()

    assert go(mine, message, me)[0].status_code == 201


def test_an_admin_in_a_learners_place_has_the_learners_rights(api, required, me):
    answer, before = go(api.as_(AdminFactory()), seat_of_a_learner, me)

    assert (answer.status_code, answer.json()["code"]) == (403, "EMAIL_NOT_VERIFIED")
    assert written() == before


@pytest.mark.parametrize(
    "path",
    [
        *("/api/tutors", "/api/sessions", "/api/bookings", "/api/packages", "/api/messages/threads"),
        *("/api/payments/history", "/api/v1/courses", "/api/v1/chat/conversations", "/auth/me"),
    ],
)
def test_the_unverified_look_around(path, api, required, me):
    assert api.as_(me).get(path).status_code == 200


def test_the_unverified_edit_their_profile(api, required, me):
    assert api.as_(me).put("/auth/me", {"timezone": "Asia/Tokyo"}).status_code == 200

    me.refresh_from_db()
    assert me.timezone == "Asia/Tokyo"


def test_the_unverified_may_give_up_what_they_have_and_ask_the_support(api, required, me):
    mine, place = api.as_(me), WaitlistEntryFactory(user=me, offered=True)

    declined = mine.post(f"/api/sessions/{place.session_id}/waitlist/decline")
    asked = mine.post("/api/support/tickets", {"subject": "No mail", "description": "It does not come."})

    place.refresh_from_db()
    assert (declined.status_code, place.state) == (200, PlaceState.DECLINED)
    assert asked.status_code == 201, asked.json()
