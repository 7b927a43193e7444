"""Hashing takes turns."""

from functools import partial
from threading import Semaphore

import pytest

from accounts import passwords
from common.errors import Busy
from tests.support.threads import at_once


def test_only_a_few_hashes_are_made_at_a_time(monkeypatch):
    running = most = 0
    lock = Semaphore()

    def hash_slowly(password):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        passwords_seen.append(password)
        with lock:
            running -= 1
        return "hash"

    passwords_seen: list[str] = []
    monkeypatch.setattr(passwords.hashers, "make_password", hash_slowly)

    results = at_once([partial(passwords.make, f"secret {n}") for n in range(16)])

    assert results == ["hash"] * 16
    assert most <= passwords.AT_ONCE


def test_who_waits_too_long_for_a_turn_is_told_to_come_back(monkeypatch):
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0)
    for _ in range(passwords.AT_ONCE):
        assert passwords._turns.acquire(timeout=1)

    try:
        with pytest.raises(Busy):
            passwords.matches("secret", "hash")
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._turns.release()
