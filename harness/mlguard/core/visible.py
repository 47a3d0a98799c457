"""Text as a terminal may show it: characters that act on the terminal, or that nobody can see, are written out."""

from __future__ import annotations

import re

ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Control characters but for the line feed, direction and format characters, other line separators, lone surrogates.

The joiners U+200C and U+200D stay: words of some scripts, and many emoji, are spelled with them.
"""


def visible(text: str) -> str:
    r"""The text with each such character as Python writes it: `\x1b`, `\u202e`. Doing it twice changes nothing."""
    return ACTING.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def one_line(text: str) -> str:
    r"""The same for what belongs into one line, such as a name: a line feed is `\n`."""
    return visible(text).replace("\n", "\\n")
