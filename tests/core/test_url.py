"""Which addresses of goldens can be used, and that a sentence on one never repeats it."""

from __future__ import annotations

import pytest

from mlguard.core.url import folder_for, is_url, plain_url, what_is_wrong, without_credentials

USABLE = [
    "s3://bucket/folder", "s3://bucket", "gs://bucket/a/b", "file:///mnt/goldens", "s3://b/my.prefix_2/",
    "file:///C:/goldens",
]  # fmt: skip
CANARY = "canary-secret"
REFUSED = {
    "s3://key:canary-secret@bucket/folder": "leave all up to the @ out",
    "s3://canary-secret@bucket": "leave all up to the @ out",
    "https://bucket/canary-secret": "must begin with one of file://, gs://, s3://",
    "S3://bucket/canary-secret": "must begin with one of",
    "simplecache::s3://bucket/canary-secret": "is no URL",
    "s3://bucket/../canary-secret": "plain folder names",
    "s3://bucket//canary-secret": "plain folder names",
    "s3://": "plain folder names",
    "s3://bucket/a?versionId=canary-secret": "plain folder names",
    "s3://bucket/a#canary-secret": "plain folder names",
    "s3://bucket:9000/canary-secret": "plain folder names",
    "s3://bucket/a b/canary-secret": "plain folder names",
    "file://mnt/canary-secret": "from the root on",
    "s3://bucket/\ncanary-secret": "plain folder names",
}


@pytest.mark.parametrize("url", USABLE)
def test_these_can_be_used(url: str) -> None:
    assert is_url(url)
    assert what_is_wrong(url) is None


@pytest.mark.parametrize("url", REFUSED)
def test_these_are_refused_without_a_word_of_them(url: str) -> None:
    told = what_is_wrong(url)
    assert told is not None
    assert REFUSED[url] in told
    assert CANARY not in told


def test_a_folder_is_no_address() -> None:
    assert not any(map(is_url, ("golden", "../golden", "/mnt/golden", "C:\\golden")))


def test_each_address_has_a_folder_of_its_own() -> None:
    assert plain_url("s3://bucket/a/") == "s3://bucket/a"
    assert folder_for("s3://bucket/a/") == folder_for("s3://bucket/a")
    assert folder_for("s3://bucket/a").startswith("s3-bucket-a-")
    assert len({folder_for(url) for url in ("s3://bucket/a", "s3://bucket/A", "s3://bucket-a", "gs://bucket/a")}) == 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://ana:secret@host:80/a", "http://host:80/a"),
        ("no http://ana:se/c#r?et@host, nor https://b@c/d?token=secret.", "no http://host, nor https://c/d"),
        ("sqlite:////tmp/a@b.db and file:///x@y", "sqlite:////tmp/a@b.db and file:///x@y"),
        ("http://host/a and ana@example.com", "http://host/a and ana@example.com"),
    ],
)
def test_what_a_text_shows_of_urls(text: str, shown: str) -> None:
    assert without_credentials(text) == shown
