"""`[tool.mlguard.mlflow]` under pytest: guards are logged once all have run, and no outcome changes."""

from __future__ import annotations

import pytest

from mlguard.settings import Settings
from mlguard.trackers import log as tracking
from mlguard.trackers.entry import Facts
from mlguard.trackers.log import Told
from tests.plugin.conftest import SETTINGS
from tests.plugin.verdicts import shifted

FACTS = Facts({"depth": "1"}, {"auc": 0.5}, "churn sha256:1", "sha256:2", ("SHOP_RATE",))
LOGGING = SETTINGS + '[tool.mlguard.mlflow]\nuri = "http://tracking:5000"\n'


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Told]]]:
    """What is logged, in the place of a server."""
    found: list[tuple[str, list[Told]]] = []

    def log(settings: Settings, command: str, guards: list[Told], environ: object) -> str:
        found.append((command, guards))
        return "mlflow: this came of it"

    monkeypatch.setattr(tracking, "log", log)
    return found


def test_each_guard_that_ran_is_logged_with_what_was_seen(small, made, calls):
    small.write("pyproject.toml", LOGGING)
    made.facts, made.verdicts["Churn"] = FACTS, shifted("Churn", "predict")
    tried = small.run()
    ((command, guards),) = calls
    assert (command, [told.shown.verdict.guard for told in guards]) == ("pytest", ["Churn", "Demand[0]", "Demand[1]"])
    assert [told.facts for told in guards] == [FACTS] * 3
    assert [str(told.shown.verdict.outcome) for told in guards] == ["shifted", "match", "match"]
    assert "mlflow: this came of it" in tried.text
    made.facts = None
    plain = small.run()
    assert (tried.code, tried.outcomes) == (plain.code, plain.outcomes)
    assert "mlflow" not in plain.text


def test_a_session_without_guards_logs_nothing(small, made, calls):
    small.write("pyproject.toml", LOGGING)
    small.write("tests/guards/test_shop.py", "def test_plain(): pass\n")
    assert small.run().code == 0
    assert calls == []
