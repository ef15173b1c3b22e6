"""What a reader noted, beside the turn it is on: the marker, the notes, and where they are written.

Nothing here knows how notes are kept: a view hands over what is to be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from readerlib.render.marking import Stretch, masks, painted
from readerlib.text import tokens

SUGGESTED = 200
"""Tags that an editor can suggest at most, the most used ones."""

LONGEST_WORDS = 160
"""Characters of noted words that stand above a note."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What the reader noted on one turn, as the page shows it.

    Parameters
    ----------
    stretches : sequence of Stretch
        The words that notes are on.
    begin : int
        How many notes are on the turn, or begin there.
    longest : int
        Turns that the longest of these is on.
    within : str
        "first", "middle" or "last" of the turns of one note; empty outside of any.
    first : str
        The id of the newest note that begins there.

    Examples
    --------
    >>> Noted(begin=2).name
    '2 notes on this turn'
    >>> Noted(begin=1, longest=5).name
    '1 note on these 5 turns'
    """

    stretches: Sequence[Stretch] = ()
    begin: int = 0
    longest: int = 1
    within: str = ""
    first: str = ""

    @property
    def name(self) -> str:
        """What the marker is called."""
        several = self.begin > 1
        on = "this turn" if self.longest == 1 else f"these {self.longest} turns"
        return f"{self.begin} note{'s' * several} on {on}"


@dataclass(frozen=True, slots=True)
class Slip:
    """A note as it is shown.

    Parameters
    ----------
    note_id : str
    text, tags, colour, quoted
        As the reader wrote and chose them.
    meaning : str
        What the colour means to this reader.
    on : str
        What it is on, in words.
    words : str
        The words that it is on, where it is on a stretch.
    when : str
        When it was changed last, in words.
    stamp : str
        The same moment exactly: it tells the sides of a conflict apart.
    state : "anchored", "moved" or "orphan"
    said : str
        What has changed where it was; empty if nothing has.
    turn_id : str
        The turn where it is shown; empty for an orphan.
    saved : bool
        Whether it is on the disk.
    sides : sequence of Slip
        What was written of the same note elsewhere meanwhile.
    behind : str
        The line of the notice behind which its turn stands: nothing of the note is shown then.

    Examples
    --------
    >>> Slip("a1", "Why twice?", on="this turn").brief
    'Why twice?'
    """

    note_id: str
    text: str
    tags: Sequence[str] = ()
    colour: str = ""
    meaning: str = ""
    on: str = ""
    words: str = ""
    when: str = ""
    stamp: str = ""
    state: str = "anchored"
    said: str = ""
    turn_id: str = ""
    saved: bool = True
    quoted: bool = False
    sides: Sequence[Slip] = ()
    behind: str = ""

    @property
    def brief(self) -> str:
        """Its first words, to tell it from others by ear."""
        said = " ".join(self.text.split()) or self.meaning or "highlight"
        return said if len(said) <= 40 else f"{said[:39]}…"


@dataclass(frozen=True, slots=True)
class Draft:
    """A note that is being written: what it is on, and what its fields hold.

    Parameters
    ----------
    key : str
        The place or the note that it is of.
    place : str
        The spelling of the place that it is on now.
    title : str
        What the editor is called.
    where : str
        The turn or turns, in words.
    choices : sequence of (str, str, str)
        What it can be on: value, spelling of the place, label.
    on : str
        The value that is chosen.
    said : str
        What the turn says, where a stretch of it can be chosen.
    text, tags, colour, quoted
        What its fields hold.
    mask : bool
        Whether masked strong language is covered in `said`.

    Examples
    --------
    >>> Draft("frost-1-02", "frost-1-02", "New note").text
    ''
    """

    key: str
    place: str
    title: str
    where: str = ""
    choices: Sequence[tuple[str, str, str]] = ()
    on: str = "turn"
    said: str = ""
    text: str = ""
    tags: str = ""
    colour: str = ""
    quoted: bool = False
    mask: bool = False


def marker(noted: Noted) -> str:
    """What stands at a turn that has notes: a line along several, and the button to them.

    Examples
    --------
    >>> "1 note on this turn" in marker(Noted(begin=1))
    True
    """
    line = f'<span class="along-notes {noted.within}"></span>' if noted.within else ""
    if not noted.begin:
        return line
    return (
        f'{line} <button class="more noted-here" data-do="to-notes" '
        f'data-note="{escape(noted.first)}" aria-label="{noted.name}" title="{noted.name}">'
        f'<span aria-hidden="true">✎ {noted.begin}</span></button>'
    )


def noting(
    slips: Sequence[Slip], *, kept_back: int = 0, drafts: Sequence[Draft] = (), turns: int = 1
) -> str:
    """The notes on the turn at the place, and the way to write one.

    Parameters
    ----------
    slips : sequence of Slip
    kept_back : int
        Notes that are shown with the turns behind a notice, and not before.
    drafts : sequence of Draft
        What was begun there and not saved.
    turns : int
        How many turns the place is; 0 if one of them stands behind a notice.
    """
    on = "" if turns < 2 else f" on these {turns} turns"
    write = f'<button data-do="note" class="write">Write a note{on}</button>' if turns else ""
    parts = [f'<div class="mine"><h4>Your notes</h4>{write}</div>']
    if kept_back:
        notes, turn = ("1 note", "turn") if kept_back == 1 else (f"{kept_back} notes", "turn")
        parts.append(f'<p class="kept-back">{notes}, shown with the {turn}.</p>')
    elif not turns:
        parts.append('<p class="kept-back">Show the turn to write a note on it.</p>')
    for draft in drafts:
        first = " ".join(draft.text.split())[:60]
        parts.append(
            f'<p class="draft"><b>Begun, not saved:</b> <span dir="auto">{escape(first)}</span> '
            f'<button data-do="note-open" data-key="{escape(draft.key)}">Go on writing</button> '
            f'<button data-do="note-drop" data-key="{escape(draft.key)}">Discard</button></p>'
        )
    if slips:
        parts.append(f'<ul class="notes">{"".join(map(slip, slips))}</ul>')
    return "".join(parts)


def slip(shown: Slip, *, place: bool = False, ways: str = "") -> str:
    """One note, with what can be done with it.

    Parameters
    ----------
    shown : Slip
    place : bool
        Whether it leads to its turn: in a list of all notes.
    ways : str
        More that can be done, as HTML.
    """
    note = f'data-note="{escape(shown.note_id)}"'
    name = escape(shown.brief)
    if shown.behind:
        return (
            f'<li class="note" {note} tabindex="-1">{_where(shown, place)}'
            f'<p class="kept-back">On a turn behind a notice. {escape(shown.behind)}</p>'
            f'<div class="do"><button data-do="note-show" {note}>Show the note</button></div></li>'
        )
    state = f'<p class="state">{escape(shown.said)}</p>' if shown.said else ""
    unsaved = "" if shown.saved else '<p class="state">Not saved yet.</p>'
    sides = ""
    if shown.sides:
        both = "".join(_side(side, note) for side in (shown, *shown.sides))
        sides = (
            '<div class="sides"><p class="state">This note was changed in two windows. Both are '
            f"kept until you choose, or write them into one.</p>{both}</div>"
        )
    body = sides or f"{_text(shown)}{_tags(shown)}"
    return (
        f'<li class="note {escape(shown.colour)}" {note} tabindex="-1">{_where(shown, place)}'
        f'{body}{state}{unsaved}<div class="foot"><p class="when">{escape(shown.when)}'
        f'{_quoted(shown)}</p><div class="do">'
        f'<button data-do="note-edit" {note} aria-label="Edit: {name}">Edit</button>'
        f'<button data-do="note-delete" {note} aria-label="Delete: {name}">Delete</button>'
        f"{ways}</div></div></li>"
    )


def _where(shown: Slip, place: bool) -> str:
    """What the note is on, its colour, and in a list the way there."""
    on = escape(shown.on)
    if place and shown.turn_id:
        on = (
            f'<button class="more go" data-do="note-go" data-turn="{escape(shown.turn_id)}" '
            f'data-note="{escape(shown.note_id)}">{on}</button>'
        )
    words = shown.words
    if words and not shown.behind:
        cut = words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"
        look = escape(shown.colour or "plain")
        on += f' <mark class="noted {look}" dir="auto">{escape(cut)}</mark>'
    colour = ""
    if shown.colour and not shown.behind:
        colour = f'<span class="meant">{swatch(shown.colour)} {escape(shown.meaning)}</span>'
    return f'<p class="of">{colour}<span class="on">{on}</span></p>'


def swatch(colour: str) -> str:
    """A colour as noted words look in it: the line below them is another for each.

    Examples
    --------
    >>> swatch("blue")
    '<span class="swatch noted blue" aria-hidden="true">ab</span>'
    """
    return f'<span class="swatch noted {escape(colour)}" aria-hidden="true">ab</span>'


def _text(shown: Slip) -> str:
    return f'<p class="text" dir="auto">{escape(shown.text)}</p>' if shown.text else ""


def _tags(shown: Slip) -> str:
    tags = " ".join(f'<span class="tag" dir="auto">{escape(tag)}</span>' for tag in shown.tags)
    return f'<p class="tags">{tags}</p>' if tags else ""


def _quoted(shown: Slip) -> str:
    return " · quoted in the portfolio" if shown.quoted else ""


def _side(side: Slip, note: str) -> str:
    """One of the two sides of a conflict, with the way to keep it alone."""
    colour = f"<p>{swatch(side.colour)} {escape(side.meaning)}</p>" if side.colour else ""
    stamp = escape(side.stamp)
    return (
        f'<div class="side-of">{colour}{_text(side)}{_tags(side)}'
        f'<p class="when">{escape(side.when)}{_quoted(side)}</p>'
        f'<button data-do="note-keep" {note} data-stamp="{stamp}" '
        f'aria-label="Keep this: {escape(side.brief)}">Keep this</button></div>'
    )


def editor(draft: Draft, labels: Mapping[str, str], used: Sequence[str], name: str) -> str:
    """Where a note is written.

    Parameters
    ----------
    draft : Draft
    labels : mapping of str to str
        Colour → what it means to this reader.
    used : sequence of str
        Tags there are already, the most used first.
    name : str
        Of its groups of radio buttons, which no other editor on the page may have.
    """
    colours = [("", "", "No colour")]
    colours += [(colour, swatch(colour), label) for colour, label in labels.items()]
    radios = "".join(
        f'<label><input type="radio" name="{name}-colour" data-field="colour" '
        f'value="{escape(colour)}"{_if(colour == draft.colour)}> {sample} '
        f"<span>{escape(label)}</span></label>"
        for colour, sample, label in colours
    )
    tags = "".join(
        f'<button class="more" data-do="tag" data-tag="{escape(tag)}" hidden>{escape(tag)}</button>'
        for tag in used[:SUGGESTED]
    )
    return (
        f'<div class="editor" role="group" aria-label="{escape(draft.title)}" '
        f'data-key="{escape(draft.key)}" data-place="{escape(draft.place)}">'
        f'<h4>{escape(draft.title)} <small class="where-on">{escape(draft.where)}</small></h4>'
        '<label class="field"><span>Note</span>'
        f'<textarea rows="4" data-field="text" dir="auto" aria-label="Note">'
        f"{escape(draft.text)}</textarea></label>"
        f"{_on(draft, name)}"
        '<label class="field"><span>Tags <small>commas between them</small></span>'
        f'<input type="text" data-field="tags" dir="auto" autocomplete="off" '
        f'value="{escape(draft.tags)}"></label>'
        f'<div class="used" role="group" aria-label="Tags you have used" hidden>{tags}</div>'
        f'<fieldset class="colours"><legend>Colour</legend>{radios}</fieldset>'
        '<label class="quote"><input type="checkbox" data-field="quoted"'
        f"{_if(draft.quoted)}> quote these words in my portfolio</label>"
        '<p class="refused" role="alert" hidden></p>'
        '<div class="do"><button data-do="note-save" class="main">Save</button>'
        '<button data-do="note-cancel">Cancel</button>'
        "<small>Ctrl+Enter saves. Esc goes back and keeps a draft.</small>"
        "</div></div>"
    )


def _if(checked: bool) -> str:
    return " checked" if checked else ""


def _on(draft: Draft, name: str) -> str:
    """What the note is on: to choose, and the words of the turn to choose from."""
    if not draft.choices:
        return ""
    radios = "".join(
        f'<label><input type="radio" name="{name}-on" data-field="on" value="{value}" '
        f'data-place="{escape(place)}"{_if(value == draft.on)}> <span>{escape(label)}</span>'
        "</label>"
        for value, place, label in draft.choices
    )
    pick = ""
    if draft.said:
        pick = (
            f'<div class="pick"{"" if draft.on == "words" else " hidden"}>'
            f'<p class="picked" aria-live="polite"></p>'
            '<div class="words-of" role="listbox" aria-multiselectable="true" '
            'aria-label="Words of the turn: arrows move, Shift with arrows takes more" dir="auto">'
            f"{word_options(draft.said, draft.place, mask=draft.mask)}</div></div>"
        )
    return f'<fieldset class="on-what"><legend>On</legend>{radios}{pick}</fieldset>'


def word_options(said: str, place: str = "", *, mask: bool = False) -> str:
    """The words of a turn, each to be chosen, with where it begins and ends in code points.

    Parameters
    ----------
    said : str
    place : str
        The spelling of a place: words of its stretch are chosen.
    mask : bool
        Whether masked strong language is covered.

    Examples
    --------
    >>> word_options("Come 🙂 home").count('role="option"')
    2
    """
    start, end = _ends(place)
    words = tokens(said)
    covered = masks(said) if mask else []
    parts = []
    for number, word in enumerate(words):
        begin = word.start if number else 0
        after = words[number + 1].start if number + 1 < len(words) else len(said)
        chosen = start < word.end and word.start < end
        parts.append(
            f'<span role="option" tabindex="-1" aria-selected="{str(chosen).lower()}" '
            f'data-start="{word.start}" data-end="{word.end}">'
            f"{painted(said, covered=covered, within=(begin, after))}</span>"
        )
    return "".join(parts)


def _ends(place: str) -> tuple[int, int]:
    """The code points of the stretch that a place spells; of none, where no word is."""
    stretch = place.rpartition(":")[2] if ":" in place else ""
    start, _, end = stretch.partition("-")
    return (int(start), int(end)) if start.isdigit() and end.isdigit() else (-1, -1)


def unsaved(trouble: str, kept: str = "") -> str:
    """The banner for what could not be saved; empty if all is.

    Parameters
    ----------
    trouble : str
        Why, as the notes tell it.
    kept : str
        What is not saved, as text to copy, where that was asked for.

    Examples
    --------
    >>> unsaved("")
    ''
    """
    if not trouble:
        return ""
    copied = (
        '<label>What is not saved<textarea readonly rows="5" class="kept">'
        f"{escape(kept)}</textarea></label>"
        if kept
        else ""
    )
    return (
        f'<p><b>Not saved:</b> <span class="why">{escape(trouble)}</span></p>'
        "<p>What you wrote is kept here while this notebook runs.</p>"
        '<div class="do"><button data-do="notes-try">Try again</button>'
        '<button data-do="notes-copy">Copy what is not saved</button></div>'
        f"{copied}"
    )


def said_of_notes(said: str, *, undo: bool = False) -> str:
    """What was done with a note, with the way back where there is one.

    Examples
    --------
    >>> said_of_notes("Saved.")
    '<p role="status" class="said">Saved.</p>'
    """
    if not said:
        return ""
    back = ' <button data-do="note-undo">Undo</button>' if undo else ""
    return f'<p role="status" class="said">{escape(said)}{back}</p>'


def as_plain_text(slips: Iterable[Slip]) -> str:
    """Notes as text to copy out: what each is on, what it says, its tags.

    Examples
    --------
    >>> as_plain_text([Slip("a1", "Why twice?", on="frost-1-02", tags=["question"])])
    'frost-1-02\\nWhy twice?\\nTags: question'
    """
    parts = []
    for one in slips:
        lines = [one.on, one.text, f"Tags: {', '.join(one.tags)}" if one.tags else ""]
        parts.append("\n".join(line for line in lines if line))
    return "\n\n".join(parts)
