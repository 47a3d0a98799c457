"""Edits that no row of the data shows: each is laid over one project, and must be red where it acts, or quiet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from mlguard.checker.check import Seen
from mlguard.core.outcome import Outcome
from mlguard.core.record import PROBE
from tests.project import CODE, FILES, GENERATOR, GUARD, Project

CONFIG = "configs/line.toml"

SHOP = {
    **FILES,
    GENERATOR: """\
import numpy as np
import pandas as pd
from mlguard import Dataset


def make(rng, rows=48):
    at = pd.date_range("2024-01-08 05:00", periods=rows, freq="5h")
    area = rng.randint(200, 900, rows) / 10
    shelf = np.arange(rows) % 6
    text = np.where(rng.uniform(size=rows) < 0.5, "gutes Café 7", "kalter Kaffee 12")
    sold = area * 2 + shelf + (text == "gutes Café 7") * 30 + rng.randint(0, 9, rows)
    table = {"at": at, "area": area, "shelf": shelf, "text": text, "sold": sold, "many": sold > sold.mean()}
    return Dataset(pd.DataFrame(table), target="sold")
""",
    CONFIG: "ridge = 0.5\nverbose = 3\n",
    CODE: """\
import re
import unicodedata

import numpy as np
import pandas as pd


def tidy(text):
    return unicodedata.normalize("NFC", text).casefold()


def number(text):
    return float("".join(re.findall(r"[0-9]", text)) or 0)


def local(rows):
    return rows["at"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")


def coded(shelf, shelves):
    seen = {}
    for name in shelf:
        if name not in seen:
            seen[name] = shelves.get(name, 0.0)
    return [seen[name] for name in shelf]


def table(model, rows):
    wide = rows[["area"]].copy()
    wide["area"] = wide["area"].fillna(60.0)
    wide["area"] = np.minimum(wide["area"], 500.0)
    wide["rush"] = local(rows).dt.hour.between(7, 9)
    wide["good"] = ["café" in tidy(text) for text in rows["text"]]
    wide["number"] = [number(text) for text in rows["text"]]
    wide["shelf"] = coded(rows["shelf"], model["shelves"])
    return wide.astype(float).assign(one=1.0).to_numpy()


def fit(rows, ridge):
    model = {"shelves": rows.groupby("shelf")["sold"].mean().to_dict()}
    x = table(model, rows)
    model["weights"] = np.linalg.solve(x.T @ x + ridge * np.eye(x.shape[1]), x.T @ rows["sold"].to_numpy())
    return model


def answer(model, rows):
    x = table(model, rows)
    summer = np.where(rows["at"].dt.month.between(6, 9), 1.5, 1.0)
    return pd.DataFrame({"sold": x @ model["weights"] * summer, "odds": np.exp(x[:, 0] / 10)})


def precision(truth, chosen, otherwise):
    return float(truth[chosen].mean()) if chosen.any() else otherwise


def score(test, answers):
    chosen = answers["sold"].to_numpy() > 130
    return {"precision": precision(test["many"].to_numpy(), chosen, 0.0), "rows": len(test)}
""",
    GUARD: """\
import line
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    target = "sold"
    seeds = (0,)
    config = "configs/line.toml"

    def train(self, train):
        return line.fit(train, self.config["ridge"])

    def predict(self, model, rows):
        return line.answer(model, rows)

    def evaluate(self, test, predictions):
        return line.score(test, predictions)
""",
}
"""A shop whose data have no gap, one season, text in NFC, and metrics of good answers only."""

FILL = 'wide["area"] = wide["area"].fillna(60.0)'
CAP = 'wide["area"] = np.minimum(wide["area"], 500.0)'
ZONE = 'rows["at"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")'
LOOP = "    return [seen[name] for name in shelf]\n"


@dataclass(frozen=True)
class Unseen:
    """One edit that no row of the data shows."""

    old: str
    new: str
    moves: str
    """The Observation of the main run that shows it."""
    rows: frozenset[str]
    """Rows of it that move, without their numbers."""


def unseen(old: str, new: str, moves: str, *rows: str) -> Unseen:
    return Unseen(old, new, moves, frozenset(rows))


UNSEEN = {
    "fill without effect": unseen(
        FILL, 'wide["area"].fillna(60.0)', "probes.sold", "missing area", "gap beside unseen"
    ),
    "clock change ignored": unseen(ZONE, 'rows["at"] + pd.Timedelta(hours=1)', "probes.sold", "half a year later at"),
    "another season": unseen("between(6, 9), 1.5", "between(6, 9), 1.0", "probes.sold", "half a year later at"),
    "normalisation dropped": unseen('unicodedata.normalize("NFC", text)', "text", "probes.sold", "decomposed text"),
    "digits of any script": unseen('r"[0-9]"', 'r"\\d"', "probes.sold", "other digits text", "full-width digits text"),
    "overflow": unseen(CAP, "", "magnitudes.finite", "x1e3 area", "x1e6 area"),
    "rule for no answer": unseen("chosen, 0.0)", "chosen, 1.0)", "degenerate.precision", "one row"),
}

REFACTORS = {
    FILL: 'wide = wide.fillna({"area": 60.0})',
    CAP: 'wide["area"] = wide["area"].clip(upper=500.0)',
    ZONE: 'pd.to_datetime(rows["at"], utc=True).dt.tz_convert("Europe/Berlin")',
    LOOP: "    return shelf.map(shelves).fillna(0.0).tolist()\n",
}

NEEDS_ANOTHER_TRAINING = {
    "a default argument keeps state": ("(shelf, shelves):\n    seen = {}\n", "(shelf, shelves, seen={}):\n"),
    "ids are taken for positions": ("shelves.get(name", "dict(enumerate(shelves.values())).get(name"),
}


@pytest.fixture(scope="module")
def shop(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("shop"), SHOP)
    assert project.regen().proposal is not None
    return project


@contextmanager
def editing(project: Project, edits: Iterable[tuple[str, str]]) -> Iterator[None]:
    with ExitStack() as stack:
        for old, new in edits:
            stack.enter_context(project.editing(CODE, old, new))
        yield


@pytest.fixture(scope="module")
def edited(shop: Project) -> Seen:
    """All of these edits at once: each acts on rows that none of the others reaches."""
    with editing(shop, [(edit.old, edit.new) for edit in UNSEEN.values()]):
        return shop.check(quick=True)


@pytest.mark.parametrize("name", UNSEEN)
def test_an_edit_that_no_row_of_the_data_shows_is_red(edited: Seen, name: str) -> None:
    moves = {move.observation: move for move in edited.verdict.moves() if move.run == "main"}
    assert UNSEEN[name].moves in moves
    assert UNSEEN[name].rows <= {row.partition(" #")[0] for row in moves[UNSEEN[name].moves].difference.rows}


def test_nothing_but_probes_shows_them(edited: Seen) -> None:
    assert edited.verdict.outcome is Outcome.SHIFTED
    assert {move.role for move in edited.verdict.moves()} == {PROBE}


@pytest.mark.parametrize("name", NEEDS_ANOTHER_TRAINING)
def test_what_only_another_training_shows_is_red(shop: Project, name: str) -> None:
    with editing(shop, [NEEDS_ANOTHER_TRAINING[name]]):
        verdict = shop.check().verdict
    assert verdict.outcome is Outcome.SHIFTED
    assert {(move.run, move.observation) for move in verdict.moves()} == {("without levels", "test.sold")}


def test_refactors_match_and_a_key_without_effect_may_go(shop: Project) -> None:
    with editing(shop, REFACTORS.items()), shop.editing(CONFIG, "verbose = 3\n", ""):
        verdict = shop.check().verdict
    assert [move.observation for move in verdict.moves()] == []
    assert verdict.outcome is Outcome.MATCH


def test_a_key_that_had_an_effect_may_not_go(shop: Project) -> None:
    with shop.editing(CONFIG, "ridge = 0.5\n", ""), shop.editing(GUARD, 'self.config["ridge"]', "0.5"):
        verdict = shop.check().verdict
    assert verdict.outcome is Outcome.SHIFTED
    assert {move.run for move in verdict.moves()} == {"config ridge"}
