"""Mutants of code: what each operator makes of a line, what it leaves alone, and what holds for all of them."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.tools.mutation import Mutant, code_mutants, sample
from mlguard.tools.mutation.code import OPERATORS

FILE = Path("/project/shop.py").resolve()

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").rglob("*.py"))

CASES: list[tuple[str, str, list[str]]] = [
    ("comparison boundary", "late = days < 3", ["late = days <= 3"]),
    ("comparison boundary", "late = (days) <= 3", ["late = (days) < 3"]),
    ("comparison boundary", "ok = 0 < a >= b", ["ok = 0 <= a >= b", "ok = 0 < a > b"]),
    ("comparison boundary", "same = a == b", []),
    ("inverted condition", "same = a == b", ["same = a != b"]),
    ("inverted condition", "new = a not  in b", ["new = a in b"]),
    ("inverted condition", "gone = a is None", ["gone = a is not None"]),
    ("inverted condition", "rest = rows[~known]", ["rest = rows[(known)]"]),
    ("inverted condition", "b = 1 if a else 2", ["b = 1 if (not (a)) else 2"]),
    ("inverted condition", "b = 1 if not a else 2", ["b = 1 if (a) else 2"]),
    ("inverted condition", "b = [x for x in a if x.ok]", ["b = [x for x in a if (not (x.ok))]"]),
    ("inverted condition", "while a: b()", []),
    ("and for or", "c = a and b", ["c = a or b"]),
    ("and for or", "c = (a > 1) & (b > 2)", ["c = (a > 1) | (b > 2)"]),
    ("off by one", "b = a[:cut]", ["b = a[:cut + 1]"]),
    ("off by one", "b = a[-3:]", ["b = a[-4:]"]),
    ("off by one", "b = a[i if j else k:]", ["b = a[(i if j else k) + 1:]"]),
    ("off by one", "b = a.loc['x':'y']", []),
    ("off by one", "b = a.shift(1)", ["b = a.shift(2)"]),
    ("off by one", "b = a.rolling(window=w).mean()", ["b = a.rolling(window=w + 1).mean()"]),
    ("off by one", "b = list(range(n))", ["b = list(range(n - 1))"]),
    ("off by one", "b = np.arange(2, 9, 3)", ["b = np.arange(2, 8, 3)"]),
    ("axis swapped", "b = a.mean(axis=0)", ["b = a.mean(axis=1)"]),
    ("axis swapped", "b = a.drop(c, axis='columns')", ["b = a.drop(c, axis='index')"]),
    ("ddof", "b = a.std(ddof=0)", ["b = a.std(ddof=1)"]),
    ("ddof", "import numpy as np; b = np.std(a)", ["import numpy as np; b = np.std(a, ddof=1)"]),
    ("ddof", "b = a.var()", ["b = a.var(ddof=0)", "b = a.var(ddof=1)"]),
    ("mean for median", "b = a.mean()", ["b = a.median()"]),
    ("mean for median", "import numpy as np; b = (a - c).mean()", ["import numpy as np; b = np.nanmedian(a - c)"]),
    ("mean for median", "import numpy as np; a.groupby(c).mean()", ["import numpy as np; a.groupby(c).median()"]),
    ("mean for median", "import numpy as np; b = np.mean(a)", ["import numpy as np; b = np.median(a)"]),
    ("mean for median", "b = np.nanmedian(a)", ["b = np.nanmean(a)"]),
    ("mean for median", "b = a.agg('mean')", ['b = a.agg("median")']),
    ("mean for median", "b = SimpleImputer(strategy='median')", ['b = SimpleImputer(strategy="mean")']),
    ("mean for median", "b = 'mean'", []),
    ("log for log1p", "b = np.log1p(a)", ["b = np.log(a)"]),
    ("log for log1p", "b = exp(a)", ["b = expm1(a)"]),
    ("fill value", "b = a.fillna(0.5)", ["b = a.fillna((0.5 + 1))"]),
    ("fill value", "b = a.fillna(usual)", ["b = a.fillna(0)"]),
    ("fill value", "b = a.reindex(c, fill_value=0)", ["b = a.reindex(c, fill_value=(0 + 1))"]),
    ("fill value", "b = a.ffill()", ["b = a.bfill()"]),
    ("dropped call", "b = a.dropna().x", ["b = a.x"]),
    ("dropped call", "b = (a + c).round(2)", ["b = (a + c)"]),
    ("dropped call", "b = a.str.strip()", ["b = a"]),
    ("dropped call", "b = sorted(a, key=c)", ["b = a"]),
    ("dropped call", "b = abs(a - c).max()", ["b = (a - c).max()"]),
    ("dropped call", "import numpy as np; b = np.clip(a, 0, 1)", ["import numpy as np; b = a"]),
    ("dropped call", "b = (\n    a.copy()\n    .sort_index()\n)", ["    ", "    a"]),
    ("dropped call", "a.sort()", []),
    ("fit_transform for transform", "b = s.transform(a)", ["b = s.fit_transform(a)"]),
    ("fit_transform for transform", "b = s.fit_transform(a)", ["b = s.transform(a)"]),
    ("fit_transform for transform", "b = g.transform('sum')", []),
    ("probability column", "b = m.predict_proba(a)[:, 1]", ["b = m.predict_proba(a)[:, 0]"]),
    ("probability column", "b = proba[:, 0]", ["b = proba[:, 1]"]),
    ("probability column", "b = shares[:, 0]", []),
    ("removed seed", "b = KFold(5, random_state=0)", ["b = KFold(5)"]),
    ("removed seed", "r = np.random.default_rng(7)", ["r = np.random.default_rng()"]),
    ("removed seed", "np.random.seed(7)", ["pass"]),
    ("unstable sort", "b = a.sort_values(c, kind='stable')", ["b = a.sort_values(c, kind=\"quicksort\")"]),
    ("unstable sort", "b = a.plot(kind='bar')", []),
    ("dropped keyword", "b = f(a, c=1, d=2)", ["b = f(a, d=2)", "b = f(a, c=1)"]),
    ("dropped keyword", "b = f(c=1)", ["b = f()"]),
    ("dropped keyword", "b = f(\n    c=1,\n)", ["    "]),
    ("dropped keyword", "b = f(a,\n    c=(1))", ["    )"]),
    ("dropped keyword", "b = f(**a)", []),
    ("dropped keyword", "b = f(n_jobs=2, verbose=1)", []),
    ("swapped arguments", "b = f(a, c)", ["b = f(c, a)"]),
    ("swapped arguments", "b = where(m, a, c)", ["b = where(a, m, c)", "b = where(m, c, a)"]),
    ("swapped arguments", "b = max(a, c)", []),
    ("swapped arguments", "b = f(*a, c)", []),
    ("removed statement", "a['b'] = 1", ["pass"]),
    ("removed statement", "a = a + b", ["pass"]),
    ("removed statement", "a = b", []),
    ("removed statement", "a += b", ["pass"]),
    ("removed statement", "a.sort()", ["pass"]),
    ("removed statement", "for x in a:\n    if x: continue\n    b(x)", ["    if x: pass", "    pass"]),
    ("removed statement", "while a:\n    break", []),
    ("constant plus one", "a = 3", ["a = 4"]),
    ("constant plus one", "a = 0.5", ["a = 1.5"]),
    ("constant plus one", "a = True", []),
    ("constant plus one", "b = a.mean(axis=2)", []),
    ("constant minus one", "a = 0", ["a = (-1)"]),
    ("constant times 1.1", "a = 40", ["a = 44"]),
    ("constant times 1.1", "a = 2e-10", ["a = 2.2e-10"]),
    ("constant times 1.1", "a = 0.0", []),
    ("constant times 1.1", "a = 3", []),
]  # fmt: skip


def mutants(text: str) -> list[Mutant]:
    return list(code_mutants(FILE, text))


def texts(text: str) -> list[str]:
    return [mutant.change.sources[str(FILE)] for mutant in mutants(text)]


@pytest.mark.parametrize(("operator", "before", "after"), CASES)
def test_an_operator_on_a_line(operator: str, before: str, after: list[str]):
    assert [mutant.after for mutant in mutants(before) if mutant.operator == operator] == after


def test_every_operator_is_shown_at_work():
    assert {operator for operator, _, after in CASES if after} == set(OPERATORS)


@pytest.mark.parametrize(
    "text",
    [
        '"""Keep 30 days."""',
        "def f():\n    'At most 3.'",
        "import numpy as np",
        "from a import b as c",
        "__version__ = 3",
        "if __name__ == '__main__':\n    f(1)",
        "if TYPE_CHECKING:\n    a = 1",
        "def f(a: Literal[3]) -> Array[4]: ...",
        "a: Array[3]",
        "@f(3)\ndef g(): ...",
        "import click\n@click.command()\ndef g():\n    a = 3",
        "import logging\nlog = logging.getLogger(1)\nlog.info('%d', a + 1)",
        "print(a, 3)",
        "import warnings\nwarnings.warn('now', stacklevel=2)",
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--n', default=3)",
        "raise ValueError(3)",
        "assert a > 3",
        "a = f'{b + 1}'",
        "match a:\n    case 3: ...",
    ],
)
def test_what_cannot_matter_to_a_model_is_left_alone(text: str):
    assert mutants(text) == []


def test_a_mutant_says_where_it_is_and_how_to_run_it():
    text = "\n\ndef f(a):\n    return a < 3  # days\n"
    first, *_ = code_mutants(FILE, text, shown="shop.py")
    assert (first.operator, first.kind, first.file, first.line, first.stage) == (
        "comparison boundary", "code", "shop.py", 4, None,
    )  # fmt: skip
    assert (first.before, first.after) == ("    return a < 3  # days", "    return a <= 3  # days")
    assert first.change.sources == {str(FILE): text.replace("<", "<=")}


def test_what_two_operators_make_alike_counts_once():
    made = texts("b = a[:3]\nc = x.mean(axis=0)\nd = not (not e)\n")
    assert len(made) == len(set(made))
    assert made.count("b = a[:4]\nc = x.mean(axis=0)\nd = not (not e)\n") == 1


def test_a_text_that_is_no_module_has_no_mutants():
    assert mutants("def f(:") == []


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name + "/" + file.name)
def test_every_mutant_of_a_real_module_compiles_and_changes_one_place(file: Path):
    text = file.read_text(encoding="utf-8")
    original, lines = ast.dump(ast.parse(text)), text.split("\n")
    for mutant in sample(code_mutants(file, text), 25):
        changed = mutant.change.sources[str(file.resolve())]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(changed)
            compile(tree, str(file), "exec")
        assert ast.dump(tree) != original
        moved = [i for i, pair in enumerate(zip(lines, changed.split("\n"), strict=True)) if pair[0] != pair[1]]
        assert moved[0] == mutant.line - 1
        assert moved == list(range(moved[0], moved[-1] + 1))
        assert "\n".join(changed.split("\n")[i] for i in moved) == mutant.after
        assert "\n".join(lines[i] for i in moved) == mutant.before


def test_no_two_mutants_of_a_real_module_mean_the_same():
    text = next(file for file in EXAMPLES if file.parts[-2:] == ("churn", "model.py")).read_text(encoding="utf-8")
    meanings = [ast.dump(ast.parse(changed)) for changed in texts(text)]
    assert len(meanings) > 50
    assert len(meanings) == len(set(meanings))


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\\\"'\r\n\0", exclude_categories=["Cc", "Cs"]), max_size=6
)


@given(before=WORDS, between=WORDS, end=st.sampled_from(["\n", "\r\n"]))
def test_text_of_any_alphabet_around_an_edit_stays_as_it_is(before: str, between: str, end: str):
    text = f"x = '{before}'; größe = f('{between}', 3){end}# {before}{end}y = g('{between}')['ä'] < zahl{end}"
    made = texts(text)
    assert text.replace(", 3)", ", 4)") in made
    assert text.replace("] <", "] <=") in made
    assert f"x = '{before}'; größe = f(3, '{between}'){end}# {before}{end}y = g('{between}')['ä'] < zahl{end}" in made
