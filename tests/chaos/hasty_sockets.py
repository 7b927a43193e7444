"""A server whose sockets look every second whether their sign-in still stands (30 s in production)."""

from api.core.sockets import consumers


def change() -> None:
    consumers.CHECK_EVERY = 1.0
