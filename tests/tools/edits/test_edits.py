"""Edits between two states: what is one and what is none, and files with some of them undone."""

from __future__ import annotations

import json

import pytest

from mlguard.tools.edits import Edit, Edits, Needs, changed

LINE = """\
import math

SCALE = 2.0


class Line:
    \"\"\"A line.\"\"\"

    shift = 0.0

    def fit(self, x, ridge=0.0):
        return sum(x) / (len(x) + ridge)

    def answer(self, x):
        return [v * SCALE for v in x]


def score(x):
    return math.sqrt(sum(x))
"""


def between(before: dict[str, str], after: dict[str, str]) -> Edits:
    """The edits between two sets of files."""
    names = {**before, **after}
    states = [{n: s[n].encode() if n in s else None for n in names} for s in (before, after)]
    return Edits.between(*states, lambda file: file.removesuffix(".py").replace("/", "."))


def edited(*replacements: tuple[str, str], text: str = LINE) -> str:
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def found(*replacements: tuple[str, str]) -> dict[str, str]:
    """The names of the edits, with what is told of them."""
    return {e.name: e.told for e in between({"line.py": LINE}, {"line.py": edited(*replacements)}).all()}


def named(edits: Edits, *names: str) -> list[Edit]:
    chosen = [edit for edit in edits.all() if edit.name in names]
    assert {edit.name for edit in chosen} == set(names)
    return chosen


@pytest.mark.parametrize(
    ("old", "new", "name", "told"),
    [
        ("SCALE = 2.0", "SCALE = 3.0", "line.SCALE", "2.0 -> 3.0"),
        ("shift = 0.0", "shift = 0.5", "line.Line.shift", "0.0 -> 0.5"),
        ("ridge=0.0", "ridge=1.0", "line.Line.fit", "default of ridge: 0.0 -> 1.0"),
        ("sum(x) / (", "max(x) / (", "line.Line.fit", ""),
        ("    def answer", "    @staticmethod\n    def answer", "line.Line.answer", ""),
        ("class Line:", "class Line(dict):", "line.Line", ""),
        ("import math\n", "import cmath as math\n", "line (imports)", "math: math -> cmath"),
        ("def score", "def _more(x):\n    return x\n\n\ndef score", "line._more", "new"),
        ("def score(x):\n    return math.sqrt(sum(x))\n", "", "line.score", "gone"),
        ("def score", "math.pi = 3\n\n\ndef score", "line", "new"),
    ],
)
def test_each_sort_of_edit_is_one(old: str, new: str, name: str, told: str) -> None:
    assert found((old, new)) == {name: told}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def score(x):", "def score(x: list[float]) -> float:\n    '''Say it.'''\n    # So."),
        ("    return math.sqrt(sum(x))", "    return (\n        math.sqrt(\n            sum(x)\n        )\n    )"),
        ('"""A line."""', '"""A straight line."""'),
        ("import math\n", "import math\nimport os\n"),
        ("import math\n", "# -- libraries --\n\nimport math  # square roots\n"),
    ],
)
def test_what_changes_nothing_is_none(old: str, new: str) -> None:
    assert found((old, new)) == {}


def test_another_order_of_definitions_is_none() -> None:
    head, score = LINE.split("def score")
    assert between({"line.py": LINE}, {"line.py": f"import math\n\n\ndef score{score}{head[12:]}"}).all() == ()


def test_a_renamed_definition_is_none_wherever_it_is_called() -> None:
    callers = {"use.py": "from line import score\n\n\ndef twice(x):\n    return 2 * score(x)\n"}
    renamed = {name: text.replace("score", "measure") for name, text in {"line.py": LINE, **callers}.items()}
    assert between({"line.py": LINE, **callers}, renamed).all() == ()


def test_a_definition_that_moved_to_another_file_is_none_and_edited_there_it_is_one() -> None:
    head, score = LINE.split("def score")
    before = {"line.py": LINE, "use.py": "from line import score\n"}
    after = {"line.py": head, "scores.py": f"import math\n\n\ndef score{score}", "use.py": "from scores import score\n"}
    assert [edit.name for edit in between(before, after).all() if edit.name != "line (imports)"] == []
    after["scores.py"] = after["scores.py"].replace("sum(x)", "max(x)")
    edits = between(before, after)
    (edit,) = named(edits, "scores.score")
    assert edit.told == "from line.py"
    assert b"math.sqrt(sum(x))" in (edits.without([edit])["scores.py"] or b"")


def test_old_code_calls_what_was_renamed_by_its_new_name() -> None:
    caller = "\n\ndef twice(x):\n    return 2 * score(x)\n"
    after = (LINE + caller).replace("score", "measure").replace("2 * ", "2.5 * ")
    edits = between({"line.py": LINE + caller}, {"line.py": after})
    assert [edit.name for edit in edits.all()] == ["line.twice"]
    assert edits.without(edits.all())["line.py"] == after.replace("2.5 * ", "2 * ").encode()


def test_a_method_that_went_and_another_of_its_name_that_came_are_two_edits() -> None:
    before = "class A:\n    def fit(self):\n        return 1\n\n\nclass B:\n    pass\n"
    after = "class A:\n    pass\n\n\nclass B:\n    def fit(self, x):\n        return [v * v for v in sorted(x)]\n"
    found = between({"a.py": before}, {"a.py": after}).all()
    assert {edit.name: edit.told for edit in found} == {"a.A.fit": "gone", "a.B.fit": "new"}


def test_the_head_of_a_class_is_an_edit_without_its_methods() -> None:
    edits = between(
        {"line.py": LINE}, {"line.py": edited(("class Line:", "class Line(dict):"), ("v * SCALE", "v * 3.0"))}
    )
    (head,) = named(edits, "line.Line")
    assert head.hunk == ("@@ -6 +6 @@", "-class Line:", "+class Line(dict):")
    assert edits.without([head])["line.py"] == edited(("v * SCALE", "v * 3.0")).encode()


def test_the_places_of_a_function_are_undone_one_by_one() -> None:
    old = "def f(x):\n    a = x + 1\n    b = 2 * a\n    c = 1\n    return a, b, c\n"
    new = "def f(x):\n    a = x + 2\n    b = a * 2\n    c = 1\n    return a, b, c, a\n"
    edits = between({"a.py": old}, {"a.py": new})
    (edit,) = edits.all()
    one, two, three = edits.pieces(edit)
    assert one.whole is two.whole is three.whole is edit
    assert (one.hunk, one.line) == (("@@ -2 +2 @@", "-    a = x + 1", "+    a = x + 2"), 2)
    assert edits.without([one])["a.py"] == new.replace("x + 2", "x + 1").encode()
    assert edits.without([one, two, three])["a.py"] == old.encode()


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (["@@ -1 +1 @@", "-a = f(1, 2)", "+a = f(1, 3)"], 2),
        (["@@ -1 +1 @@", "-a = 1", "+a = 1  # one"], 7),
        (["@@ -0,0 +1 @@", "+b = 2"], 5),
        (["@@ -1 +0,0 @@", "-b = 22"], 6),
        (["@@ -1,2 +1 @@", "-aa", "-ab", "+ab"], 3),
    ],
)
def test_the_size_of_a_change_is_what_its_ends_do_not_share(lines: list[str], size: int) -> None:
    assert changed(lines) == size


def test_any_of_them_is_undone_by_itself() -> None:
    after = edited(("SCALE = 2.0", "SCALE = 3.0"), ("sum(x) / (", "max(x) / ("), ("math.sqrt", "math.exp"))
    edits = between({"line.py": LINE}, {"line.py": after})
    for name, old, new in (
        ("line.SCALE", "SCALE = 2.0", "SCALE = 3.0"),
        ("line.Line.fit", "sum(x) / (", "max(x) / ("),
        ("line.score", "math.sqrt", "math.exp"),
    ):
        assert edits.without(named(edits, name)) == {"line.py": after.replace(new, old).encode()}
    assert edits.without(edits.all()) == {"line.py": LINE.encode()}


def test_what_is_the_old_code_again_is_told_from_what_only_does_the_same() -> None:
    edits = between({"line.py": LINE}, {"line.py": edited(("SCALE = 2.0", "SCALE = 3.0"))})
    assert edits.is_old(edits.all())
    assert not edits.is_old([])
    edits = between({"line.py": LINE}, {"line.py": edited(("SCALE = 2.0", "SCALE = 3.0"), ("A line", "Any line"))})
    assert not edits.is_old(edits.all())


def test_what_came_is_taken_away_and_what_went_comes_back() -> None:
    after = edited(("def score", "def _more(x):\n    return x\n\n\ndef score"), ("    shift = 0.0\n\n", ""))
    edits = between({"line.py": LINE}, {"line.py": after})
    assert edits.without(named(edits, "line._more", "line.Line.shift"))["line.py"] == LINE.encode()


def test_a_class_whose_last_method_is_undone_stays_one() -> None:
    edits = between({"a.py": "class A:\n    pass\n"}, {"a.py": "class A:\n    def f(self):\n        return 1\n"})
    compile(edits.without(named(edits, "a.A.f"))["a.py"] or b"", "a.py", "exec")


def test_a_new_helper_is_needed_by_its_caller_and_a_lost_import_by_the_old_code() -> None:
    after = edited(
        ("math.sqrt(sum(x))", "_root(sum(x))"),
        ("import math\n\n", ""),
        ("def score", "def _root(v):\n    return v**0.5\n\n\ndef score"),
    )
    edits = between({"line.py": LINE}, {"line.py": after})
    needs = Needs(edits.all())
    (score,) = needs.candidates()
    undone = needs.undoing([score])
    assert {edit.name for edit in undone} == {"line.score", "line (imports)"}
    assert {edit.name for edit in needs.applying([score])} == {"line.score", "line._root"}
    text = edits.without(undone)["line.py"] or b""
    space: dict[str, object] = {}
    exec(compile(text, "line.py", "exec"), space)
    assert space["score"]([4.0]) == 2.0  # type: ignore[operator]


def test_a_new_parameter_is_undone_with_who_gives_it() -> None:
    before = "def inner(x):\n    return x\n\n\ndef outer(x):\n    return inner(x)\n"
    after = "def inner(x, k):\n    return x * k\n\n\ndef outer(x):\n    return inner(x, 2)\n"
    edits = between({"a.py": before}, {"a.py": after})
    needs = Needs(edits.all())
    assert len(needs.undoing(named(edits, "a.inner"))) == 2


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("c.json", '{"model": {"C": 0.7, "k": 3}, "seed": 1}', '{"model": {"C": 0.8, "k": 3}, "seed": 2}'),
        ("c.yaml", "model:\n  C: 0.7\n  k: 3\nseed: 1\n", "model:\n  C: 0.8\n  k: 3\nseed: 2\n"),
        ("c.toml", "seed = 1\n[model]\nC = 0.7\nk = 3\n", "seed = 2\n[model]\nC = 0.8\nk = 3\n"),
    ],
)
def test_settings_are_edited_key_by_key(file: str, before: str, after: str) -> None:
    edits = between({file: before}, {file: after})
    assert {e.name: e.told for e in edits.all()} == {f"{file}: model.C": "0.7 -> 0.8", f"{file}: seed": "1 -> 2"}
    text = (edits.without(named(edits, f"{file}: model.C"))[file] or b"").decode()
    alone = between({file: text}, {file: after})
    assert [edit.name for edit in alone.all()] == [f"{file}: model.C"]
    assert edits.without(edits.all()) == {file: before.encode()}


def test_what_has_no_keys_is_one_edit() -> None:
    edits = between({"words.txt": "a\nb\n", "gone.json": json.dumps([1])}, {"words.txt": "a\nc\n"})
    assert {e.name: e.told for e in edits.all()} == {"words.txt": "", "gone.json": "gone"}
    assert edits.without(named(edits, "gone.json")) == {"gone.json": b"[1]"}


def test_a_hunk_has_the_lines_of_the_file() -> None:
    edits = between({"line.py": LINE}, {"line.py": edited(("sum(x) / (", "max(x) / ("))})
    assert edits.all()[0].hunk == (
        "@@ -12 +12 @@",
        "-        return sum(x) / (len(x) + ridge)",
        "+        return max(x) / (len(x) + ridge)",
    )


def test_a_python_file_is_also_undone_as_a_whole() -> None:
    after = "# Another order.\n" + edited(("SCALE = 2.0", "SCALE = 3.0"))
    edits = between({"line.py": LINE}, {"line.py": after})
    (whole,) = edits.rest()
    assert whole not in edits.all()
    assert edits.without([whole, *edits.all()]) == {"line.py": LINE.encode()}


def test_the_order_of_statements_is_put_back_by_itself() -> None:
    before = "import a\nimport b\nX = 1\nY = 2\nZ = 3\n"
    after = "import b\nimport a\nimport c\nY = 2\nX = 1\nZ = 4\n"
    edits = between({"a.py": before}, {"a.py": after})
    assert [edit.name for edit in edits.all()] == ["a.Z"]
    (order,) = edits.orders()
    assert order.name == "a (order)"
    assert edits.without([order])["a.py"] == before.replace("Z = 3", "Z = 4").encode()
    assert edits.without([order, *edits.all()])["a.py"] == before.encode()


def test_a_new_import_that_code_uses_stays_where_imports_are_put_back() -> None:
    before, after = "import a\n\nX = a.x\n", "import c\nimport a\nimport d\n\nX = a.x + d.x\n"
    edits = between({"a.py": before}, {"a.py": after})
    (imports,) = edits.orders()
    assert imports.name == "a (imports)"
    assert edits.without([imports])["a.py"] == b"import a\nimport d\n\nX = a.x + d.x\n"


def test_fields_of_a_class_have_an_order_of_their_own() -> None:
    before = "class P:\n    x: int = 1\n    y: int = 2\n"
    edits = between({"a.py": before}, {"a.py": "class P:\n    y: int = 2\n    x: int = 1\n"})
    (order,) = edits.orders()
    assert (edits.all(), order.name, edits.without([order])["a.py"]) == ((), "a.P (order)", before.encode())


def test_a_file_is_written_in_its_own_encoding() -> None:
    before = "# coding: latin-1\nS = 'é'\nK = 1\n".encode("latin-1")
    edits = Edits.between({"a.py": before}, {"a.py": before.replace(b"K = 1", b"K = 2")}, lambda file: "a")
    assert edits.without(edits.all()) == {"a.py": before}
    marked = "\ufeffK = 1\n".encode()
    edits = Edits.between({"a.py": marked}, {"a.py": marked.replace(b"1", b"2")}, lambda file: "a")
    assert edits.without(edits.all()) == {"a.py": marked}


def test_edits_of_one_name_are_told_apart_by_their_lines() -> None:
    edits = between({"a.py": "x = 1\nx = x + 1\n"}, {"a.py": "x = 2\nx = x + 2\n"})
    assert [edits.called(edit) for edit in edits.all()] == ["a.x at line 1", "a.x at line 2"]
    edits = between({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"})
    assert edits.called(edits.all()[0]) == "a.x"


def test_a_new_key_belongs_to_the_code_that_reads_it() -> None:
    code = "import json\n\n\ndef f(c):\n    return c['K']\n"
    edits = between(
        {"a.py": code, "c.json": '{"K": 1}'}, {"a.py": code.replace("K", "scale"), "c.json": '{"scale": 2, "J": 1}'}
    )
    needs = Needs(edits.all())
    assert [edit.name for edit in needs.candidates()] == ["a.f", "c.json: J"]
    assert {edit.name for edit in needs.undoing(named(edits, "a.f"))} == {"a.f", "c.json: K"}


def test_a_setting_names_its_line_and_shows_no_other_ones() -> None:
    edits = between({"c.yaml": "a: 1\nmodel:\n  C: 2\n"}, {"c.yaml": "# New.\na: 2\nmodel:\n  C: 3\n"})
    assert {edit.name: (edit.line, edit.hunk) for edit in edits.all()} == {
        "c.yaml: a": (2, ()),
        "c.yaml: model.C": (4, ()),
    }


def test_who_needs_an_edit_comes_before_it() -> None:
    before = "class A:\n    def __init__(self):\n        self.k = 2\n\n    def f(self):\n        return self.k\n"
    after = before.replace("self.k = 2", "self.k = 2\n        self.j = 3").replace("return self.k", "return self.j")
    edits = between({"a.py": before}, {"a.py": after})
    assert [edit.own_name for edit in Needs(edits.all()).users_first(edits.all())] == ["f", "__init__"]


def a_notebook(*cells: str, shown: str = "") -> str:
    code = [{"cell_type": "code", "source": [cell], "outputs": [shown], "metadata": {}} for cell in ("", *cells)]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# x"}, *code], "metadata": {"k": 1}}, indent=1)


def test_a_notebook_is_edited_cell_by_cell_and_not_by_what_it_showed() -> None:
    before, after = a_notebook("a = 1", "b = 2", "c = 3"), a_notebook("a = 1", "b = 4", "c = 5", shown="5")
    edits = between({"x.ipynb": before}, {"x.ipynb": after})
    lines = [after[: after.index(text)].count("\n") + 1 for text in ("b = 4", "c = 5")]
    assert {e.name: (str(e.kind), e.line, e.hunk) for e in edits.all()} == {
        "x.ipynb, cell 2": ("cell", lines[0], ("@@ -1 +1 @@", "-b = 2", "+b = 4")),
        "x.ipynb, cell 3": ("cell", lines[1], ("@@ -1 +1 @@", "-c = 3", "+c = 5")),
    }
    without = edits.without(named(edits, "x.ipynb, cell 2"))["x.ipynb"]
    assert without is not None
    assert json.loads(without) == json.loads(a_notebook("a = 1", "b = 2", "c = 5", shown="5"))
    assert edits.without(edits.all()) == {"x.ipynb": before.encode()}
    assert edits.is_old(edits.all())


@pytest.mark.parametrize("after", [a_notebook("a = 1", "b = 2"), a_notebook("a = 1", shown="1"), "{", None])
def test_a_notebook_whose_cells_cannot_be_told_apart_is_one_edit(after: str | None) -> None:
    before = {"x.ipynb": a_notebook("a = 1")}
    edits = between(before, {"x.ipynb": after} if after is not None else {})
    assert [(e.name, str(e.kind)) for e in edits.all()] == [("x.ipynb", "file")]
