"""How often each word is said, and which turns have the words that are counted."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from readerlib.corpus import KINDS, Corpus
from readerlib.errors import Problem, TextMissing, listed, quoted
from readerlib.index import Array, Mask


def frequencies(corpus: Corpus) -> pd.DataFrame:
    """How often each word is said in the selected turns.

    A word is what :func:`readerlib.text.tokens` says it is; case and accents do not matter.
    Of a corpus of excerpts these are frequencies of what was chosen and edited.  Told are counts,
    never a passage, so that no notice keeps a word back.

    Parameters
    ----------
    corpus : Corpus
        Each selected turn with its words; a cut has none and is passed over.

    Returns
    -------
    DataFrame
        One row per word, the most frequent first, equal ones by code point; index ``word``.

        ``count`` : int, occurrences
        ``per_thousand`` : float, occurrences in a thousand words of the selected turns
        ``turns`` : int, how many turns hold the word

    Raises
    ------
    TextMissing
        If a selected turn has a summary and no words: a summary's words are ours.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> frequencies(load("demo").select(speaker="Tomas")).head(2)
          count  per_thousand  turns
    word
    the       9        111.11      4
    them      4         49.38      3
    """
    index = corpus.word_index
    counts, turns = index.counts(among(corpus, with_words(corpus)))
    # The vocabulary stands by code point, so that a stable order keeps equal ones so.
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    total = int(counts.sum())
    return pd.DataFrame(
        {
            "count": counts[order],
            "per_thousand": [round(1000 * n / total, 2) for n in counts[order].tolist()],
            "turns": turns[order],
        },
        index=pd.Index(index.vocabulary(order.tolist()), name="word", dtype=str),
    )


def with_words(corpus: Corpus, kinds: Collection[str] = KINDS) -> Array:
    """The rows of the selected turns but cuts, all of which have their words.

    Parameters
    ----------
    corpus : Corpus
    kinds : collection of str
        Only turns of these kinds are looked at.

    Raises
    ------
    TextMissing
        If one that has words as published comes without them.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> with_words(load("demo").select(part="Spring", chapter="2")).tolist()
    [4, 5, 6, 7, 9]
    """
    turns, rows = corpus.turns, corpus.rows
    spoken = np.asarray(turns["kind"].isin([kind for kind in kinds if kind != "cut"]))
    said = np.asarray(turns["text"] != "") if "text" in turns else np.zeros(len(turns), bool)
    without = int(np.count_nonzero(spoken & ~said))
    if without:
        name = corpus.descriptor.name
        raise TextMissing(
            Problem(
                f"{without:,} of {np.count_nonzero(spoken):,} turns come without their words",
                "What there is of them is a summary, and its words are ours: counting them would "
                f"say nothing of what was said.{_published_by(corpus, turns[spoken & ~said])}",
                f'Attach your own copy of the article: load({name!r}, article="…"), or '
                '"readerlib attach FILE"; or select turns that have their words.',
                path=f"corpus {quoted(name)}",
            )
        )
    kept: Array = rows[spoken]
    return kept


def _published_by(corpus: Corpus, turns: pd.DataFrame) -> str:
    """In which sources some turns were published, as a sentence; nothing where none is told."""
    talks = corpus.tables()["conversations"]
    if "source_id" not in talks:
        return ""
    mine = talks[talks["conversation_id"].isin(turns["conversation_id"].unique())]
    sources = [source for source in mine["source_id"].unique() if source]
    return f" They were published in {listed(map(quoted, sources))}." if sources else ""


def among(corpus: Corpus, rows: Array) -> Mask:
    """A mask of all turns of the whole corpus: these rows.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> among(load("demo"), np.array([2])).tolist()[:4]
    [False, False, True, False]
    """
    mask = np.zeros(len(corpus.whole), bool)
    mask[rows] = True
    return mask
