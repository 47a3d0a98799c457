"""Elements of the page: the only place where a text becomes markup, so that nothing in it acts.

The standard library writes them, which escapes what is text. Characters that nobody can see, or that turn the direction
of a line, are written out before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element, tostring

from mlguard.core.visible import visible

LONGEST = 4_000
"""Characters of one text that are shown at most."""

Child = Element | str | None


def element(tag: str, *children: Child | Iterable[Child], **attributes: str | float | None) -> Element:
    """An element with its children; texts are escaped, None is left out.

    `class_` is the attribute `class`, `stroke_width` is `stroke-width`; numbers are written with one decimal.
    """
    made = Element(tag, {_name(name): _attribute(value) for name, value in attributes.items() if value is not None})
    for child in children:
        for one in (child,) if child is None or isinstance(child, str | Element) else child:
            _add(made, one)
    return made


CODE = ("style", "script")
"""Elements whose content is code."""

TEXTS = ("title", "aria-label")
"""Attributes that somebody reads."""


def written(root: Element) -> str:
    """The markup of an element."""
    return tostring(root, encoding="unicode", method="html")


def respelled(root: Element, spell: Callable[[str], str]) -> Element:
    """The element, with each text in it as `spell` has it; code of ours stays as it is."""
    for one in root.iter():
        one.text = spell(one.text) if one.text and one.tag not in CODE else one.text
        one.tail = spell(one.tail) if one.tail else one.tail
        one.attrib.update({name: spell(one.attrib[name]) for name in TEXTS if name in one.attrib})
    return root


def code_of_ours(tag: str, content: str) -> Element:
    """A `style` or `script` element, whose content is not escaped: only for files that ship with mlguard."""
    made = Element(tag)
    made.text = content
    return made


def _add(parent: Element, child: Child) -> None:
    if child is None:
        return
    if isinstance(child, Element):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + _text(child)
    else:
        parent.text = (parent.text or "") + _text(child)


def _text(text: str) -> str:
    return visible(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def _attribute(value: str | float) -> str:
    return visible(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
