"""The student side of a person, and the tutors they remember."""

from django.db import models
from django.db.models import Q

from accounts.models.tutor import TutorProfile
from accounts.models.user import User
from accounts.querysets import FavouriteQuerySet
from common.models import TimestampedModel


class LearnerKind(models.TextChoices):
    """Who learns, as the mentor platform asks when somebody joins."""

    STUDENT = "student"
    PARENT = "parent"
    PROFESSIONAL = "professional"


class AcademicLevel(models.TextChoices):
    SCHOOL = "school"
    COLLEGE = "college"


class StudentProfile(TimestampedModel):
    """The student side of a person; exists for every student from registration on.

    At school they have a school, a grade and subjects; at college a university, a degree, a major and a semester.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="student_profile")
    bio = models.TextField(blank=True)
    grade_level = models.CharField(max_length=100, blank=True)
    school_name = models.CharField(max_length=200, blank=True)
    university = models.CharField(max_length=200, blank=True)
    major = models.CharField(max_length=200, blank=True)
    year = models.CharField(max_length=50, blank=True, help_text="Of their studies, in their own words.")
    learning_goals = models.JSONField(default=list, blank=True, help_text="A list of words or sentences.")
    interests = models.JSONField(default=list, blank=True, help_text="A list of words.")
    skills = models.JSONField(default=list, blank=True, help_text="A list of words.")
    preferred_language = models.CharField(max_length=3, blank=True, help_text="ISO 639-1.")
    language_preferences = models.JSONField(
        default=list, blank=True, help_text="The languages they want to learn in: a list of {code, level}."
    )
    kind = models.CharField(max_length=12, choices=LearnerKind, default=LearnerKind.STUDENT)
    academic_level = models.CharField(max_length=7, choices=AcademicLevel, blank=True)
    academic_subjects = models.JSONField(default=list, blank=True, help_text="What they have at school: words.")
    degree_type = models.CharField(max_length=100, blank=True)
    semester = models.PositiveSmallIntegerField(null=True, blank=True)
    cgpa = models.DecimalField(
        "CGPA", max_digits=4, decimal_places=2, null=True, blank=True, help_text="0 to 10, of their studies so far."
    )
    total_sessions = models.PositiveIntegerField(default=0, help_text="Lessons that took place.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LearnerKind.values), name="student_kind_known"),
            models.CheckConstraint(
                condition=Q(academic_level__in=["", *AcademicLevel.values]), name="student_academic_level_known"
            ),
            models.CheckConstraint(condition=Q(cgpa=None) | Q(cgpa__range=(0, 10)), name="student_cgpa_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"student {self.user_id}"


class FavouriteTutor(models.Model):
    """A tutor whom a student wants to find again."""

    student = models.ForeignKey(User, models.CASCADE, related_name="favourite_tutors")
    tutor = models.ForeignKey(TutorProfile, models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FavouriteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["student", "-created_at", "-id"], name="favourite_newest")]
        constraints = [models.UniqueConstraint(fields=["student", "tutor"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.student_id} likes {self.tutor_id}"
