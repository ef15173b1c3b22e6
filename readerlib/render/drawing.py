"""Plain SVG: shapes, text that wraps, hatching, and the figure around a drawing.

Nothing that is drawn here needs a script, a font or an address; all text is escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from unicodedata import east_asian_width

import pandas as pd

CHART_CSS = (Path(__file__).parent / "chart.css").read_text("utf8")
"""How charts look, in a page, in a view and in a file of their own."""

ROWS = 500
"""Rows of a table that a page holds at most."""

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW = set("iljtfrI.,:;'’!|()[]- ·")
_WIDE = set("mwMW@%—…")
_STEP = 5.0
"""Pixels between two lines of a hatching."""


@dataclass(frozen=True, slots=True)
class Style:
    """A fill and a pattern: two neighbours differ in the pattern, or else in lightness.

    Examples
    --------
    >>> STYLES[1].pattern
    'rising'
    """

    fill: str
    pattern: str


STYLES = (
    Style("s0", "solid"),
    Style("s1", "rising"),
    Style("s2", "dots"),
    Style("s3", "level"),
    Style("s4", "falling"),
    Style("s5", "crossed"),
    Style("s6", "upright"),
    Style("s7", "netted"),
)
"""What tells up to eight kinds of marks apart, in colour and without."""

OTHERS = Style("s8", "hollow")
"""What all further ones share."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a sheet of a size, in pixels.

    Examples
    --------
    >>> Drawing(10, 5, rect(0, 0, 10, 5, "s0")).height
    5
    """

    width: float
    height: float
    body: str


def plain_text(text: object) -> str:
    """`text` escaped for a page or a drawing, without what no XML may hold.

    Examples
    --------
    >>> plain_text('<b onload="x">\\x00')
    '&lt;b onload=&quot;x&quot;&gt;'
    """
    return escape(_NOT_XML.sub("", str(text)))


def num(value: float) -> str:
    """A number of pixels as it is written: two decimals at most.

    Examples
    --------
    >>> num(2.5), num(3.0), num(0.333)
    ('2.5', '3', '0.33')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A rectangle of a class."""
    return (
        f'<rect class="{kind}" x="{num(x)}" y="{num(y)}" width="{num(width)}" '
        f'height="{num(height)}"/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A line of a class."""
    return f'<path class="{kind}" d="M{num(x1)} {num(y1)}L{num(x2)} {num(y2)}"/>'


def path(d: str, kind: str) -> str:
    """A path of a class."""
    return f'<path class="{kind}" d="{d}"/>'


def circle(x: float, y: float, radius: float, kind: str) -> str:
    """A disc of a class."""
    return f'<circle class="{kind}" cx="{num(x)}" cy="{num(y)}" r="{num(radius)}"/>'


def text(x: float, y: float, said: str, kind: str = "", *, anchor: str = "start") -> str:
    """One line of text; `anchor` is start, middle or end."""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    of = f' class="{kind}"' if kind else ""
    return f'<text{of} x="{num(x)}" y="{num(y)}"{at}>{plain_text(said)}</text>'


def turned(x: float, y: float, said: str, kind: str = "") -> str:
    """One line of text that runs upwards from its place."""
    of = f' class="{kind}"' if kind else ""
    where = f"{num(x)} {num(y)}"
    return f'<text{of} transform="translate({where}) rotate(-90)">{plain_text(said)}</text>'


def mark(number: int, label: str, shapes: str, box: tuple[float, float, float, float]) -> str:
    """Shapes that stand for some turns: they can be chosen where a view makes them so.

    Parameters
    ----------
    number : int
        Which mark of its chart it is.
    label : str
        What it says when it is pointed at, or reached by the keyboard.
    shapes : str
    box : tuple of float
        x, y, width and height of what answers to a click.
    """
    return (
        f'<g class="mark" data-mark="{number}"><title>{plain_text(label[:300])}</title>{shapes}'
        f"{rect(*box, 'hit')}</g>"
    )


def filled(x: float, y: float, width: float, height: float, style: Style) -> str:
    """A rectangle with its hatching, which is drawn line by line.

    Patterns by reference fail where a page has a base address, or twice the same name.
    """
    shape = rect(x, y, width, height, f"fill {style.fill}")
    d = _hatching(x, y, width, height, style.pattern)
    return shape + (path(d, f"hatch {style.fill} {style.pattern}") if d else "")


def _hatching(x: float, y: float, width: float, height: float, pattern: str) -> str:
    if pattern == "crossed":
        return _hatching(x, y, width, height, "rising") + _hatching(x, y, width, height, "falling")
    if pattern == "netted":
        return _hatching(x, y, width, height, "level") + _hatching(x, y, width, height, "upright")
    parts = []
    if pattern == "level":
        for i in range(1, int((height - 0.5) / 4) + 1):
            parts.append(f"M{num(x)} {num(y + 4 * i)}h{num(width)}")
    elif pattern == "upright":
        for i in range(int(max(width - 1, 0) / 4) + 1):
            parts.append(f"M{num(x + min(2, width / 2) + 4 * i)} {num(y)}v{num(height)}")
    elif pattern == "dots":
        for j in range(max(int(height / _STEP), 1)):
            shift = 2.5 if j % 2 else 0.0
            for i in range(max(int((width - shift) / _STEP), 1 - j % 2)):
                dot = f"M{num(x + min(2.5, width / 2) + shift + _STEP * i - 0.01)}"
                parts.append(f"{dot} {num(y + 2.5 + _STEP * j)}h.02")
    elif pattern in ("rising", "falling"):
        for i in range(1, int((width + height) / _STEP) + 1):
            reach = _STEP * i
            # Where the line from the left or upper edge down to the lower or right one is cut.
            x1, y1 = (reach, 0.0) if reach <= width else (width, reach - width)
            x2, y2 = (0.0, reach) if reach <= height else (reach - height, height)
            if pattern == "falling":
                x1, x2 = width - x1, width - x2
            if (x1, y1) != (x2, y2):
                parts.append(f"M{num(x + x1)} {num(y + y1)}L{num(x + x2)} {num(y + y2)}")
    return "".join(parts)


def breadth(said: str, size: float) -> float:
    """About how wide a line of text is, rather too much than too little.

    Examples
    --------
    >>> breadth("Mother", 10) > breadth("it", 10)
    True
    """
    return size * sum(map(_em, said))


def _em(sign: str) -> float:
    if east_asian_width(sign) in "WF" or ord(sign) > 0x1F000:
        return 1.05
    if sign in _NARROW:
        return 0.35
    if sign in _WIDE:
        return 0.92
    return 0.68 if sign.isupper() else 0.57


def shortened(said: str, width: float, size: float) -> str:
    """The beginning of a line of text, as far as there is room for it.

    Examples
    --------
    >>> shortened("The enemy is everybody", 80, 12)
    'The enemy…'
    """
    if breadth(said, size) <= width:
        return said
    room = width - size * _em("…")
    for at, sign in enumerate(said):
        room -= size * _em(sign)
        if room < 0:
            return f"{said[:at].rstrip()}…"
    return said


def wrapped(said: str, width: float, size: float, most: int = 3) -> list[str]:
    """A text in lines that fit, the last one cut where there are more than `most`.

    Examples
    --------
    >>> wrapped("What it takes to get home alive", 90, 12)
    ['What it takes', 'to get home', 'alive']
    """
    lines = [""]
    rest = said.split()
    while rest:
        longer = f"{lines[-1]} {rest[0]}".lstrip()
        if breadth(longer, size) <= width:
            lines[-1] = longer
            rest.pop(0)
        elif lines[-1]:
            if len(lines) == most:
                lines[-1] = shortened(f"{longer} {' '.join(rest[1:4])}", width, size)
                break
            lines.append("")
        else:
            fits = max(len(shortened(rest[0], width, size)) - 1, 1)
            if len(lines) == most:
                lines[-1] = shortened(rest[0], width, size)
                break
            lines[-1], rest[0] = rest[0][:fits], rest[0][fits:]
            lines.append("")
    return lines


def legend(items: Sequence[tuple[str, str]], width: float, size: float) -> tuple[str, float]:
    """Pairs of a small drawing, 22 by 14 pixels at 0 0, and what it means, in rows.

    Returns the drawing and its height.
    """
    parts = []
    x, y = 0.0, 0.0
    for sample, label in items:
        said = shortened(label, width - 30, size)
        wide = 28 + breadth(said, size) + 14
        if x and x + wide - 14 > width:
            x, y = 0.0, y + 22
        parts.append(
            f'<g transform="translate({num(x)} {num(y + 2)})">{sample}{text(28, 11.5, said)}</g>'
        )
        x += wide
    return "".join(parts), y + 26 if items else 0.0


def standalone(drawing: Drawing, title: str, alt: str) -> str:
    """A drawing as a file of its own."""
    return _svg(drawing, title, alt, style=f"<style>{CHART_CSS}</style>")


def _svg(drawing: Drawing, title: str, alt: str, style: str = "") -> str:
    size = f"{num(drawing.width)} {num(drawing.height)}"
    alone = (
        ' class="readerlib-chart" xmlns="http://www.w3.org/2000/svg" '
        f'width="{num(drawing.width)}" height="{num(drawing.height)}"'
        if style
        else ""
    )
    ground = rect(0, 0, drawing.width, drawing.height, "ground") if style else ""
    return (
        f'<svg{alone} viewBox="0 0 {size}" role="img" aria-label="{plain_text(title)}">'
        f"<title>{plain_text(title)}</title><desc>{plain_text(alt)}</desc>{style}{ground}"
        f"{drawing.body}</svg>"
    )


def figure(
    drawings: Sequence[Drawing],
    told: Sequence[str],
    notes: Iterable[str],
    numbers: pd.DataFrame,
) -> str:
    """A chart in a page: what is counted, the drawing for wide and narrow, the numbers.

    Parameters
    ----------
    drawings : sequence of Drawing
        For a wide and for a narrow page; none where there is nothing to draw.
    told : sequence of str
        Title, population line and alternative text.
    notes : iterable of str
        Sentences below the drawing.
    numbers : DataFrame
        Every number that is drawn.
    """
    title, population, alt = told
    # Of the two only one is displayed, so a screen reader meets only one.
    shown = "".join(
        f'<div class="{kind}">{_svg(drawing, title, alt)}</div>'
        for kind, drawing in zip(("at-wide", "at-narrow"), drawings, strict=False)
    )
    if not drawings:
        shown = f'<p class="nothing">{plain_text(alt)}</p>'
    below = "".join(f'<p class="note">{plain_text(note)}</p>' for note in notes)
    return (
        f'<figure class="readerlib-chart" role="group" aria-label="{plain_text(title)}">'
        f"<figcaption><strong>{plain_text(title)}</strong>"
        f"<span>{plain_text(population)}</span></figcaption>{shown}{below}"
        f"{_numbers(numbers, title)}</figure>"
    )


def styled(figure: str) -> str:
    """A figure for a page that knows nothing of charts: it brings its looks along."""
    return f"<style>{CHART_CSS}</style>{figure}"


def _numbers(numbers: pd.DataFrame, title: str) -> str:
    """The numbers as a table that a click opens."""
    if not len(numbers):
        return ""
    shown = numbers.head(ROWS)
    rest = len(numbers) - len(shown)
    heads = "".join(f'<th scope="col">{plain_text(name)}</th>' for name in shown.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{plain_text(_cell(cell))}</td>" for cell in row) + "</tr>"
        for row in shown.itertuples(index=False, name=None)
    )
    more = f"<p>{rest:,} more rows are in the chart's table.</p>" if rest else ""
    return (
        "<details><summary>The numbers as a table</summary>"
        '<div class="numbers" tabindex="0" role="region" '
        f'aria-label="Numbers: {plain_text(title)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{more}</details>"
    )


def _cell(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
