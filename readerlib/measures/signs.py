"""Small signs of talk: questions asked, silences, and back-channels."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import regex

from readerlib.columns import Column
from readerlib.corpus import Corpus
from readerlib.errors import Problem, SelectionError, quoted
from readerlib.index import Array, Mask
from readerlib.measures.counting import with_words
from readerlib.measures.talk import ON_THE_CALL, answering
from readerlib.text import fold, tokens

BACK_CHANNELS = (
    # English
    "mm",
    "mhm",
    "mhmm",
    "mm-hm",
    "mm-hmm",
    "m-hm",
    "um-hm",
    "uh-huh",
    "hm",
    "hmm",
    "aha",
    "ah",
    "oh",
    # Russian and Ukrainian
    "ага",
    "угу",
    "гм",
    "хм",
    "мм",
    "мгм",
    "м-гм",
    "ммг",
    "мг",
    "ах",
    "ох",
    "ого",
)
"""What somebody says to show that they listen, in English, Russian and Ukrainian."""

_LAUGHTER = "laugh laughs laughing laughter chuckles chuckling"
_LAUGHTER += " смех смеется смеются смеясь сміх сміється сміються"
_SILENCE = "silence|silent|is silent|pause|long pause|short pause|no answer|no response"
_SILENCE += "|молчание|молчит|молчат|пауза|тишина|нет ответа"
_SILENCE += "|мовчання|мовчить|мовчать|тиша|немає відповіді"
_LAUGHS = frozenset(map(fold, _LAUGHTER.split()))
_SILENT = frozenset(map(fold, _SILENCE.split("|")))

_GREEK = "\u037e"
_MARKS = "?？﹖︖؟⸮՞፧⁇⁈⁉‽"
_ASKED = regex.compile(
    # Greek asks with the sign that is a semicolon elsewhere.
    rf"(?:[{_MARKS}{_GREEK}]|(?<=\p{{Greek}}\p{{M}}*[)\]»”’\"']*);)(?:[{_MARKS}{_GREEK}!！…;]|\.{{2,}})*"
)
# A question mark alone in brackets is the editors', who are not sure of what they heard.
_DOUBT = regex.compile(rf"\(\s*[{_MARKS}]+\s*\)|\[\s*[{_MARKS}]+\s*\]")
_ASIDE = regex.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|（([^（）]*)）")
_ELLIPSIS = regex.compile(r"…|\.{2,}")
# What masks a word, as in f———: then it is not known what was said.
_MASKED = regex.compile(r"[*_]|[-–—―]{2,}")
_DRAWN = regex.compile(r"(\p{L})\1{2,}")
_RUN = regex.compile(r"(\p{L})\1+")
_DRAWN_OUT = "~"


def questions(corpus: Corpus) -> pd.DataFrame:
    """The turns that ask something, and how many questions each asks.

    A question is what ends in a question mark, in the script's own form: so a transcriber's
    full stop hides a question.  Marks that stand together, ``?!`` or ``???``, are one.  A mark
    alone in brackets is no question but the editors' doubt.

    Parameters
    ----------
    corpus : Corpus
        Each selected turn with its words, whatever its kind; a cut is passed over.

    Returns
    -------
    DataFrame
        One row per turn that asks, in reading order; no word of it is told.

        ``turn_id``, ``conversation_id``, ``speaker`` : str
        ``questions`` : int

    Raises
    ------
    TextMissing
        If a selected turn has a summary and no words: its marks would be ours.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> questions(load("demo"))
          turn_id conversation_id    speaker  questions
    0  frost-2-03         frost-2      Tomas          1
    1  frost-3-02         frost-3  Neighbour          1
    """
    rows = with_words(corpus)
    texts = _texts(corpus, rows)
    marked = pc.match_substring_regex(texts, f"[{_MARKS}{_GREEK};]").to_numpy(zero_copy_only=False)
    rows, texts = rows[marked], texts.filter(pa.array(marked))
    counts = np.array([asked(text) for text in texts.to_pylist()], np.int64)
    return _placed(corpus, rows[counts > 0]).assign(questions=counts[counts > 0])


def asked(text: str) -> int:
    """How many questions a text asks.

    Examples
    --------
    >>> asked("What?! Where… who??"), asked("He said Izyum (?)."), asked("Τι κάνεις; Καλά.")
    (2, 0, 1)
    """
    return sum(1 for _ in _ASKED.finditer(_DOUBT.sub("", text)))


def back_channels(corpus: Corpus, *, words: Iterable[str] = BACK_CHANNELS) -> pd.DataFrame:
    """The turns in which somebody only shows that they listen, or says nothing.

    A back-channel is a turn that holds nothing but such sounds as *Mhm* or *ага*, perhaps
    several, perhaps drawn out, or nothing but laughter told in brackets.  A silence is a turn
    of nothing but an ellipsis, or one told in brackets: ``…``, ``[silence]``, ``(pause)``.

    *Yes* and *okay* are none: they may agree or consent, and who only listens may not.  Nor is
    a turn with a question mark (*Hm?* asks), a masked word, or anything else in brackets, such
    as the ``[…]`` of an editor's cut.  The same sound after a question may be its answer: see
    ``asked``.

    Parameters
    ----------
    corpus : Corpus
        Of the selected turns those of speech and quoted speech are looked at, with their words.
    words : iterable of str
        What counts as a back-channel, instead of :data:`BACK_CHANNELS`:
        ``[*BACK_CHANNELS, "yes"]`` counts *Yes* too.  Case and accents do not matter.

    Returns
    -------
    DataFrame
        One row per such turn, in reading order; no word of it is told.

        ``turn_id``, ``conversation_id``, ``speaker`` : str
        ``what`` : str, ``back-channel`` or ``silence``
        ``after`` : str, the id of the turn that it answers, as
            :func:`readerlib.measures.answers` says, or missing
        ``asked`` : bool, whether that turn asks something

    Raises
    ------
    TextMissing
        If one of the turns has a summary and no words.
    SelectionError
        If one of `words` holds no letter and no digit.

    Notes
    -----
    The word is Yngve's (1970, "On getting a word in edgewise", Papers from the Sixth Regional
    Meeting of the Chicago Linguistic Society).  His list, unlike this one, holds *yes*.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> len(back_channels(load("demo")))
    0
    """
    known = _known(words)
    rows = with_words(corpus, ON_THE_CALL)
    texts = _texts(corpus, rows)
    maybe = _of_no_other_word(corpus, rows, known)
    rows, texts = rows[maybe], texts.filter(pa.array(maybe))
    what = [sign(text, known) for text in texts.to_pylist()]
    rows = rows[[told is not None for told in what]]
    # The turn that is answered is selected, stands right before, and is speech, too.
    answer = answering(corpus)[np.searchsorted(corpus.rows, rows)]
    before = corpus.turns.loc[rows[answer] - 1]
    after, asks = np.full(len(rows), None, object), np.zeros(len(rows), bool)
    after[answer] = before["turn_id"].tolist()
    asks[answer] = [asked(text) > 0 for text in before.get("text", ())]
    return _placed(corpus, rows).assign(
        what=pd.Series([told for told in what if told], dtype=str),
        after=pd.Series(after, dtype=str),
        asked=asks,
    )


def _of_no_other_word(corpus: Corpus, rows: Array, known: frozenset[tuple[str, ...]]) -> Mask:
    """Which of the turns hold no word that is neither of a back-channel nor of a silence."""
    index = corpus.word_index
    every = {part for parts in known for part in parts}
    every.update(word for aside in (*_LAUGHS, *_SILENT) for word in aside.split())
    words = index.vocabulary(range(len(index.arrays["spelt"]) - 1))
    # Number 0 is the free place behind a turn.
    other = np.array([False, *(_heard(word) not in every for word in words)], bool)
    others = np.concatenate([[0], np.cumsum(other[index.arrays["said"]])])
    begun = index.arrays["begun"].astype(np.int64)
    none: Mask = others[begun[rows + 1]] == others[begun[rows]]
    return none


def sign(text: str, known: frozenset[tuple[str, ...]]) -> str | None:
    """What a turn is that says nothing: ``back-channel``, ``silence``, or None if it says more.

    Parameters
    ----------
    text : str
    known : set of tuples of str
        The words of each back-channel, folded.

    Examples
    --------
    >>> known = frozenset([("uh", "huh")])
    >>> sign("Uh-huh, uh-huh.", known), sign("(pause) …", known), sign("No.", known)
    ('back-channel', 'silence', None)
    """
    asides = [
        " ".join(token.word for token in tokens(next(filter(None, match.groups()), "")))
        for match in _ASIDE.finditer(text)
    ]
    said = _ASIDE.sub(" ", text)
    laughs = [aside in _LAUGHS for aside in asides]
    silent = [aside in _SILENT for aside in asides]
    if not all(a or b for a, b in zip(laughs, silent, strict=True)) or _MASKED.search(said):
        return None
    words = [_heard(token.word) for token in tokens(said)]
    if words:
        sounds = not _ASKED.search(said) and _made_of(words, known)
        return "back-channel" if sounds else None
    if any(laughs):
        return "back-channel"
    return "silence" if any(silent) or _ELLIPSIS.search(said) else None


def _made_of(words: list[str], known: frozenset[tuple[str, ...]]) -> bool:
    """Whether the words are known ones, one after the other."""
    longest = max(map(len, known), default=0)
    reached = {0}
    for end in range(1, len(words) + 1):
        starts = range(max(0, end - longest), end)
        if any(start in reached and tuple(words[start:end]) in known for start in starts):
            reached.add(end)
    return len(words) in reached


def _known(words: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Each back-channel as its words."""
    known = {}
    for word in [words] if isinstance(words, str) else words:
        known[word] = tuple(token.word for token in tokens(word))
    empty = [word for word, parts in known.items() if not parts]
    if empty:
        raise SelectionError(
            Problem(
                f"the back-channel {quoted(empty[0])} holds no letter and no digit",
                "A back-channel is one word or several, such as uh-huh.",
                "Leave it out; silences are found without being named.",
            )
        )
    return frozenset(
        written
        for parts in known.values()
        for written in product(*((part, _DRAWN_OUT + _single(part)) for part in parts))
    )


def _heard(word: str) -> str:
    """A folded word as it is compared: drawn out, as in ``mmmm``, without its length."""
    return _DRAWN_OUT + _single(word) if _DRAWN.search(word) else word


def _single(word: str) -> str:
    """The word with every run of one letter as that letter."""
    return _RUN.sub(r"\1", word)


def _placed(corpus: Corpus, rows: Array) -> pd.DataFrame:
    """Where turns stand and who speaks, by rows of selected turns."""
    at = np.searchsorted(corpus.rows, rows)
    columns = {"turn_id": pd.Series(corpus.turns["turn_id"].iloc[at].tolist(), dtype=str)}
    for name in ("conversation_id", "speaker"):
        names, codes = corpus.parts(name)
        told: list[str | None] = [*names, None]
        columns[name] = pd.Series([told[code] for code in codes[at].tolist()], dtype=str)
    return pd.DataFrame(columns)


def _texts(corpus: Corpus, rows: Array) -> Any:
    """The words of turns, by their rows, as Arrow keeps them."""
    turns = corpus.turns
    return Column(turns["text"].loc[rows] if "text" in turns else []).cells
