"""Where a person's picture is found."""

from accounts.presenters.avatars import avatar_url


def test_the_address_of_a_picture_is_absolute(settings):
    settings.PUBLIC_URL = "https://peerlearn.example"

    assert avatar_url("avatars/abc.jpg") == "https://peerlearn.example/api/avatars/abc.jpg"


def test_who_has_no_picture_has_the_default_one(settings):
    settings.PUBLIC_URL = "https://peerlearn.example"

    assert avatar_url("") == "https://peerlearn.example/api/avatars/default.png"
