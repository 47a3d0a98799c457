from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mlguard.core.dataset import Dataset
from mlguard.core.record import Approval
from mlguard.core.value import number, numbers, texts
from mlguard.core.verdict import Verdict
from mlguard.report.html.page import MARK, page
from mlguard.report.html.shown import Shown
from tests.core.records import seen
from tests.report.html.made import GOLDEN, MATCH, NUMBER, ROWS, SHIFTED, against, column, run, shown
from tests.report.html.test_element import HOSTILE, Read
from tests.report.verdicts import VERDICTS

MADE = {"made": "mlguard 0, today", "project": "shop"}


def test_a_page_begins_as_pages_do_and_holds_every_guard() -> None:
    made = page([MATCH, Shown(VERDICTS["error"]), SHIFTED], **MADE, not_run=["Later"])
    assert made.startswith(MARK)
    assert re.findall(r'href="#guard-\d+" class="(\w+)"><span class="name">(\w+)<', made) == [
        ("red", "Churn"),
        ("red", "Churn"),
        ("fine", "Churn"),
    ]
    assert "3 guards: 1 error, 1 shifted, 1 match" in made
    assert "not run after the first failure: 1 guard (Later)" in made
    assert "after the push" not in made


def test_how_long_it_took_from_the_push_stands_first() -> None:
    assert re.findall(r"<main><p[^>]*>(.*?)</p>", page([MATCH], **MADE, waited=360)) == ["verdict 6 min after the push"]


def test_failures_are_open_and_matches_are_folded() -> None:
    assert re.findall(r"<details( open)?[^>]*><summary><h2>", page([MATCH, SHIFTED], **MADE)) == [" open", ""]
    assert re.findall(r"<details( open)?[^>]*><summary><h2>", page([MATCH, MATCH], **MADE)) == [" open", ""]


def test_only_the_own_style_and_script_may_act() -> None:
    made = page([SHIFTED], **MADE)
    (policy,) = re.findall(r'content="(default-src[^"]*)"', made)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", made, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_nothing_is_loaded_and_no_attribute_acts() -> None:
    tags = Read(page([SHIFTED, MATCH], **MADE)).tags
    attributes = {name for _, given in tags for name in given}
    assert not {name for name in attributes if name.startswith("on") or name in ("src", "style", "action", "srcset")}
    assert {tag for tag, _ in tags}.isdisjoint({"img", "iframe", "link", "object", "embed", "use", "image", "base"})
    assert {given["href"] for _, given in tags if "href" in given} == {"#guard-0", "#guard-1"}


def hostile(text: str) -> Shown:
    """A guard in which every text is this one."""
    label = column("label", [text, "b"] * (NUMBER // 2))
    named = replace(column(text, range(NUMBER)), value=replace(GOLDEN[2].value, rows=tuple(f"{text}{i}" for i in ROWS)))
    schema = seen("dataset", f"{text}.schema", texts([text], rows=[text]))
    before = [schema, label, named, seen("evaluate", text, 0.5)]
    after = [
        schema,
        replace(label, value=texts(["b", text] * (NUMBER // 2), rows=ROWS)),
        named,
        seen("evaluate", text, 0.7),
    ]
    golden = run(*before, approvals=(Approval(text, text, text, (text,)),))
    given = against(replace(golden, guard=text), run(*after))
    data = Dataset(pd.DataFrame({text: [text] * NUMBER, "y": [text] * NUMBER}))
    verdict = replace(
        given.verdict, problem=text, traceback=text, remarks=(text,), slug=text, commit=text, against=text, file=text
    )
    return replace(given, verdict=verdict, data=data, remarks=(text,))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_adds_nothing_to_a_page(text: str) -> None:
    """The same elements and attributes as for a harmless text, and the text is shown."""
    bad, good = (Read(page([hostile(one)], made=one, project=one)) for one in (text, "harmless"))

    def told(read: Read) -> list[tuple[str, list[str]]]:
        return sorted((tag, sorted(given)) for tag, given in read.tags)

    assert told(bad) == told(good)
    assert sum(text in one for one in bad.texts) > 10


def test_directions_are_written_out() -> None:
    made = page([hostile("\u202egnirts\u2066")], made="", project="")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", made)
    assert "\\u202egnirts\\u2066" in made


def test_a_run_of_nothing_is_a_page() -> None:
    assert "0 guards" in page([], **MADE)
    assert page([Shown(Verdict("A", VERDICTS["error"].outcome))], **MADE).startswith(MARK)


def test_twenty_guards_are_light_even_where_every_row_moved() -> None:
    names = [str(i) for i in range(1000)]
    before = [column(f"c{i}", []) for i in range(6)]
    before = [replace(o, value=numbers(np.linspace(0.1, 0.9, 1000), rows=names)) for o in before]
    after = [replace(o, value=numbers(np.linspace(0.2, 0.7, 1000), rows=names)) for o in before]
    metrics = [seen("evaluate", f"m{i}", i / 7) for i in range(30)]
    worse = [replace(o, value=number(float(o.value.data[0]) + 0.1)) for o in metrics]
    one = shown([*before, *metrics], [*after, *worse])
    assert len(page([one] * 20, **MADE).encode()) < 1_650_000
