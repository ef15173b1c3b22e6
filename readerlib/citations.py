"""How a source is cited: by the styles of the manuals, and for reference managers.

Beside its own style files, which lie in this package, the room opens nothing.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import regex
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON

from readerlib.errors import Problem, SelectionError, quoted, suggestion

MANUALS = {
    "chicago": "chicago-notes-bibliography.csl",
    "mla": "modern-language-association.csl",
    "apa": "apa.csl",
}
"""Style → its file."""

STYLES = (*MANUALS, "bibtex", "csl-json")
"""In which forms a source can be cited."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The months as BibTeX calls them."""

_FOLDER = Path(__file__).parent / "styles"
_DATE = regex.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", regex.ASCII)
_ASIDE = regex.compile(r"(.*?)\s*\(([^()]*)\)")
_TWICE = regex.compile(r"^(.+?[.?!]’?”?) (\([^()]*\)\. )?\1(?: |$)")
_LATIN = regex.compile(r"\p{Latin}")
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
    | {sign: f"\\{sign}" for sign in "&%$#_"}
)
_CSL = "{http://purl.org/net/xbiblio/csl}"


def known_style(style: str) -> str:
    """The style, if it is one of :data:`STYLES`.

    Raises
    ------
    SelectionError
        If it is not, with a suggestion.

    Examples
    --------
    >>> known_style("MLA")
    'mla'
    """
    asked = style.casefold()
    if asked not in STYLES:
        raise SelectionError(
            Problem(
                f"no style {quoted(style)}",
                f"Styles: {', '.join(STYLES)}.",
                suggestion(style, STYLES) or "Name one of these.",
            )
        )
    return asked


def item(source: Mapping[str, Any], accessed: datetime.date) -> dict[str, Any]:
    """A row of a corpus's sources as an item of CSL-JSON.

    Parameters
    ----------
    source : mapping
        ``source_id`` and ``title``; if told ``author``, ``cited_as``, ``publisher``, ``date``,
        ``url`` and ``language``.  ``cited_as`` is the author as lists sort names:
        ``Family, Given``, several parted by semicolons; what has no comma is one name.
        Without it the author stands as printed, since no rule knows where a family name
        begins.  What stands in brackets after an author says something about the name and
        is no part of it.
    accessed : date
        When the address was seen.

    Examples
    --------
    >>> made = item({"source_id": "a", "title": "On pears", "author": "Irena Vale",
    ...     "cited_as": "Vale, Irena", "date": "2021-05", "url": "https://example.org/"},
    ...     datetime.date(2026, 11, 25))
    >>> made["author"], made["issued"]
    ([{'family': 'Vale', 'given': 'Irena'}], {'date-parts': [[2021, 5]]})
    """
    told = {key: str(value) for key, value in source.items() if isinstance(value, str) and value}
    online = "url" in told
    made: dict[str, Any] = {
        "id": told.get("source_id", ""),
        "type": "webpage" if online else "book",
    }
    made["title"] = told.get("title", "")
    names = told.get("cited_as") or aside(told.get("author", ""))[0]
    if names:
        made["author"] = [_name(name) for name in names.split(";") if name.strip()]
    if "publisher" in told:
        # The name of a site is what its pages stand in; a book is published by somebody.
        made["container-title" if online else "publisher"] = told["publisher"]
    if "date" in told:
        parts = _DATE.fullmatch(told["date"])
        made["issued"] = (
            {"date-parts": [[int(part) for part in parts.groups() if part]]}
            if parts
            else {"literal": told["date"]}
        )
    if "language" in told:
        made["language"] = told["language"]
    if online:
        made["URL"] = told["url"]
        made["accessed"] = {"date-parts": [[accessed.year, accessed.month, accessed.day]]}
    return made


def aside(author: str) -> tuple[str, str]:
    """An author as printed, and what stands in brackets behind: how the name is known.

    Examples
    --------
    >>> aside("Irena Vale (named by the editor)")
    ('Irena Vale', 'named by the editor')
    """
    found = _ASIDE.fullmatch(author)
    return (found[1], found[2]) if found else (author, "")


def _name(spelt: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in spelt.partition(","))
    return {"family": family, "given": given} if comma and given else {"literal": spelt.strip()}


def entry(made: Mapping[str, Any], style: str) -> str:
    """The item as an entry of a bibliography, by the style of a manual, as plain text.

    Parameters
    ----------
    made : mapping
        An item of CSL-JSON, as :func:`item` gives it.
    style : str
        ``chicago``, ``mla`` or ``apa``.

    Notes
    -----
    The entry is made by citeproc-py from the styles' own files.  Three rules of theirs that
    it does not follow (version 0.11) are seen to here: which names are shortened to initials
    (it wrote "Vale, I." for "Vale, Irena"), how points and quotation marks meet, and that a
    title in the place of an author is not said again.  The tests hold it to the manuals.

    Examples
    --------
    >>> print(entry({"id": "a", "type": "webpage", "title": "On pears", "URL": "https://a.org",
    ...     "author": [{"family": "Vale", "given": "Irena"}], "container-title": "The Orchard",
    ...     "issued": {"date-parts": [[2021, 5, 7]]}}, "mla"))
    Vale, Irena. “On Pears.” The Orchard, 7 May 2021, https://a.org.
    """
    source = CiteProcJSON([_typeset(made, style)])
    listing = CitationStylesBibliography(_style(style), source, formatter.plain)
    # Only what is cited gets an entry.
    listing.register(Citation([CitationItem(made["id"])]))
    # A source of which nothing is told has no entry either.
    text = "".join(str(part) for line in listing.bibliography() for part in line).strip()
    text = regex.sub(r"([?!.])(’?”)[.]", r"\1\2", text)
    text = regex.sub(r"(’?”)([.,])", r"\2\1", text)
    text = regex.sub(r"([?!])\.(?= |$)", r"\1", text)
    text = regex.sub(r"\((.+), \1\)", r"(\1)", text)
    return text if "author" in made else _TWICE.sub(r"\1 \2", text, count=1).strip()


def _typeset(made: Mapping[str, Any], style: str) -> dict[str, Any]:
    """The item with its title as it is set in the style."""
    quoted_title = made["type"] == "webpage" and style != "apa"
    title = regex.sub(r"(?<![^\s(‘“])\"", "“", made["title"]).replace('"', "”")
    title = regex.sub(r"(?<![^\s(“])'", "‘", title).replace("'", "’")
    if quoted_title:
        # Quotation marks within quotation marks are single.
        title = title.translate({ord("“"): "‘", ord("”"): "’"})
    if not _LATIN.search(title) or not made.get("language", "en").startswith("en"):
        # Only English titles have capitals of their own in a list.
        title = f'<span class="nocase">{title}</span>'
    left_out = {"note", "language"}
    authors = [name.get("literal") for name in made.get("author", ())]
    if style == "apa" and authors == [made.get("container-title")]:
        left_out.add("container-title")
    return {key: value for key, value in made.items() if key not in left_out} | {"title": title}


@lru_cache(maxsize=len(MANUALS))
def _style(style: str) -> CitationStylesStyle:
    """The style for citeproc, which does not know the attribute ``initialize``."""
    tree = ElementTree.parse(_FOLDER / MANUALS[style])
    root = tree.getroot()
    initials = root.attrib.pop("initialize-with", None)
    # Names in a substitute take the form of the names for which they stand.
    formless = set(root.iterfind(f".//{_CSL}substitute/{_CSL}names"))
    for names in root.iter(f"{_CSL}names"):
        name = names.find(f"{_CSL}name")
        if name is None and names not in formless:
            name = ElementTree.Element(f"{_CSL}name")
            names.insert(0, name)
        if name is not None and initials is not None and name.get("initialize") != "false":
            name.attrib.setdefault("initialize-with", initials)
    written = io.BytesIO()
    tree.write(written, "utf-8")
    written.seek(0)
    return CitationStylesStyle(written, locale="en-US", validate=False)


def csl_json(items: Iterable[Mapping[str, Any]]) -> str:
    """The items as CSL-JSON, which reference managers read.

    Examples
    --------
    >>> print(csl_json([{"id": "a", "type": "book"}]))
    [
      {
        "id": "a",
        "type": "book"
      }
    ]
    """
    return json.dumps(list(items), ensure_ascii=False, indent=2)


def bibtex(made: Mapping[str, Any]) -> str:
    """The item as an entry of BibTeX.

    Examples
    --------
    >>> print(bibtex({"id": "a", "type": "book", "title": "Pears & plums",
    ...     "author": [{"family": "Vale", "given": "Irena"}, {"literal": "The Orchard"}]}))
    @misc{a,
      author = {Vale, Irena and {The Orchard}},
      title = {{Pears \\& plums}}
    }
    """
    names = [
        f"{{{_tex(name['literal'])}}}"
        if "literal" in name
        else f"{_tex(name['family'])}, {_tex(name['given'])}"
        for name in made.get("author", ())
    ]
    issued = made.get("issued", {})
    parts = issued.get("date-parts", [[]])[0]
    seen = made.get("accessed", {}).get("date-parts", [[]])[0]
    fields = {
        "author": " and ".join(names),
        # The inner braces keep a style from changing upper and lower case.
        "title": f"{{{_tex(made.get('title', ''))}}}",
        "howpublished": _tex(made.get("container-title", "")),
        "publisher": _tex(made.get("publisher", "")),
        "year": str(parts[0]) if parts else _tex(issued.get("literal", "")),
        "month": "",
        "day": str(parts[2]) if len(parts) > 2 else "",
        "url": "".join(f"%{ord(c):02X}" if c in '{}\\"' else c for c in made.get("URL", "")),
        "urldate": "-".join(f"{number:02}" for number in seen),
        "note": _tex(made.get("note", "")),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    if len(parts) > 1:
        after = next(i for i, line in enumerate(lines) if line.startswith("  year"))
        lines.insert(after + 1, f"  month = {MONTHS[parts[1] - 1]}")
    # A key may not hold what parts the fields of an entry.
    key = regex.sub(r"[^\p{L}\p{N}:._-]+", "-", str(made.get("id", ""))) or "source"
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def _tex(text: str) -> str:
    return text.translate(_TEX)
