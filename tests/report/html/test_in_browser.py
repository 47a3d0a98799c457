"""The page in a real browser: it loads nothing, draws everything, and hostile texts do nothing.

`tox -e browser` runs these; they need Chromium, named by `CHROMIUM` where it is not at its usual place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mlguard.core.requirement import parse_requirements
from mlguard.report.html.page import page
from mlguard.report.html.shown import Shown
from tests.report.html.made import GOLDEN, MATCH, SHIFTED, moved, shown
from tests.report.html.test_element import HOSTILE
from tests.report.html.test_page import hostile
from tests.report.verdicts import VERDICTS

pytestmark = pytest.mark.browser

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip

VIOLATED = shown(GOLDEN, moved(auc=0.5), requirements=parse_requirements({"auc": ">= 0.8"}))
MARKS = {
    "overview": "circle",
    "scatter": "circle, path.dots",
    "sizes": "circle",
    "calibration": "circle",
    "confusion": "td.count",
    "rows": "td.moved",
    "timeline": "circle",
}
"""What each picture is made of."""

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser of our own, without a window."""
    from playwright.sync_api import sync_playwright  # Late: only this job has it.

    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens a page of some guards, and fails afterwards where it complained or asked for anything else."""
    said: list[str] = []
    asked: set[str] = set()
    contexts = []

    def open_(guards: Sequence[Shown], **options: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": 1360, "height": 860}, **options))
        seen = contexts[-1].new_page()
        seen.on("console", lambda message: said.append(message.text))
        seen.on("pageerror", lambda error: said.append(str(error)))
        seen.on("dialog", lambda dialog: said.append(dialog.message))
        seen.on("request", lambda request: asked.add(request.url))
        seen.goto(written(tmp_path, guards))
        return seen

    yield open_
    for context in contexts:
        context.close()
    assert said == []
    assert asked == {(tmp_path / "page.html").as_uri()}


def written(folder: Path, guards: Sequence[Shown]) -> str:
    """The address of a page of some guards."""
    file = folder / "page.html"
    file.write_text(page(guards, made="today", project="shop"), encoding="utf-8")
    return file.as_uri()


def test_every_picture_has_marks_that_can_be_seen(opened: Open) -> None:
    seen = opened([SHIFTED])
    for kind, marks in MARKS.items():
        (first, *_) = seen.locator(f"figure.{kind}").all()
        assert first.locator(marks).count() > 0, kind
        box = first.locator(marks).first.bounding_box()
        assert box["width"] > 0, kind
        assert box["height"] > 0, kind


def test_each_metric_and_each_stage_has_a_picture_that_can_be_seen_and_heard(opened: Open) -> None:
    seen = opened([SHIFTED])
    for kind, names in (("metric", ["auc", "loss"]), ("bar", ["dataset", "split", "predict", "evaluate"])):
        pictures = seen.locator(f"svg.{kind}").all()
        boxes = [one.locator("rect, circle, path.mark").last.bounding_box() for one in pictures]
        assert all(box["width"] > 0 and box["height"] > 0 for box in boxes), kind
        told = [seen.get_by_role("img", name=name).count() for name in names]
        assert (len(pictures), min(told)) == (len(names), 1), kind


def test_the_reason_of_a_red_run_stands_on_the_first_screen(opened: Open) -> None:
    seen = opened([MATCH, SHIFTED, VIOLATED])
    for place in (".lead", ".why code", "li.first", "tr.moved", "figure.overview circle.moved"):
        box = seen.locator(place).first.bounding_box()
        assert 0 < box["y"] < box["y"] + box["height"] < 860, place
    assert seen.locator("h2").first.inner_text() == "Churn"


def test_nothing_stands_outside_the_window(opened: Open) -> None:
    seen = opened([SHIFTED, hostile("<script>x</script>" * 9), *(Shown(verdict) for verdict in VERDICTS.values())])
    for width in (1360, 800, 390):
        seen.set_viewport_size({"width": width, "height": 800})
        assert seen.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_lead_from_guard_to_guard(opened: Open) -> None:
    seen = opened([SHIFTED, MATCH])
    where = "document.activeElement.id"
    for key, place in (("j", "guard-0"), ("j", "guard-1"), ("j", "guard-1"), ("k", "guard-0")):
        seen.keyboard.press(key)
        assert seen.evaluate(where) == place
    assert seen.locator("#guard-1 > details").get_attribute("open") is not None
    seen.keyboard.press("o")
    assert seen.locator("#guard-0 > details").get_attribute("open") is None
    seen.keyboard.press("e")
    assert seen.locator(".guard > details[open]").count() == 2


def test_help_opens_and_closes(opened: Open) -> None:
    seen = opened([SHIFTED])
    seen.keyboard.press("?")
    assert seen.get_by_text("next guard, guard before").is_visible()
    seen.keyboard.press("Escape")
    assert not seen.get_by_text("next guard, guard before").is_visible()
    seen.click("#keys")
    seen.click("#close")
    assert not seen.locator("#help").is_visible()


def test_a_link_opens_its_guard(opened: Open) -> None:
    seen = opened([SHIFTED, MATCH])
    assert not seen.locator("#guard-1 table.metrics").is_visible()
    seen.click("nav a.fine")
    assert seen.locator("#guard-1 table.metrics").is_visible()
    assert seen.evaluate("document.activeElement.id") == "guard-1"


def brightness(seen: Any) -> int:
    colour = seen.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(","))


def test_dark_and_light_follow_the_system_and_the_switch(opened: Open) -> None:
    dark, light = opened([SHIFTED], color_scheme="dark"), opened([SHIFTED], color_scheme="light")
    assert brightness(dark) < 200 < 600 < brightness(light)
    light.keyboard.press("t")
    assert brightness(light) < 200
    light.click("#theme")
    assert brightness(light) > 600
    light.reload()
    assert light.evaluate("document.documentElement.dataset.theme") == "light"


def luminance(colour: Sequence[float]) -> float:
    """How bright a colour is, as WCAG 2 measures it."""
    parts = [v / 255 / 12.92 if v / 255 <= 0.03928 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_words_can_be_read_on_their_ground(opened: Open) -> None:
    """WCAG's contrast of 4.5 for every text colour on the card, dark and light."""
    pairs = ["ink card", "soft card", "soft paper", "red red-soft", "fine fine-soft", "odd odd-soft", "now card"]
    colour = """(name) => {
      const one = document.body.appendChild(document.createElement("i"));
      one.style.color = `var(--${name})`;
      const found = getComputedStyle(one).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
      one.remove();
      return found;
    }"""
    for scheme in ("dark", "light"):
        seen = opened([SHIFTED], color_scheme=scheme)
        for pair in pairs:
            dim, bright = sorted(luminance(seen.evaluate(colour, name)) for name in pair.split())
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (scheme, pair)


def test_print_shows_every_guard_without_the_list(opened: Open) -> None:
    seen = opened([SHIFTED, MATCH])
    seen.evaluate("dispatchEvent(new Event('beforeprint'))")
    seen.emulate_media(media="print")
    assert seen.locator("details:not([open])").count() == 0
    assert not seen.locator("nav").is_visible()
    assert seen.locator("#guard-1 table.metrics").is_visible()


@pytest.mark.parametrize(
    "text", [*HOSTILE, "\u202egnirts", "<svg/onload=alert(1)>", "</script><script>alert(1)</script>"]
)
def test_hostile_texts_do_nothing_and_are_shown(opened: Open, text: str) -> None:
    seen = opened([hostile(text)])
    assert seen.locator("h2").inner_text() == text.replace("\u202e", "\\u202e")
    assert seen.locator("script").count() == 1
    assert seen.locator("style").count() == 1
    assert seen.locator("img, iframe, [onload], [onerror]").count() == 0
    assert seen.evaluate("document.title").startswith("mlguard: shop")


def test_what_was_injected_would_not_run(browser: Any, tmp_path: Path) -> None:
    """The policy holds even where something got past the escaping: neither script, style, picture nor request."""
    context = browser.new_context()
    seen = context.new_page()
    seen.goto(written(tmp_path, [SHIFTED]))
    blocked = seen.evaluate("""async () => {
      const blocked = [];
      document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
      const add = (tag, content) => document.body.append(Object.assign(document.createElement(tag), content));
      add("script", { textContent: "window.ran = true" });
      add("style", { textContent: "body { display: none }" });
      add("img", { src: "https://example.org/x.png" });
      setTimeout("window.ran = true");
      await fetch("https://example.org/").catch(() => 0);
      await new Promise((done) => setTimeout(done, 100));
      return blocked;
    }""")
    assert {"script-src-elem", "style-src-elem", "img-src", "connect-src", "script-src"} <= set(blocked)
    assert seen.evaluate("window.ran === undefined")
    assert seen.locator("h1").is_visible()
    context.close()
