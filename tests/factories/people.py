"""People, their profiles and what signing in leaves behind."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from accounts import ages
from accounts.models import (
    FavouriteTutor,
    Guardian,
    LearnerSettings,
    OutgoingMail,
    Role,
    StudentProfile,
    TokenFamily,
    TutorCertification,
    TutorEducation,
    TutorProfile,
    TutorRevision,
    TutorStatus,
    TutorSubject,
    User,
    VerificationDocument,
)
from accounts.services.listing import search_text_of

PASSWORD = "password123"


def sixteen_years_ago() -> date:
    return ages.born_by(ages.today(), years=16)


class UserFactory(factory.django.DjangoModelFactory):
    """A student who has proven the e-mail address; the password is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    password = factory.django.Password(PASSWORD)
    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = "Person"
    role = Role.STUDENT
    is_verified = True


class StudentFactory(UserFactory):
    profile = factory.RelatedFactory("tests.factories.StudentProfileFactory", factory_related_name="user")


class TutorFactory(UserFactory):
    role = Role.TUTOR
    profile = factory.RelatedFactory("tests.factories.TutorProfileFactory", factory_related_name="user")


class AdminFactory(UserFactory):
    role = Role.ADMIN
    is_staff = True
    is_superuser = True


class VerificationDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VerificationDocument

    tutor = factory.SubFactory("tests.factories.people.TutorProfileFactory")
    kind = "id_proof"
    name = "passport.pdf"
    size = 20
    file = factory.django.FileField(filename="passport.pdf", data=b"%PDF-1.7 a passport.")


class StudentProfileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StudentProfile

    user = factory.SubFactory(UserFactory)


class LearnerSettingsFactory(factory.django.DjangoModelFactory):
    """Those of somebody who has set what holds anyway."""

    class Meta:
        model = LearnerSettings

    user = factory.SubFactory(StudentFactory)


class GuardianFactory(factory.django.DjangoModelFactory):
    """Of somebody who is a minor for two years to come."""

    class Meta:
        model = Guardian

    user = factory.SubFactory(StudentFactory, birth_date=factory.LazyFunction(sixteen_years_ago))
    name = "Annabella Byron"
    email = factory.Sequence(lambda n: f"guardian{n}@example.com")


class TutorProfileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TutorProfile

    user = factory.SubFactory(UserFactory, role=Role.TUTOR)
    status = TutorStatus.APPROVED
    is_listed = factory.LazyAttribute(lambda profile: profile.status == TutorStatus.APPROVED)
    title = "Mathematics for everybody"
    hourly_rate = Decimal("45.00")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        new = model_class(*args, **kwargs)
        kwargs.setdefault("search_text", search_text_of(new, new.user, []))
        return super()._create(model_class, *args, **kwargs)


class TokenFamilyFactory(factory.django.DjangoModelFactory):
    """A sign-in that stands."""

    class Meta:
        model = TokenFamily

    user = factory.SubFactory(StudentFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class OutgoingMailFactory(factory.django.DjangoModelFactory):
    """A mail that is still to be sent."""

    class Meta:
        model = OutgoingMail

    kind = OutgoingMail.Kind.VERIFY
    email = factory.Sequence(lambda n: f"somebody{n}@example.com")
    due_at = factory.LazyFunction(timezone.now)


class TutorSubjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TutorSubject

    tutor = factory.SubFactory(TutorProfileFactory)
    subject = factory.SubFactory("tests.factories.SubjectFactory")


class TutorRevisionFactory(factory.django.DjangoModelFactory):
    """A new title that waits for approval."""

    class Meta:
        model = TutorRevision

    tutor = factory.SubFactory(TutorProfileFactory)
    words = factory.LazyFunction(lambda: {"title": "Integrals for everybody"})
    submitted_at = factory.LazyFunction(timezone.now)


class TutorCertificationFactory(factory.django.DjangoModelFactory):
    """With its scan."""

    class Meta:
        model = TutorCertification

    tutor = factory.SubFactory(TutorProfileFactory)
    title = "Certified Math Educator"
    issuer = "National Board"
    year = 2020
    file = factory.django.FileField(filename="scan.pdf", data=b"%PDF-1.7 a certificate")


class TutorEducationFactory(factory.django.DjangoModelFactory):
    """With its scan."""

    class Meta:
        model = TutorEducation

    tutor = factory.SubFactory(TutorProfileFactory)
    degree = "Master of Education"
    institution = "University of Example"
    year = 2015
    file = factory.django.FileField(filename="scan.pdf", data=b"%PDF-1.7 a degree")


class FavouriteTutorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FavouriteTutor

    student = factory.SubFactory(StudentFactory)
    tutor = factory.SubFactory(TutorProfileFactory)
