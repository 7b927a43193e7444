"""Avatars: one file a person, whatever happens at once."""

from functools import partial

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from accounts.services import avatars
from tests.factories import StudentFactory
from tests.support.threads import at_once
from tests.support.uploads import picture, upload


@pytest.mark.django_db(transaction=True)
def test_of_many_pictures_at_once_one_stays():
    before = set(default_storage.listdir("avatars")[1]) if default_storage.exists("avatars") else set()
    user = StudentFactory()

    def send() -> User:
        return avatars.set_avatar(User.objects.get(pk=user.pk), upload(picture()), now=timezone.now())

    results = at_once([send] * 8, threads=8)

    assert all(isinstance(result, User) for result in results), results
    user.refresh_from_db()
    assert set(default_storage.listdir("avatars")[1]) - before == {user.avatar.name.removeprefix("avatars/")}


@pytest.mark.django_db(transaction=True)
def test_a_picture_and_its_removal_at_once_leave_no_file_behind():
    user = StudentFactory()
    before = set(default_storage.listdir("avatars")[1]) if default_storage.exists("avatars") else set()

    def send() -> User:
        return avatars.set_avatar(User.objects.get(pk=user.pk), upload(picture()), now=timezone.now())

    def remove() -> User:
        return avatars.remove_avatar(User.objects.get(pk=user.pk), now=timezone.now())

    at_once([send, remove, partial(send), remove] * 2, threads=8)

    user.refresh_from_db()
    kept = {user.avatar.name.removeprefix("avatars/")} if user.avatar else set()
    assert set(default_storage.listdir("avatars")[1]) - before == kept
