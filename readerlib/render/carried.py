"""A page that a reader carries away: headings, their own words, passages with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

import regex

KINDS = {
    "h1": "the title",
    "h2": "a heading",
    "h3": "a heading below it",
    "about": "what is said about what stands beside it",
    "own": "what the reader wrote or chose",
    "notice": "the notice before a passage",
    "gap": "where more is said than is quoted",
    "said": "what somebody says",
    "source": "where a passage comes from",
    "item": "an entry of a list",
}
"""What a block can be."""

PASSAGE = ("notice", "gap", "said", "source")
"""The kinds that make up a passage."""

_NO_XML = regex.compile(
    r"[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)


class Block(NamedTuple):
    """A paragraph of the page, whatever is made of it.

    ``who`` says it, ``lang`` is its language where that is known, ``colour`` that of a highlight.

    Examples
    --------
    >>> Block("said", "Two baskets.", "Irena").whole
    'Irena: Two baskets.'
    """

    kind: str
    text: str
    who: str = ""
    lang: str = ""
    colour: str = ""

    @property
    def whole(self) -> str:
        """All its words."""
        return f"{self.who}: {self.text}" if self.who else self.text


def printable(text: str) -> str:
    """The text with one kind of line end, and a visible sign for what no document can hold.

    Examples
    --------
    >>> printable("a\\r\\nb\\x00")
    'a\\nb�'
    """
    return _NO_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


CARRIED_CSS = """
:root{color-scheme:light dark;--ink:#1b1b1a;--soft:#575551;--line:#8a8780;--ground:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e9e7e2;--soft:#b9b6ae;--line:#8f8c85;
--ground:#191919}}
body{margin:0;background:var(--ground);color:var(--ink);font:1.05rem/1.55 Georgia,serif}
main{max-width:42rem;margin:0 auto;padding:2rem 1rem 4rem;overflow-wrap:anywhere}
h1,h2,h3{font-family:system-ui,sans-serif;line-height:1.25;text-wrap:balance}
h1{font-size:1.7rem;margin:0 0 .6rem}
h2{font-size:1.25rem;margin:2.6rem 0 .4rem;padding-top:.7rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.8rem 0 .5rem}
p{margin:.5rem 0}
.about,figcaption{font:.86rem/1.5 system-ui,sans-serif;color:var(--soft)}
.own{white-space:pre-wrap;border-inline-start:.3rem solid var(--line);padding-inline-start:.8rem}
.own.yellow{border-color:#c39b00}.own.blue{border-color:#3f7fc0}.own.rose{border-color:#c75f7d}
.own.green{border-color:#4d9558}.own.violet{border-color:#8a6cc0}
figure{margin:.8rem 0 .8rem 0;padding:0}
blockquote{margin:0;padding-inline-start:1.6rem}
blockquote p{white-space:pre-wrap}
.notice{font:.9rem/1.5 system-ui,sans-serif;border:1px solid var(--line);padding:.2rem .6rem}
figcaption{padding-inline-start:1.6rem}
ul{padding-inline-start:1.4rem}
@page{size:A4;margin:2.2cm 2cm}
@media print{:root{color-scheme:light;--ink:#000;--soft:#333;--line:#777;--ground:#fff}
body{font-size:10.5pt}main{max-width:none;padding:0}
h1,h2,h3,.notice{break-after:avoid}figure,.own{break-inside:avoid-page}}
"""
"""The looks of the page."""


def carried_page(title: str, blocks: Sequence[Block], *, lang: str = "en") -> str:
    """The blocks as an HTML page that needs nothing else, runs nothing and loads nothing.

    Examples
    --------
    >>> carried_page("Mine", [Block("h1", "Mine")]).count("<h1>Mine</h1>")
    1
    """
    groups = groupby(blocks, key=lambda block: _group(block.kind))
    body = "\n".join(_grouped(kind, list(group)) for kind, group in groups)
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{CARRIED_CSS}</style></head>\n"
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _group(kind: str) -> str:
    return "passage" if kind in PASSAGE else kind if kind == "item" else ""


def _grouped(kind: str, blocks: list[Block]) -> str:
    if kind == "item":
        return f"<ul>{''.join(f'<li>{escape(block.whole)}</li>' for block in blocks)}</ul>"
    if kind == "passage":
        return "\n".join(_passages(blocks))
    return "\n".join(map(_paragraph, blocks))


def _passages(blocks: Iterable[Block]) -> Iterable[str]:
    """Each passage with the source that ends it."""
    said: list[Block] = []
    for block in blocks:
        if block.kind != "source":
            said.append(block)
            continue
        inner = "".join(map(_paragraph, said))
        caption = f"<figcaption>{escape(block.whole)}</figcaption>"
        yield f"<figure><blockquote>{inner}</blockquote>{caption}</figure>"
        said = []
    if said:
        yield f"<blockquote>{''.join(map(_paragraph, said))}</blockquote>"


def _paragraph(block: Block) -> str:
    if block.kind in ("h1", "h2", "h3"):
        return f"<{block.kind}>{escape(block.whole)}</{block.kind}>"
    lang = f' lang="{escape(block.lang)}"' if block.lang else ""
    if block.who:
        return (
            f'<p><b>{escape(block.who)}</b>: <span{lang} dir="auto">{escape(block.text)}</span></p>'
        )
    name = f"{block.kind} {block.colour}".strip()
    return f'<p class="{escape(name)}"{lang} dir="auto">{escape(block.text)}</p>'
