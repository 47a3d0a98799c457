from __future__ import annotations

from tests.house.options_page import PAGE, page


def test_the_page_tells_every_option_as_it_is_declared() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.house.options_page"
