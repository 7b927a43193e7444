"""Several sealers at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from audit import services
from audit.chain import link_hash
from audit.models import AuditLink
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def entries():
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("An in-memory database has one connection.")
    return [services.record("session.created", actor=None) for _ in range(60)]


def seal_a_few(_=None):
    try:
        return services.seal(limit=7)
    finally:
        connection.close()


def test_sealing_in_parallel_leaves_no_gap_and_no_entry_twice():
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(seal_a_few, range(16)))

    assert sum(sealed) == 60
    assert list(AuditLink.objects.values_list("seq", flat=True)) == list(range(1, 61))
    assert services.verify() == services.Verification(checked=60)


@pytest.mark.postgres
def test_without_the_lock_two_sealers_collide(monkeypatch):
    """The negative control: what the lock prevents does happen without it, and the key still refuses a fork."""
    both_have_read = Barrier(2, timeout=PATIENCE)

    def link_hash_when_both_have_read(prev_hash, entry):
        if prev_hash == services.GENESIS:
            both_have_read.wait()
        return link_hash(prev_hash, entry)

    monkeypatch.setattr(services, "_lock_chain", lambda: None)
    monkeypatch.setattr(services, "link_hash", link_hash_when_both_have_read)

    with ThreadPoolExecutor(2) as pool:
        errors = [attempt.exception() for attempt in [pool.submit(seal_a_few), pool.submit(seal_a_few)]]

    monkeypatch.undo()
    assert [type(error) for error in errors if error] == [IntegrityError]
    assert services.verify() == services.Verification(checked=7)
