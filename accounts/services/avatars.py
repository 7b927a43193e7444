"""Avatars: the picture of a person that everybody may see."""

from datetime import datetime

from django.db import transaction

from accounts.images import Upload, square_jpeg
from accounts.models import User
from accounts.presenters.avatars import FOLDER
from audit.services import record
from common import files

SIDE = 512


def set_avatar(user: User, upload: Upload, *, now: datetime, by: User | None = None) -> User:
    """Show this picture from now on; the one before it is deleted. `by` is the admin who does it for somebody, which is
    audited. Raises one of `accounts.images.REFUSALS`.
    """
    content = square_jpeg(upload, side=SIDE)
    key = files.keep(content, folder=FOLDER, kind="jpg")  # a new name, so that it can be cached for ever
    try:
        return _show(user, key, now, by=by)
    except BaseException:
        files.discard([key])
        raise


def remove_avatar(user: User, *, now: datetime) -> User:
    """Show the default picture again. Safe to repeat."""
    return _show(user, "", now)


@transaction.atomic
def _show(user: User, key: str, now: datetime, *, by: User | None = None) -> User:
    before = User.objects.select_for_update(of=("self",), no_key=True).only("avatar").get(pk=user.pk).avatar.name
    if key or before:
        user.avatar, user.avatar_changed_at = key, now
        user.save(update_fields=["avatar", "avatar_changed_at", "updated_at"])
    if by is not None:
        record("account.avatar_changed_by_admin", actor=by, obj=user, before={"avatar": before}, after={"avatar": key})
    files.discard_after_commit(before or "")
    return user
