from __future__ import annotations

from html.parser import HTMLParser

import pytest

from mlguard.report.html.element import LONGEST, code_of_ours, element, written

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "<!-- & &lt; &#x3c;script&gt; -->",
    "'\"`${7*7}{{7*7}}]]>",
]


class Read(HTMLParser):
    """What a browser would see: tags with attributes, and texts."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_stays_a_text_wherever_it_stands(text: str) -> None:
    read = Read(written(element("p", text, element("b", text), text, title=text)))
    assert read.tags == [("p", {"title": text}), ("b", {})]
    assert "".join(read.texts) == text * 3


def test_what_nobody_can_see_is_written_out() -> None:
    made = written(element("p", "a\u202eb\x00c\ud800d\r\u2028e", title="\u200f"))
    assert made == '<p title="\\u200f">a\\u202eb\\x00c\\ud800d\\r\\u2028e</p>'


def test_children_keep_their_order_and_none_is_left_out() -> None:
    parts = [element("i", "2"), None, "3"]
    assert written(element("p", "1", parts, "4", element("br"), None, "5")) == "<p>1<i>2</i>34<br>5</p>"


def test_attributes_are_named_as_in_markup_and_numbers_are_short() -> None:
    made = element("circle", cx=1.25, cy=2.0, class_="mark", stroke_width=1, viewBox="0 0 1 1", title=None)
    assert written(made) == ('<circle cx="1.2" cy="2" class="mark" stroke-width="1" viewBox="0 0 1 1"></circle>')


def test_a_long_text_is_cut() -> None:
    assert len(written(element("p", "x" * 100_000))) == len("<p></p>") + LONGEST


def test_only_our_own_code_is_not_escaped() -> None:
    assert written(code_of_ours("script", "a < b && c")) == "<script>a < b && c</script>"
