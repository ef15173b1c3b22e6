"""Who speaks how much, to whom, and at what length."""

from __future__ import annotations

import numpy as np
import pandas as pd

from readerlib.corpus import Corpus
from readerlib.errors import Problem, TextMissing, quoted
from readerlib.index import Array, Mask

ON_THE_CALL = ("speech", "quoted")
"""The kinds of turns that are said to each other; the others are said to the reader."""


def speech_share(corpus: Corpus, by: str = "speaker") -> pd.DataFrame:
    """How much of the talk is whose: turns and words of each speaker, or of other parts.

    Counted is what is selected, whatever its kind, but no cut: ``corpus.select(kind="speech")``
    counts only what was said on the call.  Of a corpus of excerpts these are shares of what
    was chosen and edited, not of the calls.

    Parameters
    ----------
    corpus : Corpus
        No words need be attached where the table ``turns`` has the column ``words``.
    by : str
        A facet of which a turn has one value at most, such as ``speaker`` or ``role``; or
        ``conversation_id``, or ``speaker_id``, which parts people of one name.

    Returns
    -------
    DataFrame
        One row per value, in the order in which they first appear.  Turns without a value
        have a row in which it is missing, so that the shares add up.

        a column named as `by` : str, or missing
        ``turns``, ``words`` : int
        ``turn_share``, ``word_share`` : float from 0 to 1, of all turns and words counted

    Raises
    ------
    SelectionError
        If there is no such facet, or a turn can have several values of it.
    TextMissing
        If it is not known of a turn how many words it has.

    Notes
    -----
    The length of a turn is that of the column ``words``, the published length.  Where the cell
    is empty the turn's words are counted, as :func:`readerlib.text.count` counts them.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> speech_share(load("demo").select(kind="speech", part="Spring")).round(2)
         speaker  turns  words  turn_share  word_share
    0      Tomas      4     72        0.57        0.60
    1      Irena      1     20        0.14        0.17
    2  Neighbour      2     29        0.29        0.24
    """
    names, codes, lengths, _ = _measured(corpus, by)
    turns = np.bincount(codes, minlength=len(names))
    words = np.bincount(codes, lengths, minlength=len(names)).astype(np.int64)
    return pd.DataFrame(
        {
            by: pd.Series(names, dtype=str),
            "turns": turns,
            "words": words,
            "turn_share": turns / max(int(turns.sum()), 1),
            "word_share": words / max(int(words.sum()), 1),
        }
    )


def turn_lengths(corpus: Corpus, by: str = "speaker") -> pd.DataFrame:
    """How long the turns are, in words, of each speaker or of other parts.

    Counted is what is selected, whatever its kind, but no cut.  The length of an edited turn
    is the length that the editors left.

    Parameters
    ----------
    corpus, by
        As in :func:`speech_share`.

    Returns
    -------
    DataFrame
        One row per value, in the order in which they first appear.

        a column named as `by` : str, or missing
        ``turns``, ``words`` : int
        ``mean``, ``median`` : float, words in a turn
        ``shortest``, ``longest`` : int, words
        ``longest_turn`` : str, the id of the longest, the first of several

    Raises
    ------
    SelectionError
        If there is no such facet, or a turn can have several values of it.
    TextMissing
        If it is not known of a turn how many words it has.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> table = turn_lengths(load("demo").select(kind="speech", part="Spring"))
    >>> table[["speaker", "turns", "median", "longest", "longest_turn"]]
         speaker  turns  median  longest longest_turn
    0      Tomas      4    19.5       23   frost-1-02
    1      Irena      1    20.0       20   frost-1-03
    2  Neighbour      2    14.5       15   frost-2-02
    """
    names, codes, lengths, rows = _measured(corpus, by)
    table = pd.DataFrame({"part": codes, "words": lengths})
    grouped = table.groupby("part")["words"]
    found = grouped.agg(["size", "sum", "mean", "median", "min", "max", "idxmax"])
    ids = corpus.turns["turn_id"].loc[rows[found["idxmax"].to_numpy(np.intp)]]
    return pd.DataFrame(
        {
            by: pd.Series(names, dtype=str),
            "turns": found["size"].to_numpy(np.int64),
            "words": found["sum"].to_numpy(np.int64),
            "mean": found["mean"].to_numpy(float),
            "median": found["median"].to_numpy(float),
            "shortest": found["min"].to_numpy(np.int64),
            "longest": found["max"].to_numpy(np.int64),
            "longest_turn": pd.Series(ids.tolist(), dtype=str),
        }
    )


def answers(corpus: Corpus, by: str = "speaker") -> pd.DataFrame:
    """Who answers whom, and how often.

    A turn answers the one right before it in its conversation if both are selected, both are
    speech or quoted speech, and two people say them.  What is cut, told or hidden between
    two turns parts them: nobody knows whether the second answers the first.

    Parameters
    ----------
    corpus, by
        As in :func:`speech_share`.  Who is who is told by ``speaker_id``, and nobody answers
        themself.  A row in which *Mother* answers *Mother* is two people of that name; by
        ``speaker_id`` each has rows of their own.

    Returns
    -------
    DataFrame
        One row per pair that occurs, in the order in which they first appear.

        a column named as `by` : str, or missing; who answers
        ``answered`` : str, or missing; whom
        ``turns`` : int, how many turns

    Raises
    ------
    SelectionError
        If there is no such facet, or a turn can have several values of it.

    Notes
    -----
    That a turn follows another is all that is counted; it need not reply to it.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> answers(load("demo"))
         speaker   answered  turns
    0      Irena      Tomas      2
    1      Tomas      Irena      1
    2      Tomas  Neighbour      2
    3  Neighbour      Tomas      1
    """
    names, codes = corpus.parts(by)
    second = np.flatnonzero(answering(corpus))
    pairs = pd.DataFrame({"who": codes[second], "whom": codes[second - 1]})
    found = pairs.groupby(["who", "whom"], sort=False).size().reset_index(name="turns")
    # -1, no value, is the last of these.
    told = pd.Series([*names, None], dtype=str)
    return pd.DataFrame(
        {
            by: told.iloc[found["who"]].array,
            "answered": told.iloc[found["whom"]].array,
            "turns": found["turns"].to_numpy(np.int64),
        }
    )


def answering(corpus: Corpus) -> Mask:
    """Which of the selected turns answer the selected turn before them, as :func:`answers` says.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> answering(load("demo")).tolist()[:5]
    [False, False, True, True, False]
    """
    turns, rows = corpus.turns, corpus.rows
    found = np.zeros(len(rows), bool)
    talks, people = corpus.parts("conversation_id").codes, corpus.parts("speaker_id").codes
    on_call = np.asarray(turns["kind"].isin(ON_THE_CALL))
    found[1:] = (
        (np.diff(rows) == 1)
        & (talks[1:] == talks[:-1])
        & (people[1:] != people[:-1])
        & on_call[1:]
        & on_call[:-1]
    )
    return found


def _measured(corpus: Corpus, by: str) -> tuple[list[str | None], Array, Array, Array]:
    """The values in order of appearance; and value, length and row of each turn but the cuts."""
    names, codes = corpus.parts(by)
    turns = corpus.turns
    spoken = np.flatnonzero(np.asarray(turns["kind"] != "cut"))
    codes = codes[spoken]
    # Of several turns with a value the first one is written last, and stays.
    first = np.full(len(names) + 1, len(codes))
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    order = np.argsort(first, kind="stable")[: np.count_nonzero(first < len(codes))]
    number = np.zeros(len(names) + 1, np.intp)
    number[order] = np.arange(len(order))
    told: list[str | None] = [*names, None]
    rows = corpus.rows[spoken]
    return [told[n] for n in order], number[codes], _lengths(corpus, turns, spoken), rows


def _lengths(corpus: Corpus, turns: pd.DataFrame, at: Array) -> Array:
    """How many words each of the turns has that stand at some places among the selected ones."""
    lengths = np.full(len(at), -1)
    if "words" in turns:
        lengths = turns["words"].to_numpy(np.int64, na_value=-1)[at]
    unknown = np.flatnonzero(lengths < 0)
    if len(unknown):
        without = len(unknown)
        if "text" in turns:
            without -= int(np.count_nonzero(np.asarray(turns["text"].iloc[at[unknown]] != "")))
        if without:
            raise TextMissing(
                Problem(
                    f"of {without:,} of {len(at):,} turns it is not known how long they are",
                    "They come without their words, and the column words does not tell.",
                    "Add the column words to the table turns, or select turns that have words.",
                    path=f"corpus {quoted(corpus.descriptor.name)}",
                )
            )
        lengths[unknown] = corpus.word_index.sizes()[corpus.rows[at[unknown]]]
    return lengths
