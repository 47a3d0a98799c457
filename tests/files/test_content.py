"""Whether a file is as it was written, whatever a checkout made of its line ends."""

from __future__ import annotations

import pytest

from mlguard.files.content import as_written, file_digest

LF, CRLF, BOTH = b"a\nb\n", b"a\r\nb\r\n", b"a\r\nb\n"


@pytest.mark.parametrize(
    ("name", "there", "written", "found"),
    [
        ("x.csv", LF, LF, LF),
        ("x.csv", CRLF, LF, LF),
        ("x.csv", BOTH, LF, LF),
        ("x.csv", BOTH, BOTH, BOTH),
        ("x.csv", CRLF, BOTH, None),
        ("x.csv", LF, CRLF, None),
        ("x.csv", b"a\nc\n", LF, None),
        ("x.npy", LF, LF, LF),
        ("x.npy", CRLF, LF, None),
        ("x.parquet", CRLF, LF, None),
    ],
)
def test_line_ends_of_a_text_alone_may_differ(name: str, there: bytes, written: bytes, found: bytes | None) -> None:
    assert as_written(name, there, file_digest(written)) == found
