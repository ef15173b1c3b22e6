"""Blocks as a DOCX document: headings and lists that are ones, and nothing hidden in the file."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.run import Run

from readerlib.render import Block

STYLES = {
    "h1": "Heading 1",
    "h2": "Heading 2",
    "h3": "Heading 3",
    "item": "List Bullet",
    "said": "Quote",
    "gap": "Quote",
    "notice": "Quote",
    "source": "Caption",
    "about": "Caption",
    "own": "Normal",
}
"""Kind of a block → style of its paragraph."""

_MOMENT = datetime.datetime(2000, 1, 1)
_ZIPPED = (1980, 1, 1, 0, 0, 0)


def document(title: str, blocks: Sequence[Block]) -> bytes:
    """The blocks as a DOCX document; the same bytes for the same blocks.

    Examples
    --------
    >>> document("Mine", [Block("h1", "Mine")]) == document("Mine", [Block("h1", "Mine")])
    True
    """
    made = docx.Document()
    _laid_out(made)
    for block in blocks:
        paragraph = made.add_paragraph(style=STYLES[block.kind])
        if block.who:
            paragraph.add_run(block.who).bold = True
            paragraph.add_run(": ")
            _in_language(paragraph.add_run(block.text), block.lang)
        else:
            paragraph.add_run(block.text)
    _without_traces(made, title)
    out = io.BytesIO()
    made.save(out)
    return _repacked(out.getvalue())


def _in_language(run: Run, lang: str) -> None:
    """Say in which language a stretch is, so that it is read aloud in it."""
    if lang:
        told = OxmlElement("w:lang")
        told.set(qn("w:val"), lang)
        run._element.get_or_add_rPr().append(told)


def _laid_out(made: Document) -> None:
    """A4, and styles that can be read."""
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    for style in made.styles:
        if style.type == WD_STYLE_TYPE.PARAGRAPH and style.name in {"Normal", "Quote", "Caption"}:
            style.font.size = Pt(9.5 if style.name == "Caption" else 11)
            style.font.bold = False
            style.paragraph_format.space_after = Pt(6)
            if style.name == "Quote":
                style.paragraph_format.left_indent = Cm(1)
                style.font.italic = False


def _without_traces(made: Document, title: str) -> None:
    """No author, no dates, no picture of another document."""
    about = made.core_properties
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.subject = about.category = about.content_status = about.identifier = ""
    about.title = title[:255]
    about.language = "en"
    about.revision = 1
    about.created = about.modified = about.last_printed = _MOMENT
    package = made.part.package
    for name, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[name]
    for element in made.settings.element.findall(qn("w:rsids")):
        made.settings.element.remove(element)


def _repacked(raw: bytes) -> bytes:
    """The same package with one date for all its parts, in the order of their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as package, zipfile.ZipFile(out, "w") as packed:
        # The list of contents comes first, as the format advises.
        names = sorted(package.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            told = zipfile.ZipInfo(name, _ZIPPED)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o600 << 16
            packed.writestr(told, package.read(name))
    return out.getvalue()
