"""Each comment is held against its value when that is there, wherever people write such comments."""

from __future__ import annotations

import runpy
import sys
import textwrap
from pathlib import Path

import pytest

from mlguard.core.shape import Passed
from mlguard.tracing.shapes import shapes_seen

HEAD = "import numpy as np\n"


def seen(folder: Path, code: str) -> list[Passed]:
    """What comes of the comments of a module, which is run once."""
    file = folder / "module.py"
    file.write_text(HEAD + textwrap.dedent(code))
    with shapes_seen(str(folder)) as found:
        runpy.run_path(str(file))
    return sorted(found.all(), key=lambda one: one.comment.line)


def told(folder: Path, code: str) -> list[tuple[str, int, int]]:
    return [(one.comment.name, one.times, one.wrong) for one in seen(folder, code)]


PLACES = {
    "behind an assignment": "X = np.ones((4, 3))  # X: SHAPE",
    "behind an assignment, without the name": "X = np.ones((4, 3))  # SHAPE",
    "above an assignment": "# X: SHAPE\nX = np.ones((4, 3))",
    "behind the last line of an assignment": "X = np.ones(\n    (4, 3)\n)  # X: SHAPE",
    "above something that uses it": "X = np.ones((4, 3))\n# X: SHAPE\nprint(len(X))",
    "at the end of a block": "def f():\n    X = np.ones((4, 3))\n    # X: SHAPE\nf()",
    "in a signature": "def f(X):  # X: SHAPE\n    '''Doc.'''\n    return 1\nf(np.ones((4, 3)))",
    "in a signature of several lines": "def f(\n    X,  # X: SHAPE\n):\n    return 1\nf(np.ones((4, 3)))",
    "above a function": "# X: SHAPE\n@str\ndef f(X):\n    return 1\nclass A:\n    # X: SHAPE\n    @staticmethod\n"
    "    def f(X): return 1\nA.f(np.ones((4, 3)))",
    "first in a body": "def f(X):\n    # X: SHAPE\n    return 1\nf(np.ones((4, 3)))",
    "behind a loop": "for X in np.ones((2, 4, 3)):  # X: SHAPE\n    pass",
    "in a with": "import contextlib\nwith contextlib.nullcontext(np.ones((4, 3))) as X:  # X: SHAPE\n    pass",
    "of an attribute": "class A: pass\na = A()\na.X = np.ones((4, 3))  # a.X: SHAPE",
    "of what is returned": "def f():\n    return np.ones((4, 3))  # SHAPE\nf()",
    "of what is returned and has a name": "def f():\n    X = np.ones((4, 3))\n    return X  # X: SHAPE\nf()",
    "in a generator": "def f():\n    X = np.ones((4, 3))  # X: SHAPE\n    yield X\nlist(f())",
    "in a branch": "if True:\n    X = np.ones((4, 3))  # X: SHAPE\nelse:\n    X = 1",
    "behind a comprehension": "X = np.stack([np.ones(3) for _ in range(4)])  # X: SHAPE",
    "of several at once": "X, y = np.ones((4, 3)), 1  # X: SHAPE",
    "above a match that makes another one": "X = np.ones((4, 3))\n# X: SHAPE\nmatch len(X):\n"
    "    case 4:\n        X = 1",
    "behind the body on the line of its head": "if True: X = np.ones((4, 3))  # X: SHAPE",
    "behind the second statement of a line": "y = 1; X = np.ones((4, 3))  # SHAPE",
    "in a signature on the line of its body": "def f(X): return 1  # X: SHAPE\nf(np.ones((4, 3)))",
    "below a decorator": "class A:\n    @staticmethod\n    # X: SHAPE\n    def f(X):\n        X = 1\n"
    "A.f(np.ones((4, 3)))",
    "of a walrus": "print(len(X := np.ones((4, 3))))  # X: SHAPE",
}  # fmt: skip


@pytest.mark.parametrize("code", PLACES.values(), ids=PLACES)
def test_where_a_comment_may_stand(code: str, tmp_path: Path) -> None:
    """Each of these values has the shape (4, 3)."""
    right = [one for one in seen(tmp_path, code.replace("SHAPE", "(4, 3)")) if one.times]
    wrong = [one for one in seen(tmp_path, code.replace("SHAPE", "(4, 2)")) if one.times]
    assert [one.wrong for one in right] == [0]
    assert [(one.wrong, one.shape, one.because) for one in wrong] == [(wrong[0].times, (4, 3), ("2", 2, ""))]


def test_a_name_stands_for_one_size_in_each_call(tmp_path: Path) -> None:
    code = """
    def fit(X, y):  # X: (n, d), y: (n,)
        w = X.T @ y  # (d,)
        for start in range(0, len(X), 2):
            batch = X[start:start + 2]  # batch: (b, d)
            part = batch @ w  # part: (b,)
        return w  # (n,)
    fit(np.ones((5, 3)), np.ones(5))
    fit(np.ones((3, 3)), np.ones(3))
    """
    found = seen(tmp_path, code)
    assert [(one.comment.name, one.times, one.wrong) for one in found] == [
        ("X", 2, 0), ("y", 2, 0), ("w", 2, 0), ("batch", 5, 0), ("part", 5, 0), ("", 2, 1),
    ]  # fmt: skip
    assert found[-1].because == ("n", 5, "line 3")


def test_comments_of_one_line_have_the_same_names(tmp_path: Path) -> None:
    code = """
    def fit(X, y):  # X: (n, d), y: (n,)
        # y: (k,), z: (k,)
        z = y[1:]
    fit(np.ones((5, 3)), np.ones(4))
    last = None
    for size in 2, 3, 3:
        now = np.ones(size)  # last: (b,), now: (b,)
        last = now
    """
    assert told(tmp_path, code) == [
        ("X", 1, 0), ("y", 1, 1), ("y", 1, 0), ("z", 1, 1), ("last", 2, 0), ("now", 3, 1)
    ]  # fmt: skip


def test_what_pauses_in_a_statement_is_looked_at_once_that_ends(tmp_path: Path) -> None:
    code = """
    import asyncio
    async def wide(x):
        await asyncio.sleep(0)
        return x[None]
    async def f():
        x = np.ones(5)  # (n,)
        x = await wide(x)  # (1, m)
        return await wide(x)  # (1, 1, n)
    asyncio.run(f())
    def g():
        x = np.ones(5)  # (n,)
        x = yield x  # (n, n)
        return (yield x)  # (n,)
    going = g()
    next(going)
    going.send(np.ones((5, 4)))
    try:
        going.send(np.ones(5))
    except StopIteration:
        pass
    """
    assert told(tmp_path, code) == [
        ("x", 1, 0), ("x", 1, 0), ("", 1, 0), ("x", 1, 0), ("x", 1, 1), ("", 1, 0)
    ]  # fmt: skip


def test_a_name_of_the_code_stands_for_its_number(tmp_path: Path) -> None:
    code = """
    WIDTH = np.int64(3)
    class Layer:
        def __init__(self, k):
            self.k = k
            self.w = np.zeros((k, 2))  # self.w: (self.k, WIDTH)
    Layer(4)
    """
    (one,) = seen(tmp_path, code)
    assert (one.shape, one.because) == ((4, 2), ("WIDTH", 3, "a variable"))


def test_what_is_not_there_or_has_no_shape_is_not_seen(tmp_path: Path) -> None:
    code = """
    # note: (n, d)
    text = "x"  # text: (n,)
    ids = [1, 2]  # ids: (n,)
    def never(X):
        return X  # (n, d)
    try:
        broken = np.ones(3)[5]  # broken: (n,)
    except IndexError:
        broken = None
    """
    assert told(tmp_path, code) == [
        ("note", 0, 0), ("text", 0, 0), ("ids", 1, 0), ("", 0, 0), ("broken", 0, 0),
    ]  # fmt: skip


def test_what_an_odd_object_raises_is_no_part_of_the_run(tmp_path: Path) -> None:
    code = """
    class Odd:
        @property
        def X(self):
            raise RuntimeError("looked at")
        def __getattr__(self, name):
            raise RuntimeError("looked at")
    class Unlike(list):
        @property
        def __class__(self):
            raise RuntimeError("looked at")
        @property
        def __dict__(self):
            raise RuntimeError("looked at")
        @property
        def shape(self):
            raise RuntimeError("looked at")
        def __index__(self):
            raise RuntimeError("looked at")
    odd = Odd()  # odd.X: (n,), odd.Y: (n,), odd: (n,)
    unlike = Unlike()  # unlike.X: (n,), unlike: (n,), odd: (unlike,)
    X = np.ones(3)  # X: (unlike,)
    """
    assert [one.times for one in seen(tmp_path, code)] == [0, 0, 0, 0, 0, 0, 1]


def test_what_is_refused_may_have_any_shape(tmp_path: Path) -> None:
    code = """
    def f(X, w):  # X: (n, d), w: (d,)
        return X @ w
    f(np.ones((3, 2)), np.ones(2))
    try:
        f(np.ones((3, 2)), np.ones(4))
    except ValueError:
        pass
    def batches(X):
        while True:
            # X: (n, n)
            yield X
    going = batches(np.ones((3, 2)))
    next(going)
    going.close()
    """
    assert told(tmp_path, code) == [("X", 1, 0), ("w", 1, 0), ("X", 1, 1)]


def test_a_tuple_may_be_a_shape_and_has_none(tmp_path: Path) -> None:
    assert told(tmp_path, "y = np.ones(7)  # (n,)\nshape = y.shape  # (n,)\nz = y * 2  # (n,)") == [
        ("y", 1, 0), ("shape", 0, 0), ("z", 1, 0)
    ]  # fmt: skip


def test_values_without_a_comment_are_shown_where_one_could_stand(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        HEAD
        + textwrap.dedent("""
    A = np.ones((4, 3))
    B = np.ones(4)  # a word
    C = np.ones(4)  # C: (4,)
    def f(X, k, *, y=None):
        if k > 9:
            raise ValueError
        Z = X * k
        text = "no array"
        return Z
    def g(
        X,
    ):
        return X
    f(A, 2)
    f(A[:2], 3, y=B)
    g(A)
    try:
        f(A.T, 10)
    except ValueError:
        pass
    """)
    )
    with shapes_seen(str(tmp_path), uncommented=True) as found:
        runpy.run_path(str(tmp_path / "module.py"))
    module, first, second = sorted(found.calls(), key=lambda call: call.function[1] > 1)
    assert module.shapes == {(3, "A"): (4, 3)}
    assert (first.shapes, first.names) == ({(6, "X"): (4, 3), (9, "Z"): (4, 3)}, {"k": 2})
    assert second.shapes == {(6, "X"): (2, 3), (6, "y"): (4,), (9, "Z"): (2, 3)}


def test_what_was_traced_before_is_traced_again(tmp_path: Path) -> None:
    before = sys.gettrace()
    seen(tmp_path, "X = np.ones(3)  # X: (3,)")
    assert sys.gettrace() is before
