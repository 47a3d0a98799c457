"""What is taken out of a text before it leaves the machine, and what stays."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

from mlguard.settings import Settings, load
from mlguard.trackers.cover import Cover


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    section = '[tool.mlguard]\npass_env = ["SHOP_*"]\nset_env = { RATE = "canary-set" }\n'
    (tmp_path / "pyproject.toml").write_text(section, encoding="utf-8")
    return load(tmp_path)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("token=canary-passed;", "token=[SHOP_TOKEN];"),
        ("xcanary-passedx", "x[SHOP_TOKEN]x"),
        ("rate canary-set", "rate [RATE]"),
        ("by http://ana:pw@proxy:1", "by [HTTPS_PROXY]"),
        ("read canary-read", "read [READ_BY_CODE]"),
        ("second line of a key", "[SHOP_KEY]"),
        ("of canary-dotenv and canary-quoted", "of [PLAIN] and [QUOTED]"),
        (json.dumps('canary"\n'), '"[SHOP_ODD]\\n"'),
        ("main and 0.05 and 1234567 stay", "main and 0.05 and 1234567 stay"),
        ("canary-of-nobody stays", "canary-of-nobody stays"),
    ],
)
def test_values_of_variables_are_called_by_their_names(settings: Settings, text: str, covered: str) -> None:
    environ = {
        "SHOP_TOKEN": "canary-passed",
        "SHOP_KEY": "first line of a key\nsecond line of a key\n",
        "SHOP_ODD": 'canary"',
        "SHOP_BRANCH": "main",
        "SHOP_RATE": "0.05",
        "SHOP_SIZE": "1234567",
        "HTTPS_PROXY": "http://ana:pw@proxy:1",
        "READ_BY_CODE": "canary-read",
        "UNREAD": "canary-of-nobody",
    }
    (settings.base / ".env").write_text("PLAIN=canary-dotenv\nexport QUOTED = 'canary-quoted'\n# a note\n", "utf-8")
    assert Cover(settings, environ, ("READ_BY_CODE",))(text) == covered


def test_folders_of_this_machine_are_not_named(settings: Settings) -> None:
    cover = Cover(settings, os.environ)
    root, outside = settings.base, settings.base.parent / "elsewhere" / "data.csv"
    assert cover(f"{root}/data/a.csv") == "./data/a.csv"
    assert cover(f'File "{root / "line.py"}", line 3') == 'File "./line.py", line 3'
    assert cover(f"reads {outside}, which") == "reads …/data.csv, which"
    assert cover(f"of {Path.home()}: {Path.home()}/clients/notes.txt") == "of ~: …/notes.txt"
    assert cover(f"{sys.prefix}/lib/site.py") == "[python]/lib/site.py"
    assert cover("/usr/share/dict/words") == "…/words"
    assert cover(f"{tempfile.gettempdir()}/run-1/x") == "…/x"


@pytest.mark.parametrize(
    "text", ["km/h", "and/or", "/v1/predict", "https://example.com/usr/lib", "a/b/c", "</td>", "1/2/3"]
)
def test_what_only_looks_like_a_path_stays(settings: Settings, text: str) -> None:
    assert Cover(settings, os.environ)(text) == text
