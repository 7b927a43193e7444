"""A server that has just failed is left alone for a while, and then asked by one alone."""

from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine

from common import fuse
from common.work import NotNow

NAME = "a server"
REFUSALS = (FileNotFoundError,)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-01-14T12:00:00Z", tick=False) as traveller:
        yield traveller


def speak(answer=None, *, meanwhile=lambda: None):
    """Whether the server was asked; what it answers may be a failure."""
    was_asked = False
    with suppress(NotNow, OSError, ValueError), fuse.fuse(NAME, but=REFUSALS):
        was_asked = True
        meanwhile()
        if answer:
            raise answer
    return was_asked


def test_a_failure_of_the_network_blows_it_for_a_while(clock):
    speak(ConnectionError())

    assert (speak(), fuse.is_failing(NAME)) == (False, True)
    clock.shift(fuse.PAUSE)
    assert (speak(), speak(), fuse.is_failing(NAME)) == (True, True, False)


@pytest.mark.parametrize("answer", [FileNotFoundError(), ValueError()])
def test_an_answer_does_not_however_bad_it_is(answer):
    speak(answer)

    assert (speak(), fuse.is_failing(NAME)) == (True, False)


@pytest.mark.parametrize("answer", [None, FileNotFoundError(), ValueError()])
def test_after_the_pause_one_asks_and_the_others_wait_for_what_comes_of_it(clock, answer):
    speak(ConnectionError())
    clock.shift(fuse.PAUSE)

    others = []

    assert speak(answer, meanwhile=lambda: others.append(speak()))

    assert others == [False]
    assert speak()


def test_who_asks_and_never_comes_back_is_followed_by_another(clock):
    speak(ConnectionError())
    clock.shift(fuse.PAUSE)
    with pytest.raises(KeyboardInterrupt), fuse.fuse(NAME):
        raise KeyboardInterrupt

    assert not speak()
    clock.shift(fuse.PAUSE + timedelta(seconds=1))
    assert speak()
