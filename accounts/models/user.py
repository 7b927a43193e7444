"""People."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.validators import validate_birth_date, validate_time_zone
from common.models import TimestampedModel


class Role(models.TextChoices):
    """The three stored words. Dialects translate them."""

    STUDENT = "student"
    TUTOR = "tutor"
    ADMIN = "admin"


def normalise_email(email: str) -> str:
    """One spelling per address: trimmed, lower case (R-AUTH-4)."""
    return email.strip().lower()


class UserQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True, deleted_at=None)

    def soft_deleted(self) -> Self:
        """Closed by their owners or by admins, and not erased yet."""
        return self.filter(deleted_at__isnull=False, erased_at=None)

    def take_turn(self, pk: int) -> None:
        """Until the transaction ends, whoever else takes this person's turn waits: for what is counted before it is
        added to. Rows that refer to the person can be written meanwhile.
        """
        self.select_for_update(of=("self",), no_key=True).only("pk").get(pk=pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an account without any checks but the database's. Registration goes through `accounts.services`."""
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an administrator, as `manage.py createsuperuser` does."""
        return self.create_user(
            email, password, role=Role.ADMIN, is_staff=True, is_superuser=True, is_verified=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin, TimestampedModel):
    """A person with an account. The e-mail address is the login name, whatever its case.

    `token_version` ends every token at once when it grows. `deleted_at` is a soft deletion: the row stays for what
    refers to it, the person is gone. `erased_at` is when nothing in it was about a person any more: for good.
    """

    email = models.EmailField(max_length=254, unique=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=7, choices=Role, default=Role.STUDENT)
    phone = models.CharField(max_length=20, blank=True, help_text="E.164, such as +14155550123.")
    birth_date = models.DateField(
        null=True, blank=True, validators=[validate_birth_date], help_text="Known only if told; see `accounts.ages`."
    )
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217.")
    avatar = models.FileField(max_length=200, blank=True, upload_to="avatars/")
    avatar_changed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_verified = models.BooleanField(default=False, help_text="The e-mail address is proven.")
    is_staff = models.BooleanField(default=False, help_text="May open the back office.")
    token_version = models.PositiveIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)
    was_deactivated = models.BooleanField(
        default=False, db_default=False, help_text="Before it was closed: it stays so if it is restored."
    )
    erased_at = models.DateTimeField(null=True, blank=True, help_text="Only the number of the account is left.")
    closing_reason = models.TextField(blank=True, db_default="", help_text="Why its owner closed it, in their words.")
    onboarded_at = models.DateTimeField(null=True, blank=True, help_text="The front end's first steps were completed.")
    online_until = models.DateTimeField(
        null=True, blank=True, help_text="A socket is open, and says so again before this moment."
    )

    # While `deputised`; never stored, and set on no other object of the same person.
    is_deputy = False

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(deleted_at__isnull=False, is_active=False), name="user_erased_is_gone"
            ),
        ]
        indexes = [
            models.Index(fields=["-deleted_at", "-id"], name="user_soft_deleted", condition=Q(deleted_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def display_name(self) -> str:
        """What others may always see: never the e-mail address."""
        return self.full_name or f"User {self.pk}"

    @property
    def greeting(self) -> str:
        """How a mail to them begins. An address that is not proven may be a stranger's, who is to read no words of
        whoever typed it in.
        """
        return f"Hello {self.display_name}," if self.is_verified else "Hello,"

    @property
    def is_student(self) -> bool:
        return self.role == Role.STUDENT

    @property
    def is_tutor(self) -> bool:
        return self.role == Role.TUTOR

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN or self.is_deputy

    @contextmanager
    def deputised(self) -> Iterator[None]:
        """Services take this person for an admin inside the block, which holds one deed that a group of theirs permits.

        For the back office alone, which has asked for that permission: no API request is ever a deputy's.
        """
        self.is_deputy = self.role != Role.ADMIN
        try:
            yield
        finally:
            self.is_deputy = False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's sessions end with the tokens: whoever is signed out everywhere is out of the back office too."""
        key = f"{self.password}:{self.token_version}"
        return salted_hmac("peerlearn.session_auth", key, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.first_name
