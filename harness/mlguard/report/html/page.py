"""The whole page: one file that loads nothing and runs nothing but its own script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Protocol
from xml.etree.ElementTree import Element

from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.report.html.element import code_of_ours, element, respelled, written
from mlguard.report.html.section import badge, kind, section
from mlguard.report.html.shown import Shown
from mlguard.report.wording import after_push, left_out, summary

MARK = "<!doctype html>\n<!-- mlguard report -->\n"
"""How every page begins, so that a file that is none is never replaced by one."""

KEYS = (
    ("j, k", "next guard, guard before"),
    ("o", "open or close a guard"),
    ("e", "open all, close all"),
    ("t", "dark, light, or as the system has it"),
    ("?", "this help"),
)
"""The keys of the page."""


class Draw(Protocol):
    """Draws what the page says of one guard."""

    def __call__(self, shown: Shown, number: int, *, is_open: bool) -> Element:
        """The section of the guard with this number."""


def page(
    guards: Sequence[Shown],
    *,
    made: str,
    project: str,
    not_run: Sequence[str] = (),
    waited: float | None = None,
    draw: Draw = section,
    spell: Callable[[str], str] = str,
) -> str:
    """The page of a run, the worst guard first; `made` says when and by what, `project` is its name.

    `not_run` are guards that did not begin after another one failed; `waited` are seconds from the push to here, where
    that is known; `spell` says how each text is shown.
    """
    ordered = sorted(guards, key=lambda shown: shown.verdict.outcome.rank)
    verdicts = [shown.verdict for shown in guards]
    failed = [shown.verdict.outcome is not Outcome.MATCH for shown in ordered]
    sections = [
        draw(shown, number, is_open=failed[number] or (number == 0 and not any(failed)))
        for number, shown in enumerate(ordered)
    ]
    style, script = (files("mlguard.report.html").joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"mlguard: {project}, {summary(verdicts)}"),
        code_of_ours("style", style),
    )
    told = element("div", element("h1", "mlguard"), element("span", project, class_="project"), class_="brand")
    top = element("header", told, element("p", summary(verdicts), class_="summary"), _buttons(), class_="top")
    lines = [element("p", line, class_="quiet") for line in (*after_push(waited), *left_out(not_run))]
    main = element("main", lines, sections, element("footer", made))
    body = element(
        "body", top, element("div", _contents(ordered), main, class_="columns"), _help(), code_of_ours("script", script)
    )
    return f"{MARK}{written(respelled(element('html', head, body, lang='en'), spell))}\n"


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, sent or run but the page's own style and script."""
    own = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _digest(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _buttons() -> Element:
    theme = element("button", "◐", id="theme", type="button", aria_label="dark or light", title="dark or light (t)")
    keys = element("button", "?", id="keys", type="button", aria_label="keys", title="keys (?)")
    return element("div", theme, keys, class_="buttons")


def _contents(guards: Sequence[Shown]) -> Element:
    """The guards by name, as links to their places on the page."""
    return element(
        "nav", element("ol", [_entry(shown.verdict, i) for i, shown in enumerate(guards)]), aria_label="guards"
    )


def _entry(verdict: Verdict, number: int) -> Element:
    name = element("span", verdict.guard, class_="name")
    return element("li", element("a", name, badge(verdict), href=f"#guard-{number}", class_=kind(verdict)))


def _help() -> Element:
    rows = [element("div", element("dt", element("kbd", key)), element("dd", does)) for key, does in KEYS]
    close = element("button", "close", id="close", type="button")
    return element("dialog", element("h3", "Keys"), element("dl", rows), close, id="help")
