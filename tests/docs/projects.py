"""What lies in the project of a page before its first block: most pages begin with an empty folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.docs.blocks import blocks
from tests.project import CODE, FILES, GUARD
from tests.tools.like.real import orders


@dataclass(frozen=True)
class Given:
    """What a page takes for granted."""

    files: Mapping[str, str]
    """The files that are there."""
    commands: tuple[str, ...] = ()
    """What was typed by then."""
    edits: tuple[tuple[str, str, str], ...] = ()
    """What was edited since: a file, what stood there, and what stands there now."""


def shown(page: str) -> dict[str, str]:
    """The files that another page writes."""
    return {name: block.text for block in blocks(page) if (name := block.file())}


SETTINGS = {"pyproject.toml": "[tool.mlguard]\n", ".gitignore": ".mlguard/\n"}
"""Settings of a project without goldens."""

RECORDED = (
    'mlguard regen-golden --yes --reason "first golden"',
    "git init --quiet",
    "git add .",
    "git commit -qm Guard",
)


def on_one_day(files: Mapping[str, str]) -> dict[str, str]:
    """The same with guards whose clock is fixed: a check that skips what is unchanged may run over midnight."""
    return {
        name: text.replace("    dataset = ", '    clock = "2026-01-01"\n    dataset = ') for name, text in files.items()
    }


GUARDED = Given({**SETTINGS, **on_one_day(shown("docs/tutorials/owner.md"))}, RECORDED)
"""What the owner's tutorial comes to, before its last edit."""

SECOND = (
    FILES[GUARD]
    .replace("class Line", "class Second")
    .replace("import line\n", "import subprocess\n\nimport line\n")
    .replace(
        "        return line.fit(train)", '        subprocess.run(["true"], check=True)\n        return line.fit(train)'
    )
)
"""A guard that starts another program."""

LINE = Given({**on_one_day(FILES), ".gitignore": ".mlguard/\n"})
"""The project that most tests run in."""

FORGETFUL = ("rents.py", ".mean()).to_dict()", ".mean()).iloc[1:].to_dict()")
"""An edit that lets the model of the tutorials forget a district."""


def _first_guard() -> Given:
    code = FILES[CODE].replace(
        "def answer(model, rows):\n", 'def answer(model, rows):\n    rows["x"] = rows["x"].round()\n'
    )
    branch = '    if model["slope"] == 0:\n        return rows["x"] * 0\n    return (model'
    return Given({**FILES, CODE: code.replace("    return (model", branch)})


def _orders() -> Given:
    return Given({"orders.csv": orders().to_csv(index=False), **SETTINGS})


def _reach() -> Given:
    code = FILES[CODE].replace('    x, y = rows["x"]', '    rows = rows[rows["x"] <= reach]\n    x, y = rows["x"]')
    return Given({**FILES, CODE: code.replace("ridge=0.0", "ridge=0.0, reach=5.85")}, RECORDED[:1])


CHURN = {
    "configs/churn.yaml": "cut: 0.5\n",
    "shop/churn.py": """\
def split_data(config, rows):
    return rows.iloc[:150], rows.iloc[150:]


def train_from_data(config, rows):
    return {"cut": config["cut"], "share": rows.groupby("calls").churned.mean().to_dict()}


def predict_from_data(model, rows):
    return (rows["calls"].map(model["share"]).fillna(0.0) >= model["cut"]).astype(int)


def evaluate_from_data(churned, predictions):
    return {"accuracy": float((churned == predictions).mean())}
""",
}
"""The code that the README's guard delegates to."""

GIVEN: Mapping[str, Callable[[], Given]] = {
    "README.md": lambda: Given({**SETTINGS, **CHURN}),
    "docs/tutorials/engineer.md": lambda: GUARDED,
    "docs/tutorials/maintainer.md": lambda: GUARDED,
    "docs/audit.md": _reach,
    "docs/environment.md": lambda: Given(SETTINGS),
    "docs/fast-checks.md": lambda: replace(
        LINE, files={**LINE.files, **on_one_day({"tests/guards/test_second.py": SECOND})}, commands=RECORDED
    ),
    "docs/first-guard.md": _first_guard,
    "docs/how-mlguard-decides.md": lambda: GUARDED,
    "docs/make-dataset-like.md": _orders,
    "docs/practices.md": lambda: Given(SETTINGS),
    "docs/pytest.md": lambda: replace(GUARDED, edits=(FORGETFUL,)),
    "docs/releases.md": lambda: GUARDED,
    "docs/review.md": lambda: replace(GUARDED, commands=(*RECORDED,), edits=(FORGETFUL,)),
}
"""For each page that takes more for granted than it shows."""


def given(page: str) -> Given:
    """What a page takes for granted: settings, if it is about one task."""
    if page in GIVEN:
        return GIVEN[page]()
    return Given(SETTINGS if page.startswith("docs/how-to/") else {})


ELSEWHERE = {
    "docs/boosting.md": "tests/with_boosting/test_page.py",
    "docs/diff.md": "tests/cli/test_diff_page.py",
    "docs/gokart.md": "tests/with_systems/test_gokart_page.py",
    "docs/notebooks.md": "tests/adapters/test_notebook.py",
    "docs/scripts-and-commands.md": "tests/adapters/test_page.py",
    "docs/sql.md": "tests/adapters/test_sql_page.py",
}
"""Pages whose blocks have tests of their own, which look at more than what is printed."""

OF_THE_BUILD = {"CONTRIBUTING.md", "SECURITY.md", "RELEASING.md", "ARCHITECTURE.md", "benchmarks/README.md"}
"""Pages for developers, whose commands are those of the build and of the benchmarks, or show what git does."""
