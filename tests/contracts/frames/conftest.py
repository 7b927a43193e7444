"""Tests of sockets share one way to open them, and two people who talk."""

from tests.support.sockets import ann, bob, connections_of_the_thread_end, message

__all__ = ["ann", "bob", "connections_of_the_thread_end", "message"]
