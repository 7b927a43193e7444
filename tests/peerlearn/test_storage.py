"""Where uploads are kept, from one URL."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.utils.module_loading import import_string

from peerlearn import storage
from peerlearn.storage import storage_at
from tests.peerlearn.processes import manage


def test_a_folder_is_made_and_its_files_are_nobody_elses(tmp_path):
    entry = storage_at(f"file://{tmp_path}/up%20loads")
    kept = import_string(entry["BACKEND"])(**entry["OPTIONS"])

    key = kept.save("avatars/a.jpg", ContentFile(b"picture"))

    path = tmp_path / "up loads" / key
    assert path.read_bytes() == b"picture"
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


def test_a_bucket_has_its_key_folder_and_server_from_the_url():
    entry = storage_at("s3://key:se%2Fcret@pictures/of/people?endpoint_url=https://s3.example&region_name=eu-central-1")

    client_config = entry["OPTIONS"].pop("client_config")
    assert entry == {
        "BACKEND": "peerlearn.buckets.Bucket",
        "OPTIONS": {
            "access_key": "key",
            "secret_key": "se/cret",
            "bucket_name": "pictures",
            "location": "of/people",
            "endpoint_url": "https://s3.example",
            "region_name": "eu-central-1",
            "file_overwrite": False,
        },
    }
    assert (client_config.connect_timeout, client_config.read_timeout) == (3, 8)
    assert import_string(entry["BACKEND"])(**entry["OPTIONS"]).bucket_name == "pictures"


def test_a_bucket_needs_no_key_where_the_machine_has_a_role():
    assert not {"access_key", "secret_key"} & storage_at("s3://pictures")["OPTIONS"].keys()


def test_a_bucket_needs_the_packages_of_production(monkeypatch):
    monkeypatch.setattr(storage, "find_spec", lambda name: None)

    with pytest.raises(ImproperlyConfigured, match=r"requirements-prod\.txt"):
        storage_at("s3://pictures")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("file://data/media", "whole path"),
        ("file:///", "whole path"),
        ("file:///proc/nothing/here", "cannot be made"),
        ("s3:///folder", "names no bucket"),
        ("s3://pictures?endpoint=https://s3.example", "has endpoint, but only endpoint_url and region_name"),
        ("ftp://example.com", "must begin with file:// or s3://"),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence(url, sentence):
    refused = manage("check", PEERLEARN_STORAGE_URL=url)

    assert refused.returncode != 0
    assert sentence in refused.stderr.splitlines()[-1]
