"""The people. Only the three demo accounts have a password; nobody can sign in as anybody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import Role, StudentProfile, TutorProfile, TutorStatus, User
from audit.services import record
from peerlearn.demo.material import REGIONS, Region

ADMIN, TUTOR, STUDENT = "admin@example.com", "tutor@example.com", "student@example.com"
ACCOUNTS = {ADMIN: "Admin123!", TUTOR: "Tutor123!", STUDENT: "Student123!"}
REASON = "Demo data."

TUTORS_PER_REGION = 4
# Among the tutors, by their place; all others are approved.
NOT_APPROVED = {
    7: TutorStatus.PENDING_APPROVAL,
    15: TutorStatus.PENDING_APPROVAL,
    23: TutorStatus.DRAFT,
    27: TutorStatus.CHANGES_REQUESTED,
    35: TutorStatus.CLOSED,
    31: TutorStatus.REJECTED,
    39: TutorStatus.SUSPENDED,
}
UNVERIFIED_STUDENTS = {9, 29, 49}
DEACTIVATED_STUDENT = 59
INTERESTS = ("Mathematics", "Physics", "Spanish", "Programming in Python", "Music Theory", "History")


@dataclass(frozen=True)
class Cast:
    """Everybody who plays a part. `tutors` and `students` leave the demo accounts out."""

    admin: User
    tutor: User
    student: User
    tutors: list[User]
    students: list[User]

    @property
    def everybody(self) -> list[User]:
        return [self.admin, self.tutor, self.student, *self.tutors, *self.students]

    @property
    def hosts(self) -> list[User]:
        """The tutors who may host."""
        return [tutor for place, tutor in enumerate(self.tutors) if place not in NOT_APPROVED]

    @property
    def learners(self) -> list[User]:
        """The students who take part."""
        return [student for student in self.students if student.is_active and student.is_verified]


def all_emails() -> list[str]:
    """The addresses that loading needs to be nobody's."""
    return [*ACCOUNTS, *(email_of(name) for region in REGIONS for name in region.names)]


def email_of(name: str) -> str:
    """Of the domain that nobody can ever own."""
    return f"{name.lower().replace(' ', '.').replace(chr(39), '')}@example.org"


def hash_passwords() -> dict[str, str]:
    return {email: make_password(password) for email, password in ACCOUNTS.items()}


def create(hashes: dict[str, str], *, now: datetime) -> Cast:
    """Write the accounts with their profiles, and the audit entries that their registration would have left."""
    cast = Cast(*_demo_accounts(hashes), tutors=_people(Role.TUTOR), students=_people(Role.STUDENT))
    cast.students[DEACTIVATED_STUDENT].is_active = False
    for place in UNVERIFIED_STUDENTS:
        cast.students[place].is_verified = False
    User.objects.bulk_create(cast.everybody)
    _backdate(cast.everybody, now)
    _give_profiles(cast)
    for user in cast.everybody:
        record("account.registered", actor=None, obj=user, after={"role": user.role}, reason=REASON)
    record(
        "account.deactivated",
        actor=None,
        obj=cast.students[DEACTIVATED_STUDENT],
        before={"is_active": True},
        after={"is_active": False},
        reason=REASON,
    )
    return cast


def _demo_accounts(hashes: dict[str, str]) -> tuple[User, User, User]:
    def account(email: str, first_name: str, **fields: object) -> User:
        return User(email=email, password=hashes[email], first_name=first_name, is_verified=True, **fields)

    return (
        account(ADMIN, "Alex", last_name="Morgan", role=Role.ADMIN, is_staff=True, is_superuser=True),
        account(TUTOR, "Tessa", last_name="Hart", role=Role.TUTOR, timezone="Europe/London", currency="GBP"),
        account(STUDENT, "Sam", last_name="Rivera", role=Role.STUDENT, timezone="America/New_York"),
    )


def _people(role: Role) -> list[User]:
    """The regions take turns, so that neighbours in a list do not all live in one place."""
    columns = [[_person(region, name, role) for name in _names(region, teach=role == Role.TUTOR)] for region in REGIONS]
    return [user for row in zip(*columns, strict=True) for user in row]


def _names(region: Region, *, teach: bool) -> list[str]:
    return region.names[:TUTORS_PER_REGION] if teach else region.names[TUTORS_PER_REGION:]


def _person(region: Region, name: str, role: Role) -> User:
    first_name, last_name = name.split(" ", 1)
    return User(
        email=email_of(name),
        password=make_password(None),
        first_name=first_name,
        last_name=last_name,
        role=role,
        timezone=region.timezone,
        currency=region.currency,
        is_verified=True,
    )


def _backdate(users: list[User], now: datetime) -> None:
    """They did not all come today: between five months and five weeks ago."""
    rng = Random("people")  # noqa: S311 - made-up data
    for user in users:
        user.created_at = now - timedelta(days=rng.randint(35, 150), minutes=rng.randint(0, 1439))
    User.objects.bulk_update(users, ["created_at"])


def _give_profiles(cast: Cast) -> None:
    rng = Random("profiles")  # noqa: S311 - made-up data
    tutors = [TutorProfile(user=cast.tutor, status=TutorStatus.APPROVED)]
    tutors += [
        TutorProfile(user=tutor, status=NOT_APPROVED.get(place, TutorStatus.APPROVED))
        for place, tutor in enumerate(cast.tutors)
    ]
    for profile in tutors:
        if profile.status == TutorStatus.SUSPENDED:
            profile.status_before_suspension = TutorStatus.APPROVED
    TutorProfile.objects.bulk_create(tutors)
    StudentProfile.objects.bulk_create(
        [StudentProfile(user=user, interests=rng.sample(INTERESTS, 2)) for user in [cast.student, *cast.students]]
    )
