"""Bytes of a file → paragraphs: the child process in which foreign files are parsed.

Run by its path, never imported: it imports the heavy libraries and nothing of readerlib, so
that it starts fast; it limits its own memory and time before it looks at a byte.  It reads
the file from standard input and writes one JSON object: ``paragraphs`` and ``title``, or
``error``, a word that ``readerlib.documents`` knows.
"""

from __future__ import annotations

import email
import email.policy
import html
import io
import json
import plistlib
import re
import sys
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdfium2
from lxml import etree
from lxml.html import HTMLParser, document_fromstring

try:
    import resource
except ImportError:  # Windows knows no such limits; the parent's time limit remains.
    resource = None  # type: ignore[assignment]

MOST_MEMORY = 1 << 30
MOST_SECONDS = 25
MOST_UNPACKED = 120_000_000
MOST_PAGES = 400
MOST_BOXES = 4000
MOST_TEXT = 12_000_000

_BLOCK_NAMES = (
    "address article aside blockquote body br button caption center dd details dialog dir div dl "
    "dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label "
    "legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SILENT_NAMES = (
    "script style noscript template head svg math iframe object embed canvas audio video select "
    "textarea datalist"
)
_SILENT = frozenset(_SILENT_NAMES.split())
_TAGS = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|div|p|span|br|article|section|table|td|meta|a|ul|h[1-6])"
    rb"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ODT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


class Unreadable(Exception):  # noqa: N818 - it never leaves this process
    """The file cannot be read; the argument is the word for why."""


def bounded() -> None:
    """Limit this process before it looks at a byte."""
    if resource is not None:
        for which, most in (
            (resource.RLIMIT_AS, MOST_MEMORY),
            (resource.RLIMIT_CPU, MOST_SECONDS),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(which)
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            # Some systems, macOS among them, refuse a limit of address space.
            try:
                resource.setrlimit(which, (least, hard))
            except (ValueError, OSError):
                continue


def extracted(data: bytes) -> tuple[str, list[str]]:
    """Title and paragraphs of a file, its kind told by its content."""
    head = data[:4096]
    if b"%PDF-" in head[:1024]:
        return "", list(of_pdf(data))
    if head.startswith(b"PK\x03\x04"):
        return "", list(of_zip(data))
    if head.startswith(b"bplist00"):
        return of_webarchive(data)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("old_office")
    if head.lstrip().startswith(b"{\\rtf"):
        raise Unreadable("rtf")
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")):
        raise Unreadable("picture")
    if is_mail(head):
        return of_mail(data)
    text = decoded(data)
    if is_html(text[:400_000].encode("utf-8", "replace")):
        return of_html(text)
    if text.lstrip()[:1] in ("{", "["):
        found = of_json(text)
        if found:
            return "", found
    if sum(c < " " and c not in "\t\n\r\f\v" for c in text[:4000]) > 40:
        raise Unreadable("binary")
    return "", paragraphs(text)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of plain text; line breaks inside a paragraph stay."""
    parts = re.split(r"\n[ \t\u00a0]*\n\s*", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [part for part in parts if part.strip()]


def decoded(data: bytes) -> str:
    """The text in `data`: by its byte order mark, as UTF-8, by its charset, as Windows-1252."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    sample = data[:2000]
    if sample.count(0) * 3 > len(sample):
        return data.decode("utf-16-le" if sample[1::2].count(0) else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _CHARSET.search(data[:8192])
    if declared:
        name = declared[1].decode("ascii").lower()
        try:
            return data.decode("cp1252" if name in ("iso-8859-1", "latin1") else name)
        except (LookupError, UnicodeDecodeError):
            pass
    nearly = data.decode("utf-8", "replace")
    if nearly.count("\ufffd") * 2000 < len(nearly):
        return nearly
    return data.decode("cp1252", "replace")


def is_html(data: bytes) -> bool:
    """Whether the text is a page, or a piece of one, rather than text with a stray sign."""
    start = data.lstrip()[:200].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<?xml")) or (
        len(_TAGS.findall(data)) >= 3
    )


def of_html(text: str) -> tuple[str, list[str]]:
    """Every paragraph of a page; what is not the story's is left to the alignment.

    Extractors of a page's main content lost whole dialogues in tests (lists, definition
    lists, bare divisions); here a line too many does no harm and a line too few does.
    """
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\0", "")
    if not text.strip():
        return "", []
    parser = HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    root = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    parts: list[str] = []
    # A walk that keeps its own stack: pages nest deeper than Python calls may.
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _SILENT or not tag:
                walk.skip_subtree()
                continue
            if tag in _BLOCKS:
                parts.append("\n")
            if element.text:
                # A footnote's number would grow together with the word before it.
                number = tag == "sup" and element.text.strip(" []()").isdigit()
                shown = f"[{element.text.strip(' []()')}]" if number else element.text
                parts.append(shown if tag != "pre" else shown.replace("\n", "\n\n"))
        else:
            if tag in _BLOCKS and tag not in _SILENT:
                parts.append("\n")
            if element.tail:
                parts.append(" ".join(element.tail.split("\n")))
    lines = "".join(p if p == "\n" else p.replace("\n", " ") for p in parts).split("\n")
    found = [line.strip() for line in lines if line.strip()]
    if not found:
        # Nested deeper than the parser goes: what is left when the tags are taken out.
        bare = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>", "", text)
        found = paragraphs(html.unescape(re.sub(r"<[^<>]*>", "\n\n", bare)))
    title = " ".join((root.findtext(".//title") or "").split())
    said = "\n".join(found)
    for body in articles_in_scripts(root):
        if body.strip()[:60] not in said:
            found += paragraphs(body)
    return title[:300], found


def articles_in_scripts(root: Any) -> Iterator[str]:
    """The article's text where a page keeps it in its description of itself."""
    for script in root.iterfind(".//script[@type='application/ld+json']"):
        try:
            about = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        waiting = [about]
        while waiting:
            item = waiting.pop()
            if isinstance(item, dict):
                body = item.get("articleBody")
                if isinstance(body, str) and len(body) > 200:
                    yield body
                waiting += item.values()
            elif isinstance(item, list):
                waiting += item


def of_json(text: str) -> list[str]:
    """Every string of a JSON file, in its order; pieces of pages among them as text."""
    try:
        about = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    waiting = [about]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += reversed(item.values())
        elif isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, str) and item.strip():
            found += (
                of_html(item)[1] if is_html(item.encode("utf-8", "replace")) else paragraphs(item)
            )
    return found


def of_pdf(data: bytes) -> Iterator[str]:
    """The text of a PDF, a paragraph for each page, in the order of its content."""
    try:
        file = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("locked" if "assword" in str(error) else "damaged") from None
    if len(file) > MOST_PAGES:
        raise Unreadable("pages")
    empty = True
    for number in range(len(file)):
        page = file[number]
        textpage = page.get_textpage()
        text = in_columns(textpage, page.get_width()) or textpage.get_text_range()
        text = text.replace("\r\n", "\n")
        textpage.close()
        page.close()
        if text.strip():
            empty = False
            yield text
    if empty:
        raise Unreadable("scan")


def in_columns(textpage: Any, width: float) -> str:
    """The text column by column, if the page has columns and its content jumps between them.

    Most programs write one column after the other, and then the content's own order is
    right; an empty string says so.
    """
    boxes = [textpage.get_rect(i) for i in range(min(textpage.count_rects(), MOST_BOXES))]
    middle = gutter(boxes, width)
    if middle is None:
        return ""
    sides = [0 if right <= middle else 1 if left >= middle else 2 for left, _, right, _ in boxes]
    across = [side for side in sides if side < 2]
    jumps = sum(a != b for a, b in pairwise(across))
    if jumps * 4 < len(across):
        return ""
    # From the top down; what spans the page closes the columns above it.
    spanning = [box[1] for box, side in zip(boxes, sides, strict=True) if side == 2]
    pieces = []
    for (left, bottom, right, top), side in zip(boxes, sides, strict=True):
        band = sum(edge > bottom + 0.1 for edge in spanning)
        column = (band, -1) if side == 2 else (band, side)
        text = textpage.get_text_bounded(left, bottom, right, top)
        pieces.append((column, -round(bottom, 1), left, text))
    lines: list[str] = []
    last: tuple[tuple[int, int], float] | None = None
    for column, height, _, text in sorted(pieces):
        if last and last[0] == column and abs(last[1] - height) < 2:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
        last = (column, height)
    return "\n".join(lines)


def gutter(boxes: list[tuple[float, float, float, float]], width: float) -> float | None:
    """Where an empty strip divides the page into two columns, if one does."""
    best: tuple[int, float] | None = None
    for step in range(30, 71):
        x = width * step / 100
        crossing = sum(left < x < right for left, _, right, _ in boxes)
        on_left = sum(right <= x for _, _, right, _ in boxes)
        on_right = len(boxes) - crossing - on_left
        least = min(on_left, on_right)
        if least >= 8 and crossing * 5 < least and (best is None or least - crossing > best[0]):
            best = (least - crossing, x)
    return best[1] if best else None


def of_zip(data: bytes) -> Iterator[str]:
    """The paragraphs of a word processor's file."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = {info.filename: info for info in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("damaged") from None
    for name, paragraph in (
        ("word/document.xml", lambda tag: tag == _W + "p"),
        ("content.xml", lambda tag: tag in (_ODT + "p", _ODT + "h")),
    ):
        if name in names:
            if names[name].file_size > MOST_UNPACKED:
                raise Unreadable("unpacked")
            try:
                with archive.open(name) as file:
                    raw = file.read(MOST_UNPACKED + 1)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
                raise Unreadable("damaged") from None
            if len(raw) > MOST_UNPACKED:
                raise Unreadable("unpacked")
            yield from of_office(raw, paragraph)
            return
    raise Unreadable("archive")


def of_office(raw: bytes, is_paragraph: Any) -> Iterator[str]:
    """The paragraphs of Word's or LibreOffice's XML, those of tables and text boxes too."""
    events = etree.iterparse(
        io.BytesIO(raw),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
    )
    open_paragraphs: list[list[str]] = []
    fallback = 0
    for event, element in events:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag == _FALLBACK:
            fallback += 1 if event == "start" else -1
        elif event == "start" and is_paragraph(tag):
            open_paragraphs.append([])
        elif event == "end" and open_paragraphs and not fallback:
            here = open_paragraphs[-1]
            if tag == _W + "t":
                here.append(element.text or "")
            elif tag in (_W + "tab", _ODT + "tab", _ODT + "s"):
                here.append(" ")
            elif tag in (_W + "br", _W + "cr", _ODT + "line-break"):
                here.append("\n")
            elif tag == _W + "noBreakHyphen":
                here.append("-")
            elif tag.startswith(_ODT) and is_paragraph(tag):
                here.append("".join(element.itertext()))
            if is_paragraph(tag):
                text = "".join(open_paragraphs.pop())
                if text.strip():
                    yield text
        elif event == "end" and is_paragraph(tag) and open_paragraphs:
            open_paragraphs.pop()
        if event == "end" and not open_paragraphs:
            element.clear()


def is_mail(head: bytes) -> bool:
    """Whether it is a message, or a page that a browser saved as one (MHTML)."""
    start = head.lstrip(b"\xef\xbb\xbf\r\n \t")
    return bool(
        re.match(rb"[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]", start)
        and re.search(rb"(?im)^(?:mime-version|content-type):", head)
    )


def of_mail(data: bytes) -> tuple[str, list[str]]:
    """The largest page, or else the largest text, of a message."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    best: dict[str, str] = {}
    for part in message.walk():
        kind = part.get_content_type()
        if kind in ("text/html", "text/plain", "application/xhtml+xml"):
            raw = part.get_payload(decode=True)
            if not isinstance(raw, bytes):
                continue
            charset = part.get_content_charset() or ""
            try:
                text = raw.decode(charset) if charset else decoded(raw)
            except (LookupError, UnicodeDecodeError):
                text = decoded(raw)
            key = "plain" if kind == "text/plain" else "html"
            if len(text) > len(best.get(key, "")):
                best[key] = text
    subject = str(message.get("subject", ""))
    if "html" in best:
        title, found = of_html(best["html"])
        return title or subject, found
    return subject, paragraphs(best.get("plain", ""))


def of_webarchive(data: bytes) -> tuple[str, list[str]]:
    """The page in a web archive of Safari."""
    try:
        main = plistlib.loads(data)["WebMainResource"]
        return of_html(decoded(bytes(main["WebResourceData"])))
    except (KeyError, TypeError, ValueError, plistlib.InvalidFileException):
        raise Unreadable("binary") from None


def main() -> None:
    """Read standard input, write what was found."""
    bounded()
    answer: dict[str, Any]
    try:
        title, found = extracted(sys.stdin.buffer.read())
        if sum(map(len, found)) > MOST_TEXT:
            raise Unreadable("long")
        answer = {"title": title, "paragraphs": found}
    except Unreadable as why:
        answer = {"error": str(why)}
    except MemoryError:
        answer = {"error": "memory"}
    except (etree.LxmlError, ValueError, pypdfium2.PdfiumError):
        answer = {"error": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


if __name__ == "__main__":
    main()
