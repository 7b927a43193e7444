"""What is measured. To add a case, write a class below and put it into `CASES`; its rows go into `tests.load.seed`."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import product

import orjson
from django.db.models import Count, F, Q

from accounts.models import TokenFamily, User
from accounts.tokens import make_pair
from audit.models import PersonalPart
from bookings.models import Booking
from courses.models import Enrolment, ModuleCompletion
from notifications.models import EventCounter, Notification
from sessions_app.models import SEATED, Participant, TutoringSession
from tests.load.seed import (
    COURSES_EACH,
    FIRST_COURSE,
    FIRST_ENROLMENT,
    FIRST_MODULE,
    FIRST_PROFILE,
    FIRST_SESSION,
    FIRST_STUDENT,
    FIRST_TUTOR,
    MODULES_EACH,
    PASSWORD,
    Sizes,
    email_of,
    family_of,
)

# How many different requests a case has that may be repeated.
READS = 1000
# Numbers that no statement has by chance, for what counts up.
MARKED_VERSION = 1_987_654_321
MARKED_SEQ = 87_654_321_012
# Others than those of joining: the same tutor may be in both cases, and no number is given twice.
MARKED_SEQ_OF_TUTOR = 77_654_321_012
MARKED_SEQ_OF_STUDENT = 97_654_321_012
MARKED_ATTEMPT = 29_871


@dataclass(frozen=True)
class Shot:
    """One request. `student` sends it, `target` is the object that it is about; the case's marks name both."""

    method: str
    path: str
    student: int
    target: int = 0
    body: dict | None = None
    signed_in: bool = True

    @property
    def token(self) -> str:
        return _token_of(self.student) if self.signed_in else ""

    @property
    def payload(self) -> str:
        return orjson.dumps(self.body).decode() if self.body else ""


class Case:
    """One kind of request, and how pgbench does the same work.

    The SQL limit is not one captured transaction over and over, which would measure a single hot row. Every
    transaction draws `variables`, and `marks` says where they stand in the captured statements.
    """

    name: str
    status = 200
    # The least share of the SQL limit that it should reach.
    goal: float | None = None
    # Whether every success leaves rows, which `effects` counts.
    writes = False
    # Whether its requests leave entries in the audit log.
    audits = False
    # Whether each shot can be fired only once.
    once = False

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes

    @cached_property
    def shots(self) -> list[Shot]:
        """The requests, one after the other."""
        raise NotImplementedError

    def before_capture(self, shot: Shot) -> None:
        """Make what counts up recognisable, before the statements of this shot are captured."""

    def variables(self) -> dict[str, str]:
        """pgbench's expressions, in order. The students are all there are, the requests' or others."""
        student = {"student": f"random({FIRST_STUDENT}, {FIRST_STUDENT + self.sizes.students - 1})"}
        return student | ({"part": "random(1, 1000000000000000)"} if self.audits else {})

    def marks(self, shot: Shot) -> dict[str, str]:
        """Texts in the statements of this shot, and the SQL to put in their place. Asked after the capture."""
        return {str(shot.student): ":student"} | (self._parts_of(shot.student) if self.audits else {})

    def _parts_of(self, student: int) -> dict[str, str]:
        """The tokens by which entries of the audit log name where somebody acted from: as long, and unique as well."""
        tokens = PersonalPart.objects.filter(subject_id=student).values_list("token", flat=True)
        return dict.fromkeys(tokens, "lpad(:part::text, 64, '0')")

    def effects(self) -> int:
        """How many requests have left their rows so far. Raises AssertionError where rows contradict each other."""
        return 0

    def some_students(self) -> range:
        return range(FIRST_STUDENT, FIRST_STUDENT + min(READS, self.sizes.students))


class SessionList(Case):
    """The first page of ten, newest first, to one student after the other."""

    name = "session list"
    goal = 0.3

    @cached_property
    def shots(self) -> list[Shot]:
        return [Shot("GET", "/api/sessions", student) for student in self.some_students()]


class SessionDetail(Case):
    """One session with the people in it: another session for each student."""

    name = "session detail"

    @cached_property
    def shots(self) -> list[Shot]:
        # Sessions have 0 to 4 participants in turn; the second shot, whose statements are captured, has two.
        ids = self.sizes.joinable()[1:]
        pairs = zip(ids, self.some_students(), strict=False)
        return [Shot("GET", f"/api/sessions/{pk}", student, target=pk) for pk, student in pairs]

    def variables(self) -> dict[str, str]:
        ids = self.sizes.joinable()
        return super().variables() | {"session": f"random({ids[0]}, {ids[-1]})"}

    def marks(self, shot: Shot) -> dict[str, str]:
        return super().marks(shot) | {str(shot.target): ":session"}


class Join(Case):
    """Takes a seat: each shot is a pair of session and student that no other has.

    Requests join one half of the open sessions, pgbench the other, so that neither takes the other's seats. pgbench
    commits like the application, with a random pair, and with a random version and event number where the application
    has just read the next one: no transaction repeats an earlier one's keys.
    """

    name = "join"
    status = 201
    goal = 0.25
    writes = audits = True
    once = True

    @cached_property
    def shots(self) -> list[Shot]:
        return [
            Shot("POST", f"/api/sessions/{pk}/join", self.sizes.outsider(pk, turn), target=pk)
            for turn, pk in product(range(7), self._ours)
        ]

    def before_capture(self, shot: Shot) -> None:
        TutoringSession.objects.filter(pk=shot.target).update(version=MARKED_VERSION - 1)
        EventCounter.objects.filter(user=self._host(shot)).update(last_seq=MARKED_SEQ - 1)

    def variables(self) -> dict[str, str]:
        theirs = self.sizes.joinable()[len(self._ours) :]
        return super().variables() | {
            "session": f"random({theirs[0]}, {theirs[-1]})",
            "host": f"{FIRST_TUTOR} + (:session - {FIRST_SESSION}) % {self.sizes.tutors}",
            "version": "random(1, 2000000000)",
            "seq": "random(1, 1000000000000)",
        }

    def marks(self, shot: Shot) -> dict[str, str]:
        known = {shot.target: ":session", self._host(shot): ":host", MARKED_VERSION: ":version", MARKED_SEQ: ":seq"}
        return super().marks(shot) | {str(number): variable for number, variable in known.items()}

    def effects(self) -> int:
        ours = (self._ours[0], self._ours[-1])
        joined = Count("participants", filter=Q(participants__state__in=SEATED))
        sessions = TutoringSession.objects.filter(pk__range=ours).annotate(rows=joined)
        assert not sessions.exclude(rows=F("seats_taken")).exists(), "a session counts other seats than it has"
        return Participant.objects.joined().filter(session__pk__range=ours).count()

    @property
    def _ours(self) -> range:
        ids = self.sizes.joinable()
        return ids[: len(ids) // 2]

    def _host(self, shot: Shot) -> int:
        return FIRST_TUTOR + (shot.target - FIRST_SESSION) % self.sizes.tutors


class Login(Case):
    """E-mail and password, hashed as in production. The SQL limit knows no hash: the ratio shows what that costs."""

    name = "login"
    writes = True

    @cached_property
    def shots(self) -> list[Shot]:
        return [
            Shot("POST", "/auth/login", pk, body={"email": email_of(pk), "password": PASSWORD}, signed_in=False)
            for pk in self.some_students()
        ]

    def marks(self, shot: Shot) -> dict[str, str]:
        newest = TokenFamily.objects.filter(user=shot.student).latest("created_at")
        return super().marks(shot) | {newest.pk.hex: "gen_random_uuid()"}

    def effects(self) -> int:
        return TokenFamily.objects.count()


class TutorSearch(Case):
    """The first page of those within a price range that nobody else has asked for, best first."""

    name = "tutor search"
    goal = 0.5

    @cached_property
    def shots(self) -> list[Shot]:
        # From 21.01 to 60.97 in steps of four cents.
        pairs = zip(range(2101, 6101, 4), self.some_students(), strict=False)
        return [Shot("GET", f"/api/tutors?min_rate={cents / 100}", student, target=cents) for cents, student in pairs]

    def variables(self) -> dict[str, str]:
        return super().variables() | {"cents": "random(2101, 6097)"}

    def marks(self, shot: Shot) -> dict[str, str]:
        return super().marks(shot) | {f"{shot.target / 100:.3f}": "(:cents / 100.0)"}


class LastPageOfTutors(Case):
    """The search's last page: what a deep offset costs."""

    name = "tutor search, last page"

    @cached_property
    def shots(self) -> list[Shot]:
        last = -(-self.sizes.tutors // 20)
        return [Shot("GET", f"/api/tutors?page={last}", student) for student in self.some_students()]


class OfOneTutor(Case):
    """What is read of one tutor: another one for each student."""

    path: str

    @cached_property
    def shots(self) -> list[Shot]:
        profiles = range(FIRST_PROFILE, FIRST_PROFILE + self.sizes.tutors)
        pairs = zip(profiles, self.some_students(), strict=False)
        return [Shot("GET", self.path.format(pk), student, target=pk) for pk, student in pairs]

    def variables(self) -> dict[str, str]:
        return super().variables() | {"tutor": f"random({FIRST_PROFILE}, {FIRST_PROFILE + self.sizes.tutors - 1})"}

    def marks(self, shot: Shot) -> dict[str, str]:
        host = f"(:tutor - {FIRST_PROFILE - FIRST_TUTOR})"
        return super().marks(shot) | {str(shot.target): ":tutor", str(_host_of(shot.target)): host}


class TutorPage(OfOneTutor):
    """A tutor's public profile."""

    name = "tutor profile"
    path = "/api/tutors/{}"


class SlotsOfAWeek(OfOneTutor):
    """A tutor's free hours in seven days, one of which has a lesson, minus the student's own commitments."""

    name = "slots of a week"
    goal = 0.3
    path = "/api/tutors/{}/available-slots?start_date=2090-08-04&end_date=2090-08-10&duration_minutes=60"


class BookingsList(Case):
    """The ten bookings of one student after the other."""

    name = "bookings list"
    goal = 0.3

    @cached_property
    def shots(self) -> list[Shot]:
        return [Shot("GET", "/api/bookings", student) for student in self.some_students()]


class CreateBooking(OfOneTutor):
    """A lesson on a day on which neither the tutor nor the student has one: each shot another pair or day.

    pgbench books on days between the years 2200 and 2700, so that two of its transactions hardly ever meet.
    """

    name = "create booking"
    goal = 0.25
    status = 201
    writes = audits = True
    once = True
    first_day = date(2090, 9, 4)

    @cached_property
    def shots(self) -> list[Shot]:
        return [self._shot(number, turn) for turn in range(10) for number in range(self.sizes.tutors)]

    def _shot(self, number: int, turn: int) -> Shot:
        student = FIRST_STUDENT + (number * 37 + turn * 101 + 7) % self.sizes.students
        tutor = FIRST_PROFILE + number
        body = {"tutor_profile_id": tutor, "start_at": f"{self.first_day + timedelta(turn)}T08:00:00Z"}
        return Shot("POST", "/api/bookings", student, target=tutor, body=body)

    def before_capture(self, shot: Shot) -> None:
        EventCounter.objects.filter(user=_host_of(shot.target)).update(last_seq=MARKED_SEQ_OF_TUTOR - 1)
        EventCounter.objects.filter(user=shot.student).update(last_seq=MARKED_SEQ_OF_STUDENT - 1)

    def variables(self) -> dict[str, str]:
        return super().variables() | {
            "day": f"random({(date(2200, 1, 1) - self.first_day).days}, {(date(2700, 1, 1) - self.first_day).days})",
            "seq": "random(1, 1000000000000)",
        }

    def marks(self, shot: Shot) -> dict[str, str]:
        booking = Booking.objects.get(student=shot.student, tutor=shot.target, starts_at__date=self.first_day)
        first = self.first_day
        days = {f"{first + timedelta(n)}": f"(date '{first}' + {n} + :day::int)" for n in range(-3, 4)}
        return (
            super().marks(shot)
            | days
            | {
                str(MARKED_SEQ_OF_TUTOR): ":seq",
                str(MARKED_SEQ_OF_TUTOR + 1): "(:seq::bigint + 1)",
                str(MARKED_SEQ_OF_STUDENT): ":seq",
                str(booking.session_id): "currval('sessions_app_tutoringsession_id_seq')",
                str(booking.pk): "currval('bookings_booking_id_seq')",
                booking.uid.hex: "gen_random_uuid()",
            }
            | self._told(booking)
        )

    def _told(self, booking: Booking) -> dict[str, str]:
        """The notifications that were written with it, in one statement: the last has the sequence's number."""
        ids = Notification.objects.filter(about=f"booking:{booking.pk}").order_by("-pk").values_list("pk", flat=True)
        return {str(pk): f"(currval('notifications_notification_id_seq') - {ids[0] - pk})" for pk in ids}

    def effects(self) -> int:
        return Booking.objects.filter(starts_at__date__range=(self.first_day, self.first_day + timedelta(9))).count()


class Dashboard(Case):
    """The front page of one learner after the other: sessions, courses, notifications and figures."""

    name = "dashboard"

    @cached_property
    def shots(self) -> list[Shot]:
        return [Shot("GET", f"/api/learners/{student}/dashboard", student) for student in self.some_students()]


class CourseBrowse(Case):
    """The first page of courses, newest first, to one student after the other, who is in two of them."""

    name = "course browse"

    @cached_property
    def shots(self) -> list[Shot]:
        return [Shot("GET", "/api/v1/courses", student) for student in self.some_students()]


class ProgressUpdate(Case):
    """Marks a module as done: each shot is a pair of enrolment and module that no other has, and never the last one.

    pgbench does any module of the students' first courses, in another attempt each time.
    """

    name = "progress update"
    writes = True
    once = True

    @cached_property
    def shots(self) -> list[Shot]:
        turns = product(range(MODULES_EACH - 1), range(COURSES_EACH), range(self.sizes.students))
        return [self._shot(student, course, module) for module, course, student in turns]

    def _shot(self, student: int, turn: int, module: int) -> Shot:
        course = (student + turn) % self.sizes.tutors
        body = {"moduleId": FIRST_MODULE + course * MODULES_EACH + module}
        target = FIRST_COURSE + course
        path = f"/api/v1/learner/me/progress/{target}"
        return Shot("PATCH", path, FIRST_STUDENT + student, target=target, body=body)

    def before_capture(self, shot: Shot) -> None:
        Enrolment.objects.filter(learner=shot.student, course=shot.target).update(attempt=MARKED_ATTEMPT)

    def variables(self) -> dict[str, str]:
        return super().variables() | {
            "enrolment": f"{FIRST_ENROLMENT} + (:student - {FIRST_STUDENT}) * {COURSES_EACH}",
            "course": f"{FIRST_COURSE} + (:student - {FIRST_STUDENT}) % {self.sizes.tutors}",
            "module": f"{FIRST_MODULE} + (:course - {FIRST_COURSE}) * {MODULES_EACH} + random(0, {MODULES_EACH - 1})",
            "attempt": "random(2, 32767)",
        }

    def marks(self, shot: Shot) -> dict[str, str]:
        enrolment = Enrolment.objects.get(learner=shot.student, course=shot.target)
        module = shot.body["moduleId"] if shot.body else 0
        known = {enrolment.pk: ":enrolment", shot.target: ":course", module: ":module", MARKED_ATTEMPT: ":attempt"}
        return super().marks(shot) | {str(number): variable for number, variable in known.items()}

    def effects(self) -> int:
        done = Count("completions", filter=Q(completions__attempt=F("attempt")))
        enrolments = Enrolment.objects.filter(pk__gte=FIRST_ENROLMENT, attempt=1).annotate(done=done)
        wrong = enrolments.exclude(completion_percentage=F("done") * 100 / MODULES_EACH)
        assert not wrong.exists(), "a percentage is not that of the modules that are done"
        return ModuleCompletion.objects.filter(attempt=1).count()


CASES: tuple[type[Case], ...] = (
    *(SessionList, SessionDetail, Join, Login),
    *(TutorSearch, LastPageOfTutors, TutorPage, SlotsOfAWeek, BookingsList, CreateBooking),
    *(Dashboard, CourseBrowse, ProgressUpdate),
)


def _host_of(profile_id: int) -> int:
    """The user of a tutor's profile."""
    return profile_id - FIRST_PROFILE + FIRST_TUTOR


@cache
def _token_of(student: int) -> str:
    return make_pair(User(pk=student, token_version=0), TokenFamily(pk=family_of(student))).access
