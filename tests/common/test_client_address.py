import pytest
from django.test import RequestFactory

from common.client_address import client_address

PEER = "192.0.2.1"


def address(forwarded: str | None = None, *, peer: str = PEER) -> str:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


@pytest.mark.parametrize("forwarded", [None, "", "203.0.113.9", "127.0.0.1", "203.0.113.9, 10.0.0.1", ",,,"])
def test_without_proxies_only_the_peer_counts(settings, forwarded):
    settings.TRUSTED_PROXIES = 0

    assert address(forwarded) == PEER


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "made up, 203.0.113.9", "203.0.113.9"),
        (2, "made up, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9 , 10.0.0.1", "203.0.113.9"),
        (1, "", PEER),
        (1, " , ", PEER),
        (1, None, PEER),
        (2, "203.0.113.9", PEER),
    ],
)
def test_behind_proxies_it_is_what_the_outermost_of_them_saw(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies

    assert address(forwarded) == expected


def test_a_peer_without_an_address_is_unknown(settings):
    settings.TRUSTED_PROXIES = 0

    assert address(peer="") == "unknown"
