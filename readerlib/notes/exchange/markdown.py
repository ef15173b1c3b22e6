"""Notes as Markdown: a page to read, whose texts may be edited and come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex

from readerlib.errors import ReaderError
from readerlib.notes.exchange.records import (
    Placed,
    Side,
    Sites,
    Where,
    parsed,
    record,
    seen,
    side_of,
    sides,
)

MARK = "<!-- readerlib-note "
"""How the line begins that carries the record of a note."""

_TITLE = "# Notes on "
_RECORD = regex.compile(r"\s*<!-- readerlib-note (.*?) ?-->\s*")
_LINK = regex.compile(r"`readerlib:[^`]+`\s*$")
_QUOTED = regex.compile(r" {0,3}> ?(.*)", regex.DOTALL)
_INLINE = regex.compile(r"[`*_\[\]<>&|~$]")
_FIRST = regex.compile(r"^([#+\-=:]|\d{1,9}(?=[.)]))")
_ESCAPED = regex.compile(r"\\([!-/:-@\[-`{-~])|&#(92|32|9);")


def written(notes: Sequence[Placed], sites: Sites, labels: Mapping[str, str]) -> str:
    """The page: a heading for each conversation, and below it its notes."""
    lines = [f"{_TITLE}{_line(sites.corpus.descriptor.title)}", ""]
    lines += [
        "The texts behind the bars may be changed and imported again. The lines between "
        "`<!--` and `-->` carry the rest of each note.",
    ]
    begun = ""
    for here in notes:
        heading = sites.heading(here)
        if heading != begun:
            begun = heading
            lines += ["", f"## {_line(heading)}"]
        for side in sides([here.note]):
            lines += ["", *_note(here, side, sites, labels)]
    return "\n".join([*lines, ""])


def _note(here: Placed, side: Side, sites: Sites, labels: Mapping[str, str]) -> Iterator[str]:
    """Where the note is, its record, its text, and what else is to be said."""
    where = f"At {here.note.anchor.place}"
    if here.place:
        where = sites.where(here.place).removeprefix(f"{sites.heading(here)}, ")
    where = where[:1].upper() + where[1:]
    if side.number > 1:
        where += f" (version {side.number} of {side.of})"
    note = side.note
    shown = _shown(note.text)
    yield f"### {_line(where)}"
    yield ""
    yield f"{MARK}{record(side, {'text': _read(shown)})} -->"
    if shown:
        yield ""
        yield from shown
    about = [f"{labels.get(note.colour, '')} ({note.colour})" if note.colour else ""]
    about.append(f"tags: {', '.join(note.tags)}" if note.tags else "")
    about.append(f"written {_moment(note.made)}" if note.made else "")
    about.append(f"changed {_moment(note.changed)}" if note.changed != note.made else "")
    about.append("its passage is quoted in the portfolio" if note.quoted else "")
    told = " · ".join(part for part in about if part)
    yield ""
    yield " · ".join(part for part in (_line(told), f"`{sites.link(here)}`") if part)
    said = [here.said] if here.said else []
    if side.number == 1 and side.of > 1:
        said.append("This note was changed in two windows; both versions are here.")
    if said:
        yield ""
        yield _line(" ".join(said))


def read(text: str, path: str) -> Iterator[tuple[Side, Where] | ReaderError]:
    """The notes of a page, each with where it stands, or what is wrong with it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marks = [number for number, line in enumerate(lines) if line.lstrip().startswith(MARK)]
    whole = lines[0].startswith(_TITLE)
    for number, after in zip(marks, [*marks, len(lines)][1:], strict=True):
        where = Where(path, line=number + 1)
        try:
            found = _RECORD.fullmatch(lines[number])
            if not found:
                raise ReaderError(
                    where.problem(
                        "the line with the record of a note is broken off",
                        'It is one line from "<!--" to "-->".',
                        "Join it again, or export the notes anew.",
                    )
                )
            if whole and after == len(lines) and not any(map(_LINK.search, lines[number:])):
                raise ReaderError(
                    where.problem(
                        "the file is broken off in this note",
                        "Below its text a note has a line with the link to its place.",
                        "Export the notes again; or, if nothing is missing, write that line.",
                    )
                )
            told = parsed(found[1], where)
            shown = list(_block(lines[number + 1 : after]))
            if isinstance(told, dict):
                exact = told.get("text", "")
                wrong = not isinstance(exact, str)
                if "text" not in told or (not wrong and _read(_shown(exact)) != _read(shown)):
                    told["text"] = _read(shown)
            yield side_of(told, where), where
        except ReaderError as error:
            yield error


def _block(lines: Sequence[str]) -> Iterator[str]:
    """The quoted block that follows, and what goes on from it without a bar."""
    begun = False
    for line in lines:
        bar = _QUOTED.fullmatch(line)
        if bar:
            begun = True
            yield line
        elif begun and line.strip():
            yield f"> {line}"
        elif line.strip() or begun:
            return


def _shown(text: str) -> list[str]:
    """A text as lines behind a bar, out of which nothing in it can break."""
    if not text:
        return []
    lines = [_escaped(line) for line in seen(text).split("\n")]
    # A backslash at the end of a line keeps the next one from being joined to it.
    breaks = [
        "\\" if line and after else "" for line, after in zip(lines, [*lines[1:], ""], strict=True)
    ]
    return [f"> {line}{end}" if line else ">" for line, end in zip(lines, breaks, strict=True)]


def _read(lines: Sequence[str]) -> str:
    """The text that lines behind a bar show."""
    told = []
    for line in lines:
        bar = _QUOTED.fullmatch(line)
        kept = (bar[1] if bar else line).rstrip(" ")
        told.append(_ESCAPED.sub(_sign, kept.removesuffix("\\")))
    return "\n".join(told)


def _sign(found: regex.Match[str]) -> str:
    return found[1] or chr(int(found[2]))


def _escaped(line: str) -> str:
    """A line in which nothing is Markdown or HTML; blanks at its ends are kept."""
    kept = line.strip(" \t")
    if not kept:
        return "".join(f"&#{ord(blank)};" for blank in line)
    before, after = line[: line.index(kept)], line[line.index(kept) + len(kept) :]
    kept = kept.replace("\\", "\0")
    kept = _FIRST.sub(lambda m: f"{m[1]}\\" if m[1].isdigit() else f"\\{m[1]}", kept)
    kept = _INLINE.sub(lambda m: f"\\{m[0]}", kept).replace("\0", "&#92;")
    before = f"&#{ord(before[0])};{before[1:]}" if before else ""
    after = f"{after[:-1]}&#{ord(after[-1])};" if after else ""
    return f"{before}{kept}{after}"


def _line(text: str) -> str:
    """A text within a line."""
    return _escaped(" ".join(seen(text).split()))


def _moment(moment: str) -> str:
    return moment[:16].replace("T", " ")
