"""A server that hashes passwords quickly: thousands of fuzzed registrations need no strong hash."""

from django.conf import settings


def change() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
