"""What pictures are made of: axes, points, lines and bars. Colours are classes, which the style sheet knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element

from mlguard.report.html.element import Child, element
from mlguard.report.html.scale import Scale, shortly

WIDTH, HEIGHT = 340.0, 250.0
"""Size of a picture in its own units; the page scales it."""

LEFT, RIGHT, TOP, BOTTOM = 56.0, 330.0, 10.0, 210.0
"""Where the axes of a picture begin and end."""

Point = tuple[float, float]
"""Place of a mark, from the left and from the top."""


def picture(
    name: str, title: str, marks: Iterable[Child], *caption: Child, height: float = HEIGHT, width: float = WIDTH
) -> Element:
    """A picture with its title above and its caption below; `name` says which kind it is."""
    size = f"0 0 {width:g} {height:g}"
    drawn = element("svg", element("title", title), marks, viewBox=size, role="img", class_=f"plot {name}")
    return element("figure", element("h4", title), drawn, element("figcaption", *caption), class_=f"picture {name}")


def axes(x: Scale, y: Scale, across: str, up: str) -> Iterable[Element]:
    """Both axes with their round numbers, a fine line at each, and what they show."""
    yield element("path", d=f"M{x.start:g} {y.end:g}V{y.start:g}H{x.end:g}", class_="axis")
    for tick, told in zip(x.ticks(), shortly(x.ticks()), strict=True):
        at = x.place(tick)
        yield element("path", d=f"M{at:.1f} {y.end:g}V{y.start:g}", class_="grid")
        yield element("text", told, x=at, y=y.start + 14, class_="tick middle")
    for tick, told in zip(y.ticks(), shortly(y.ticks()), strict=True):
        at = y.place(tick)
        yield element("path", d=f"M{x.start:g} {at:.1f}H{x.end:g}", class_="grid")
        yield element("text", told, x=x.start - 6, y=at + 3.5, class_="tick end")
    yield element("text", across, x=(x.start + x.end) / 2, y=y.start + 32, class_="label middle")
    turned = f"rotate(-90 11 {(y.start + y.end) / 2:.1f})"
    yield element("text", up, x=11, y=(y.start + y.end) / 2, transform=turned, class_="label middle")


def dots(places: Sequence[Point], class_: str) -> Element | None:
    """Many points as one mark: a line with round ends and no length for each."""
    drawn = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
    return element("path", d=drawn, class_=f"dots {class_}") if places else None


def point(place: Point, class_: str, told: str = "", *, size: float = 3.5) -> Element:
    """One point that says what it is when somebody points at it."""
    hint = element("title", told) if told else None
    return element("circle", hint, cx=place[0], cy=place[1], r=size, class_=f"mark {class_}")


def line(places: Sequence[Point], class_: str) -> Element | None:
    """A line through these places."""
    drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return element("path", d=f"M{drawn}", class_=f"line {class_}") if len(places) > 1 else None


def bar(x: float, y: float, width: float, height: float, class_: str, told: str = "") -> Element:
    """A rectangle, from its upper left corner."""
    hint = element("title", told) if told else None
    return element("rect", hint, x=x, y=y, width=max(width, 0.0), height=height, class_=class_)


def note(text: str, x: float, y: float, class_: str = "") -> Element:
    """A few words in a picture."""
    return element("text", text, x=x, y=y, class_=f"note {class_}".strip())


def keys(*named: tuple[str, str]) -> list[Element]:
    """What the marks of a picture mean: pairs of a class and its meaning."""
    return [element("span", element("i", class_=f"swatch {name}"), meaning, class_="key") for name, meaning in named]
