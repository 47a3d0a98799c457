"""Untidy commits: the edit that moved something is named, and nothing else is, whatever was refactored beside it."""

from __future__ import annotations

from itertools import combinations

import pytest

from mlguard.report.edits import How, proof_lines
from tests.tools.diff.small import Files, Small

A = """\
import math

RATE = 0.5


class Base:
    def __init__(self, k=2):
        self.k = k

    def scale(self, x):
        return x * self.k

    def run(self, x):
        return self.scale(x) + RATE


class Model(Base):
    def scale(self, x):
        return super().scale(x) + 1

    @property
    def double(self):
        return self.k * 2


def helper(x):
    y = math.sqrt(x)
    return y + 1


def main(x):
    m = Model()
    return m.run(helper(x)) + m.double
"""
HELPER = "def helper(x):\n    y = math.sqrt(x)\n    return y + 1\n\n\n"
DOUBLE = "\n    @property\n    def double(self):\n        return self.k * 2\n"
ONE, TWO = "def f(x):\n    return x + 1\n", "def f(x):\n    return x + 2\n"
USE = "\n\ndef main(x):\n    return f(x)\n"


def edited(*replacements: tuple[str, str], text: str = A) -> str:
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    return text


def named(before: Files | str, after: Files | str) -> list[str] | None:
    """The names of the edits that are proven; None where nothing moved."""
    files: list[Files] = [{"a.py": side} if isinstance(side, str) else side for side in (before, after)]
    proof = Small(*files).proof()
    if proof is None:
        return None
    assert proof.how.is_proven, list(proof_lines(proof))
    return [edit.name for edit in proof.edits]


FLAT = edited(
    (A[A.index("class Base") : A.index("    @property")], ""),
    (
        "    @property",
        "class Model:\n    def __init__(self, k=2):\n        self.k = k\n\n    def scale(self, x):\n"
        "        return x * self.k + 1\n\n    def run(self, x):\n        return self.scale(x) + RATE\n\n    @property",
    ),
)
"""The two classes as one."""

MOVED = edited((HELPER, ""), ("import math\n", "from tools import root\n"), ("helper(x)", "root(x)"))
TOOLS = f"import math\n\n\n{HELPER.strip()}\n".replace("helper", "root")
"""A function that moved to another file under another name."""


@pytest.mark.parametrize(
    "after",
    [
        {"a.py": FLAT},
        {"a.py": MOVED, "tools.py": TOOLS},
        {"a.py": edited((DOUBLE, ""), ("self.k = k", "self.k = k\n        self.double = k * 2"))},
        {"a.py": edited((HELPER, ""), ("helper(x)", "math.sqrt(x) + 1"))},
        {"a.py": "# -*- coding: utf-8 -*-\n" + A.replace("\n", "\r\n")},
    ],
    ids=["flattened", "moved and renamed", "property to attribute", "inlined", "other line ends"],
)
@pytest.mark.parametrize(
    ("old", "new", "name"),
    [("RATE = 0.5", "RATE = 0.6", "a.RATE"), ("m.double", "m.double * 2", "a.main"), ("+ RATE", "- RATE", "run")],
)
def test_one_edit_among_what_was_taken_apart(after: dict[str, str], old: str, new: str, name: str) -> None:
    """Each of these refactors moves nothing; each edit beside it is named, in the class where its method stands now."""
    assert named(A, after) is None
    end = "\r\n" if "\r\n" in after["a.py"] else "\n"
    found = named(A, {**after, "a.py": edited((old, new.replace("\n", end)), text=after["a.py"])})
    assert found == [name if name != "run" else f"a.{'Model' if after['a.py'] == FLAT else 'Base'}.run"]


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        # Moved, renamed and edited at once.
        (A, {"a.py": MOVED, "tools.py": TOOLS.replace("y + 1", "y + 2")}, ["tools.root"]),
        (
            {"a.py": "K = 2\nJ = 3\n\n\ndef main(x):\n    return x * K + J\n"},
            {"a.py": "from two import J, K\n\n\ndef main(x):\n    return K * x + J\n", "two.py": "K = 2\nJ = 4\n"},
            ["two.J"],
        ),
        (
            {"a.py": f"from old import f\n{USE}", "old.py": f"K = 1\n\n\n{ONE}".replace("+ 1", "+ K")},
            {
                "a.py": f"from new import f\n{USE}",
                "new.py": f"K = 3\n\n\n{ONE}".replace("x + 1", "K + x"),
                "old.py": None,
            },
            ["new.K"],
        ),
        (
            "class A:\n    def f(self, x):\n        return x + 1\n\n    def g(self, x):\n        return self.f(x) * 2\n"
            + USE.replace("f(x)", "A().g(x)"),
            "class Mixin:\n    def f(self, x):\n        return x + 1.5\n\n\nclass A(Mixin):\n"
            "    def g(self, x):\n        return 2 * self.f(x)\n" + USE.replace("f(x)", "A().g(x)"),
            ["a.Mixin.f"],
        ),
        # The same name for something else.
        ({"a.py": f"from one import f\n{USE}", "one.py": ONE}, {"a.py": f"{TWO}{USE}"}, ["a.f"]),
        ({"a.py": f"{TWO}{USE}", "one.py": ONE}, {"a.py": f"from one import f\n{USE}"}, ["a.f"]),
        (f"{ONE}{USE}", f"class F:\n    def __call__(self, x):\n        return x + 2\n\n\nf = F()\n{USE}", ["a.f"]),
        (f"f = lambda x: x + 1\n{USE}", f"{ONE}{USE} * 2\n".replace("f(x)\n * 2", "f(x) * 2"), ["a.main"]),
        # What stands at the top of modules and classes.
        (
            {"a.py": f"from one import f\n{USE}", "one.py": ONE, "two.py": TWO},
            {"a.py": f"from two import f\n{USE}"},
            ["a (imports)"],
        ),
        (
            {"a.py": f"from one import *\nfrom two import *\n{USE}", "one.py": ONE, "two.py": TWO},
            {"a.py": f"from two import *\nfrom one import *\n{USE}"},
            ["a (imports)"],
        ),
        (
            {"a.py": f"import reg\n{USE}".replace("f(x)", "x + len(reg.V)"), "reg.py": "V = []\n",
             "one.py": "import reg\n\nreg.V.append(1)\n"},
            {"a.py": f"import one\nimport reg\n{USE}".replace("f(x)", "x + len(reg.V)")},
            ["a (imports)"],
        ),
        (
            "from dataclasses import dataclass\n\n\n@dataclass\nclass P:\n    x: float = 1.0\n    y: float = 2.0\n"
            + USE.replace("f(x)", "P(x, 5).x"),
            "from dataclasses import dataclass\n\n\n@dataclass\nclass P:\n    y: float = 2.0\n    x: float = 1.0\n"
            + USE.replace("f(x)", "P(x, 5).x + 0"),
            ["a.P (order)"],
        ),
        ("x = 1; y = 2\n" + USE.replace("f(x)", "x + y"), "x = 1; y = 3\n" + USE.replace("f(x)", "y + x"), ["a.x"]),
        (
            "t = 4\nt = t * 2\nt = t + 1\n" + USE.replace("f(x)", "t"),
            "t = 4\nt = t - 1\nt = t * 2\nt = t + 1\n" + USE.replace("f(x)", "t"),
            ["a.t"],
        ),
        # Other bytes.
        (
            {"a.py": f"# coding: latin-1\nS = 'é'\nK = 1\n{USE}".replace("f(x)", "K + len(S)").encode("latin-1")},
            {"a.py": f"# coding: latin-1\nS = 'é'\nK = 2\n{USE}".replace("f(x)", "len(S) + K").encode("latin-1")},
            ["a.K"],
        ),
        ({"a.py": f"\ufeff{ONE}{USE}"}, {"a.py": f"{TWO}{USE}"}, ["a.f"]),
        # Settings that are called otherwise, and code that reads them.
        (
            {"a.py": f"import json\n\nC = json.load(open('c.json'))\n{USE}".replace("f(x)", "x * C['K'] + C['J']"),
             "c.json": '{"K": 2, "J": 4}'},
            {"a.py": f"import json\n\nC = json.load(open('c.json'))\n{USE}".replace("f(x)", "x * C['scale'] + C['J']"),
             "c.json": '{"scale": 2, "J": 5}'},
            ["c.json: J"],
        ),
        # Code that does not run any more.
        (A, edited(("import math\n\n", ""), ("x * self.k", "self.k * x")), ["a (imports)"]),
        (A, edited((HELPER, ""), ("x * self.k", "self.k * x")), ["a.helper"]),
        (
            {"a.py": f"from b import f\n{USE}", "b.py": ONE},
            {"b.py": f"from a import main\n\n\n{ONE}"},
            ["b (imports)"],
        ),
        (A, edited(("y + 1", "y + + ")), ["a.py"]),
    ],
)  # fmt: skip
def test_the_edit_is_named(before: Files | str, after: Files | str, names: list[str]) -> None:
    assert named(before, after) == names


def test_what_is_undone_with_a_harmless_edit_does_not_put_the_blame_on_it() -> None:
    """A new attribute is harmless; who reads it was edited, and does not run without it."""
    before = "class A:\n    def __init__(self):\n        self.k = 2\n\n    def f(self, x):\n        return x * self.k\n"
    after = before.replace("self.k = 2", "self.k = 2\n        self.j = 3").replace("x * self.k", "x * self.j")
    use = USE.replace("f(x)", "A().f(x)")
    assert named(before + use, after + use) == ["a.A.f"]


def test_a_renamed_parameter_does_not_put_the_blame_on_its_function() -> None:
    """Function and caller only run together, and the caller was edited in another place as well."""
    before = "def f(x, k):\n    return x - k\n\n\ndef main(x):\n    y = x * 2\n    return f(y, k=1)\n"
    after = before.replace("k", "offset").replace("x * 2", "x * 3")
    assert named(before, after) == ["a.main"]


def test_a_line_is_named_in_a_function_that_a_refactor_of_several_edits_too() -> None:
    """A step moves into `steps` from its callers, which moves nothing; one of its other lines was edited as well.

    Without the edit of `steps` as a whole the step is lost, and without that of a caller it comes twice. The line
    needs an import that went.
    """
    before = """\
import math


def steps():
    return [
        lambda x: x * 3,
        lambda x: math.sqrt(x) * 1.5,
        lambda x: x - 1,
    ]


def through(x):
    for step in steps():
        x = step(x)
    return x


def fit(x):
    return through(x + 10)


def answer(x):
    return through(x + 10) / 2


def main(x):
    return {"fit": fit(x), "answer": answer(x)}
"""
    kept = edited(
        ("    return [\n", "    return [\n        lambda x: x + 10,\n"),
        ("through(x + 10)", "through(x)"),
        ("import math\n\n\n", ""),
        ("math.sqrt(x)", "x**0.5"),
        text=before,
    )
    assert named(before, kept) is None
    proof = Small({"a.py": before}, {"a.py": kept.replace("* 1.5", "* 2.5")}).proof()
    assert proof is not None
    assert (proof.how, [edit.name for edit in proof.edits]) == (How.ALONE, ["a.steps"])
    assert proof.edits[0].hunk.splitlines()[1:] == [
        "-        lambda x: math.sqrt(x) * 1.5,",
        "+        lambda x: x**0.5 * 2.5,",
    ]


def several(number: int, edited: set[int]) -> tuple[str, str]:
    """Functions that are all rewritten and some edited, each of which gives a value of its own."""
    use = ", ".join(f"'y{i}': f{i}(x)" for i in range(number))
    old = "".join(f"def f{i}(x):\n    return x + {i}\n\n\n" for i in range(number))
    new = "".join(f"def f{i}(x):\n    return {i + (i in edited) / 2} + x\n\n\n" for i in range(number))
    main = f"def main(x):\n    return {{{use}}}\n"
    return old + main, new.replace(".0 +", " +") + main


@pytest.mark.parametrize("guilty", [set(some) for k in (2, 3, 4) for some in combinations(range(8), k)][::5])
def test_up_to_four_of_eight_are_each_named_with_what_they_move(guilty: set[int]) -> None:
    before, after = several(8, guilty)
    proof = Small({"a.py": before}, {"a.py": after}).proof()
    assert proof is not None
    assert proof.how in (How.EACH, How.SEVERAL)
    assert {edit.name: edit.moves for edit in proof.edits} == {f"a.f{i}": (f"predict y{i}",) for i in sorted(guilty)}
    assert set(proof.harmless) == {f"a.f{i}" for i in set(range(8)) - guilty} or not proof.shown


def test_what_is_known_when_the_runs_are_used_up_is_told() -> None:
    before, after = several(30, {1, 8, 20, 29})
    proof = Small({"a.py": before}, {"a.py": after}).proof()
    assert proof is not None
    assert (proof.how, [edit.name for edit in proof.edits], proof.runs) == (How.PART, ["a.f1", "a.f8"], 12)
    assert (proof.left, proof.harmless) == (("predict y20", "predict y29"), ())
    told = list(proof_lines(proof))
    assert "undoing it brings back predict y1" in told[1]
    assert told[-2:] == [
        "proof: undoing these 2 of 30 edits restores a part, and 12 runs did not tell the rest",
        "moves still: predict y20, predict y29",
    ]


def test_edits_that_need_each_other_are_named_though_no_run_is_left_for_their_places() -> None:
    """A parameter that three functions hand on, each edited in several places of which none runs alone."""
    body = "    a = x * 1\n    b = a + 0\n    c = b - 0\n"
    before = f"def h(x):\n    return x + 1\n\n\ndef f(x, k):\n{body}    return c - k\n\n\n"
    before += f"def g(x, k):\n{body}    return f(c, k=k)\n\n\ndef main(x):\n"
    before += f"{body}    return g(c, k=1)\n"
    after = before.replace("k", "j").replace("* 1", "* 2 / 2").replace("c - j", "c - 2 * j").replace("+ 0", "+ 0.0")
    after = after.replace("x + 1", "1 + x")
    proof = Small({"a.py": before}, {"a.py": after}).proof()
    assert proof is not None
    assert (proof.how, {edit.name for edit in proof.edits}) == (How.TOGETHER, {"a.f", "a.g", "a.main"})
