"""Hunks are read from what git prints, and found by the lines that they touch."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mlguard.tools.trace.hunks import Hunk, hunks, touching

DIFF = """\
diff --git a/shop/features.py b/shop/features.py
index 1111111..2222222 100644
--- a/shop/features.py
+++ b/shop/features.py
@@ -4,2 +4 @@ def add_lags(rows):
-    old = 1
--- looks like a head
+    new = 1
@@ -9,0 +9,2 @@ def window(rows):
+    one = 1
+    two = 2
@@ -20 +21,0 @@
-gone
\\ No newline at end of file
diff --git a/old.py b/old.py
deleted file mode 100644
--- a/old.py
+++ /dev/null
@@ -1 +0,0 @@
-x = 1
diff --git "a/b\\303\\244 c.py" "b/b\\303\\244 c.py"
--- "a/b\\303\\244 c.py"\t
+++ "b/b\\303\\244 c.py"\t
@@ -1 +1 @@
-x
+y
"""


def test_every_hunk_is_read() -> None:
    found = list(hunks(DIFF))
    assert found[0] == Hunk(
        "shop/features.py",
        "shop/features.py",
        range(4, 6),
        range(4, 5),
        ("-    old = 1", "--- looks like a head", "+    new = 1"),
    )
    assert [(h.before_file, h.after_file, h.before, h.after) for h in found[1:]] == [
        ("shop/features.py", "shop/features.py", range(10, 10), range(9, 11)),
        ("shop/features.py", "shop/features.py", range(20, 21), range(22, 22)),
        ("old.py", None, range(1, 2), range(1, 1)),
        ("bä c.py", "bä c.py", range(1, 2), range(1, 2)),
    ]
    assert found[2].lines == ("-gone", "\\ No newline at end of file")


def test_a_hunk_touches_a_function_where_their_lines_meet() -> None:
    found = list(hunks(DIFF))
    name = "shop/features.py"
    assert touching(found, name, range(1, 6)) == (found[0],)
    assert touching(found, name, range(5, 10)) == (found[1],)
    assert touching(found, name, range(11, 30)) == (found[2],)
    assert touching(found, name, range(22, 30)) == ()
    assert touching(found, name, range(5, 7), side="before") == (found[0],)
    assert touching(found, name, range(10, 12), side="before") == ()
    assert touching(found, "other.py", range(1, 30)) == ()


def test_nothing_differs() -> None:
    assert list(hunks("")) == []


LINES = st.lists(st.sampled_from(["a = 1", "b = 2", "-- c", "++ d", "@@ -1 +1 @@", ""]), max_size=12)


@given(before=LINES, after=LINES)
def test_hunks_say_what_git_changed(before: list[str], after: list[str], tmp_path_factory: object) -> None:
    folder = Path(tmp_path_factory.mktemp("diff"))  # type: ignore[attr-defined]  # hypothesis knows no fixture types
    one, other = folder / "one", folder / "other"
    one.write_text("".join(f"{line}\n" for line in before))
    other.write_text("".join(f"{line}\n" for line in after))
    said = subprocess.run(
        ["git", "diff", "-U0", "--no-index", str(one), str(other)], capture_output=True, text=True, check=False
    ).stdout
    result: list[str] = []
    position = 0
    for hunk in hunks(said):
        result += before[position : hunk.before.start - 1]
        assert [f"-{line}" for line in before[hunk.before.start - 1 : hunk.before.stop - 1]] == [
            line for line in hunk.lines if line.startswith("-")
        ]
        result += [line[1:] for line in hunk.lines if line.startswith("+")]
        position = hunk.before.stop - 1
    assert result + before[position:] == after
